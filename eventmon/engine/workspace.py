"""The workspace: the connections of a profile that come back with the next start, in a TOML file for people.

The file is kept as its owner wrote it: comments and order stay, only changed keys are touched, and a file with a
mistake in it is reported by table and key and left alone. It holds no secret, so it may be kept in git.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ConnectionDefinition, require_name
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.frame import ConnectionColor
from eventmon.engine.problems import Problems

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

FORMAT = 1
WHERE = "workspace"
_T = TypeVar("_T")
_KEYS = ("url", "read_only", "color", "connected")


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's outermost keys."""

    format: int
    connections: dict[str, Any] = {}


class _Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[connections.NAME]``."""

    url: str
    read_only: bool | None = None
    color: ConnectionColor = ""
    connected: bool = True


def read_workspace(path: Path) -> list[ConnectionDefinition]:
    """The connections of a workspace file, in its order; none when there is no file yet.

    Raises:
        UserError: the file cannot be read or has a mistake; the sentence names table and key.
    """
    return _from_text(text, path) if (text := _text_of(path)) is not None else []


class Workspace:
    """The workspace of a running engine: what is to be remembered stays in memory until the file has it."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self._path = path
        self._problems = problems
        self._known: dict[str, ConnectionDefinition] = {}
        self._unwritten: dict[str, ConnectionDefinition | None] = {}
        self._had_file = False
        self._turn = threading.Lock()

    def load(self) -> list[ConnectionDefinition]:
        """The connections of the last run; none, and a problem, when the file has a mistake."""
        try:
            text = _text_of(self._path)
            found = [] if text is None else _from_text(text, self._path)
        except UserError as error:
            self._tell(error)
            return []
        self._had_file = text is not None
        self._known = {each.name: each for each in found}
        return found

    async def keep(self, definition: ConnectionDefinition) -> None:
        """Remember a connection, or what changed of it."""
        self._known[definition.name] = definition
        self._unwritten[definition.name] = definition
        await self._write()

    async def remove(self, name: str) -> None:
        """Remember a connection no more."""
        self._known.pop(name, None)
        self._unwritten[name] = None
        await self._write()

    async def _write(self) -> None:
        """Write what the file does not hold yet; when it cannot be written, a problem says so and nothing is lost."""
        changes = dict(self._unwritten)
        try:
            restored = await asyncio.to_thread(self._change_file, changes, dict(self._known))
        except UserError as error:
            self._tell(error)
            return
        for name, definition in changes.items():
            if self._unwritten.get(name) is definition:
                self._unwritten.pop(name, None)
        if restored:
            self._problems.report("warning", WHERE, f"The workspace {self._path} was gone and has been written anew.")

    def _change_file(
        self, changes: dict[str, ConnectionDefinition | None], known: dict[str, ConnectionDefinition]
    ) -> bool:
        """Put changes into the file; whether it had to be made again."""
        with self._turn:
            text = _text_of(self._path)
            lost = text is None and self._had_file
            if text is None:
                text = f"format = {FORMAT}\n"
                changes = {**known, **changes}
            _from_text(text, self._path)
            changed = _changed(text, changes, self._path)
            if changed != text or lost:
                _replace(self._path, changed)
            self._had_file = True
            return lost

    def _tell(self, error: UserError) -> None:
        self._problems.report("warning", WHERE, f"{error} Until then connections are not remembered.")


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> UserError:
    return UserError(f"The workspace {path} cannot be read: {error}. Mend or delete it.")


def _from_text(text: str, path: Path) -> list[ConnectionDefinition]:
    import tomllib

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if "format" not in document:
        raise UserError(f"{path}: the key “format” is missing. Write format = {FORMAT} at its beginning.")
    head = _converted(document, _Head, str(path))
    if head.format != FORMAT:
        raise UserError(
            f"{path}: its format is {head.format}, but {FORMAT} is known here. Use the version that wrote it."
        )
    return [_definition(name, content, path) for name, content in head.connections.items()]


def _definition(name: str, content: Any, path: Path) -> ConnectionDefinition:
    where = f"{path}: table [connections.{name}]"
    try:
        require_name(name)
    except UserError as error:
        raise UserError(f"{where}: {error}") from error
    found = _converted(content, _Connection, where)
    return ConnectionDefinition(
        name=name, url=found.url, read_only=found.read_only, color=found.color, connected=found.connected
    )


def _converted(content: Any, kind: type[_T], where: str) -> _T:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise UserError(_sentence_of(str(error), where)) from error


def _sentence_of(mistake: str, where: str) -> str:
    unknown = re.match(r"Object contains unknown field `(.*?)`", mistake, re.S)
    if unknown:
        return f"{where} has an unknown key “{unknown[1]}”. Delete it or correct its name."
    missing = re.match(r"Object missing required field `(.*?)`", mistake, re.S)
    if missing:
        return f"{where} has no key “{missing[1]}”. Write it or delete the table."
    key = re.search(r" - at `\$\.(\w+)`$", mistake)
    if key:
        return f"{where}, key “{key[1]}”: {mistake[: key.start()].lower()}. Correct it or delete the line."
    return f"{where}: {mistake.lower()}. Correct it."


def _changed(text: str, changes: Mapping[str, ConnectionDefinition | None], path: Path) -> str:
    """The text with these changes and everything else as it was."""
    import tomlkit  # when something is written: reading needs no more than the standard library
    import tomlkit.exceptions

    try:
        for name, definition in changes.items():
            document = tomlkit.parse(text)
            if definition is None:
                _remove(document, name)
            else:
                _put(document, definition)
            text = tomlkit.dumps(document)
    except (tomlkit.exceptions.TOMLKitError, ValueError) as error:
        raise _unchangeable(path) from error
    _require_changed(text, changes, path)
    return text


def _put(document: TOMLDocument, definition: ConnectionDefinition) -> None:
    import tomlkit

    connections: Any = document.get("connections")
    if connections is None:
        document.append("connections", tomlkit.table(is_super_table=True))
        connections = document["connections"]
    if definition.name not in connections:
        connections[definition.name] = tomlkit.table()
    content: Any = connections[definition.name]
    comments = _take_last_comments(content)
    for key in _KEYS:
        value = getattr(definition, key)
        at_default = value is None or (key == "color" and value == "") or (key == "connected" and value)
        if value is None and key in content:
            del content[key]
        elif content.get(key) != value and not (at_default and key not in content):
            content[key] = value
    _body(content).extend(comments)


def _remove(document: TOMLDocument, name: str) -> None:
    connections: Any = document.get("connections", {})
    if name not in connections:
        return
    before = list(connections)[: list(connections).index(name)]
    comments = _take_last_comments(connections[name])
    del connections[name]
    if before:
        _body(connections[before[-1]]).extend(comments)
    else:
        at = next(index for index, (key, _) in enumerate(document.body) if key == "connections")
        document.body[at:at] = comments


def _take_last_comments(table: Any) -> list[Any]:
    """Cut off what stands behind the last key of a table: it is about what comes after the table."""
    body = _body(table)
    taken: list[Any] = []
    while body and body[-1][0] is None:
        taken.insert(0, body.pop())
    return taken


def _body(table: Any) -> list[Any]:
    """The lines of a table as they stand, keys and comments; a table written in one line has none to itself."""
    import tomlkit.items

    return table.value.body if isinstance(table, tomlkit.items.Table) else []


def _require_changed(text: str, changes: Mapping[str, ConnectionDefinition | None], path: Path) -> None:
    """Make sure that what is about to be written says what it should: the library that edits it is not ours."""
    found = {each.name: each for each in _from_text(text, path)}
    if any(found.get(name) != definition for name, definition in changes.items()):
        raise _unchangeable(path)


def _unchangeable(path: Path) -> UserError:
    return UserError(
        f"The workspace {path} cannot be changed in its present form. Write each connection as [connections.NAME]."
    )


def _replace(path: Path, text: str) -> None:
    try:
        replace_file(path, text)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> UserError:
    return UserError(f"The workspace {path} cannot be written: {error}. Check its permissions.")
