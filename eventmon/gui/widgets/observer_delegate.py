"""Paints the cells of the observers' table: boxes, names with their state, figures; red where a hand is needed.

Colours, fonts and shortened texts are made once a theme or a width; a repaint of the table only draws.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from eventmon.engine.frame import ObserverStatus
from eventmon.gui.formatting import NOT_APPLICABLE
from eventmon.gui.models.observer_columns import FIGURES, Column
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.models.observer_states import MARKS, Condition
from eventmon.gui.models.observer_texts import cell
from eventmon.gui.theme.theme import Theme

PAD = 8
BOX = 14
BOX_RADIUS = 4
ICON = 14
KIND_ICON = 16
GAP = 6
BAR = 3
ROW = 24
SLACK = 2
"""Widths are rounded, and a text that fits exactly would be cut."""
_COLORS = (
    "base",
    "hover",
    "selected",
    "selected_idle",
    "accent",
    "outline",
    "text",
    "text2",
    "text3",
    "warn",
    "error",
    "rule_red",
    "rule_red_bg",
)

Index = QModelIndex | QPersistentModelIndex


class ObserverDelegate(QStyledItemDelegate):
    """The one delegate of the table; ``begin`` once a repaint."""

    def __init__(self, theme: Theme, model: ObserverModel, kind_icon: Callable[[str], str], view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._model = model
        self._kind_icon = kind_icon
        self._view = view
        self._current = -1
        self._hovered = -1
        self._focused = False
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        theme = self._theme
        self._colors: dict[str, QColor] = {token: theme.color(token) for token in _COLORS}
        self._body, self._strong = QFont(theme.body), QFont(theme.body)
        self._strong.setWeight(QFont.Weight.Medium)
        self._metrics, self._strong_metrics = QFontMetrics(self._body), QFontMetrics(self._strong)
        self._elided = lru_cache(maxsize=4_096)(self._elide)
        self.row_height = max(ROW, self._metrics.height() + 8)

    def begin(self, current: int, hovered: int, *, focused: bool) -> None:
        """A repaint begins: what is the same for all its cells."""
        self._current, self._hovered, self._focused = current, hovered, focused
        self._ratio = self._view.devicePixelRatioF()

    def name_width(self, status: ObserverStatus) -> int:
        """What the name of an observer and its mark need."""
        icon = MARKS[self._model.condition(status)][0]
        width = self._strong_metrics.horizontalAdvance(cell(status, Column.NAME))
        return width + SLACK + 2 * PAD + (ICON + GAP if icon else 0)

    def text_width(self, text: str) -> int:
        """What a text in a cell needs."""
        return self._metrics.horizontalAdvance(text) + SLACK + 2 * PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(24, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell: ground, then what it says."""
        status = self._model.status(index.row())
        if status is None:
            return
        area, column = option.rect, Column(index.column())
        condition = self._model.condition(status)
        self._paint_ground(painter, area, index.row(), column, condition)
        if column == Column.ON:
            self._paint_box(painter, area, on=status.state == "active")
        elif column == Column.NAME:
            self._paint_name(painter, area, status, condition)
        else:
            self._paint_cell(painter, area, status, column, condition)

    # Inside

    def _paint_ground(self, painter: QPainter, area: QRect, row: int, column: Column, condition: Condition) -> None:
        red = condition in ("failing", "stopped")
        if row == self._current:
            painter.fillRect(area, self._colors["selected" if self._focused else "selected_idle"])
        elif row == self._hovered:
            painter.fillRect(area, self._colors["hover"])
        elif red:
            painter.fillRect(area, self._colors["rule_red_bg"])
        if row == self._current and self._focused:
            painter.fillRect(area.left(), area.top(), area.width(), 1, self._colors["accent"])
            painter.fillRect(area.left(), area.bottom(), area.width(), 1, self._colors["accent"])
        if red and column == Column.ON:
            painter.fillRect(area.left(), area.top(), BAR, area.height(), self._colors["rule_red"])

    def _paint_box(self, painter: QPainter, area: QRect, *, on: bool) -> None:
        box = QRect(area.left() + (area.width() - BOX) // 2, area.top() + (area.height() - BOX) // 2, BOX, BOX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._colors["accent" if on else "outline"])
        painter.setBrush(self._colors["accent" if on else "base"])
        painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), BOX_RADIUS, BOX_RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if on:
            tick = self._theme.pixmap("check", "on_accent", BOX - 2, self._ratio)
            painter.drawPixmap(box.left() + 1, box.top() + 1, tick)

    def _paint_name(self, painter: QPainter, area: QRect, status: ObserverStatus, condition: Condition) -> None:
        icon, token = MARKS[condition]
        room = area.width() - 2 * PAD - (ICON + GAP if icon else 0)
        text = self._elided(cell(status, Column.NAME), room, Qt.TextElideMode.ElideRight, True)
        painter.setFont(self._strong)
        painter.setPen(self._colors["text3" if condition == "paused" else "text"])
        painter.drawText(area.left() + PAD, self._baseline(area), text)
        if icon:
            pixmap = self._theme.pixmap(icon, token, ICON, self._ratio)
            left = area.left() + PAD + self._strong_metrics.horizontalAdvance(text) + GAP
            painter.drawPixmap(left, area.top() + (area.height() - ICON) // 2, pixmap)

    def _paint_cell(
        self, painter: QPainter, area: QRect, status: ObserverStatus, column: Column, condition: Condition
    ) -> None:
        left, room = area.left() + PAD, area.width() - 2 * PAD
        token = self._token(status, column, condition)
        if column == Column.KIND:
            icon = self._theme.pixmap(
                self._kind_icon(status.kind), "text3" if condition == "paused" else "text2", KIND_ICON, self._ratio
            )
            painter.drawPixmap(left, area.top() + (area.height() - KIND_ICON) // 2, icon)
            left, room = left + KIND_ICON + GAP, room - KIND_ICON - GAP
        mode = Qt.TextElideMode.ElideMiddle if column == Column.PATTERN else Qt.TextElideMode.ElideRight
        text = self._elided(cell(status, column), room, mode, False)
        if column in FIGURES:
            left += room - self._metrics.horizontalAdvance(text)
        strong = token == "error" and column == Column.FAILED
        painter.setFont(self._strong if strong else self._body)
        painter.setPen(self._colors[token])
        painter.drawText(left, self._baseline(area), text)

    def _token(self, status: ObserverStatus, column: Column, condition: Condition) -> str:
        if condition == "paused":
            return "text3"
        if column in (Column.FAILED, Column.DROPPED):
            return "error" if getattr(status, column.name.lower()) else "text3"
        if column == Column.ERROR and status.last_error:
            return "error"
        if column == Column.P99 and condition == "slow":
            return "warn"
        text = cell(status, column)
        if text in ("0", NOT_APPLICABLE):
            return "text3"
        return "text" if column in FIGURES or column == Column.VALUES else "text2"

    def _baseline(self, area: QRect) -> int:
        return area.top() + (area.height() + self._metrics.ascent() - self._metrics.descent()) // 2

    def _elide(self, text: str, room: int, mode: Qt.TextElideMode, strong: bool) -> str:
        return (self._strong_metrics if strong else self._metrics).elidedText(text, mode, room)
