"""The topic tree as Qt sees it: rows made when a level is opened, changes told at most once a level and tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from eventmon.engine.frame import ConnectionStatus, TopicDelta
from eventmon.gui.formatting import NOT_APPLICABLE, clock, count, one_line, rate, size
from eventmon.gui.models.topic_order import SortKey, TopicOrder
from eventmon.gui.models.topic_query import TopicHits
from eventmon.gui.models.topic_rows import TopicRows
from eventmon.gui.models.topic_tree import TopicNode, TopicTree
from eventmon.gui.widgets.plain_text import tooltip_markup

AnyIndex = QModelIndex | QPersistentModelIndex

TOPIC, EVENTS, RATE, BYTES, OBSERVERS = range(5)
SORT_KEYS: Final[tuple[SortKey, ...]] = ("name", "events", "rate", "bytes", "observers")
NAME_LIMIT = 4_096
_NO_INDEX: Final = QModelIndex()
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT_ROLES: Final = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


def phase_word(phase: str) -> str:
    """A connection's phase as people read it; empty when all is well."""
    words = {
        "connecting": _tr("connecting"),
        "waiting": _tr("reconnecting"),
        "failed": _tr("not connected"),
        "closed": _tr("closed"),
    }
    return words.get(phase, "")


class TopicModel(QAbstractItemModel):
    """Topics for one view. ``take`` may be called at any rate; ``publish`` tells the view, a few times a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree = TopicTree()
        self.rows = TopicRows(self.tree)
        self.utc = False
        self._nodes: dict[int, TopicNode] = {}
        self._changed: set[TopicNode] = set()
        self._added: defaultdict[TopicNode, list[TopicNode]] = defaultdict(list)

    # What the engine said

    def take(self, deltas: Iterable[TopicDelta]) -> set[TopicNode]:
        """Take what topics are now; the view is told by ``publish``. Gives the nodes whose figures changed."""
        changes = self.tree.apply(deltas)
        self._changed |= {node for node in changes.changed if self.rows.place(node) is not None}
        shown = changes.added if self.rows.hits is None else self.rows.hits.take(changes.added)
        for node in shown:
            if node.parent is not None and self.rows.place(node.parent) is not None:
                self._added[node.parent].append(node)
        return changes.changed

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
        open_names = {status.name for status in statuses}
        for name, heading in list(self.tree.mounts.items()):
            if name not in open_names and not heading.events and not heading.children:
                self._unmount(heading)
        if self.rows.headings:
            self._tell_changed(None, 0, len(self.rows.headings) - 1)

    # What the user wants

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; open levels and the selection stay."""
        if 0 <= column < len(SORT_KEYS):
            self.rows.order = TopicOrder(SORT_KEYS[column], order == Qt.SortOrder.DescendingOrder)
            self._sort(fully=True)

    def sort_again(self) -> None:
        """Put rows whose figures moved in order."""
        if self.rows.order.moves:
            self._sort(fully=False)

    def show_hits(self, hits: TopicHits | None) -> None:
        """Show what a search found alone, or everything again."""
        self.beginResetModel()
        self._nodes.clear()
        self._added.clear()
        self.rows.reset(hits)
        self.endResetModel()

    def show_next_page(self, more: TopicNode) -> None:
        """Turn the row that stands for further topics into the next of them."""
        node = more.parent
        branch = self.rows.branch(node) if node is not None else None
        if node is None or branch is None or not branch.hidden:
            return
        page = self.rows.next_page(node)
        self._insert(node, len(branch.rows), page)

    # Nodes and indexes

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

    def title(self, node: TopicNode) -> str:
        """The name of a node as shown: an empty level says so."""
        hidden = self.rows.hidden(node)
        if hidden:
            return _tr("{number} more topics").format(number=count(hidden))
        return one_line(node.name, NAME_LIMIT) if node.name else _tr("(empty)")

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: AnyIndex = _NO_INDEX) -> QModelIndex:
        """The index of a row below another."""
        if row < 0 or not 0 <= column < len(SORT_KEYS):
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
        """Topic, events, rate, bytes, observers."""
        return len(SORT_KEYS)

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

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Full texts, never cut: the view elides what it paints."""
        node = self.node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(node, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node) if index.column() == TOPIC else self.text(node, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() == TOPIC else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self._details(node))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(SORT_KEYS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section in (TOPIC, RATE) else _RIGHT
        if role in _TEXT_ROLES:
            return (_tr("Topic"), _tr("Events"), _tr("Rate, 1 min"), _tr("Bytes"), _tr("Obs."))[section]
        return None

    def text(self, node: TopicNode, column: int) -> str:
        """What a cell says."""
        if column == TOPIC:
            return self.title(node)
        if self.rows.hidden(node):
            return ""
        if column == EVENTS:
            return count(node.events) if node.events else NOT_APPLICABLE
        if column == RATE:
            return rate(node.rate) if node.millirate else NOT_APPLICABLE
        if column == BYTES:
            return size(node.bytes) if node.bytes else NOT_APPLICABLE
        return count(node.observers) if node.observers else NOT_APPLICABLE

    # Inside

    def _index(self, row: int, column: int, node: TopicNode) -> QModelIndex:
        number = id(node)
        self._nodes[number] = node
        return self.createIndex(row, column, number)

    def _parent_index(self, node: TopicNode | None) -> QModelIndex:
        return QModelIndex() if node is None else self.index_of(node)

    def _tell_changed(self, parent: TopicNode | None, low: int, high: int) -> None:
        above = self._parent_index(parent)
        if parent is None or above.isValid():
            self.dataChanged.emit(self.index(low, 0, above), self.index(high, len(SORT_KEYS) - 1, above))

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

    def _spoken(self, node: TopicNode) -> str:
        if self.rows.hidden(node):
            return self.title(node)
        figures = _tr("{events} events, {rate}").format(events=count(node.events), rate=rate(node.rate))
        status = self.tree.status(node)
        phase = f", {phase_word(status.phase)}" if status is not None and status.phase != "connected" else ""
        name = one_line(self.tree.path(node), NAME_LIMIT) or self.title(node)
        return f"{name}{phase}, {figures}"

    def _details(self, node: TopicNode) -> str:
        if self.rows.hidden(node):
            return _tr("The next of them appear when you scroll here or press Enter.")
        lines = [one_line(self.tree.path(node), 300) or self.title(node)]
        status = self.tree.status(node)
        if status is not None:
            word = phase_word(status.phase) or _tr("connected")
            lines.append(f"{one_line(status.url, 200)}: {word}. {status.detail}".rstrip(" ."))
        lines.append(
            _tr("{events} events, {bytes}, {rate}").format(
                events=count(node.events), bytes=size(node.bytes), rate=rate(node.rate)
            )
        )
        own = node.own
        if own is not None:
            lines.append(_tr("Types: {types}").format(types=one_line(", ".join(own.types), 200) or NOT_APPLICABLE))
            lines.append(
                _tr("First {first}, last {last}").format(
                    first=self._moment(own.first_received), last=self._moment(own.last_received)
                )
            )
        return "\n".join(lines)

    def _moment(self, microseconds: int) -> str:
        return clock(microseconds, self.utc) if microseconds > 0 else NOT_APPLICABLE
