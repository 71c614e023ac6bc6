"""Drafts of events that a profile keeps: the one being written and those published before.

Both lie in one JSON file that is replaced whole; what is kept under a name is a template and belongs to the workspace.
Two windows may use it at once: each change is made to what the file holds at that moment, so that neither loses what
the other saved. A file with a mistake is reported and left alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.folder_turn import folder_turn

PayloadFormat = Literal["json", "text", "hex", "base64", "file"]

MAX_HISTORY = 100
MAX_HISTORY_LETTERS = 2_000_000
"""Of all drafts of the history together; its newest stays however long it is."""
MAX_FILE_BYTES = 64 * 1024**2
MAX_NAME = 200
FORMER_NAME = "templates.json"
"""Where an earlier version kept drafts and templates together."""


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
        history: published or put aside, newest first.
    """

    version: Literal[1] = 1
    fired: int = 0
    draft: Draft = Draft()
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


class FormerBook(DraftBook, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an earlier version kept in one file: templates too, which belong to the workspace.

    Attributes:
        templates: by folder and name.
    """

    templates: tuple[NamedTemplate, ...] = ()

    @property
    def drafts(self) -> DraftBook:
        """All but the templates."""
        return DraftBook(fired=self.fired, draft=self.draft, history=self.history)


B = TypeVar("B", bound=DraftBook)


def checked_name(text: str) -> str:
    """A name for a template, or the name of a folder, without blanks round it.

    Raises:
        UserError: it is too long, or not one line.
    """
    name = text.strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        raise UserError("The name holds a character that cannot be seen. Type it anew.")
    if len(name) > MAX_NAME:
        raise UserError(f"The name has {len(name):,} letters. Use at most {MAX_NAME}.")
    return name


def load_book(path: Path) -> DraftBook:
    """What a file holds; when there is none, what the file of an earlier version beside it holds, or nothing.

    Raises:
        UserError: it cannot be read or has a mistake.
    """
    book = _read(path, DraftBook)
    return book if book is not None else read_former(path.with_name(FORMER_NAME)).drafts


def read_former(path: Path) -> FormerBook:
    """What the file of an earlier version holds; nothing when there is none.

    Raises:
        UserError: it cannot be read or has a mistake.
    """
    return _read(path, FormerBook) or FormerBook()


def part_from_templates(former: Path, drafts: Path) -> None:
    """Keep the drafts of the file of an earlier version in a file of their own and delete it: its templates are kept.

    Raises:
        UserError: the drafts cannot be written; the file of before is as it was.
    """
    try:
        with folder_turn(drafts):
            if not drafts.exists():
                _replace(drafts, read_former(former).drafts)
            former.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _unsaved(drafts, error) from error


def change_book(path: Path, change: Callable[[DraftBook], DraftBook]) -> DraftBook:
    """Change what a file holds, all at once or not at all.

    Returns:
        What it holds now.

    Raises:
        UserError: the file has a mistake and is left as it is, or it cannot be written.
    """
    try:
        with folder_turn(path):
            before = load_book(path)
            after = change(before)
            if after != before:
                _replace(path, after)
            return after
    except UserError:
        raise
    except (OSError, ValueError) as error:
        raise _unsaved(path, error) from error


def _read(path: Path, kind: type[B]) -> B | None:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("it is too big")
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"The drafts in {path} cannot be read ({error}). Mend or move the file; it is left as it is until then."
        ) from error


def _replace(path: Path, book: DraftBook) -> None:
    replace_file(path, msgspec.json.format(msgspec.json.encode(book), indent=1).decode())


def _unsaved(path: Path, error: Exception) -> UserError:
    return UserError(f"The drafts could not be saved in {path}: {error}. Check its permissions.")
