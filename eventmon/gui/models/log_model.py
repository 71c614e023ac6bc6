"""The log as a Qt table: rows are computed, contents come from the row cache, every cell gives its full text.

The view paints whole rows by a delegate; the roles here are for the keyboard, assistive technology, tooltips and
copying. Nothing in here asks the engine: ``LogFeed`` does, and tells this model what to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from eventmon.engine.requests import Gap, LogRow
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import RIGHT_ALIGNED, Column
from eventmon.gui.models.log_texts import RowView
from eventmon.gui.models.row_cache import RowCache
from eventmon.gui.models.row_map import Item, RowMap
from eventmon.gui.widgets.plain_text import tooltip_markup

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole
_NO_INDEX = QModelIndex()
_TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def column_title(column: Column, *, to_row: bool = False) -> str:
    """The header of a column; ``to_row``: Δ counts from the selected event."""
    if to_row and column == Column.DELTA:
        return QCoreApplication.translate("LogModel", "Δ to row")
    titles = {
        Column.TIME: QCoreApplication.translate("LogModel", "Time"),
        Column.DELTA: QCoreApplication.translate("LogModel", "Δ ms"),
        Column.TOPIC: QCoreApplication.translate("LogModel", "Topic"),
        Column.TYPE: QCoreApplication.translate("LogModel", "Type"),
        Column.SIZE: QCoreApplication.translate("LogModel", "Size"),
        Column.DATA: QCoreApplication.translate("LogModel", "Data"),
        Column.SEQ: QCoreApplication.translate("LogModel", "Seq"),
        Column.RECEIVED: QCoreApplication.translate("LogModel", "Received"),
        Column.SOURCE: QCoreApplication.translate("LogModel", "Source"),
        Column.ID: QCoreApplication.translate("LogModel", "Id"),
        Column.SUBJECT: QCoreApplication.translate("LogModel", "Subject"),
        Column.CONTENT_TYPE: QCoreApplication.translate("LogModel", "Content type"),
    }
    return titles[column]


class LogModel(QAbstractTableModel):
    """Rows of a ``RowMap``, contents of a ``RowCache``.

    Attributes:
        dropping: how many rows at the top are about to go.
        utc: whether times are shown in UTC.
        delta_to_row: whether Δ counts from the selected event, not from the one above.
    """

    dropping = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logModel")
        self.rows = RowMap()
        self.cache = RowCache()
        self.utc = False
        self.delta_to_row = False
        self._reference = 0
        self._reference_time: int | None = None

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many rows are shown; none below a cell."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """All columns, hidden or not."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Full texts, alignment and the item of the row; None for every other role."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        column = Column(index.column())
        if role in _TEXT_ROLES:
            return self.text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(self._tooltip(index.row(), column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in RIGHT_ALIGNED else _LEFT
        return self.rows.item(index.row()) if role == ITEM_ROLE else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns; None for rows, which Qt asks for even where their header is hidden."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        column = Column(section)
        if role in _TEXT_ROLES:
            return column_title(column, to_row=self.delta_to_row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in RIGHT_ALIGNED else _LEFT
        return None

    # ── contents ─────────────────────────────────────────────────────────────────────────────────────────────────

    def view_of(self, seq: int) -> RowView | None:
        """An event with its surroundings; None while it is not here."""
        row = self.cache.get(seq)
        if row is None:
            return None
        before = self.rows.shown.before(seq)
        previous = None if before is None else self.cache.get(before)
        earlier = None if previous is None else previous.received
        if not self.delta_to_row:
            return RowView(row, earlier, first=before is None)
        if self._reference_time is None:
            selected = self.cache.get(self._reference)
            self._reference_time = None if selected is None else selected.received
        return RowView(row, earlier, first=before is None, to_row=True, since=self._reference_time)

    def text(self, row: int, column: Column) -> str:
        """The full text of a cell."""
        item = self.rows.item(row)
        if isinstance(item, Gap):
            return log_texts.gap_sentence(item, self.utc) if column == Column.TIME else ""
        view = self.view_of(item)
        if view is not None:
            return log_texts.cell(view, column, self.utc)
        if column != Column.TIME:
            return ""
        return log_texts.NO_LONGER_KEPT if self.cache.is_absent(item) else log_texts.LOADING

    def seq_at(self, row: int) -> int | None:
        """The seq of a row; None for a gap and outside."""
        item = self.rows.item(row) if 0 <= row < len(self.rows) else None
        return item if isinstance(item, int) else None

    def event_at(self, row: int) -> LogRow | None:
        """The event of a row, where it is here."""
        seq = self.seq_at(row)
        return None if seq is None else self.cache.get(seq)

    def _tooltip(self, row: int, column: Column) -> str:
        item: Item = self.rows.item(row)
        view = None if isinstance(item, Gap) else self.view_of(item)
        if view is None:
            return self.text(row, Column.TIME)
        return log_texts.tooltip(view, column, self.utc)

    # ── changes, each announced to the view ──────────────────────────────────────────────────────────────────────

    def show(self, rows: RowMap) -> None:
        """Show something else altogether."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def grow(self, high: int, hits: Sequence[int] = ()) -> None:
        """Append what lies up to ``high``."""
        with self._inserting(len(self.rows), self.rows.rows_to_grow(high, hits)):
            self.rows.grow(high, hits)

    def reach(self, low: int, hits: Sequence[int] = ()) -> None:
        """Put before the first row what lies down to ``low``."""
        with self._inserting(0, self.rows.rows_to_reach(low, hits)):
            self.rows.lower_low(low, hits)

    def drop_below(self, low: int) -> None:
        """Take away the rows of events below ``low``."""
        count = self.rows.rows_to_drop(low)
        if count:
            self.dropping.emit(count)
            self.beginRemoveRows(_NO_INDEX, 0, count - 1)
        self.rows.raise_low(low)
        if count:
            self.endRemoveRows()

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Put gap rows in their places."""
        for gap in gaps:
            row = self.rows.gaps.row_for(gap)
            with self._inserting(row or 0, 0 if row is None else 1):
                self.rows.gaps.add(gap)

    def touch(self, first: int, last: int) -> None:
        """Contents of these rows have arrived or changed."""
        first, last = max(first, 0), min(last, len(self.rows) - 1)
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def set_utc(self, utc: bool) -> None:
        """Show times in UTC or in the zone of this machine."""
        self.utc = utc
        self.touch(0, len(self.rows) - 1)

    def set_delta_to_row(self, on: bool) -> None:
        """Let Δ count from the selected event, or from the one above."""
        self.delta_to_row = on
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.DELTA, Column.DELTA)
        self.touch(0, len(self.rows) - 1)

    def set_reference(self, seq: int) -> None:
        """This event is the selected one; 0 for none."""
        self._reference, self._reference_time = seq, None
        if self.delta_to_row:
            self.touch(0, len(self.rows) - 1)

    @contextmanager
    def _inserting(self, row: int, count: int) -> Iterator[None]:
        if count:
            self.beginInsertRows(_NO_INDEX, row, row + count - 1)
        yield
        if count:
            self.endInsertRows()
