"""Paints one field of the tree: name, value, what is odd about it. What rows share is made once a theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from eventmon.gui.models.event_fields import FieldNode, FieldTexts
from eventmon.gui.theme.theme import Theme

ROW = 22
INDENT = 16
INSET = 12
"""Where the arrow of the top level ends and its text begins."""
PAD = 8
ARROW = 12
TAG_GAP = 8
LEAST_NAME = 48
"""Room that deep levels leave for their names: from there they stand below each other."""


@dataclass(frozen=True, slots=True)
class RowState:
    """How a row stands in its view."""

    area: QRect
    value_left: int
    depth: int
    opens: bool
    expanded: bool
    current: bool
    hovered: bool
    focused: bool


class EventRowPainter:
    """Paints rows for one view."""

    def __init__(self, theme: Theme, texts: Callable[[], FieldTexts]) -> None:
        self._theme = theme
        self._texts = texts
        self.restyle()

    def restyle(self) -> None:
        """Take fonts from the theme."""
        self._font, self._small = self._theme.mono, self._theme.small
        self._metrics, self._small_metrics = QFontMetrics(self._font), QFontMetrics(self._small)
        self._elided = lru_cache(maxsize=2_048)(self._elide)
        self.row_height = max(ROW, self._metrics.height() + 6)

    def paint(self, painter: QPainter, node: FieldNode, row: RowState) -> None:
        """Paint a field."""
        texts = self._texts()
        self._paint_ground(painter, row)
        area = row.area
        left = min(INSET + INDENT * row.depth, max(INSET, row.value_left - LEAST_NAME))
        if row.opens:
            name = "chevron-down" if row.expanded else "chevron-right"
            arrow = self._theme.pixmap(name, "text3", ARROW, painter.device().devicePixelRatioF())
            painter.drawPixmap(left - ARROW + 1, area.top() + (area.height() - ARROW) // 2, arrow)
        baseline = area.top() + (area.height() + self._metrics.ascent() - self._metrics.descent()) // 2
        painter.setFont(self._font)
        painter.setPen(self._theme.color("text3" if node.hidden else "json_key"))
        painter.drawText(left + 4, baseline, self._elided(texts.name(node), row.value_left - left - PAD))
        self._paint_value(painter, node, row, baseline)

    def _paint_value(self, painter: QPainter, node: FieldNode, row: RowState, baseline: int) -> None:
        texts = self._texts()
        left, right = row.value_left + PAD, row.area.right() - PAD
        mark = texts.mark(node)
        taken = self._small_metrics.horizontalAdvance(mark) + TAG_GAP if mark else 0
        shown = self._elided(texts.text(node), max(right - left - taken, 24))
        painter.setPen(self._theme.color(texts.token(node)))
        painter.drawText(left, baseline, shown)
        if mark:
            left += self._metrics.horizontalAdvance(shown) + TAG_GAP
            painter.setFont(self._small)
            painter.setPen(self._theme.color("warn"))
            painter.drawText(left, baseline, mark)

    def _paint_ground(self, painter: QPainter, row: RowState) -> None:
        area = row.area
        if row.current:
            painter.fillRect(area, self._theme.color("selected" if row.focused else "selected_idle"))
            if row.focused:
                painter.setPen(self._theme.color("accent"))
                painter.drawLine(area.left(), area.top(), area.right(), area.top())
                painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        elif row.hovered:
            painter.fillRect(area, self._theme.color("hover"))

    def _elide(self, text: str, room: int) -> str:
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
