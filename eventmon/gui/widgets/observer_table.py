"""The table of observers: Qt's own table with one delegate, columns that leave by width, boxes to click.

Selection, keyboard, scrolling and assistive tools are those of ``QTableView``; what a click on a box or Enter means is
said by signals.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models.observer_columns import Column
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.observer_column_layout import ObserverColumns
from eventmon.gui.widgets.observer_delegate import ObserverDelegate


class ObserverTable(QTableView):
    """Shows an ``ObserverModel``.

    Attributes:
        columns: which of them are shown, and how wide.
        boxClicked: the box of an observer was clicked (its ``ObserverStatus``).
        opened: an observer was double-clicked (its ``ObserverStatus``).
        currentChangedTo: another observer is selected (its name as object); empty for none.
    """

    boxClicked = Signal(object)
    opened = Signal(object)
    currentChangedTo = Signal(object)

    def __init__(
        self,
        theme: Theme,
        model: ObserverModel,
        kind_icon: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("observerTable")
        self.setAccessibleName(QCoreApplication.translate("Observers", "Observers"))
        self.observers = model
        self._hovered = -1
        self._pressed = -1
        self.painter_of_cells = ObserverDelegate(theme, model, kind_icon, self)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_cells)
        self.columns = ObserverColumns(self, model, self.painter_of_cells)
        self._prepare()
        theme.changed.connect(self._restyle)
        model.dataChanged.connect(lambda *_: self.columns.lay_out())
        self._restyle()

    def current(self) -> ObserverStatus | None:
        """The selected observer."""
        return self.observers.status(self.currentIndex().row())

    def select(self, name: str) -> None:
        """Select an observer, when it is there."""
        row = self.observers.row_of(name)
        if row >= 0:
            self.setCurrentIndex(self.observers.index(row, Column.NAME))

    # What Qt tells

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell which observer is selected now."""
        super().currentChanged(current, previous)
        status = self.observers.status(current.row())
        self.currentChangedTo.emit(status.name if status is not None else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, perhaps other columns."""
        super().resizeEvent(event)
        self.columns.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Read what is the same for all cells once, then paint."""
        self.painter_of_cells.begin(self.currentIndex().row(), self._hovered, focused=self.hasFocus())
        super().paintEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer now."""
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a box is the first half of a click on it."""
        super().mousePressEvent(event)
        self._pressed = self._box_at(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A box is clicked when it was pressed and is let go of there."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, -1
        status = self.observers.status(pressed)
        if status is not None and self._box_at(event) == pressed:
            self.boxClicked.emit(status)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click on a box is a click; anywhere else it opens the observer."""
        super().mouseDoubleClickEvent(event)
        self._pressed = self._box_at(event)
        status = self.observers.status(self.indexAt(event.position().toPoint()).row())
        if status is not None and self._pressed < 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(status)

    # Inside

    def _box_at(self, event: QMouseEvent) -> int:
        """The row whose box is under the pointer; -1 for none, or another button."""
        index = self.indexAt(event.position().toPoint())
        on_box = index.isValid() and index.column() == Column.ON and event.button() == Qt.MouseButton.LeftButton
        return index.row() if on_box else -1

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def _prepare(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setObjectName("observerHeader")
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)

    def _restyle(self) -> None:
        self.painter_of_cells.restyle()
        height = self.painter_of_cells.row_height
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(max(24, self.fontMetrics().height() + 8))
        self.columns.lay_out()
        self.viewport().update()
