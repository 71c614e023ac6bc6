"""The file of a workspace beside others who write it: one at a time, and what each changed stays.

It knows what it last saw in the file, so that a change by another program is told from one of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.folder_turn import folder_turn
from eventmon.engine.workspace_changes import changed
from eventmon.engine.workspace_merging import merged
from eventmon.engine.workspace_reading import text_of
from eventmon.engine.workspace_tables import FORMAT, TEMPLATES, Entry, Key, entries_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a look at the file or a change of it went.

    Attributes:
        number: counts looks and changes, in their order.
        templates: all that the file has.
        restored: it was gone and had to be made again.
        conflicts: the names that another program had changed as well.
    """

    number: int
    templates: dict[Key, Entry]
    restored: bool = False
    conflicts: list[Key] = field(default_factory=list)

    def sentences(self, path: Path) -> Iterator[str]:
        """What people should know of it."""
        if self.restored:
            yield f"The workspace {path} was gone and has been written anew."
        for table, name in self.conflicts:
            yield f"{path}: another program changed [{table}.{name}] as well. What was set here last holds."


class WorkspaceFile:
    """Every method may wait for a disk or for another program: call it in a thread once the engine runs.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, foreign: bool) -> None:
        """Make it; ``foreign`` when somebody else may have made the file."""
        self.path = path
        self._foreign = foreign
        self._had_file = False
        self._seen: dict[Key, Entry] = {}
        self._state: tuple[int, ...] | None = None
        self._number = 0
        self._turn = threading.Lock()

    def read(self) -> dict[Key, Entry]:
        """Everything it says; nothing when there is no file yet.

        Raises:
            UserError: it cannot be read or has a mistake.
        """
        self._state = self._state_now()
        text = self._text()
        self._seen = {} if text is None else entries_of(text, self.path)
        self._had_file = text is not None
        return dict(self._seen)

    def look(self) -> Outcome | None:
        """The templates in it, if it is another file than it was; what cannot be read is told when it is changed."""
        state = self._state_now()
        if state == self._state:
            return None
        try:
            with self._turn:
                self._state = state
                text = self._text()
                found = {} if text is None else entries_of(text, self.path)
                return None if text is None else self._outcome(found)
        except UserError:
            return None

    def change(self, changes: Mapping[Key, Entry | None], known: Mapping[Key, Entry]) -> Outcome:
        """Put changes into the file, beside those that another program has made there meanwhile.

        Args:
            changes: what it shall hold; None for nothing.
            known: everything, for a file that is gone.

        Raises:
            UserError: it has a mistake and is left alone, or it cannot be written.
        """
        self._text()  # a mistake is said as it was at the start, before anything is touched
        try:
            with self._turn, folder_turn(self.path):
                return self._change(changes, known)
        except OSError as error:
            raise self._unwritable(error) from error

    def _change(self, changes: Mapping[Key, Entry | None], known: Mapping[Key, Entry]) -> Outcome:
        text = self._text()
        lost = text is None and self._had_file
        conflicts: list[Key] = []
        found: dict[Key, Entry] = {}
        wanted: Mapping[Key, Entry | None] = changes
        if text is None:
            text = f"format = {FORMAT}\n"
            wanted = {**known, **changes}
        else:
            found = entries_of(text, self.path)
            wanted, conflicts = merged(self._seen, found, changes)
        after = changed(text, wanted, self.path)
        if after != text or lost:
            self._replace(after)
        self._had_file = True
        self._state = self._state_now()
        self._seen = _with(self._seen, changes)
        return self._outcome(_with(found, wanted), restored=lost, conflicts=conflicts)

    def _outcome(
        self, entries: Mapping[Key, Entry], *, restored: bool = False, conflicts: list[Key] | None = None
    ) -> Outcome:
        """Of templates we have what the file has: those of others are no conflict once they were seen."""
        templates = {key: entry for key, entry in entries.items() if key[0] == TEMPLATES}
        self._seen = {key: entry for key, entry in self._seen.items() if key[0] != TEMPLATES} | templates
        self._number += 1
        return Outcome(self._number, templates, restored, conflicts or [])

    def _text(self) -> str | None:
        return text_of(self.path, foreign=self._foreign)

    def _state_now(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self.path)
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _replace(self, text: str) -> None:
        try:
            replace_file(self.path, text)
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: Exception) -> UserError:
        return UserError(f"The workspace {self.path} cannot be written: {error}. Check its permissions.")


def _with(entries: Mapping[Key, Entry], changes: Mapping[Key, Entry | None]) -> dict[Key, Entry]:
    return {key: entry for key, entry in {**entries, **changes}.items() if entry is not None}
