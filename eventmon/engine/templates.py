"""Drafts of events that a profile keeps: the one being written, those published before, and the named templates.

All in one JSON file that is replaced whole. Two windows may use it at once: each change is made to what the file
holds at that moment, so that neither loses what the other saved. A file with a mistake is reported and left alone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file

PayloadFormat = Literal["json", "text", "hex", "base64", "file"]

MAX_HISTORY = 100
MAX_HISTORY_LETTERS = 2_000_000
"""Of all drafts of the history together; its newest stays however long it is."""
MAX_FILE_BYTES = 64 * 1024**2
MAX_NAME = 200


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An event as it is being written, placeholders and mistakes included.

    Attributes:
        topic: where to.
        type: CloudEvents ``type``; empty for the usual one.
        source: CloudEvents ``source``; empty for none.
        subject: CloudEvents ``subject``; empty for none.
        media_type: of the data; empty for the usual one of its format.
        headers: names and values, in the order written; a line may be half written.
        format: how ``body`` is to be read.
        body: the data as written.
        file: where the data lies when the format is ``file``.
    """

    topic: str = ""
    type: str = ""
    source: str = ""
    subject: str = ""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    format: PayloadFormat = "json"
    body: str = ""
    file: str = ""

    @property
    def letters(self) -> int:
        """About how much room it takes."""
        names = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.body) + len(self.topic) + len(self.source) + len(self.subject) + names


class NamedTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft under a name.

    Attributes:
        name: unique in its folder.
        folder: where it stands; empty for none.
        draft: what it holds.
    """

    name: str
    folder: str = ""
    draft: Draft

    @property
    def place(self) -> tuple[str, str]:
        """Folder and name."""
        return self.folder, self.name


class DraftBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything kept.

    Attributes:
        version: of the form of the file.
        fired: how many events were fired so far, for ``{{seq}}``.
        draft: the one being written.
        templates: by folder and name.
        history: published or put aside, newest first.
    """

    version: Literal[1] = 1
    fired: int = 0
    draft: Draft = Draft()
    templates: tuple[NamedTemplate, ...] = ()
    history: tuple[Draft, ...] = ()

    def with_draft(self, draft: Draft, fired: int = 0) -> DraftBook:
        """With another draft being written, and no fewer events fired than said."""
        return msgspec.structs.replace(self, draft=draft, fired=max(self.fired, fired))

    def with_history(self, draft: Draft) -> DraftBook:
        """With a draft as the newest of the history; one that is there already moves up."""
        kept = [draft]
        room = MAX_HISTORY_LETTERS - draft.letters
        for older in self.history:
            room -= older.letters
            if older != draft:
                if room < 0 or len(kept) == MAX_HISTORY:
                    break
                kept.append(older)
        return msgspec.structs.replace(self, history=tuple(kept))

    def with_template(self, template: NamedTemplate) -> DraftBook:
        """With a template, in the place of one of the same folder and name."""
        others = self.without_template(template.place).templates
        ordered = sorted([*others, template], key=lambda each: (each.folder.casefold(), each.name.casefold()))
        return msgspec.structs.replace(self, templates=tuple(ordered))

    def without_template(self, place: tuple[str, str]) -> DraftBook:
        """Without the template of a folder and name."""
        return msgspec.structs.replace(self, templates=tuple(each for each in self.templates if each.place != place))

    def template(self, place: tuple[str, str]) -> NamedTemplate | None:
        """The template of a folder and name."""
        return next((each for each in self.templates if each.place == place), None)


def checked_name(text: str) -> str:
    """A name for a template, or the name of a folder, without blanks round it.

    Raises:
        UserError: it is too long.
    """
    name = text.strip()
    if len(name) > MAX_NAME:
        raise UserError(f"The name has {len(name):,} letters. Use at most {MAX_NAME}.")
    return name


def load_book(path: Path) -> DraftBook:
    """What a file holds; nothing when there is none.

    Raises:
        UserError: it cannot be read or has a mistake.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("it is too big")
        return msgspec.json.decode(path.read_bytes(), type=DraftBook)
    except FileNotFoundError:
        return DraftBook()
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"The templates in {path} cannot be read ({error}). Mend or move the file; it is left as it is until then."
        ) from error


def change_book(path: Path, change: Callable[[DraftBook], DraftBook]) -> DraftBook:
    """Change what a file holds, all at once or not at all.

    Returns:
        What it holds now.

    Raises:
        UserError: the file has a mistake and is left as it is, or it cannot be written.
    """
    try:
        with _alone(path.parent):
            before = load_book(path)
            after = change(before)
            if after != before:
                replace_file(path, msgspec.json.format(msgspec.json.encode(after), indent=1).decode())
            return after
    except UserError:
        raise
    except (OSError, ValueError) as error:
        raise UserError(f"The templates could not be saved in {path}: {error}. Check its permissions.") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other process change a file of a folder meanwhile; the folder itself is what is locked."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
