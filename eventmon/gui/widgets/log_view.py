"""The log under the user's hands: what keys and presses do to a table that moves by itself."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_place import OutOfSight
from eventmon.gui.widgets.steady_table import SteadyTable

_UP = frozenset({Qt.Key.Key_Up, Qt.Key.Key_PageUp})
_STEPS = _UP | {Qt.Key.Key_Down, Qt.Key.Key_PageDown}
_ENDS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})


MOST_SELECTED_AT_ONCE = 10_000
"""Rows that Ctrl+A selects: as many as can be copied."""


class LogView(SteadyTable):
    """The rows of the log dock.

    Attributes:
        eventChosen: the seq (int as object) of the event that was selected last.
        chosenChanged: whether any row is selected now.
        noted: a sentence (str as object) about what a key did less of than it says.
    """

    eventChosen = Signal(object)
    chosenChanged = Signal(bool)
    noted = Signal(object)

    def __init__(self, model: LogModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.setObjectName("logSelectionTimer")
        self._telling.timeout.connect(self._tell_event)
        self.selectionModel().selectionChanged.connect(self._selected_anew)
        model.modelReset.connect(self._tell_selection)
        self.selectionModel().currentRowChanged.connect(lambda *_rows: self._telling.start())

    def _selected_anew(self) -> None:
        """What the user selects takes the place of all that was selected, hidden or not."""
        if not self._adjusting and not self._dropping:
            self._hidden = OutOfSight()
        self._tell_selection()

    def forget_selection(self) -> None:
        """Another log: its events have nothing to do with those selected."""
        self.clearSelection()
        self.selectionModel().setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        self._hidden = OutOfSight()

    def _tell_selection(self) -> None:
        self.chosenChanged.emit(self.selectionModel().hasSelection())
        self._telling.start()

    def _tell_event(self) -> None:
        """The event of the current row, if it is selected: ``follow`` and a press that takes it out only move the row.

        Qt changes row and selection one after the other, in either order, so this comes after both.
        """
        index = self.currentIndex()
        if index.isValid() and self.selectionModel().isSelected(index):
            seq = self.log.seq_at(index.row())
            if seq is not None:
                self.eventChosen.emit(seq)

    def selected_seqs(self) -> list[int]:
        """The events selected, ascending, at most one more than can be worked on at once."""
        return [item for item in self.selected_items(MOST_SELECTED_AT_ONCE + 1) if isinstance(item, int)]

    def selectAll(self) -> None:
        """Select all rows, or the newest ones of a long log."""
        rows = len(self.log.rows)
        if rows <= MOST_SELECTED_AT_ONCE:
            super().selectAll()
            return
        self._select_rows(rows - MOST_SELECTED_AT_ONCE, rows - 1)
        self.noted.emit(log_texts.newest_selected(MOST_SELECTED_AT_ONCE, rows))

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
            self.hold()
            self._select_rows(min(start, row), max(start, row))
            self.scrollTo(self.log.index(row, Column.TIME))

    def _select_rows(self, first: int, last: int) -> None:
        rows = QItemSelection(self.log.index(first, 0), self.log.index(last, len(Column) - 1))
        self.selectionModel().select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)

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
