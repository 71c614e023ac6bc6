"""A field of a tree and the words for it: name, value, what is odd about it. Secrets are hidden until revealed.

Everything passes outside text through ``formatting.one_line``: what is shown is what is there, on one line.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from eventmon.core.secret_names import MASK, is_secret
from eventmon.gui.formatting import CELL_LIMIT, count, one_line
from eventmon.gui.models.event_json import (
    JsonNumber,
    JsonObject,
    JsonValue,
    JsonWord,
    is_container,
    mark_of,
    scalar,
    written,
)

Path = tuple[str | int, ...]

TOOLTIP_CHARACTERS: Final = 1_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventTree", text)


class FieldNode:
    """One field: its name or place, its value, and the rows below it once they were asked for."""

    __slots__ = ("children", "doubled", "hidden", "key", "mark", "number", "parent", "row", "value")

    def __init__(self, number: int, parent: FieldNode | None, row: int, key: str | int, value: JsonValue) -> None:
        self.number = number
        self.parent = parent
        self.row = row
        self.key = key
        self.value = value
        self.children: list[FieldNode] | None = None
        self.doubled = False
        self.mark: str | None = None
        """What is odd about the value; None until it was looked at, which takes long for a long text."""
        self.hidden = 0
        """How many further fields this row stands for; 0 for a field itself."""

    def path(self) -> Path:
        """Names and places from the top down to this field."""
        keys: list[str | int] = []
        node: FieldNode | None = self
        while node is not None and node.parent is not None:
            keys.append(node.key)
            node = node.parent
        return tuple(reversed(keys))


def path_text(path: Path) -> str:
    """A path as people write it: ``items[0].sku``."""
    parts: list[str] = []
    for key in path:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif key.isidentifier():
            parts.append(f".{key}" if parts else key)
        else:
            parts.append(f"[{scalar(key)}]")
    return "".join(parts)


class FieldTexts:
    """What is said of fields. ``quoted`` tells JSON, where a text stands in quotes, from lists of names and texts."""

    def __init__(self, *, quoted: bool) -> None:
        self._quoted = quoted
        self.revealed = False

    def is_masked(self, node: FieldNode) -> bool:
        """Whether the field's value is hidden now."""
        return not self.revealed and is_secret_field(node)

    def name(self, node: FieldNode) -> str:
        """The field's name on one line; a place in a list as a number."""
        if node.hidden:
            return _tr("{count} more").format(count=count(node.hidden))
        return str(node.key) if isinstance(node.key, int) else one_line(node.key)

    def text(self, node: FieldNode) -> str:
        """The field's value on one line, at most a cell long."""
        value = node.value
        if node.hidden:
            return _tr("Show the next")
        if self.is_masked(node):
            return MASK
        if is_container(value):
            assert isinstance(value, list)
            return _fields(len(value)) if isinstance(value, JsonObject) else _items(len(value))
        if isinstance(value, str) and not isinstance(value, JsonNumber | JsonWord):
            return f'"{one_line(value)}"' if self._quoted else one_line(value)
        return one_line(value if isinstance(value, str) else scalar(value))

    def token(self, node: FieldNode) -> str:
        """The colour of the field's value."""
        value = node.value
        if node.hidden:
            return "accent_text"
        if self.is_masked(node) or is_container(value):
            return "text3"
        if isinstance(value, JsonNumber):
            return "json_number"
        if isinstance(value, JsonWord) or not isinstance(value, str):
            return "json_word"
        return "json_string" if self._quoted else "text"

    def mark(self, node: FieldNode) -> str:
        """What is odd about the field, in a word or two; empty for nothing."""
        if node.hidden or self.is_masked(node):
            return ""
        if node.doubled:
            return _tr("name given twice")
        mark = node.mark = mark_of(node.value) if node.mark is None else node.mark
        if not mark and isinstance(node.value, str) and len(node.value) > CELL_LIMIT:
            return _tr("{count} characters").format(count=count(len(node.value)))
        return _tr(mark) if mark else ""

    def copy_text(self, node: FieldNode) -> str:
        """The field's value in full: a text as it is, everything else as JSON; secrets stay hidden while they are."""
        value = node.value
        if node.hidden or self.is_masked(node):
            return self.text(node)
        if isinstance(value, str):
            return str(value)
        return written(value, reveal=self.revealed)

    def told(self, node: FieldNode) -> str:
        """A value with its name and what is odd about it, for a tooltip."""
        if node.hidden:
            return self.text(node)
        if self.is_masked(node):
            return _tr("{name} is hidden. Click to show it.").format(name=self.name(node))
        whole = node.value if isinstance(node.value, str) else self.text(node)
        mark = self.mark(node)
        return f"{path_text(node.path())}: {whole[:TOOLTIP_CHARACTERS]}" + (f" ({mark})" if mark else "")


def is_secret_field(node: FieldNode) -> bool:
    """Whether the name of a field says that it holds a secret."""
    return isinstance(node.key, str) and node.parent is not None and is_secret(node.key)


def _fields(number: int) -> str:
    return _tr("1 field") if number == 1 else _tr("{count} fields").format(count=count(number))


def _items(number: int) -> str:
    return _tr("1 item") if number == 1 else _tr("{count} items").format(count=count(number))
