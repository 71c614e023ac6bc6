"""The figures of counters in even columns: as many beside each other as there is room for, the rest below.

Painted in one widget: a dozen counters that change four times a second cost one repaint.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from eventmon.gui.formatting import one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.big_number import INSET, Figure
from eventmon.gui.widgets.plain_text import plain_tooltip

SIZES = ((34, 900), (28, 640), (22, 0))
"""Pixels of the digits and the width from which they are used."""
LEAST_COLUMN = 88
LARGEST_NAME = 168
COLUMN_GAP = 16
ROW_GAP = 6
SHARE = 0.45
"""Of the height around it that the area takes at most."""


class CounterTiles(QWidget):
    """Figures in rows and columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figures: tuple[Figure, ...] = ()
        self._stale = False
        self._digits: dict[str, int] = {}
        self._fonts: dict[int, tuple[QFont, QFontMetrics]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def shown(self) -> tuple[Figure, ...]:
        """The figures."""
        return self._figures

    @property
    def columns(self) -> int:
        """How many stand beside each other now."""
        return max(1, min(len(self._figures), (self.width() - 2 * INSET + COLUMN_GAP) // self._column()))

    def show_figures(self, figures: Sequence[Figure], *, stale: bool = False) -> None:
        """Show these; ``stale`` ones are grey."""
        if (tuple(figures), stale) == (self._figures, self._stale):
            return
        other = len(figures) != len(self._figures)
        self._figures, self._stale = tuple(figures), stale
        known = {figure.label for figure in figures}
        self._digits = {label: digits for label, digits in self._digits.items() if label in known}
        for figure in figures:
            self._digits[figure.label] = max(self._digits.get(figure.label, 0), len(figure.text))
        self.setAccessibleName(", ".join(f"{figure.text} {one_line(figure.label, 80)}" for figure in figures))
        if other:
            self.updateGeometry()
        self.update()

    def height_for(self, width: int) -> int:
        """What all figures need at a width."""
        columns = max(1, (width - 2 * INSET + COLUMN_GAP) // self._column(width))
        rows = -(-len(self._figures) // columns)
        return rows * self.row_height(width)

    def row_height(self, width: int) -> int:
        """What one row of figures needs at a width."""
        return self._tile_height(width) + ROW_GAP

    def sizeHint(self) -> QSize:
        """As high as the figures need at this width."""
        return QSize(LEAST_COLUMN, self.height_for(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other columns."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figures that lie in the part to be drawn."""
        painter = QPainter(self)
        font, metrics = self._fonts[self._step()]
        small = QFontMetrics(self._theme.small)
        width = self._column() - COLUMN_GAP
        for place, figure in enumerate(self._figures):
            at = self._place(place)
            if not at.intersects(event.rect()):
                continue
            painter.setFont(font)
            painter.setPen(self._theme.color("text3" if self._stale else figure.token))
            painter.drawText(at.left(), at.top() + metrics.ascent(), figure.text)
            painter.setFont(self._theme.small)
            painter.setPen(self._theme.color("text3" if self._stale else "text2"))
            name = small.elidedText(one_line(figure.label, 200), Qt.TextElideMode.ElideRight, width)
            painter.drawText(at.left(), at.top() + metrics.height() + small.ascent(), name)

    def event(self, event: QEvent) -> bool:
        """The whole name of a counter where it is cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = [figure for place, figure in enumerate(self._figures) if self._place(place).contains(event.pos())]
            plain_tooltip(self, found[0].label if found else "")
        return super().event(event)

    def _place(self, place: int) -> QRect:
        row, column = divmod(place, self.columns)
        corner = QPoint(INSET + column * self._column(), row * self.row_height(self.width()))
        return QRect(corner, QSize(self._column() - COLUMN_GAP, self._tile_height(self.width())))

    def _step(self, width: int | None = None) -> int:
        width = self.width() if width is None else width
        return next(size for size, wide in SIZES if width >= wide)

    def _column(self, width: int | None = None) -> int:
        """All columns are as wide as the widest figure needs."""
        _, metrics = self._fonts[self._step(width)]
        small = QFontMetrics(self._theme.small)
        numbers = [metrics.horizontalAdvance("0" * self._digits[figure.label]) for figure in self._figures]
        names = [small.horizontalAdvance(one_line(figure.label, 60)) for figure in self._figures]
        names = [min(name, LARGEST_NAME) for name in names]
        return max([LEAST_COLUMN, *numbers, *names]) + COLUMN_GAP

    def _tile_height(self, width: int) -> int:
        return self._fonts[self._step(width)][1].height() + QFontMetrics(self._theme.small).height()

    def _restyle(self) -> None:
        scale = self._theme.text_percent / 100
        for size, _ in SIZES:
            font = self._theme.number_font(round(size * scale))
            self._fonts[size] = font, QFontMetrics(font)
        self.updateGeometry()
        self.update()


class CounterArea(QScrollArea):
    """The tiles, never higher than their share of the panel; further ones are scrolled to. Hidden without any."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.tiles = CounterTiles(theme)
        self._needed = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWidget(self.tiles)
        self.tiles.setBackgroundRole(self.tiles.palette().ColorRole.Base)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Counters"))
        parent.installEventFilter(self)
        theme.changed.connect(self.fit)
        self.hide()

    def show_figures(self, figures: Sequence[Figure], *, stale: bool = False) -> None:
        """Show the figures of the counters there are."""
        other = len(figures) != len(self.tiles.shown)
        self.tiles.show_figures(figures, stale=stale)
        self.setVisible(bool(figures))
        if other:
            self.fit()

    def fit(self) -> None:
        """Take the height the figures need, up to the share; whole rows, so that none is cut."""
        parent = self.parentWidget()
        if parent is None or not self.tiles.shown:
            return
        needed = self.tiles.height_for(parent.width())
        if needed > parent.height() * SHARE:
            row = self.tiles.row_height(parent.width())
            needed = max(1, int(parent.height() * SHARE // row)) * row
        self._needed = needed
        self.setMaximumHeight(needed)
        self.setMinimumHeight(self.tiles.row_height(parent.width()))
        self.updateGeometry()
        focus = Qt.FocusPolicy.TabFocus if needed < self.tiles.height_for(parent.width()) else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the layout has less to give than ``fit`` asked for, the row that would be cut is left out."""
        super().resizeEvent(event)
        row = self.tiles.row_height(self.width())
        rest = self.height() % row if row < self.height() < self.tiles.height_for(self.width()) else 0
        if rest != self.viewportMargins().bottom():
            self.setViewportMargins(0, 0, 0, rest)
        self.verticalScrollBar().setSingleStep(row)

    def sizeHint(self) -> QSize:
        """What ``fit`` found."""
        return QSize(LEAST_COLUMN, self._needed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the panel."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.fit()
        return False
