"""The fields of a value as rows that are made a page at a time, each with a number that finds it again. No Qt."""

from __future__ import annotations

from typing import Final

from eventmon.gui.models.event_fields import FieldNode, Path
from eventmon.gui.models.event_json import JsonObject, JsonValue, doubled_names

PAGE: Final = 500
"""Rows of one level that are shown at once; one more stands for the rest."""


class FieldRows:
    """Rows below ``root``, as far as they were asked for."""

    def __init__(self, value: JsonValue) -> None:
        self._nodes: list[FieldNode] = []
        self.root = self._node(None, 0, "", value)
        self.add(self.root, self.next_page(self.root))

    def node(self, number: int) -> FieldNode:
        """The row of a number; the root for one that no row has."""
        return self._nodes[number] if number < len(self._nodes) else self.root

    def find(self, path: Path) -> FieldNode | None:
        """The field at a path, if its row has been made."""
        node = self.root
        for key in path:
            found = next((child for child in node.children or () if child.key == key and not child.hidden), None)
            if found is None:
                return None
            node = found
        return node if path else None

    def next_page(self, node: FieldNode) -> list[FieldNode]:
        """The next rows of a level, not yet in it."""
        value = node.value
        assert isinstance(value, list)
        first = len(node.children or [])
        pairs = value[first : first + PAGE]
        page: list[FieldNode] = []
        doubled = doubled_names(value) if isinstance(value, JsonObject) else frozenset()
        for row, item in enumerate(pairs, first):
            key, inner = item if isinstance(value, JsonObject) else (row, item)
            page.append(self._node(node, row, key, inner))
            page[-1].doubled = key in doubled
        left = len(value) - first - len(pairs)
        if left:
            page.append(self._node(node, first + len(pairs), "", None))
            page[-1].hidden = left
        return page

    @staticmethod
    def add(node: FieldNode, page: list[FieldNode]) -> None:
        """Put rows into their level."""
        node.children = [*(node.children or []), *page]

    def _node(self, parent: FieldNode | None, row: int, key: str | int, value: JsonValue) -> FieldNode:
        node = FieldNode(len(self._nodes), parent, row, key, value)
        self._nodes.append(node)
        return node
