"""The observers as Qt sees them: rows in the order of their attaching, changed in place, at most four times a second.

A frame says all observers when one of them changed; what is the same tells the view nothing, and a row keeps its place
and its selection while others come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models import observer_texts
from eventmon.gui.models.observer_columns import FIGURES, Column
from eventmon.gui.models.observer_states import Condition, ObserverStates
from eventmon.gui.widgets.plain_text import tooltip_markup

Index = QModelIndex | QPersistentModelIndex
_NOTHING = QModelIndex()
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ObserverModel(QAbstractTableModel):
    """One row an observer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.states = ObserverStates()
        self._rows: list[ObserverStatus] = []

    def take(self, statuses: Sequence[ObserverStatus]) -> None:
        """Show the observers of now."""
        self.states.take(statuses)
        before, now = [status.name for status in self._rows], [status.name for status in statuses]
        if before == now:
            self._rows = list(statuses)
        else:
            self._remove_gone(set(now))
            self._insert_new(statuses)
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def put(self, status: ObserverStatus) -> None:
        """Show one observer as it is now; a new one comes at the end."""
        row = self.row_of(status.name)
        self.take([*self._rows, status] if row < 0 else [*self._rows[:row], status, *self._rows[row + 1 :]])

    def status(self, row: int) -> ObserverStatus | None:
        """The observer in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, name: str) -> int:
        """The row of an observer; -1 when there is none of that name."""
        return next((row for row, status in enumerate(self._rows) if status.name == name), -1)

    def statuses(self) -> list[ObserverStatus]:
        """All observers."""
        return self._rows

    @property
    def on_hub(self) -> bool:
        """Whether observers may run elsewhere."""
        return any(status.instance for status in self._rows)

    def condition(self, status: ObserverStatus) -> Condition:
        """How an observer fares."""
        return self.states.condition(status)

    # What Qt asks

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """How many observers there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOTHING) -> int:
        """All columns, those too that are hidden."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts in full; the delegate paints."""
        status = self.status(index.row()) if index.isValid() else None
        if status is None:
            return None
        column = Column(index.column())
        if role == Qt.ItemDataRole.CheckStateRole and column == Column.ON:
            return Qt.CheckState.Checked if status.state == "active" else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in FIGURES else _LEFT
        return self._text(status, column, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns; rows have none."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return observer_texts.title(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return observer_texts.title(column) or observer_texts.title_tooltip(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(observer_texts.title_tooltip(column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in FIGURES else _LEFT
        return None

    # Inside

    def _text(self, status: ObserverStatus, column: Column, role: int) -> str | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return observer_texts.cell(status, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_markup(observer_texts.details(status, self.condition(status)))
        if role != Qt.ItemDataRole.AccessibleTextRole:
            return None
        if column == Column.NAME:
            return observer_texts.spoken(status, self.condition(status))
        return f"{observer_texts.title(column)} {observer_texts.cell(status, column)}".strip()

    def _remove_gone(self, names: set[str]) -> None:
        for row in reversed(range(len(self._rows))):
            if self._rows[row].name not in names:
                self.beginRemoveRows(_NOTHING, row, row)
                del self._rows[row]
                self.endRemoveRows()

    def _insert_new(self, statuses: Sequence[ObserverStatus]) -> None:
        known = {status.name for status in self._rows}
        if [status.name for status in self._rows] != [each.name for each in statuses if each.name in known]:
            self.beginResetModel()  # another order, which no one asked the view for
            self._rows = list(statuses)
            self.endResetModel()
            return
        for row, status in enumerate(statuses):
            if status.name not in known:
                self.beginInsertRows(_NOTHING, row, row)
                self._rows.insert(row, status)
                self.endInsertRows()
            else:
                self._rows[row] = status
