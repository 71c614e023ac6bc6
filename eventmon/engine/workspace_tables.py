"""What stands in the workspace file: a table of tables for each kind of definition, and lists of texts.

A kind of definition that is to be remembered is one entry of ``TABLES``; a list is one key of ``_Lists``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition, require_name, require_observer_name
from eventmon.engine.frame import ConnectionColor
from eventmon.engine.template_definitions import TemplateDefinition, require_template_name
from eventmon.engine.templates import PayloadFormat

FORMAT = 1
_T = TypeVar("_T")
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""Numbers as everything that reads settings can hold them; TOML itself has no limit."""

Definition = ConnectionDefinition | ObserverDefinition
"""What may act outside of Eventmon."""
Key = tuple[str, str]
"""A table and a name in it."""
Kept = Definition | TemplateDefinition
Entry = Kept | tuple[str, ...]
TEMPLATES = "templates"


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's outermost keys."""

    format: int
    connections: dict[str, Any] = {}
    observers: dict[str, Any] = {}
    templates: dict[str, Any] = {}
    topics: dict[str, Any] = {}


class _Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[connections.NAME]``."""

    url: str
    read_only: bool | None = None
    color: ConnectionColor = ""
    connected: bool = True


class _Observer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[observers.NAME]``."""

    kind: str
    pattern: str
    paused: bool = False
    overflow: Literal["drop_oldest", "drop_newest", "latest"] = "drop_oldest"
    settings: dict[str, str | _Int64 | float | bool] = {}


class _Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[templates.NAME]``."""

    topic: str = ""
    title: str = ""
    folder: str = ""
    type: str = ""
    source: str = ""
    subject: str = ""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content: PayloadFormat = "json"
    file: str = ""
    data: str = ""
    base64: str = ""

    def __post_init__(self) -> None:
        """Let no data stand where it would not be looked for."""
        if self.data and self.content == "base64":
            raise ValueError("with content “base64” the data stands in the key “base64” and not in “data”")
        if self.base64 and self.content != "base64":
            raise ValueError("the key “base64” stands beside content “base64” alone")


class _Topics(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[topics]``."""

    not_recorded: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The tables of one kind of definition.

    Attributes:
        name: the outermost key.
        content: the keys of one of them, in the order in which they are written; those with a default may be left out.
        definition: what it becomes.
        require_name: UserError when something cannot have this name.
    """

    name: str
    content: type[msgspec.Struct]
    definition: Callable[..., Kept]
    require_name: Callable[[str], str]

    def read(self, name: str, content: Any, where: str) -> Kept:
        """What one table says; UserError names the table and the key of a mistake."""
        where = f"{where}: table [{self.name}.{name}]"
        try:
            self.require_name(name)
        except UserError as error:
            raise UserError(f"{where}: {error}") from error
        return self.definition(name=name, **msgspec.structs.asdict(_converted(content, self.content, where)))

    def written(self, definition: Kept) -> Iterable[tuple[str, Any, bool]]:
        """Keys and values of a definition, and whether each may be left out."""
        for field in msgspec.structs.fields(self.content):
            value = getattr(definition, field.name)
            default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
            yield field.name, value, value == default


TABLES: dict[type[Kept], Table] = {
    ConnectionDefinition: Table("connections", _Connection, ConnectionDefinition, require_name),
    ObserverDefinition: Table("observers", _Observer, ObserverDefinition, require_observer_name),
    TemplateDefinition: Table(TEMPLATES, _Template, TemplateDefinition, require_template_name),
}
_LISTS: dict[str, type[msgspec.Struct]] = {"topics": _Topics}


def entries_of(text: str, path: Path) -> dict[Key, Entry]:
    """Everything that a workspace file says, in its order.

    Raises:
        UserError: it has a mistake; the sentence names table and key.
    """
    import tomllib

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(path, error) from error
    if "format" not in document:
        raise UserError(f"{path}: the key “format” is missing. Write format = {FORMAT} at its beginning.")
    head = _converted(document, _Head, str(path))
    if head.format != FORMAT:
        raise UserError(
            f"{path}: its format is {head.format}, but {FORMAT} is known here. Use the version that wrote it."
        )
    return dict(_entries(head, path))


def unreadable(path: Path, error: Exception) -> UserError:
    """The sentence for a file that cannot be read at all."""
    return UserError(f"The workspace {path} cannot be read: {error}. Mend or delete it.")


def _entries(head: _Head, path: Path) -> Iterable[tuple[Key, Entry]]:
    for table in TABLES.values():
        for name, content in getattr(head, table.name).items():
            yield (table.name, name), table.read(name, content, str(path))
    for name, kind in _LISTS.items():
        lists = _converted(getattr(head, name), kind, f"{path}: table [{name}]")
        for key, values in msgspec.structs.asdict(lists).items():
            yield (name, key), values


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
    key = re.search(r" - at `\$\.(\w+)(\[.*\])?`$", mistake)
    if key:
        return f"{where}, key “{key[1]}”: {mistake[: key.start()].lower()}. Correct it or delete the line."
    return f"{where}: {mistake.lower()}. Correct it."
