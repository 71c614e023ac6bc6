"""The plot of rates. pyqtgraph draws it and is imported here alone, so import this module after the first paint.

Every text in it is ours and painted plain: ticks by the axes, names of the lines by a strip at the right, because
pyqtgraph's own legend reads markup. Its menu, its buttons and its mouse modes are off.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import isnan

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from eventmon.gui.formatting import count, one_line
from eventmon.gui.models.rate_history import averaged
from eventmon.gui.models.rate_lines import RateLine, nice_ceiling, ticks
from eventmon.gui.theme.theme import Theme

MAX_POINTS = 120
"""Points of a line: ten minutes are shown as means of five seconds."""
MAX_NAME_WIDTH = 150
NAME_SHARE = 3
"""The names take at most one part in so many of the width."""
HEADROOM = 0.06
BASE_ROOM = 9
"""Pixels below zero: pyqtgraph leaves out a tick's text that touches the edge."""
LINE_WIDTH = 1.5


class LineNames(QWidget):
    """The name of each line beside its end, with a mark in its colour; spread where ends lie close together."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: list[tuple[float, str, QColor, bool]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setAccessibleName(self.tr("Lines of the plot"))

    def show_names(self, names: list[tuple[float, str, QColor, bool]], room: int) -> None:
        """Show (height of the line's end in pixels, name, colour, dashed) in at most ``room`` pixels."""
        self._names = names
        metrics = QFontMetrics(self._theme.small)
        widest = max((metrics.horizontalAdvance(name) for _, name, _, _ in names), default=0)
        self.setFixedWidth(min(widest, room, MAX_NAME_WIDTH) + 24 if names else 0)
        self.setAccessibleDescription(", ".join(name for _, name, _, _ in names))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark and name of each line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.small)
        metrics = QFontMetrics(self._theme.small)
        ordered = sorted(self._names, key=lambda name: name[0])
        places = spread([place for place, _, _, _ in ordered], metrics.height(), self.height())
        for place, (end, name, color, dashed) in zip(places, ordered, strict=True):
            painter.setPen(Qt.PenStyle.NoPen if not dashed else color)
            painter.setBrush(Qt.BrushStyle.NoBrush if dashed else color)
            painter.drawEllipse(0, round(end) - 2, 5, 5)
            painter.setPen(self._theme.color("text2"))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideLeft, self.width() - 14)
            painter.drawText(10, round(place + (metrics.ascent() - metrics.descent()) / 2), shown)


def spread(places: Sequence[float], gap: float, room: float) -> list[float]:
    """The places, ascending, moved as little as needed so that neighbours are ``gap`` apart and inside ``room``."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else gap / 2))
    over = moved[-1] + gap / 2 - room if moved else 0.0
    for index in range(len(moved) - 1, -1, -1):
        if over <= 0:
            break
        moved[index] -= over
        if index:
            over = moved[index - 1] + gap - moved[index]
    return moved


class RatePlot(QWidget):
    """Lines of rates over the time of day."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: list[pg.PlotDataItem] = []
        self._lines: Sequence[RateLine] = ()
        self._names: Sequence[str] = ()
        self._newest = 0
        self._ceiling = 1.0
        self._stale = False
        self.utc = False
        self._plot = pg.PlotWidget(self)
        self._line_names = LineNames(theme, self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.setSpacing(0)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._line_names)
        self._silence()
        theme.changed.connect(self._restyle)
        self._restyle()

    def minimumSizeHint(self) -> QSize:
        """Small: the numbers above it matter more."""
        return QSize(0, 60)

    def show_lines(self, lines: Sequence[RateLine], names: Sequence[str], newest: int) -> None:
        """Show lines whose last sample is of the Unix second ``newest``; ``names`` are those of the lines."""
        self._lines, self._names, self._newest = lines, names, newest
        seconds = max((len(line.samples) for line in lines), default=60)
        self._scale(seconds)
        each = max(1, seconds // MAX_POINTS)
        while len(self._curves) < len(lines):
            self._curves.append(self._plot.plot(antialias=True, connect="finite"))
        for curve, line in zip(self._curves, lines, strict=False):
            # Qt strokes a line of many corners far slower than its pieces; their joints show where there are few.
            curve.curve.setSegmentedLineMode("on" if each > 1 else "off")
            means = averaged(line.samples, seconds // each, newest)
            curve.setData(np.arange(1 - len(means), 1, dtype=float) * each, np.asarray(means, dtype=float))
        for curve in self._curves[len(lines) :]:
            curve.setData([], [])
        self._color_lines()
        self._place_names()

    def show_stale(self, stale: bool) -> None:
        """Show the lines as the last that was known, in grey, or in their colours."""
        if stale != self._stale:
            self._stale = stale
            self._color_lines()
            self._place_names()

    def picture(self, ratio: float = 2.0) -> QPixmap:
        """The plot as a picture, ``ratio`` times as sharp as the screen."""
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._theme.color("base"))
        self.render(pixmap)
        return pixmap

    def _silence(self) -> None:
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False, enableViewBoxMenu=False)
        item.ctrlMenu.setParent(self, Qt.WindowType.Popup)  # never shown; without a parent it would outlive the plot
        item.setMouseEnabled(x=False, y=False)
        item.setContentsMargins(0, 6, 0, 0)
        item.disableAutoRange()
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot.setAccessibleName(self.tr("Plot of rates"))
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, hideOverlappingLabels=side == "bottom")
        item.getAxis("left").setZValue(-1)

    def _scale(self, seconds: int) -> None:
        top = max((sample for line in self._lines for sample in line.samples if not isnan(sample)), default=0.0)
        ceiling = nice_ceiling(top)
        if ceiling > self._ceiling or ceiling < self._ceiling * 0.7:
            self._ceiling = ceiling
        item = self._plot.getPlotItem()
        below = self._ceiling * BASE_ROOM / max(40, self._plot.height() - 40)
        item.setYRange(-below, self._ceiling * (1 + HEADROOM), padding=0)
        item.setXRange(1 - seconds, 0, padding=0)
        marks = ticks(self._ceiling, (self._plot.height() - 40) // 28)
        item.getAxis("left").setTicks([[(mark, _figure(mark)) for mark in marks], []])
        item.getAxis("bottom").setTicks([self._time_ticks(seconds), []])

    def _time_ticks(self, seconds: int) -> list[tuple[float, str]]:
        metrics = QFontMetrics(self._theme.small)
        pattern = "%H:%M:%S" if seconds <= 120 else "%H:%M"
        wide = metrics.horizontalAdvance("00:00:00" if seconds <= 120 else "00:00") + 14
        room = max(1, self._plot.width() - 60)
        step = next((step for step in (10, 20, 30, 60, 120, 300) if room * step / seconds >= wide), seconds)
        clock = time.gmtime if self.utc else time.localtime
        first = -((-(self._newest - seconds + 1)) // step) * step
        moments = range(first, self._newest + 1, step)
        return [(moment - self._newest, time.strftime(pattern, clock(moment))) for moment in moments]

    def _color_lines(self) -> None:
        for curve, line in zip(self._curves, self._lines, strict=False):
            style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(self._line_color(line), width=LINE_WIDTH, style=style))

    def _line_color(self, line: RateLine) -> QColor:
        return self._theme.color("outline") if self._stale else self._theme.series(line.color)

    def _place_names(self) -> None:
        box = self._plot.getPlotItem().getViewBox()
        names = []
        for line, name in zip(self._lines, self._names, strict=True):
            last = next((sample for sample in reversed(line.samples) if not isnan(sample)), 0.0)
            end = box.mapViewToDevice(pg.Point(0, last))
            height = end.y() if end is not None else 0.0
            names.append((float(height), one_line(name, 200), self._line_color(line), line.dashed))
        self._line_names.show_names(names, self.width() // NAME_SHARE)

    def _restyle(self) -> None:
        theme = self._theme
        self._plot.setBackground(theme.color("base"))
        for side in ("left", "bottom"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(None) if side == "left" else pg.mkPen(theme.color("hairline")))
            axis.setTickPen(pg.mkPen(theme.color("hairline")))
            axis.setTextPen(pg.mkPen(theme.color("text3")))
            axis.setTickFont(theme.small)
        self._plot.getPlotItem().getAxis("left").setGrid(255)
        self._color_lines()
        self._place_names()


def _figure(value: float) -> str:
    return count(round(value)) if value >= 2 or value == int(value) else f"{value:.1f}"
