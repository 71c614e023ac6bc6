"""The log under the user's hands: what keys and presses do to a table that moves by itself."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView

from eventmon.gui.models.log_columns import Column
from eventmon.gui.widgets.steady_table import SteadyTable

_UP = frozenset({Qt.Key.Key_Up, Qt.Key.Key_PageUp})
_STEPS = _UP | {Qt.Key.Key_Down, Qt.Key.Key_PageDown}
_ENDS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})


class LogView(SteadyTable):
    """The rows of the log dock."""

    def show_seq(self, seq: int) -> None:
        """Select the event with this seq, or the next one shown, in the middle of the view."""
        if len(self.log.rows):
            row = min(self.log.rows.row_at_or_after(seq), len(self.log.rows) - 1)
            self.hold()
            self.selectRow(row)
            self.scrollTo(self.log.index(row, Column.TIME), QAbstractItemView.ScrollHint.PositionAtCenter)
            self.hold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home goes to the first row and End follows, with Shift they select all the way there.

        A step from a running view starts at its last row.
        """
        key = Qt.Key(event.key())
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ENDS and extends:
            self._select_to(len(self.log.rows) - 1 if key == Qt.Key.Key_End else 0)
        elif key == Qt.Key.Key_End:
            self.follow()
        elif key == Qt.Key.Key_Home:
            self._to_first()
        else:
            if key in _STEPS and self._following and len(self.log.rows):
                self._step_from_sight()
            if key in _UP:
                self.hold()
            super().keyPressEvent(event)

    def _to_first(self) -> None:
        self.hold()
        if len(self.log.rows):
            self.selectRow(0)
        self.verticalScrollBar().setValue(0)

    def _select_to(self, row: int) -> None:
        """Select all rows from the current one to this one."""
        start = max(self.currentIndex().row(), 0)
        if 0 <= row < len(self.log.rows):
            top, bottom = self.log.index(min(start, row), 0), self.log.index(max(start, row), len(Column) - 1)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.hold()
            self.selectionModel().select(QItemSelection(top, bottom), flags)
            self.scrollTo(self.log.index(row, Column.TIME))

    def _step_from_sight(self) -> None:
        """A current row that has run out of sight would drag the view back to it."""
        current = self.currentIndex()
        if not (current.isValid() and 0 <= self.rowViewportPosition(current.row()) < self.viewport().height()):
            self._make_current(len(self.log.rows) - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a row holds the view: what was clicked stays under the pointer."""
        if self.indexAt(event.position().toPoint()).isValid():
            self.hold()
        super().mousePressEvent(event)
