"""Painting of rows: texts that fit, marks that are seen, and no work done twice."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from eventmon.engine.requests import Gap, LogRow
from eventmon.gui.models.log_columns import Column
from eventmon.gui.models.log_texts import RowView
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_delegate import Drawn, LogDelegate, Place, RowToPaint, shorten_topic
from tests.gui.log_script import at, order

WIDTH = 900
PLACES: dict[int, Place] = {
    Column.TIME: Place(20, 110),
    Column.DELTA: Place(120, 190),
    Column.TOPIC: Place(200, 350),
    Column.TYPE: Place(360, 460),
    Column.SIZE: Place(470, 540),
    Column.DATA: Place(550, 890),
}
GAP = Gap(id=1, after_seq=3, connection="prod", started=at(3), ended=at(3) + 2_370_000, reason="disconnected")


@pytest.fixture
def delegate(theme: Theme) -> LogDelegate:
    """A delegate that knows where its columns stand."""
    delegate = LogDelegate(theme)
    delegate.set_places(dict(PLACES), WIDTH, utc=True)
    return delegate


def painted(delegate: LogDelegate, row: RowToPaint, *, focused: bool = True) -> QImage:
    image = QImage(WIDTH, delegate.look.row_height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    delegate.paint_rows(painter, [row], focused=focused)
    painter.end()
    return image


def colours(image: QImage, left: int, right: int) -> set[str]:
    return {image.pixelColor(x, y).name().upper() for x in range(left, right) for y in range(image.height())}


def shown(row: LogRow) -> RowView:
    return RowView(row, row.received - 1_000)


def test_a_topic_loses_whole_leading_levels(theme: Theme) -> None:
    metrics = QFontMetricsF(theme.body)
    topic = "prod/orders/eu/created"
    room = int(metrics.horizontalAdvance(topic)) + 1
    assert shorten_topic(topic, room, metrics) == topic
    assert shorten_topic(topic, room - 4, metrics) == "…/orders/eu/created"
    assert shorten_topic(topic, int(metrics.horizontalAdvance("…/eu/created")) + 1, metrics) == "…/eu/created"
    assert shorten_topic(topic, 30, metrics).startswith("…")


def test_no_topic_is_wider_than_its_column(theme: Theme) -> None:
    metrics = QFontMetricsF(theme.body)
    for topic in ("a" * 300, "/" * 300, "销售/订单/已创建", "x/" + "y" * 200, ""):
        for width in (20, 60, 200):
            assert metrics.horizontalAdvance(shorten_topic(topic, width, metrics)) <= width


@pytest.mark.parametrize(
    ("focused", "token"),
    [(True, "selected"), (False, "selected_idle")],
)
def test_a_selection_is_blue_only_with_the_focus(
    delegate: LogDelegate, theme: Theme, focused: bool, token: str
) -> None:
    image = painted(delegate, RowToPaint(0, view=shown(order(1)), selected=True), focused=focused)
    assert image.pixelColor(5, 10) == theme.color(token)


def test_the_current_row_has_an_accent_line_above_and_below(delegate: LogDelegate, theme: Theme) -> None:
    image = painted(delegate, RowToPaint(0, view=shown(order(1)), current=True, selected=True))
    assert image.pixelColor(5, 0) == theme.color("accent")
    assert image.pixelColor(5, image.height() - 1) == theme.color("accent")


def test_a_gap_is_violet_with_dashed_edges(delegate: LogDelegate, theme: Theme) -> None:
    image = painted(delegate, RowToPaint(0, gap=GAP))
    edge = [image.pixelColor(x, 0) for x in range(WIDTH)]
    assert theme.color("gap") in edge
    assert theme.color("gap_bg") in edge
    assert image.pixelColor(WIDTH - 3, 10) == theme.color("gap_bg")


def test_a_cut_payload_has_an_amber_tag(delegate: LogDelegate, theme: Theme) -> None:
    cut = msgspec.structs.replace(order(2), preview=b"x" * 512, size=64_102)
    amber = theme.color("warn_bg").name().upper()
    assert amber in colours(painted(delegate, RowToPaint(0, view=shown(cut))), 700, 890)
    assert amber not in colours(painted(delegate, RowToPaint(0, view=shown(order(1)))), 700, 890)


def test_the_first_row_of_a_day_has_a_line_and_its_date(delegate: LogDelegate, theme: Theme) -> None:
    image = painted(delegate, RowToPaint(0, view=shown(order(1)), new_day=True))
    assert image.pixelColor(500, 0) == theme.color("outline")
    assert theme.color("pressed").name().upper() in colours(image, 800, 890)


def test_a_day_that_turns_out_not_to_be_new_loses_its_date(delegate: LogDelegate, theme: Theme) -> None:
    unknown = RowView(order(1), None, first=True)
    painted(delegate, RowToPaint(0, view=unknown, new_day=True))
    image = painted(delegate, RowToPaint(0, view=RowView(order(1), None)))
    assert theme.color("pressed").name().upper() not in colours(image, 800, 890)


def test_stacked_accents_stay_in_their_cell(delegate: LogDelegate) -> None:
    stacked = LogRow(seq=1, received=at(1), topic="e" + "\u0301" * 200, type="t", size=9, preview=b"x")
    height = delegate.look.row_height
    image = QImage(WIDTH, 3 * height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    delegate.paint_rows(painter, [RowToPaint(height, view=shown(stacked))], focused=True)
    painter.end()
    above = {
        image.pixelColor(x, y).name() for x in range(WIDTH) for y in (*range(height), *range(2 * height, 3 * height))
    }
    assert above == {"#ffffff"}


def test_what_was_shortened_once_is_kept_until_something_changes(
    delegate: LogDelegate, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = delegate._draw_anew

    def counted(view: RowView, new_day: bool) -> Drawn:
        made.append(view.row.seq)
        return real(view, new_day)

    monkeypatch.setattr(delegate, "_draw_anew", counted)
    for _ in range(3):
        painted(delegate, RowToPaint(0, view=shown(order(1))))
    assert made == [1]
    delegate.set_places({**PLACES, Column.DATA: Place(550, 700)}, 700, utc=True)
    painted(delegate, RowToPaint(0, view=shown(order(1))))
    delegate.set_places({**PLACES, Column.DATA: Place(550, 700)}, 700, utc=False)
    painted(delegate, RowToPaint(0, view=shown(order(1))))
    assert made == [1, 1, 1]


def test_what_is_kept_is_bounded(delegate: LogDelegate) -> None:
    for seq in range(1, 5_001):
        delegate._drawn(shown(order(seq)), False)
    assert len(delegate._kept) <= 2_000


def test_rows_are_as_high_as_their_font_needs(delegate: LogDelegate, theme: Theme) -> None:
    assert delegate.look.row_height >= 20
    assert delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height() == delegate.look.row_height
    theme.apply("dark", 200)
    delegate.restyle()
    assert delegate.look.row_height >= delegate.look.metrics[Column.DATA].height()


def test_rows_not_yet_here_and_gone_ones_are_painted_quietly(delegate: LogDelegate, theme: Theme) -> None:
    quiet = colours(painted(delegate, RowToPaint(0)), 0, WIDTH)
    assert quiet == {"#FFFFFF", theme.color("hover").name().upper()}
    gone = colours(painted(delegate, RowToPaint(0, absent=True)), 0, WIDTH)
    assert len(gone) > 2


def test_a_connections_colour_stands_at_the_left_edge_of_its_rows_and_gaps(delegate: LogDelegate, theme: Theme) -> None:
    red = theme.color("rule_red").name().upper()
    name = order(1).topic.partition("/")[0]
    assert red not in colours(painted(delegate, RowToPaint(0, view=shown(order(1)))), 0, 3)
    assert delegate.mark_connections({name: "rule_red", "prod": "rule_red"})
    assert not delegate.mark_connections({name: "rule_red", "prod": "rule_red"}), "no news"
    for row in (RowToPaint(0, view=shown(order(1))), RowToPaint(0, gap=GAP)):
        image = painted(delegate, row)
        assert colours(image, 0, 3) == {red}
        assert red not in colours(image, 3, 20)
    other = msgspec.structs.replace(order(2), topic="local/orders")
    assert red not in colours(painted(delegate, RowToPaint(0, view=shown(other))), 0, 3)


def test_a_connections_colour_follows_the_theme_and_goes(delegate: LogDelegate, theme: Theme) -> None:
    name = order(1).topic.partition("/")[0]
    delegate.mark_connections({name: "gap"})
    theme.apply("dark")
    delegate.restyle()
    assert colours(painted(delegate, RowToPaint(0, view=shown(order(1)))), 0, 3) == {theme.color("gap").name().upper()}
    delegate.mark_connections({})
    assert len(colours(painted(delegate, RowToPaint(0, view=shown(order(1)))), 0, 3)) == 1
    assert delegate._drawn(shown(order(1)), False).mark is None
