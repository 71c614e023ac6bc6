"""The table of observers: Qt's own table with one delegate, columns that leave by width, boxes to click.

Selection, keyboard, scrolling and assistive tools are those of ``QTableView``; what a click on a box or Enter means is
said by signals.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.models.observer_columns import ALWAYS, STAY_LONGEST, Column
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.models.observer_texts import cell, title
from eventmon.gui.models.topic_columns import shown_columns
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.observer_delegate import BAR, BOX, GAP, KIND_ICON, PAD, ObserverDelegate

NAME_SAMPLE = "Notify wareh"
SAMPLES = {
    Column.PATTERN: "orders/+/created",
    Column.KIND: "counterx",
    Column.MATCHED: "1,041,377",
    Column.DELIVERED: "1,041,377",
    Column.FAILED: "1,041",
    Column.DROPPED: "1,041",
    Column.PENDING: "1,000",
    Column.P50: "999 ms",
    Column.P99: "999 ms",
    Column.VALUES: "count 1,041,377",
    Column.ERROR: "The disk is full.",
}
WIDEST = 200
"""A name, pattern or value takes no more while others have something to say."""
LOOKED_AT = 100
"""So many observers decide how wide names and patterns are."""
NEEDED = (Column.MATCHED, Column.FAILED, Column.P99)
"""Shown even when names have to be cut for them."""
_STRETCH = (Column.ERROR, Column.VALUES, Column.PATTERN, Column.NAME)
"""The first of them that is shown takes the room that is left."""


class ObserverTable(QTableView):
    """Shows an ``ObserverModel``.

    Attributes:
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
        self.choices: dict[int, bool] = {}
        self._hovered = -1
        self._pressed = -1
        self.painter_of_cells = ObserverDelegate(theme, model, kind_icon, self)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_cells)
        self._prepare()
        theme.changed.connect(self._restyle)
        model.dataChanged.connect(lambda *_: self.lay_out())
        self._restyle()

    def current(self) -> ObserverStatus | None:
        """The selected observer."""
        return self.observers.status(self.currentIndex().row())

    def select(self, name: str) -> None:
        """Select an observer, when it is there."""
        row = self.observers.row_of(name)
        if row >= 0:
            self.setCurrentIndex(self.observers.index(row, Column.NAME))

    # Columns

    def lay_out(self) -> None:
        """Show the columns there is room for."""
        room = self.viewport().width()
        box = BOX + 2 * PAD + BAR
        least, name = self.painter_of_cells.text_width(NAME_SAMPLE) + BOX, self._wanted(Column.NAME)
        widths = self._widths()
        needed = shown_columns(room, box + least, widths, self.choices, NEEDED)
        shown = needed | shown_columns(room, box + max(least, name), widths, self.choices, STAY_LONGEST)
        left = room - box - sum(widths[column] for column in shown)
        sizes = {Column.ON: box, Column.NAME: max(least, min(name, left))}
        sizes |= {Column(column): widths[column] for column in shown}
        left -= sizes[Column.NAME]
        sizes[next(column for column in _STRETCH if column in sizes)] += max(0, left)
        for column in Column:
            if self.isColumnHidden(column) == (column in sizes):
                self.setColumnHidden(column, column not in sizes)
            if column in sizes and self.columnWidth(column) != sizes[column]:
                self.setColumnWidth(column, sizes[column])

    def columns_menu(self) -> QMenu:
        """The columns to choose from; each entry a switch."""
        menu = QMenu(self)
        menu.setObjectName("observerColumns")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in Column:
            if column not in ALWAYS:
                action = menu.addAction(title(column))
                action.setCheckable(True)
                action.setChecked(not self.isColumnHidden(column))
                action.toggled.connect(lambda wanted, column=column: self.choose(column, wanted))
        menu.addSeparator()
        fit = menu.addAction(QCoreApplication.translate("Observers", "Fit columns to the width"))
        fit.setEnabled(bool(self.choices))
        fit.triggered.connect(self.forget_choices)
        return menu

    def choose(self, column: int, wanted: bool) -> None:
        """The user wants a column, or not, whatever the width."""
        self.choices[column] = wanted
        self.lay_out()

    def forget_choices(self) -> None:
        """Let the width decide again."""
        self.choices.clear()
        self.lay_out()

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
        self.lay_out()

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

    def _widths(self) -> dict[int, int]:
        """What each column beside the name takes: measured from samples, more where the texts of now need it."""
        width = self.painter_of_cells.text_width
        widths: dict[int, int] = {
            column: max(width(sample), width(title(column))) for column, sample in SAMPLES.items()
        }
        widths[Column.KIND] += KIND_ICON + GAP
        for column in (Column.PATTERN, Column.VALUES):
            widths[column] = max(widths[column], self._wanted(column))
        return widths

    def _wanted(self, column: Column) -> int:
        """What the widest text of a column would need, within reason."""
        cells = self.painter_of_cells
        statuses = self.observers.statuses()[:LOOKED_AT]
        if column == Column.NAME:
            wide = max((cells.name_width(status) for status in statuses), default=0)
        else:
            wide = max((cells.text_width(cell(status, column)) for status in statuses), default=0)
        return min(WIDEST, wide)

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
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_columns_menu)

    def _show_columns_menu(self, at: QPoint) -> None:
        self.columns_menu().popup(self.horizontalHeader().mapToGlobal(at))

    def _restyle(self) -> None:
        self.painter_of_cells.restyle()
        height = self.painter_of_cells.row_height
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(max(24, self.fontMetrics().height() + 8))
        self.lay_out()
        self.viewport().update()
