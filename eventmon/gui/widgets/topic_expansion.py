"""Which topics are open: it survives restarts, searches, and topics that are not there yet.

The user's wishes are kept by name. A level is opened when it appears, so a tree that fills while events arrive opens
as it was left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QModelIndex, QObject

from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

MAX_REMEMBERED = 2_000
MAX_ROWS = 2_000
"""Rows that "expand all" makes at most."""


class TopicExpansion(QObject):
    """Opens and closes levels of one view and remembers what the user wants open."""

    def __init__(self, view: TopicTreeView) -> None:
        super().__init__(view)
        self._view = view
        self._model = view.topics()
        self._open: set[str] = {"l"}
        self._closed: set[str] = set()
        self._busy = False
        view.expanded.connect(lambda index: self._wished(index, True))
        view.collapsed.connect(lambda index: self._wished(index, False))
        self._model.rowsInserted.connect(self._appeared)

    def save(self) -> dict[str, list[str]]:
        """What is open, and which headings were closed, as JSON values."""
        return {"open": sorted(self._open)[:MAX_REMEMBERED], "closed": sorted(self._closed)[:MAX_REMEMBERED]}

    def restore(self, saved: Any) -> None:
        """Take back what ``save`` gave; anything odd is left out."""
        if not isinstance(saved, dict):
            return
        self._open = _texts(saved.get("open"))
        self._closed = _texts(saved.get("closed"))
        self.show_wishes()

    def show_wishes(self) -> None:
        """Open every row that is wanted open, after all rows were made anew."""
        self._open_wanted(self._model.tree.headings)

    def open_ways(self, ways: Iterable[TopicNode]) -> None:
        """Open the ways down to what a search found; the user's own wishes stay."""
        self._busy = True
        self._view.scheduleDelayedItemsLayout()
        for node in sorted(ways, key=_depth):
            self._expand(node)
        self._busy = False

    def open_below(self, top: Iterable[TopicNode]) -> bool:
        """Open everything below, widest levels first; False when that are too many rows and it stopped."""
        level = [node for node in top if self._model.rows.has_children(node)]
        rows = 0
        self._view.scheduleDelayedItemsLayout()
        while level:
            below: list[TopicNode] = []
            for node in level:
                if rows > MAX_ROWS:
                    return False
                self._expand(node)
                branch = self._model.rows.branch(node)
                if branch is not None:
                    rows += len(branch)
                    below += [child for child in branch.rows if self._model.rows.has_children(child)]
            level = below
        return True

    def close_below(self, node: TopicNode | None) -> None:
        """Close a level with all below it; None closes all but the headings."""
        tree = self._model.tree
        keys = [tree.key(heading) for heading in tree.headings] if node is None else [tree.key(node)]
        gone = {key for key in self._open if any(key.startswith(f"{start}/") for start in keys)}
        for key in sorted(gone, reverse=True):
            below = tree.by_key(key)
            if below is not None:
                self._view.collapse(self._model.index_of(below))
        self._open -= gone
        if node is not None:
            self._view.collapse(self._model.index_of(node))

    def _wished(self, index: QModelIndex, wanted: bool) -> None:
        node = self._model.node(index)
        if node is None or self._busy:
            return
        key = self._model.tree.key(node)
        self._open.discard(key)
        self._closed.discard(key)
        if wanted and len(self._open) < MAX_REMEMBERED:
            self._open.add(key)
        elif not wanted and node.parent is None:
            self._closed.add(key)

    def _appeared(self, parent: QModelIndex, first: int, last: int) -> None:
        if self._model.rows.hits is not None:
            return
        above = self._model.node(parent)
        if above is not None and self._wants_open(above) and not self._view.isExpanded(parent):
            self._open_wanted([above])
        else:
            nodes = (self._model.node(self._model.index(row, 0, parent)) for row in range(first, last + 1))
            self._open_wanted([node for node in nodes if node is not None])

    def _open_wanted(self, nodes: Iterable[TopicNode]) -> None:
        if not self._open:
            return
        self._busy = True
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if self._wants_open(node) and self._model.rows.has_children(node):
                self._expand(node)
                branch = self._model.rows.branch(node)
                stack.extend(branch.rows if branch is not None else ())
        self._busy = False

    def _wants_open(self, node: TopicNode) -> bool:
        key = self._model.tree.key(node)
        return key in self._open or (node.parent is None and key not in self._closed)

    def _expand(self, node: TopicNode) -> None:
        index = self._model.index_of(node)
        if index.isValid() and not self._view.isExpanded(index):
            self._model.fetchMore(index)
            self._view.setExpanded(index, True)


def _depth(node: TopicNode) -> int:
    return len(node.lineage())


def _texts(saved: Any) -> set[str]:
    return {text for text in saved[:MAX_REMEMBERED] if isinstance(text, str)} if isinstance(saved, list) else set()
