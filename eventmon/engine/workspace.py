"""The workspace: the definitions of a profile that come back with the next start, in a TOML file for people.

The file is kept as its owner wrote it: comments and order stay, only changed keys are touched, and a file with a
mistake in it is reported by table and key and left alone. It holds no secret, so it may be kept in git.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar, cast

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.problems import Problems
from eventmon.engine.workspace_changes import changed
from eventmon.engine.workspace_tables import FORMAT, TABLES, Definition, Entry, Key, entries_of, unreadable

WHERE = "workspace"

D = TypeVar("D", ConnectionDefinition, ObserverDefinition)


def read_workspace(path: Path, kind: type[D]) -> list[D]:
    """The definitions of one kind in a workspace file, in its order; none when there is no file yet.

    Raises:
        UserError: the file cannot be read or has a mistake; the sentence names table and key.
    """
    text = _text_of(path)
    return [] if text is None else _of_kind(entries_of(text, path).values(), kind)


class Workspace:
    """The workspace of a running engine: what is to be remembered stays in memory until the file has it."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self._path = path
        self._problems = problems
        self._known: dict[Key, Entry] = {}
        self._unwritten: dict[Key, Entry | None] = {}
        self._read = False
        self._had_file = False
        self._turn = threading.Lock()

    def load(self, kind: type[D]) -> list[D]:
        """The definitions of the last run; none, and a problem, when the file has a mistake."""
        self._load()
        return _of_kind(self._known.values(), kind)

    def read_list(self, table: str, key: str) -> tuple[str, ...]:
        """A list of texts of the last run, such as ``not_recorded`` of ``[topics]``; empty when there is none."""
        self._load()
        return cast("tuple[str, ...]", self._known.get((table, key), ()))

    async def keep(self, definition: Definition, *, instead_of: str = "") -> None:
        """Remember a definition, or what changed of it; ``instead_of`` is the name it had before."""
        table = TABLES[type(definition)].name
        if instead_of and instead_of != definition.name:
            self._forget((table, instead_of))
        await self._keep((table, definition.name), definition)

    async def remove(self, kind: type[Definition], name: str) -> None:
        """Remember a definition no more."""
        self._forget((TABLES[kind].name, name))
        await self._write()

    async def keep_list(self, table: str, key: str, values: Iterable[str]) -> None:
        """Remember a list of texts."""
        await self._keep((table, key), tuple(values))

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        try:
            text = _text_of(self._path)
            self._known = {} if text is None else entries_of(text, self._path)
        except UserError as error:
            self._tell(error)
            return
        self._had_file = text is not None

    async def _keep(self, key: Key, entry: Entry) -> None:
        self._known[key] = entry
        self._unwritten[key] = entry
        await self._write()

    def _forget(self, key: Key) -> None:
        self._known.pop(key, None)
        self._unwritten[key] = None

    async def _write(self) -> None:
        """Write what the file does not hold yet; when it cannot be written, a problem says so and nothing is lost."""
        changes = dict(self._unwritten)
        try:
            restored = await asyncio.to_thread(self._change_file, changes, dict(self._known))
        except UserError as error:
            self._tell(error)
            return
        for key, entry in changes.items():
            if key in self._unwritten and self._unwritten[key] is entry:
                del self._unwritten[key]
        if restored:
            self._problems.report("warning", WHERE, f"The workspace {self._path} was gone and has been written anew.")

    def _change_file(self, changes: dict[Key, Entry | None], known: dict[Key, Entry]) -> bool:
        """Put changes into the file; whether it had to be made again."""
        with self._turn:
            text = _text_of(self._path)
            lost = text is None and self._had_file
            if text is None:
                text = f"format = {FORMAT}\n"
                changes = {**known, **changes}
            entries_of(text, self._path)
            after = changed(text, changes, self._path)
            if after != text or lost:
                _replace(self._path, after)
            self._had_file = True
            return lost

    def _tell(self, error: UserError) -> None:
        self._problems.report("warning", WHERE, f"{error} Until then changes are not remembered.")


def _of_kind(entries: Iterable[Entry], kind: type[D]) -> list[D]:
    return [entry for entry in entries if isinstance(entry, kind)]


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def _replace(path: Path, text: str) -> None:
    try:
        replace_file(path, text)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> UserError:
    return UserError(f"The workspace {path} cannot be written: {error}. Check its permissions.")
