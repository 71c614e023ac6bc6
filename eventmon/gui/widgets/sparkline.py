"""Small lines of the last minute, drawn once a topic and second and kept as pixmaps.

Drawing them anew in each repaint was most of the tree's time, so a repaint may make only a few: the others show the
second before and follow in the next repaint.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import isnan
from typing import Generic, TypeVar

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from eventmon.gui.models.rate_history import averaged

Key = TypeVar("Key", bound=Hashable)

MAX_KEPT = 400
A_REPAINT = 8
"""New lines made in one repaint."""
A_POINT = 1.7
"""Pixels from one point of a line to the next: with more points it turns into a blot."""
_MARGIN = 1.5


def draw_sparkline(samples: Sequence[float], newest: int, size: QSize, color: QColor, ratio: float) -> QPixmap:
    """A line over zero, as high as its highest sample, with breaks where samples are NaN.

    ``newest`` is the second of the last sample.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    samples = averaged(samples, max(2, round(size.width() / A_POINT)), newest)
    top = max((sample for sample in samples if not isnan(sample)), default=0.0)
    if top <= 0 or len(samples) < 2:
        return pixmap
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for run in _runs(samples, size, top):
        painter.drawPolyline(run) if len(run) > 1 else painter.drawPoint(run[0])
    painter.end()
    return pixmap


def _runs(samples: Sequence[float], size: QSize, top: float) -> list[list[QPointF]]:
    step = (size.width() - 2 * _MARGIN) / (len(samples) - 1)
    base, height = size.height() - _MARGIN, size.height() - 2 * _MARGIN
    runs: list[list[QPointF]] = [[]]
    for place, sample in enumerate(samples):
        if isnan(sample):
            if runs[-1]:
                runs.append([])
        else:
            runs[-1].append(QPointF(_MARGIN + place * step, base - sample / top * height))
    return [run for run in runs if run]


class SparklineCache(Generic[Key]):
    """The lines on the screen. Asked anew each repaint; makes a few at a time."""

    def __init__(self, samples: Callable[[Key], Sequence[float]]) -> None:
        self._samples = samples
        self._kept: dict[Key, tuple[int | None, QPixmap]] = {}
        self._left = A_REPAINT
        self._look: tuple[QSize, str, float] | None = None
        self.behind = False

    def begin(self, size: QSize, color: QColor, ratio: float) -> None:
        """A repaint begins; lines of another look are forgotten."""
        look = (size, color.name(), ratio)
        if look != self._look or len(self._kept) > MAX_KEPT:
            self._kept.clear()
            self._look = look
        self._left = A_REPAINT
        self.behind = False

    def line(self, key: Key, second: int | None) -> QPixmap | None:
        """The line of a key at a second; an older one, or None, when this repaint made enough."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == second:
            return kept[1]
        if self._left <= 0:
            self.behind = True
            return kept[1] if kept is not None else None
        assert self._look is not None
        self._left -= 1
        size, color, ratio = self._look
        pixmap = draw_sparkline(self._samples(key), second or 0, size, QColor(color), ratio)
        self._kept[key] = (second, pixmap)
        return pixmap
