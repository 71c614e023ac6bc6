"""The header of the log: measures what its columns need, shares the width among them, lets the user decide.

Widths come from samples through the font's metrics, never from numbers of pixels, so that any font and size fits.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from eventmon.gui.models.log_columns import RIGHT_ALIGNED, Column, ColumnChoice, Span, arrange
from eventmon.gui.models.log_model import column_title
from eventmon.gui.theme.theme import Theme

LEFT_MARGIN = 20
"""Room at the left of a row, for marks; the first column's text starts behind it."""
PADDING = 8
ROUNDING = 2
"""A sample must fit whatever the fractions of its advance."""
HEIGHT = 24


def measure(theme: Theme) -> dict[Column, Span]:
    """What each column needs, from samples in the theme's fonts, paddings included."""
    body, mono, small = QFontMetrics(theme.body), QFontMetrics(theme.mono), QFontMetrics(theme.small)

    def fixed(column: Column, sample: str) -> Span:
        title = max(small.horizontalAdvance(column_title(column, to_row=to_row)) for to_row in (False, True))
        width = max(body.horizontalAdvance(sample), title) + 2 * PADDING
        return Span(width, width, width)

    def text(least: str, fitting: str, most: str, metrics: QFontMetrics = body) -> Span:
        widths = [metrics.horizontalAdvance(sample) + 2 * PADDING + ROUNDING for sample in (least, fitting, most)]
        return Span(*widths)

    return {
        Column.TIME: fixed(Column.TIME, "00:00:00.000"),
        Column.DELTA: fixed(Column.DELTA, "+00.0 min"),
        Column.TOPIC: text("…/orders/created", "prod/orders/eu/created", "prod/orders/eu/central/cancelled"),
        Column.TYPE: text("order.created", "payment.authorised", "warehouse.item.reserved"),
        Column.SIZE: fixed(Column.SIZE, "000.0 KiB"),
        Column.DATA: text("0" * 20, "0" * 40, "0" * 400, mono),
        Column.SEQ: fixed(Column.SEQ, "00,000,000"),
        Column.RECEIVED: fixed(Column.RECEIVED, "0000-00-00 00:00:00.000"),
        Column.SOURCE: text("/shop/checkout", "https://shop.example/checkout", "https://shop.example/eu/checkout"),
        Column.ID: text("01890a5d-ac96", "01890a5d-ac96-774b-bcce-b302099a8057", "0" * 40),
        Column.SUBJECT: text("order-48348", "order-48348-item-2", "customer-81f0c2/order-48348"),
        Column.CONTENT_TYPE: text("application/json", "application/json", "application/cloudevents+json"),
    }


class LogHeader(QHeaderView):
    """Columns that come and go with the width; what the user chose is kept.

    Attributes:
        arranged: columns have other widths or places now.
        switches: how times are shown; they stand in the menu of the columns too.
    """

    arranged = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("logHeader")
        self.setAccessibleName(self.tr("Columns of the log"))
        self._theme = theme
        self._spans = measure(theme)
        self._arranging = False
        self._dragged: int | None = None
        self.switches: list[QAction] = []
        self.choice = ColumnChoice()
        self.setSectionsMovable(True)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.columns_menu().popup(self.mapToGlobal(at)))
        self.sectionMoved.connect(self._moved)
        self.sectionResized.connect(self._resized)
        theme.changed.connect(self._remeasure)

    def restore(self, choice: ColumnChoice) -> None:
        """Take the user's choice back."""
        self.choice = choice
        self._arranging = True
        for place, column in enumerate(choice.order):
            self.moveSection(self.visualIndex(column), place)
        self._arranging = False
        self.arrange()

    def arrange(self) -> None:
        """Share the width of the view among the columns."""
        if not self.count():
            return
        widths = arrange(self.viewport().width() - LEFT_MARGIN + PADDING, self._spans, self.choice)
        self._arranging = True
        first = next((column for column in self.choice.order if column in widths), None)
        for column in Column:
            self.setSectionHidden(column, column not in widths)
            if column in widths:
                extra = LEFT_MARGIN - PADDING if column == first else 0
                self.resizeSection(column, widths[column] + extra)
        self._arranging = False
        self.arranged.emit()

    def columns_menu(self) -> QMenu:
        """Which columns are shown; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in self.choice.order:
            action = QAction(column_title(column), menu)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(column))
            action.setEnabled(not self._is_last_shown(column))
            action.triggered.connect(lambda shown, column=column: self.set_shown(column, shown))
            menu.addAction(action)
        menu.addSeparator()
        menu.addActions(self.switches)
        menu.addSeparator()
        reset = menu.addAction(QCoreApplication.translate("LogHeader", "Reset columns"))
        reset.triggered.connect(lambda: self.restore(ColumnChoice()))
        return menu

    def set_shown(self, column: Column, shown: bool) -> None:
        """Show or hide a column whatever the width."""
        self.choice.shown[column] = shown
        self.arrange()

    def first_shown(self) -> int:
        """The logical number of the leftmost column."""
        return next((column for column in self.choice.order if not self.isSectionHidden(column)), Column.TIME)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Titles over a hairline; everything at once, so that no style draws sections."""
        painter = QPainter(self.viewport())
        theme = self._theme
        painter.fillRect(self.viewport().rect(), theme.color("base"))
        painter.setFont(theme.small)
        painter.setPen(theme.color("text3"))
        first = self.first_shown()
        for column in Column:
            if not self.isSectionHidden(column):
                left = LEFT_MARGIN if column == first else PADDING
                place = QRect(self.sectionViewportPosition(column), 0, self.sectionSize(column), self.height() - 1)
                self._paint_title(painter, column, place.adjusted(left, 0, -PADDING, 0))
        painter.fillRect(0, self.height() - 1, self.viewport().width(), 1, theme.color("hairline"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.arrange()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag at a column's edge: that width is the user's choice now."""
        super().mouseReleaseEvent(event)
        if self._dragged is not None:
            column = Column(self._dragged)
            extra = LEFT_MARGIN - PADDING if column == self.first_shown() else 0
            self.choice.widths[column] = self.sectionSize(column) - extra
            self._dragged = None
            self.arrange()

    def _paint_title(self, painter: QPainter, column: Column, place: QRect) -> None:
        side = Qt.AlignmentFlag.AlignRight if column in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
        title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
        painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter), title)

    def _is_last_shown(self, column: Column) -> bool:
        return not self.isSectionHidden(column) and self.count() - self.hiddenSectionCount() == 1

    def _moved(self) -> None:
        if not self._arranging:
            self.choice.order = [Column(self.logicalIndex(place)) for place in range(self.count())]
            self.arrange()

    def _resized(self, section: int) -> None:
        if not self._arranging:
            self._dragged = section
            self.arranged.emit()

    def _remeasure(self) -> None:
        self._spans = measure(self._theme)
        self.setFixedHeight(max(HEIGHT, QFontMetrics(self._theme.small).height() + 8))
        self.arrange()
