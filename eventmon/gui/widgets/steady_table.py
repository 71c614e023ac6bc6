"""The log as it moves: it follows the newest row only at the bottom and never moves a row under the pointer.

Rows that come below do not scroll; rows that come or go above shift the scroll bar by just their height; when all rows
change, the event that was looked at stays where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_place import KeptPlace, OutOfSight
from eventmon.gui.widgets.log_table import LogTable

Index = QModelIndex | QPersistentModelIndex
_NO_UPDATE = QItemSelectionModel.SelectionFlag.NoUpdate


class SteadyTable(LogTable):
    """A log table that follows the newest row or keeps in place what is in sight.

    Attributes:
        inSight: first row, last row in sight, and how many rows would fit.
        followingChanged: whether the view follows the newest row now.
    """

    inSight = Signal(int, int, int)
    followingChanged = Signal(bool)

    # Qt calls overridden methods while the table is being made
    _following = True
    _adjusting = False
    _place: KeptPlace | None = None
    _hidden = OutOfSight()
    _dropping = False
    _top = 0

    def __init__(self, model: LogModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        model.dropping.connect(self._before_drop)
        model.rowsRemoved.connect(self._after_drop)
        model.modelAboutToBeReset.connect(self._before_reset)
        model.modelReset.connect(self._after_reset)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def following(self) -> bool:
        """Whether new rows scroll the view."""
        return self._following

    def follow(self) -> None:
        """Go to the newest row and stay there; the selection is left alone."""
        self._set_following(True)
        if len(self.log.rows):
            self._make_current(len(self.log.rows) - 1)
        self._to_bottom()

    def hold(self) -> None:
        """Stay where the view is, whatever comes."""
        self._set_following(False)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.followingChanged.emit(following)

    # ── scrolling ────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _adjust(self) -> Iterator[None]:
        """Whatever moves meanwhile is moved by us, not by the user."""
        before, self._adjusting = self._adjusting, True
        try:
            yield
        finally:
            self._adjusting = before

    def _to_bottom(self) -> None:
        with self._adjust():
            self.scrollToBottom()
        self._tell_sight()

    def _scroll_to(self, value: int) -> None:
        with self._adjust():
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(value)
        self._tell_sight()

    def _scrolled(self, value: int) -> None:
        if not self._adjusting:
            self._set_following(value >= self.verticalScrollBar().maximum())
            self._tell_sight()

    def _range_changed(self) -> None:
        if self._following and not self._adjusting:
            with self._adjust():
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            self._tell_sight()

    def _tell_sight(self) -> None:
        first = self.verticalScrollBar().value() // self.row_height
        wide = self.viewport().height() // self.row_height + 2
        self.inSight.emit(first, min(first + wide - 1, len(self.log.rows) - 1), wide)

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a row into sight, unless it is we who make it the current one."""
        if not self._adjusting:
            super().scrollTo(index, hint)

    # ── rows come and go ─────────────────────────────────────────────────────────────────────────────────────────

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """Follow, or keep in place what the user reads."""
        bar = self.verticalScrollBar()
        above = start * self.row_height < bar.value() or (start == 0 and bar.maximum() > 0)
        super().rowsInserted(parent, start, end)
        if self._following:
            self._to_bottom()
        elif above:
            self._scroll_to(bar.value() + (end - start + 1) * self.row_height)
        else:
            self._tell_sight()

    def _before_drop(self, count: int) -> None:
        self._dropping = True
        current = self.currentIndex()
        if current.isValid() and current.row() < count:
            # else Qt makes the next row current and scrolls to it
            self.selectionModel().setCurrentIndex(QModelIndex(), _NO_UPDATE)

    def _after_drop(self, _parent: Index, start: int, end: int) -> None:
        self._dropping = False
        if self._following:
            self._to_bottom()
        else:
            self._scroll_to(self.verticalScrollBar().value() - (end - start + 1) * self.row_height)

    def _before_reset(self) -> None:
        self._place = KeptPlace.of(self, self._hidden)

    def _after_reset(self) -> None:
        if self._place is None:
            return
        with self._adjust():
            self._hidden = self._place.select_again(self)
        value = self._place.scroll_value(self)
        if self._following or value is None:
            self._to_bottom()
        else:
            self._scroll_to(value)
        if not self.verticalScrollBar().maximum():
            self._set_following(True)  # everything is in sight: there is nothing to hold

    def _make_current(self, row: int) -> None:
        with self._adjust():
            self.selectionModel().setCurrentIndex(self.log.index(row, Column.TIME), _NO_UPDATE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay at the bottom while following, else keep every row where it is on the screen.

        A line that appears above the table takes its height from the top.
        """
        super().resizeEvent(event)
        down, self._top = self.y() - self._top, self.y()
        if self._following:
            self._to_bottom()
        elif down and event.oldSize().isValid():
            self._scroll_to(self.verticalScrollBar().value() + down)
        else:
            self._tell_sight()

    def _restyle(self) -> None:
        top = self.verticalScrollBar().value() // self.row_height
        self.painter_of_rows.restyle()
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        if self._following:
            self._to_bottom()
        else:
            self._scroll_to(top * self.row_height)
        self.viewport().update()
