"""Rows of the topic tree as Qt indexes: made when a level is opened, a page at a time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

from eventmon.gui.models.topic_rows import TopicRows
from eventmon.gui.models.topic_tree import TopicNode, TopicTree

AnyIndex = QModelIndex | QPersistentModelIndex

COLUMNS: Final = 9
_NO_INDEX: Final = QModelIndex()


class TopicIndexes(QAbstractItemModel):
    """The structure of the model: which node stands in which row, and how rows come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree = TopicTree()
        self.rows = TopicRows(self.tree)
        self._nodes: dict[int, TopicNode] = {}

    def node(self, index: AnyIndex) -> TopicNode | None:
        """The node of an index, None for an invalid one."""
        return self._nodes.get(index.internalId()) if index.isValid() else None

    def index_of(self, node: TopicNode, column: int = 0) -> QModelIndex:
        """The index of a node; an invalid one when it has no row."""
        row = self.rows.place(node)
        return QModelIndex() if row is None else self._index(row, column, node)

    def reach(self, node: TopicNode) -> QModelIndex:
        """The index of a node, opening the levels above it and turning pages until it is there."""
        for parent, child in zip(node.lineage(), node.lineage()[1:], strict=False):
            if self.rows.branch(parent) is None:
                self.fetchMore(self.index_of(parent))
            branch = self.rows.branch(parent)
            if branch is None:
                return QModelIndex()
            if self.rows.place(child) is None:
                self._insert(parent, len(branch.rows), [child])
        return self.index_of(node)

    def show_next_page(self, more: TopicNode) -> None:
        """Turn the row that stands for further topics into the next of them."""
        node = more.parent
        branch = self.rows.branch(node) if node is not None else None
        if node is None or branch is None or not branch.hidden:
            return
        page = self.rows.next_page(node)
        self._insert(node, len(branch.rows), page)

    def index(self, row: int, column: int, parent: AnyIndex = _NO_INDEX) -> QModelIndex:
        """The index of a row below another."""
        if row < 0 or not 0 <= column < COLUMNS:
            return QModelIndex()
        if not parent.isValid():
            headings = self.rows.headings
            return self._index(row, column, headings[row]) if row < len(headings) else QModelIndex()
        node = self.node(parent)
        branch = self.rows.branch(node) if node is not None else None
        if branch is None or row >= len(branch) or parent.column() > 0:
            return QModelIndex()
        return self._index(row, column, branch.rows[row] if row < len(branch.rows) else branch.more)

    def parent(self, index: AnyIndex = _NO_INDEX) -> QModelIndex:  # type: ignore[override]  # QObject.parent shares the name
        """The index of the level above."""
        node = self.node(index)
        return QModelIndex() if node is None or node.parent is None else self.index_of(node.parent)

    def rowCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        """Rows below an index that exist now."""
        if not parent.isValid():
            return len(self.rows.headings)
        node = self.node(parent)
        branch = self.rows.branch(node) if node is not None and parent.column() == 0 else None
        return len(branch) if branch is not None else 0

    def columnCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        """Topic, events, rate, bytes, observers, types, last value, first seen, last seen."""
        return COLUMNS

    def hasChildren(self, parent: AnyIndex = _NO_INDEX) -> bool:
        """Whether a row can be opened, known without opening it."""
        if not parent.isValid():
            return bool(self.rows.headings)
        node = self.node(parent)
        return node is not None and parent.column() == 0 and self.rows.has_children(node)

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Whether the level below a row was not opened yet."""
        node = self.node(parent)
        return node is not None and self.rows.branch(node) is None and self.hasChildren(parent)

    def fetchMore(self, parent: AnyIndex) -> None:
        """Open the level below a row: its first page."""
        node = self.node(parent)
        if node is None or self.rows.branch(node) is not None:
            return
        page = self.rows.first_page(node)
        if page:
            hidden = 1 if self.rows.shown_count(node) > len(page) else 0
            self.beginInsertRows(QModelIndex(parent), 0, len(page) - 1 + hidden)  # type: ignore[arg-type]
            self.rows.open(node, page)
            self.endInsertRows()

    def _index(self, row: int, column: int, node: TopicNode) -> QModelIndex:
        number = id(node)
        self._nodes[number] = node
        return self.createIndex(row, column, number)

    def _parent_index(self, node: TopicNode | None) -> QModelIndex:
        return QModelIndex() if node is None else self.index_of(node)

    def _tell_changed(self, parent: TopicNode | None, low: int, high: int) -> None:
        above = self._parent_index(parent)
        if parent is None or above.isValid():
            self.dataChanged.emit(self.index(low, 0, above), self.index(high, COLUMNS - 1, above))

    def _insert(self, parent: TopicNode, at: int, nodes: list[TopicNode]) -> None:
        if nodes:
            self.beginInsertRows(self.index_of(parent), at, at + len(nodes) - 1)
            self.rows.insert(parent, at, nodes)
            self.endInsertRows()
        self._sync_hidden(parent)

    def _sync_hidden(self, parent: TopicNode) -> None:
        """Let the last row of a level say how many topics have no row, come when there are some and go with them."""
        branch = self.rows.branch(parent)
        if branch is None:
            return
        hidden, at = self.rows.count_hidden(parent), len(branch.rows)
        if bool(hidden) == bool(branch.hidden):
            if hidden != branch.hidden:
                branch.hidden = hidden
                self._tell_changed(parent, at, at)
        elif hidden:
            self.beginInsertRows(self.index_of(parent), at, at)
            branch.hidden = hidden
            self.endInsertRows()
        else:
            self.beginRemoveRows(self.index_of(parent), at, at)
            branch.hidden = 0
            self.endRemoveRows()
