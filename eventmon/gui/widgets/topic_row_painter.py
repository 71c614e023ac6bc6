"""Paints one row of the topic tree. Everything that rows share is made once a theme, a repaint or a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from eventmon.gui.connection_texts import COLOR_TOKENS
from eventmon.gui.formatting import NOT_APPLICABLE
from eventmon.gui.models.rate_history import RateHistory
from eventmon.gui.models.topic_model import LEFT_COLUMNS, TopicModel
from eventmon.gui.models.topic_texts import RATE, TOPIC
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.phases import CONNECTED, MARKS, phase_word
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.sparkline import SparklineCache

INDENT = 12
PAD = 8
MARK = 12
"""Size of the dot or icon before a heading."""
DOT = 8
ARROW_INSET = 2
"""Keeps the arrow of a heading off its colour."""
MARK_GAP = 5
MOST_MARKED = 2_000
LEAST_NAME = 32
"""Pixels that switches leave to a name; it is whole again when the pointer goes."""
SHOWN, RECORDED = "eye", "circle-dot"
PINNED, MUTED, NOT_RECORDED = "pin", "eye-off", "circle-off"
COLOR_BAR = 3
SPARK_HEIGHT = 14
_COLORS = ("base", "hover", "selected", "selected_idle", "text", "text2", "text3", "accent", "accent_text", "ok")
Column = tuple[int, int, int]
"""A visible column: which, where it begins, how wide it is."""


@dataclass(slots=True)
class _Row:
    """The row being painted; ``quiet`` rows are grey."""

    painter: QPainter
    node: TopicNode
    top: int
    height: int
    baseline: int
    quiet: bool


class TopicRowPainter:
    """Paints rows for one view. Call ``begin`` once a repaint."""

    def __init__(self, theme: Theme, model: TopicModel, history: RateHistory[TopicNode]) -> None:
        self._theme = theme
        self._model = model
        self._history = history
        self._shown_marks: dict[TopicNode, tuple[int, Sequence[str]]] = {}
        self.sparklines = SparklineCache(history.samples)
        self._quiet_lines = SparklineCache(history.samples)
        theme.changed.connect(self.restyle)
        self.restyle()

    @property
    def behind(self) -> bool:
        """Whether some lines still show the second before."""
        return self.sparklines.behind or self._quiet_lines.behind

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        theme = self._theme
        self._colors: dict[str, QColor] = {token: theme.color(token) for token in _COLORS}
        self._body, self._title, self._small = QFont(theme.body), QFont(theme.title), QFont(theme.small)
        self._metrics = {id(font): QFontMetrics(font) for font in (self._body, self._title, self._small)}
        body = self._metrics[id(self._body)]
        self._width = lru_cache(maxsize=4_096)(body.horizontalAdvance)
        self._elided = lru_cache(maxsize=4_096)(self._elide)
        self.rate_width = body.horizontalAdvance("22,915/s")
        self.spark_width = max(34, round(body.averageCharWidth() * 5))

    def begin(
        self, view: QWidget, columns: Sequence[Column], current: TopicNode | None, hovered: TopicNode | None
    ) -> None:
        """A repaint begins."""
        self._columns = columns
        self._current = current
        self._hovered = hovered
        self._focused = view.hasFocus()
        self._ratio = view.devicePixelRatioF()
        self._full = view.width()
        if len(self._shown_marks) > MOST_MARKED:
            self._shown_marks.clear()
        self._second = self._history.second
        size = QSize(self.spark_width, SPARK_HEIGHT)
        self.sparklines.begin(size, self._colors["accent_text"], self._ratio)
        self._quiet_lines.begin(size, self._colors["text3"], self._ratio)

    def paint(self, painter: QPainter, area: QRect, node: TopicNode, *, expanded: bool) -> None:
        """Paint the row of a node; of ``area`` the place from top to bottom counts."""
        body = self._metrics[id(self._body)]
        baseline = area.top() + (area.height() + body.ascent() - body.descent()) // 2
        row = _Row(painter, node, area.top(), area.height(), baseline, self._is_quiet(node))
        self._paint_ground(row)
        hidden = self._model.rows.hidden(node)
        for column, left, width in self._columns:
            if column == TOPIC:
                self._paint_name(row, left + width, expanded=expanded)
            elif not hidden and not (column == RATE and self._paint_phase(row, left, width)):
                self._paint_figure(row, column, left, width)

    def _paint_ground(self, row: _Row) -> None:
        painter, area = row.painter, QRect(0, row.top, self._full, row.height)
        if row.node is self._current:
            painter.fillRect(area, self._colors["selected" if self._focused else "selected_idle"])
            if self._focused:
                painter.setPen(self._colors["accent"])
                painter.drawLine(area.left(), area.top(), area.right(), area.top())
                painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        elif row.node is self._hovered:
            painter.fillRect(area, self._colors["hover"])

    def _paint_name(self, row: _Row, right: int, *, expanded: bool) -> None:
        node, painter = row.node, row.painter
        left = INDENT * self._depth(node)
        if self._model.rows.has_children(node):
            icon = self._theme.pixmap("chevron-down" if expanded else "chevron-right", "text3", MARK, self._ratio)
            painter.drawPixmap(left + ARROW_INSET, row.top + (row.height - MARK) // 2, icon)
        left += INDENT + 3
        heading = node.parent is None
        if heading:
            left = self._paint_mark(row, left)
        font = self._title if heading else self._body
        status = self._model.tree.status(node) if heading else None
        marks = self._fitting_marks(node, right - left - 4)
        switches = self._switches_of(node) if node is self._hovered else []
        if right - left - (MARK + MARK_GAP) * len(marks + switches) >= LEAST_NAME:
            marks += switches
        room = right - left - 4 - (MARK + MARK_GAP) * len(marks)
        name = self._model.texts.title(node)
        shown = self._elided(name, room, heading)
        painter.setFont(font)
        painter.setPen(self._name_color(node, row.quiet))
        painter.drawText(left, row.baseline, shown)
        self._paint_marks(row, left + self._metrics[id(font)].horizontalAdvance(shown), right, marks)
        if status is not None and status.color:
            color = self._theme.color(COLOR_TOKENS[status.color])
            painter.fillRect(0, row.top, COLOR_BAR, row.height, color)

    def _paint_marks(self, row: _Row, left: int, right: int, marks: Sequence[str]) -> None:
        """The icons behind a name, as many as there is room for."""
        marks = marks[: max(0, (right - left) // (MARK + MARK_GAP))]
        self._shown_marks[row.node] = left, marks
        for number, mark in enumerate(marks):
            icon = self._theme.pixmap(mark, "text3", MARK, self._ratio)
            place = left + MARK_GAP + number * (MARK + MARK_GAP)
            row.painter.drawPixmap(place, row.top + (row.height - MARK) // 2, icon)

    def marks_of(self, node: TopicNode) -> list[str]:
        """The icons behind a name, from left to right."""
        if self._model.rows.hidden(node):
            return []
        marks = self._model.marks
        status = self._model.tree.status(node) if node.parent is None else None
        shown = ["lock"] if status is not None and status.publishes and status.read_only else []
        shown += [PINNED] if marks.is_pinned(node) else []
        shown += [MUTED] if marks.is_muted(node) else []
        return shown if marks.is_recorded(node) else [*shown, NOT_RECORDED]

    def _fitting_marks(self, node: TopicNode, room: int) -> list[str]:
        """The icons behind a name; those that the level above has too go before the name is cut."""
        shown = self.marks_of(node)
        parent = node.parent
        wanted = self._width(self._model.texts.title(node)) + (MARK + MARK_GAP) * len(shown) if shown else 0
        if wanted <= room or parent is None:
            return shown
        above = self.marks_of(parent)
        return [mark for mark in shown if mark not in above or mark == PINNED]

    def mark_at(self, node: TopicNode, x: int) -> str:
        """The icon behind a name at a place of the view, as painted last; empty for none."""
        start, marks = self._shown_marks.get(node, (0, ()))
        number = (x - start - MARK_GAP // 2) // (MARK + MARK_GAP)
        return marks[number] if 0 <= number < len(marks) else ""

    def _switches_of(self, node: TopicNode) -> list[str]:
        """What can be turned off with a click while the pointer is on a row."""
        marks = self._model.marks
        if self._model.rows.hidden(node) or node is self._model.tree.local:
            return []
        shown = [] if marks.is_muted(node) else [SHOWN]
        return [*shown, RECORDED] if marks.is_recorded(node) else shown

    def _paint_mark(self, row: _Row, left: int) -> int:
        phase, painter = self._phase_of(row.node), row.painter
        middle = row.top + row.height / 2
        name, token = MARKS[phase]
        if name:
            painter.drawPixmap(left - 1, int(middle - MARK / 2), self._theme.pixmap(name, token, MARK, self._ratio))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colors[token])
            painter.drawEllipse(left, int(middle - DOT / 2), DOT, DOT)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return left + MARK + 5

    def _paint_phase(self, row: _Row, left: int, width: int) -> bool:
        """In place of the rate a connection that is not there says how it is."""
        phase = self._phase_of(row.node) if row.node.parent is None else CONNECTED
        if phase == CONNECTED:
            return False
        shown = self._elided(phase_word(phase), width - 2 * PAD, False)
        row.painter.setFont(self._body)
        row.painter.setPen(self._theme.color(MARKS[phase][1]))
        row.painter.drawText(left + width - PAD - self._width(shown), row.baseline, shown)
        return True

    def _paint_figure(self, row: _Row, column: int, left: int, width: int) -> None:
        text = self._model.texts.text(row.node, column)
        quiet = row.quiet or text == NOT_APPLICABLE
        if column == RATE and row.node in self._history:
            lines = self._quiet_lines if row.quiet else self.sparklines
            line = lines.line(row.node, self._second)
            if line is not None:
                row.painter.drawPixmap(left + PAD, row.top + (row.height - SPARK_HEIGHT) // 2, line)
        row.painter.setFont(self._body)
        row.painter.setPen(self._colors["text3" if quiet else "text2"])
        if column in LEFT_COLUMNS:
            row.painter.drawText(left + PAD, row.baseline, self._elided(text, width - 2 * PAD, False))
        else:
            row.painter.drawText(left + width - PAD - self._width(text), row.baseline, text)

    def _name_color(self, node: TopicNode, quiet: bool) -> QColor:
        if self._model.rows.hidden(node):
            return self._colors["accent_text"]
        return self._colors["text3" if quiet or not node.name else "text"]

    def _phase_of(self, heading: TopicNode) -> str:
        if not self._model.tree.is_mount(heading):
            return CONNECTED
        status = self._model.tree.status(heading)
        return status.phase if status is not None else "closed"

    def _is_quiet(self, node: TopicNode) -> bool:
        """Muted topics are grey, and those of a connection that is not there: their figures are the last good ones."""
        if self._model.marks.is_muted(node):
            return True
        heading = node
        while heading.parent is not None:
            heading = heading.parent
        return heading is not node and self._phase_of(heading) != CONNECTED

    @staticmethod
    def _depth(node: TopicNode) -> int:
        depth = 0
        parent = node.parent
        while parent is not None:
            depth += 1
            parent = parent.parent
        return depth

    def _elide(self, text: str, room: int, heading: bool) -> str:
        metrics = self._metrics[id(self._title if heading else self._body)]
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
