"""The table of the log as Qt has it, painted by rows: set-up, hover and paint, nothing that moves by itself."""

from __future__ import annotations

from pyroaring import BitMap64
from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from eventmon.engine.requests import Gap
from eventmon.gui import formatting
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.models.row_map import Item
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_delegate import LogDelegate, Place, RowToPaint
from eventmon.gui.widgets.log_header import LEFT_MARGIN, PADDING, LogHeader


class LogTable(QTableView):
    """Rows of a ``LogModel``, equally high, painted whole.

    Attributes:
        typed: what is typed while the rows have the keyboard (str as object): typing in a list searches.
    """

    typed = Signal(object)

    def __init__(self, model: LogModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logView")
        self.setAccessibleName(self.tr("Event log"))
        self.log = model
        self.theme = theme
        self._hover_y = -1
        self._chosen: BitMap64 | None = None
        self._selected: int | None = None
        self.painter_of_rows = LogDelegate(theme, self)
        self.columns = LogHeader(theme, self)
        self._set_up()
        self.setModel(model)
        self.columns.restore(self.columns.choice)
        self.selectionModel().selectionChanged.connect(self._forget_chosen)
        model.modelReset.connect(self._forget_chosen)
        self.columns.arranged.connect(self.viewport().update)

    @property
    def row_height(self) -> int:
        """Height of every row in pixels."""
        return self.painter_of_rows.look.row_height

    def _set_up(self) -> None:
        self.setItemDelegate(self.painter_of_rows)
        self.setHorizontalHeader(self.columns)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(False)
        self.setAlternatingRowColors(False)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover, False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def selected_items(self, most: int) -> list[Item]:
        """What is selected, from top to bottom, at most ``most`` rows."""
        ranges = sorted((one.top(), one.bottom()) for one in self.selectionModel().selection().toList())
        items: list[Item] = []
        reached = -1
        for top, bottom in ranges:
            first = max(top, reached + 1)
            items.extend(self.log.rows.items(first, min(bottom - first + 1, most - len(items))))
            reached = max(bottom, reached)
        return items

    def selected_events(self) -> int:
        """How many events are selected."""
        if self._selected is None:
            ranges = self.selectionModel().selection().toList()
            self._selected = sum(self.log.rows.events_in(one.top(), one.bottom()) for one in ranges)
        return self._selected

    def _forget_chosen(self) -> None:
        self._chosen = self._selected = None

    def _chosen_seqs(self) -> BitMap64:
        """Seqs among which every event that is shown is selected; Qt would search all its ranges for each row."""
        if self._chosen is None:
            self._chosen = BitMap64()
            for one in self.selectionModel().selection().toList():
                seqs = self.log.rows.seqs_between(one.top(), one.bottom())
                self._chosen.add_range(seqs.start, seqs.stop)
        return self._chosen

    def keyboardSearch(self, search: str) -> None:
        """Leave the search to the filter; Qt would ask for the text of every row in turn, all fifty million."""
        self.typed.emit(search)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(int(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, y: int) -> None:
        before, self._hover_y = self.rowAt(self._hover_y), y
        after = self.rowAt(y)
        if before != after:
            height = self.row_height
            for row in (before, after):
                if row >= 0:
                    self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), height)

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that the event touches."""
        painter = QPainter(self.viewport())
        clip = event.rect()
        painter.fillRect(clip, self.theme.color("base"))
        rows = self._rows_to_paint(clip.top(), clip.bottom())
        if rows:
            self.painter_of_rows.set_places(self._places(), self.viewport().width(), utc=self.log.utc)
            self.painter_of_rows.paint_rows(painter, rows, focused=self.hasFocus())

    def _places(self) -> dict[int, Place]:
        header = self.columns
        first = header.first_shown()
        places: dict[int, Place] = {}
        for column in header.choice.order:
            if not header.isSectionHidden(column):
                left = header.sectionViewportPosition(column)
                right = left + header.sectionSize(column) - PADDING
                places[int(column)] = Place(left + (LEFT_MARGIN if column == first else PADDING), right)
        return places

    def _rows_to_paint(self, top: int, bottom: int) -> list[RowToPaint]:
        height = self.row_height
        offset = self.verticalScrollBar().value()
        first = max((offset + top) // height, 0)
        items = self.log.rows.items(first, (offset + bottom) // height - first + 1)
        if not items:
            return []
        current = self.currentIndex().row() if self.hasFocus() else -1
        hovered = self.rowAt(self._hover_y) if self._hover_y >= 0 else -1
        chosen = self._chosen_seqs()
        painted = self._with_contents(items)
        for number, row in enumerate(painted):
            index = first + number
            row.y = index * height - offset
            row.selected = self._is_selected(index, items[number], chosen)
            row.current, row.hovered = index == current, index == hovered
        return painted

    def _is_selected(self, row: int, item: Item, chosen: BitMap64) -> bool:
        if isinstance(item, Gap):
            return self.selectionModel().isRowSelected(row, QModelIndex())
        return item in chosen

    def _with_contents(self, items: list[Item]) -> list[RowToPaint]:
        painted: list[RowToPaint] = []
        cache, utc = self.log.cache, self.log.utc
        for item in items:
            if isinstance(item, Gap):
                painted.append(RowToPaint(0, gap=item))
                continue
            view = self.log.view_of(item)
            if view is None:
                painted.append(RowToPaint(0, absent=cache.is_absent(item)))
                continue
            day = formatting.day(view.row.received, utc)
            new_day = view.first or (view.previous is not None and formatting.day(view.previous, utc) != day)
            painted.append(RowToPaint(0, view=view, new_day=new_day))
        return painted
