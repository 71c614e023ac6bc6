"""The topic tree as Qt sees it: rows made when a level is opened, changes told at most once a level and tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, Qt

from eventmon.engine.frame import ConnectionStatus, TopicDelta
from eventmon.gui.models.topic_indexes import COLUMNS, AnyIndex, TopicIndexes
from eventmon.gui.models.topic_marks import TopicMarks
from eventmon.gui.models.topic_order import SortKey, TopicOrder
from eventmon.gui.models.topic_query import TopicHits
from eventmon.gui.models.topic_texts import (
    BYTES,
    EVENTS,
    FIRST,
    LAST,
    OBSERVERS,
    RATE,
    TOPIC,
    TYPES,
    VALUE,
    TopicTexts,
)
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.widgets.plain_text import tooltip_markup

SORT_KEYS: Final[dict[int, SortKey]] = {
    TOPIC: "name",
    EVENTS: "events",
    RATE: "rate",
    BYTES: "bytes",
    OBSERVERS: "observers",
    FIRST: "first",
    LAST: "last",
}
"""The columns that can be sorted by."""
LEFT_COLUMNS: Final = (TOPIC, TYPES, VALUE)
"""Columns of text; all others are of figures."""
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT_ROLES: Final = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


def _titles() -> tuple[str, ...]:
    figures = _tr("Topic"), _tr("Events"), _tr("Rate, 1 min"), _tr("Bytes"), _tr("Obs.")
    return *figures, _tr("Types"), _tr("Last value"), _tr("First seen"), _tr("Last seen")


class TopicModel(TopicIndexes):
    """Topics for one view. ``take`` may be called at any rate; ``publish`` tells the view, a few times a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.marks = TopicMarks(self.tree)
        self.texts = TopicTexts(self.tree, self.rows, self.marks)
        self._changed: set[TopicNode] = set()
        self._added: defaultdict[TopicNode, list[TopicNode]] = defaultdict(list)

    # What the engine said

    def take(self, deltas: Iterable[TopicDelta]) -> set[TopicNode]:
        """Take what topics are now; the view is told by ``publish``. Gives the nodes whose figures changed."""
        changes = self.tree.apply(deltas)
        if changes.added and self.marks.pins:
            self.rows.ranks.pinned = self.marks.pinned()
        self._changed |= {node for node in changes.changed if self.rows.place(node) is not None}
        shown = changes.added if self.rows.hits is None else self.rows.hits.take(changes.added)
        for node in shown:
            if node.parent is not None and self.rows.place(node.parent) is not None:
                self._added[node.parent].append(node)
        return changes.changed

    def forget(self, topics: Iterable[str]) -> bool:
        """Take topics away that were deleted, at once, and the levels that only led to them: whether there were any."""
        self.publish()  # so that rows and tree agree before they change together
        losses = self.tree.forget(topics)
        if self.rows.hits is not None:
            self.rows.hits.forget(losses.gone)
        for node in losses.gone:
            if node.parent is not None and node.parent not in losses.gone:
                self._take_away(node, node.parent)
        self._changed = {node for node in losses.changed if self.rows.place(node) is not None}
        self._unmount_empty(self.tree.statuses)
        return bool(losses.gone)

    def publish(self) -> bool:
        """Tell the view what changed since the last time: whether anything did."""
        anything = bool(self._changed or self._added)
        self._show_new_headings()
        added, self._added = self._added, defaultdict(list)
        for parent, nodes in added.items():
            self._show_new(parent, nodes)
        changed, self._changed = self._changed, set()
        spans: dict[TopicNode | None, tuple[int, int]] = {}
        for node in changed:
            row = self.rows.place(node)
            if row is not None:
                low, high = spans.get(node.parent, (row, row))
                spans[node.parent] = min(low, row), max(high, row)
        for parent_node, (low, high) in spans.items():
            self._tell_changed(parent_node, low, high)
        return anything

    def set_connections(self, statuses: Sequence[ConnectionStatus]) -> None:
        """Show how the connections are, with a heading for each."""
        for status in statuses:
            if status.name not in self.tree.mounts:
                self._mount(status.name)
        self.tree.set_statuses(statuses)
        self._unmount_empty(self.tree.statuses)
        if self.rows.headings:
            self._tell_changed(None, 0, len(self.rows.headings) - 1)

    # What the user wants

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; open levels and the selection stay."""
        if column in SORT_KEYS:
            self.rows.ranks.order = TopicOrder(SORT_KEYS[column], order == Qt.SortOrder.DescendingOrder)
            self._sort(fully=True)

    def sort_again(self) -> None:
        """Put rows whose figures moved in order."""
        if self.rows.ranks.order.moves:
            self._sort(fully=False)

    def pin(self, node: TopicNode, *, pinned: bool) -> None:
        """Let a topic stand before its neighbours, or no more."""
        self.marks.pin(node, pinned=pinned)
        self.show_pins()

    def show_pins(self) -> None:
        """Put the pinned topics first, after the pins have changed."""
        self.rows.ranks.pinned = self.marks.pinned()
        self._sort(fully=True)

    def show_hits(self, hits: TopicHits | None) -> None:
        """Show what a search found alone, or everything again."""
        self.beginResetModel()
        self._nodes.clear()
        self._added.clear()
        self.rows.reset(hits)
        self.endResetModel()

    # QAbstractItemModel

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Full texts, never cut: the view elides what it paints."""
        node = self.node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.texts.text(node, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.texts.spoken(node) if index.column() == TOPIC else self.texts.text(node, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() in LEFT_COLUMNS else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self.texts.details(node))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < COLUMNS:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == RATE or section in LEFT_COLUMNS else _RIGHT
        if role in _TEXT_ROLES:
            return _titles()[section]
        return None

    # Inside

    def _show_new(self, parent: TopicNode, nodes: Iterable[TopicNode]) -> None:
        branch = self.rows.branch(parent)
        fresh = [node for node in nodes if self.rows.place(node) is None]
        if not fresh or self.rows.place(parent) is None:
            return
        if branch is None:
            if self.rows.shown_count(parent) == len(fresh):  # a leaf until now: the view has to hear that it opens
                self.fetchMore(self.index_of(parent))
            return
        for at, group in self.rows.insertions(parent, fresh):
            self._insert(parent, at, group)
        self._sync_hidden(parent)

    def _show_new_headings(self) -> None:
        wanted = self.tree.headings if self.rows.hits is None else self.rows.hits.headings()
        if len(wanted) == len(self.rows.headings):
            return
        for row, heading in enumerate(wanted):
            if row >= len(self.rows.headings) or self.rows.headings[row] is not heading:
                self.beginInsertRows(QModelIndex(), row, row)
                self.rows.insert_heading(row, heading)
                self.endInsertRows()

    def _mount(self, name: str) -> None:
        child = (self.tree.local.children or {}).get(name)
        row = self.rows.place(child) if child is not None else None
        if child is not None and row is not None:
            self.beginRemoveRows(self.index_of(self.tree.local), row, row)
            self.rows.remove(child)
            self.tree.mount(name)
            self.endRemoveRows()
        else:
            self.tree.mount(name)
        if self.rows.hits is None:
            self._show_new_headings()

    def _take_away(self, node: TopicNode, parent: TopicNode) -> None:
        row = self.rows.place(node)
        if row is not None:
            self.beginRemoveRows(self.index_of(parent), row, row)
            self.rows.remove(node)
            self.endRemoveRows()
        self._sync_hidden(parent)

    def _unmount_empty(self, open_names: Container[str]) -> None:
        """Take the headings of closed connections away below which nothing is left."""
        for name, heading in list(self.tree.mounts.items()):
            if name not in open_names and not heading.events and not heading.children:
                self._unmount(heading)

    def _unmount(self, heading: TopicNode) -> None:
        row = self.rows.place(heading)
        if row is None:
            self.tree.unmount(heading.name)
            return
        self.beginRemoveRows(QModelIndex(), row, row)
        self.rows.remove_heading(row)
        self.tree.unmount(heading.name)
        self.endRemoveRows()

    def _sort(self, *, fully: bool) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [self.node(index) for index in before]
        self.rows.sort(fully=fully)
        after = [
            self.index_of(node, index.column()) if node is not None else QModelIndex()
            for index, node in zip(before, nodes, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
