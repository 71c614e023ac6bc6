"""The fields of a value as a tree model: rows are made when their level is opened, a page at a time.

Indexes carry numbers, never pointers: an index that outlives its event finds nothing instead of freed memory.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from eventmon.gui.models.event_fields import FieldNode, FieldTexts, Path
from eventmon.gui.models.event_json import JsonObject, JsonValue, is_container
from eventmon.gui.models.event_rows import FieldRows
from eventmon.gui.widgets.plain_text import tooltip_markup

AnyIndex = QModelIndex | QPersistentModelIndex
FIELD: Final = 0
VALUE: Final = 1
_NO_INDEX: Final = QModelIndex()


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventTree", text)


class EventTreeModel(QAbstractItemModel):
    """Fields and values of what ``show_value`` was given; ``texts`` has the words for them."""

    def __init__(self, titles: tuple[str, str], *, quoted: bool = True, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = titles
        self.texts = FieldTexts(quoted=quoted)
        self._value: JsonValue = JsonObject()
        self._rows = FieldRows(self._value)

    def show_value(self, value: JsonValue) -> None:
        """Show another value, its secrets hidden."""
        self._value = value if is_container(value) else JsonObject([(_tr("(value)"), value)])
        self._make_anew(revealed=False)

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them; all rows are made anew, so that nothing below a hidden field stays in sight."""
        if revealed != self.texts.revealed:
            self._make_anew(revealed=revealed)

    # ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────

    def node(self, index: AnyIndex) -> FieldNode:
        """The field of an index; the root for an invalid one."""
        number = index.internalId() if index.isValid() else 0
        return self._rows.node(number)

    def index_of(self, node: FieldNode, column: int = FIELD) -> QModelIndex:
        """The index of a field."""
        return QModelIndex() if node.parent is None else self.createIndex(node.row, column, node.number)

    @property
    def root(self) -> FieldNode:
        """Above all fields."""
        return self._rows.root

    def find_shown(self, path: Path) -> FieldNode | None:
        """The field at a path, if its row has been made."""
        return self._rows.find(path)

    def fields(self, node: FieldNode) -> list[FieldNode]:
        """The fields below one, as far as shown."""
        self.fetchMore(self.index_of(node))
        return [child for child in node.children or () if not child.hidden]

    # ── Qt's side ────────────────────────────────────────────────────────────────────────────────────────────────

    def index(self, row: int, column: int, parent: AnyIndex = _NO_INDEX) -> QModelIndex:
        """The index of a row below another."""
        children = self.node(parent).children or []
        if not (0 <= row < len(children) and column in (FIELD, VALUE)):
            return QModelIndex()
        return self.createIndex(row, column, children[row].number)

    def parent(self, index: AnyIndex = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        """The index of the row above."""
        node = self.node(index)
        return QModelIndex() if node.parent is None else self.index_of(node.parent)

    def rowCount(self, parent: AnyIndex = _NO_INDEX) -> int:
        """Rows made so far."""
        return len(self.node(parent).children or []) if parent.column() <= FIELD else 0

    def columnCount(self, _parent: AnyIndex = _NO_INDEX) -> int:
        """Field and value."""
        return 2

    def hasChildren(self, parent: AnyIndex = _NO_INDEX) -> bool:
        """Whether there is something below, made or not; what is hidden is not looked into."""
        node = self.node(parent)
        return parent.column() <= FIELD and self.opens(node)

    def canFetchMore(self, parent: AnyIndex) -> bool:
        """Whether the rows below have still to be made."""
        node = self.node(parent)
        return node.children is None and self.opens(node)

    def fetchMore(self, parent: AnyIndex) -> None:
        """Make the first rows below."""
        if self.canFetchMore(parent):
            node = self.node(parent)
            page = self._rows.next_page(node)
            self.beginInsertRows(parent, 0, len(page) - 1)
            self._rows.add(node, page)
            self.endInsertRows()

    def show_more(self, more: FieldNode) -> None:
        """Put the next fields in the place of the row that stands for them."""
        node = more.parent
        if node is None or not more.hidden or node.children is None:
            return
        above = self.index_of(node)
        self.beginRemoveRows(above, more.row, more.row)
        node.children.pop()
        self.endRemoveRows()
        page = self._rows.next_page(node)
        self.beginInsertRows(above, more.row, more.row + len(page) - 1)
        self._rows.add(node, page)
        self.endInsertRows()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Full texts, also for assistive tools."""
        if not index.isValid():
            return None
        node = self.node(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.texts.name(node) if index.column() == FIELD else self.texts.text(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self.texts.told(node))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The two titles."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole or section not in (0, 1):
            return None
        return self._titles[section]

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def opens(self, node: FieldNode) -> bool:
        """Whether there is something below a field that may be seen."""
        return is_container(node.value) and bool(node.value) and not self.texts.is_masked(node)

    def _make_anew(self, *, revealed: bool) -> None:
        self.beginResetModel()
        self.texts.revealed = revealed
        self._rows = FieldRows(self._value)
        self.endResetModel()
