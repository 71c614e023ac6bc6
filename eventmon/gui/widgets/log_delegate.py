"""Paints whole rows of the log at once: every colour, font, metric and shortened text is kept from paint to paint.

A delegate that is asked cell by cell makes all of that anew 180 times a repaint. This one is given all rows in sight,
goes through them column by column, so that font and pen are set six times, and draws each text at its baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from eventmon.engine.requests import Gap, LogRow
from eventmon.gui import formatting
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import RIGHT_ALIGNED, Column
from eventmon.gui.models.log_texts import RowView
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_header import LEFT_MARGIN, PADDING

MIN_ROW_HEIGHT = 20
MAX_KEPT = 2_000
ICON = 14
TAG_PADDING = 5
MARK_WIDTH = 3


@dataclass(slots=True)
class Place:
    """Where a column's texts stand: between ``left`` and ``right``, paddings taken off."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A small word at the right of a row: what was cut, or a new day."""

    text: str
    ink: str
    ground: str
    width: int


@dataclass(slots=True)
class Drawn:
    """A row as it is painted: texts that fit and where they start."""

    stands_for: tuple[RowView, bool]
    """The row and its surroundings; as long as they are the same, so are the texts."""
    texts: dict[int, tuple[int, str, bool]]
    """Left edge, text, and whether it may reach beyond its cell (stacked accents do)."""
    tags: tuple[Tag, ...] = ()
    mark: QColor | None = None
    """The colour of its connection."""


@dataclass(slots=True)
class RowToPaint:
    """One row in sight: exactly one of ``view`` and ``gap`` is set, or none while the event is not here."""

    y: int
    view: RowView | None = None
    gap: Gap | None = None
    absent: bool = False
    selected: bool = False
    current: bool = False
    hovered: bool = False
    new_day: bool = False


@dataclass
class Look:
    """What a theme gives, asked for once."""

    fonts: dict[int, QFont]
    pens: dict[int, QPen]
    colors: dict[str, QColor]
    metrics: dict[int, QFontMetricsF]
    strong: QFont
    strong_metrics: QFontMetrics
    small: QFont
    small_metrics: QFontMetrics
    mono_advance: float
    row_height: int
    baseline: int
    dashed: QPen = field(default_factory=QPen)


_TOKENS = {
    Column.TIME: "text2",
    Column.DELTA: "text3",
    Column.TOPIC: "text",
    Column.TYPE: "text2",
    Column.SIZE: "text2",
    Column.DATA: "text2",
    Column.SEQ: "text3",
    Column.RECEIVED: "text2",
    Column.SOURCE: "text2",
    Column.ID: "text3",
    Column.SUBJECT: "text2",
    Column.CONTENT_TYPE: "text2",
}
_NAMES = frozenset({Column.TOPIC, Column.TYPE, Column.SOURCE, Column.CONTENT_TYPE})
"""Texts that come again and again: each is shortened once."""
_SELDOM_REPEATED = frozenset({Column.ID, Column.SUBJECT})
_COLORS = (
    "text",
    "text3",
    "selected",
    "selected_idle",
    "hover",
    "pressed",
    "hairline",
    "accent",
    "gap",
    "gap_bg",
    "warn",
    "warn_bg",
    "outline",
)


class LogDelegate(QStyledItemDelegate):
    """Row painter of the log view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._places: dict[int, Place] = {}
        self._width = 0
        self._utc = False
        self._focused = False
        self._kept: dict[int, Drawn] = {}
        self._fitted: dict[tuple[int, str], str] = {}
        self._colors_of: dict[str, str] = {}
        self._marks: dict[str, QColor] = {}
        self.restyle()

    # ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────

    def restyle(self) -> None:
        """Take colours, fonts and metrics from the theme."""
        theme = self._theme
        fonts = {int(column): theme.mono if column == Column.DATA else theme.body for column in Column}
        metrics = {column: QFontMetricsF(font) for column, font in fonts.items()}
        height = max(QFontMetrics(font).height() for font in (theme.body, theme.mono))
        ascent = QFontMetrics(theme.body).ascent()
        row_height = max(MIN_ROW_HEIGHT, height + 4)
        strong = QFont(theme.body)
        strong.setWeight(QFont.Weight.Medium)
        self.look = Look(
            fonts=fonts,
            pens={column: QPen(theme.color(token)) for column, token in _TOKENS.items()},
            colors={token: theme.color(token) for token in _COLORS},
            metrics=metrics,
            strong=strong,
            strong_metrics=QFontMetrics(strong),
            small=theme.small,
            small_metrics=QFontMetrics(theme.small),
            mono_advance=metrics[Column.DATA].horizontalAdvance("0"),
            row_height=row_height,
            baseline=(row_height - QFontMetrics(theme.body).height()) // 2 + ascent,
        )
        self.look.dashed = QPen(theme.color("gap"), 1, Qt.PenStyle.CustomDashLine)
        self.look.dashed.setDashPattern([4, 3])
        self._marks = {name: theme.color(token) for name, token in self._colors_of.items()}
        self.forget()

    def mark_connections(self, tokens: Mapping[str, str]) -> bool:
        """Mark the rows of these connections (by name) with the colours of these tokens; whether that is news."""
        if tokens == self._colors_of:
            return False
        self._colors_of = dict(tokens)
        self._marks = {name: self._theme.color(token) for name, token in tokens.items()}
        self.forget()
        return True

    def forget(self) -> None:
        """Drop shortened texts: widths, fonts or the zone have changed."""
        self._kept.clear()
        self._fitted.clear()

    def set_places(self, places: dict[int, Place], width: int, *, utc: bool) -> None:
        """Where the columns stand now; costs nothing when that has not changed."""
        if places != self._places or utc != self._utc:
            self._places, self._utc = places, utc
            self.forget()
        self._width = width

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are equally high."""
        return QSize(40, self.look.row_height)

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────

    def paint_rows(self, painter: QPainter, rows: Sequence[RowToPaint], *, focused: bool) -> None:
        """Paint all rows in sight: grounds first, then each column from top to bottom."""
        self._focused = focused
        events: list[tuple[RowToPaint, Drawn]] = []
        for row in rows:
            self._paint_ground(painter, row)
            if row.view is not None:
                events.append((row, self._drawn(row.view, row.new_day)))
            elif row.gap is not None:
                self._paint_gap(painter, row.y, row.gap)
                self._paint_mark(painter, row.y, self._marks.get(row.gap.connection))
            else:
                self._paint_unknown(painter, row)
        for column in self._places:
            self._paint_column(painter, column, events)
        for row, drawn in events:
            self._paint_mark(painter, row.y, drawn.mark)
            if row.new_day:
                painter.fillRect(0, row.y, self._width, 1, self.look.colors["outline"])
            if drawn.tags:
                self._paint_tags(painter, row.y, drawn.tags)

    def _paint_ground(self, painter: QPainter, row: RowToPaint) -> None:
        height, colors = self.look.row_height, self.look.colors
        if row.selected:
            painter.fillRect(0, row.y, self._width, height, colors["selected" if self._focused else "selected_idle"])
        elif row.gap is not None:
            painter.fillRect(0, row.y, self._width, height, colors["gap_bg"])
        elif row.hovered:
            painter.fillRect(0, row.y, self._width, height, colors["hover"])
        if row.current and self._focused:
            painter.fillRect(0, row.y, self._width, 1, colors["accent"])
            painter.fillRect(0, row.y + height - 1, self._width, 1, colors["accent"])

    def _paint_mark(self, painter: QPainter, y: int, mark: QColor | None) -> None:
        """The colour of the connection, at the left edge."""
        if mark is not None:
            painter.fillRect(0, y, MARK_WIDTH, self.look.row_height, mark)

    def _paint_column(self, painter: QPainter, column: int, events: Sequence[tuple[RowToPaint, Drawn]]) -> None:
        look, place = self.look, self._places[column]
        painter.setFont(look.fonts[column])
        painter.setPen(look.pens[column])
        strong = column == Column.DATA
        for row, drawn in events:
            x, text, clip = drawn.texts[column]
            if strong and row.selected:
                painter.setPen(look.colors["text"])
            if clip:
                painter.setClipRect(place.left, row.y, place.right - place.left + PADDING, look.row_height)
            painter.drawText(x, row.y + look.baseline, text)
            if clip:
                painter.setClipping(False)
            if strong and row.selected:
                painter.setPen(look.pens[column])

    def _paint_gap(self, painter: QPainter, y: int, gap: Gap) -> None:
        look = self.look
        painter.setPen(look.dashed)
        painter.drawLine(0, y, self._width, y)
        painter.drawLine(0, y + look.row_height - 1, self._width, y + look.row_height - 1)
        icon = self._theme.pixmap("unplug", "gap", ICON, painter.device().devicePixelRatioF())
        painter.drawPixmap(PADDING, y + (look.row_height - ICON) // 2, icon)
        painter.setFont(look.strong)
        painter.setPen(look.colors["gap"])
        sentence = log_texts.gap_sentence(gap, self._utc)
        left = LEFT_MARGIN + PADDING
        fitting = look.strong_metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, self._width - left - PADDING)
        painter.drawText(QRect(left, y, self._width - left, look.row_height), int(_MIDDLE), fitting)

    def _paint_unknown(self, painter: QPainter, row: RowToPaint) -> None:
        look = self.look
        if row.absent:
            painter.setFont(look.fonts[Column.TOPIC])
            painter.setPen(look.colors["text3"])
            left = min(place.left for place in self._places.values())
            painter.drawText(QPoint(left, row.y + look.baseline), log_texts.NO_LONGER_KEPT)
            return
        middle = row.y + look.row_height // 2 - 3
        for column, place in self._places.items():
            share = 1 if column == Column.TIME else 3
            width = (place.right - place.left) * share // 5
            left = place.right - width if column in RIGHT_ALIGNED else place.left
            painter.fillRect(left, middle, width, 6, look.colors["hover"])

    def _paint_tags(self, painter: QPainter, y: int, tags: Sequence[Tag]) -> None:
        look = self.look
        right = self._places[Column.DATA].right if Column.DATA in self._places else self._width - PADDING
        painter.setFont(look.small)
        for tag in tags:
            box = QRect(right - tag.width, y + 2, tag.width, look.row_height - 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(tag.ground))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(self._theme.color(tag.ink))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), tag.text)
            right = box.left() - TAG_PADDING

    # ── shortened texts ──────────────────────────────────────────────────────────────────────────────────────────

    def _drawn(self, view: RowView, new_day: bool) -> Drawn:
        kept = self._kept.get(view.row.seq)
        if kept is not None and kept.stands_for == (view, new_day):
            return kept
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        drawn = self._kept[view.row.seq] = self._draw_anew(view, new_day)
        return drawn

    def _draw_anew(self, view: RowView, new_day: bool) -> Drawn:
        tags = self._tags(view, new_day)
        reserved = sum(tag.width + PADDING for tag in tags)
        mark = self._marks.get(view.row.topic.partition("/")[0]) if self._marks else None
        drawn = Drawn((view, new_day), {}, tags, mark)
        for column, place in self._places.items():
            width = place.right - place.left - (reserved if column == Column.DATA else 0)
            text = self._fitting(Column(column), view, width)
            x = place.left
            if column in RIGHT_ALIGNED:
                x = place.right - round(self.look.metrics[column].horizontalAdvance(text))
            drawn.texts[column] = (x, text, not text.translate(_HARMLESS).isascii())
        return drawn

    def _tags(self, view: RowView, new_day: bool) -> tuple[Tag, ...]:
        tags: list[Tag] = []
        if log_texts.is_cut(view.row):
            tags.append(self._tag(log_texts.cut_tag(view.row), "warn", "warn_bg"))
        if new_day:
            tags.append(self._tag(formatting.day(view.row.received, self._utc), "text2", "pressed"))
        return tuple(tags)

    def _tag(self, text: str, ink: str, ground: str) -> Tag:
        return Tag(text, ink, ground, self.look.small_metrics.horizontalAdvance(text) + 2 * TAG_PADDING)

    def _fitting(self, column: Column, view: RowView, width: int) -> str:
        match column:
            case Column.DATA:
                return self._fit_mono(log_texts.data(view.row), width)
            case _ if column in _NAMES:
                return self._fit_name(column, view.row, width)
            case _ if column in _SELDOM_REPEATED:
                return shorten_end(log_texts.cell(view, column, self._utc), width, self.look.metrics[column])
            case _:
                return log_texts.cell(view, column, self._utc)

    def _fit_mono(self, text: str, width: int) -> str:
        room = int(width / self.look.mono_advance)
        if text.isascii() or text[:room].isascii():
            return text if len(text) <= room else text[: max(room - 1, 0)] + "…"
        text = text[: room + 1]
        return self.look.metrics[Column.DATA].elidedText(text, Qt.TextElideMode.ElideRight, width)

    def _fit_name(self, column: Column, row: LogRow, width: int) -> str:
        name = log_texts.attribute(row, column)
        key = (int(column), name)
        fitting = self._fitted.get(key)
        if fitting is None:
            if len(self._fitted) >= MAX_KEPT:
                self._fitted.clear()
            shorten = shorten_topic if column == Column.TOPIC else shorten_end
            fitting = shorten(log_texts.name(row, column), width, self.look.metrics[column])
            self._fitted[key] = fitting
        return fitting


_HARMLESS = str.maketrans("", "", "…–−")
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def shorten_end(text: str, width: int, metrics: QFontMetricsF) -> str:
    """The text, cut at its end where it is wider."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def shorten_topic(topic: str, width: int, metrics: QFontMetricsF) -> str:
    """The topic without as many leading levels as have to go: ``…/eu/created``.

    A last level that is too wide by itself is cut at its end.
    """
    if metrics.horizontalAdvance(topic) <= width:
        return topic
    rest = topic
    while "/" in rest:
        rest = rest.partition("/")[2]
        if metrics.horizontalAdvance("…/" + rest) <= width:
            return "…/" + rest
    return shorten_end("…/" + rest if "/" in topic else topic, width, metrics)
