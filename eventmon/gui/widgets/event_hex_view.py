"""A page of a payload as bytes: offsets, two digits a byte, and letters; 16 bytes a row where they fit, else 8."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from eventmon.gui.models.event_hex import BYTES, LETTERS, NARROW, OFFSET, WIDE, EventHexModel, byte_at, hex_row
from eventmon.gui.theme.theme import Theme

Index = QModelIndex | QPersistentModelIndex

ROW = 20
PAD = 8
INSET = 12
_TOKENS = {OFFSET: "text3", BYTES: "text", LETTERS: "text2"}


class _HexDelegate(QStyledItemDelegate):
    """Draws a cell as plain text at its left."""

    def __init__(self, theme: Theme, model: EventHexModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of a selected row, and the text."""
        area = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            focused = option.state & QStyle.StateFlag.State_HasFocus or option.state & QStyle.StateFlag.State_Active
            painter.fillRect(area, self._theme.color("selected" if focused else "selected_idle"))
        painter.setFont(self._theme.mono)
        painter.setPen(self._theme.color(_TOKENS[index.column()]))
        left = INSET if index.column() == OFFSET else PAD
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(left, 0, 0, 0), int(middle), self._model.text(index.row(), index.column()))


class EventHexView(QTableView):
    """Shows the bytes of a page.

    Attributes:
        revealAsked: a hidden byte was clicked, or Enter pressed on a row that has one.
    """

    revealAsked = Signal()

    def __init__(self, theme: Theme, model: EventHexModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.setModel(model)
        self.setAccessibleName(self.tr("Payload as bytes"))
        self.setItemDelegate(_HexDelegate(theme, model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setObjectName("hexHeader")
        header.setMinimumSectionSize(24)
        theme.changed.connect(self._restyle)
        model.modelReset.connect(self._lay_out)
        self._restyle()

    def copy_value(self) -> None:
        """Put the selected rows on the clipboard."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if rows:
            QGuiApplication.clipboard().setText("\n".join(map(self._model.line, rows)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a hidden byte shows the secrets."""
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() != OFFSET:
            advance = QFontMetricsF(self._theme.mono).horizontalAdvance("0")
            character = int((at.x() - self.visualRect(index).left() - PAD) / advance)
            if self._model.hides(index.row(), byte_at(index.column(), character, self._model.width)):
                self.revealAsked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the secrets of a row that has one."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0 and self._model.hides(row):
            self.revealAsked.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer bytes a row."""
        super().resizeEvent(event)
        self._lay_out()

    def _widths(self, width: int) -> list[int]:
        """What each column needs with so many bytes a row."""
        metrics = QFontMetrics(self._theme.mono)
        texts = ("0" * self._model.digits, hex_row(bytes(width), width), "0" * width)
        insets = (INSET + 1, PAD + 1, PAD)  # one for the fractions of an advance
        return [metrics.horizontalAdvance(text) + inset for text, inset in zip(texts, insets, strict=True)]

    def _lay_out(self) -> None:
        fits = sum(self._widths(WIDE)) <= self.viewport().width()
        self._model.set_width(WIDE if fits else NARROW)
        for column, width in enumerate(self._widths(self._model.width)):
            self.setColumnWidth(column, width)

    def _restyle(self) -> None:
        height = max(ROW, QFontMetrics(self._theme.mono).height() + 4)
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(max(24, QFontMetrics(self._theme.body).height() + 8))
        self.horizontalHeader().setFont(self._theme.body)
        self._lay_out()
        self.viewport().update()
