"""The Counters dock: numbers that fit and keep still, a plot that says what it shows."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import Accounting, ConnectionStatus, Frame, ObserverStatus
from eventmon.engine.requests import TakeFrame
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.counters import CountersPanel
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.big_number import BigNumbers, Figure
from eventmon.gui.widgets.plot_export import PlotExport
from eventmon.gui.widgets.rate_plot import spread
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="test")).result()
NAMES = ["prod/orders/created", "prod/stock/low", "prod/payments/failed", "cart/updated", "mail/queued", "audit/entry"]
PROD = [ConnectionStatus(name="prod", url="redis://shop", phase="connected")]


def frame(second: int, **fields: object) -> Frame:
    topics = [topic(name, 10 + second, 300.0 / (place + 1) + second % 7) for place, name in enumerate(NAMES)]
    given_fields: dict[str, object] = {
        "taken": TAKEN + second * 1_000_000,
        "accounting": Accounting(received=1_204_551 + second, stored=1_204_551 + second),
        "rate": 3_412.0,
        "observers": 14,
        "failed": 41,
        "topics": topics,
        "connections": PROD if second == 0 else None,
    }
    return msgspec.structs.replace(BASE, **(given_fields | fields))


@pytest.fixture
def panel(context: PanelContext, qtbot: QtBot) -> CountersPanel:
    context.bridge.detach()  # frames come from the test alone
    panel = CountersPanel(context)
    qtbot.addWidget(panel)
    panel.resize(640, 300)
    panel.show()
    panel._timer.stop()
    return panel


def run(panel: CountersPanel, seconds: int = 5) -> None:
    for second in range(seconds):
        panel.take(frame(second))
    panel.tick()
    panel.tick()


def texts(numbers: BigNumbers) -> dict[str, str]:
    return {figure.label: figure.text for figure in numbers.shown}


def test_the_first_sight_is_quiet(panel: CountersPanel) -> None:
    assert texts(panel.numbers) == {"events": "0", "events/s": "0", "observers": "0", "failed": "0", "dropped": "0"}
    assert {figure.token for figure in panel.numbers.shown} == {"text3"}
    assert panel.plot is None
    assert not panel.context.commands.action("counters.export_image").isEnabled()


def test_numbers_are_those_of_the_newest_frame(panel: CountersPanel) -> None:
    run(panel, 3)
    assert texts(panel.numbers) == {
        "events": "1,204,553", "events/s": "3,412", "observers": "14", "failed": "41", "dropped": "0",
    }  # fmt: skip
    tokens = {figure.label: figure.token for figure in panel.numbers.shown}
    assert tokens["failed"] == "error"
    assert tokens["dropped"] == "text3"
    assert tokens["events/s"] == "accent_text"
    assert "1,204,553 events" in panel.numbers.accessibleName()


def test_frames_do_not_change_numbers_between_ticks(panel: CountersPanel) -> None:
    run(panel)
    before = texts(panel.numbers)
    panel.take(frame(9))
    assert texts(panel.numbers) == before
    panel.tick()
    assert texts(panel.numbers) != before


def test_a_slow_stream_has_a_rate_above_zero(panel: CountersPanel) -> None:
    panel.take(frame(0, rate=0.4))
    panel.tick()
    assert texts(panel.numbers)["events/s"] == "0.4"


def test_a_lost_engine_leaves_grey_numbers_and_says_so(panel: CountersPanel, qtbot: QtBot) -> None:
    run(panel)
    light = panel.numbers.grab().toImage()
    with qtbot.waitSignal(panel.noteChanged) as told:
        panel.context.bridge.engineLost.emit("The engine does not answer.")
    assert told.args == ["stopped, last known numbers"]
    assert panel.numbers.grab().toImage() != light
    assert colors_of(panel.numbers) == {panel.context.theme.color("text3").name()}
    run(panel)
    assert panel.context.theme.color("error").name() in colors_of(panel.numbers)


def colors_of(numbers: BigNumbers) -> set[str]:
    """Colours of the ink of the digits: those that cover whole pixels."""
    image = numbers.grab().toImage()
    theme = numbers._theme
    wanted = {theme.color(token).name() for token in ("text", "accent_text", "error", "text3")}
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    return seen & wanted


@pytest.mark.parametrize(("width", "size"), [(320, 22), (395, 22), (640, 34), (1_000, 44)])
def test_digits_grow_with_the_dock(panel: CountersPanel, width: int, size: int) -> None:
    panel.resize(width, 300)
    panel.take(frame(0, accounting=Accounting(received=4_551)))
    panel.tick()
    assert panel.numbers.digit_size == size


def figures(*values: int) -> list[Figure]:
    keeps = (0, 1, 4, 2, 3)
    labels = ("events", "events/s", "observers", "failed", "dropped")
    return [Figure(f"{value:,}", label, "text", keep) for value, label, keep in zip(values, labels, keeps, strict=True)]


@pytest.mark.parametrize("width", [200, 260, 320, 395, 520, 640, 900, 1_000, 1_600])
@pytest.mark.parametrize("events", [0, 999, 1_204_551, 98_765_432_109])
def test_nothing_is_ever_clipped(theme: Theme, qtbot: QtBot, width: int, events: int) -> None:
    numbers = BigNumbers(theme)
    qtbot.addWidget(numbers)
    numbers.resize(width, 60)
    numbers.show_figures(figures(events, events // 300, 14, 41, 7))
    numbers.show()
    numbers.grab()
    ends = [slot.left + numbers._width(slot.figure, numbers._fonts[numbers.digit_size][1]) for slot in numbers._slots]
    starts = [slot.left for slot in numbers._slots]
    assert len(numbers._slots) == 1 or ends[-1] <= width
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))


def test_the_least_important_numbers_leave_first(theme: Theme, qtbot: QtBot) -> None:
    numbers = BigNumbers(theme)
    qtbot.addWidget(numbers)
    numbers.show_figures(figures(98_765_432_109, 1_234, 14, 41, 7))
    numbers.show()
    left: list[tuple[str, ...]] = []
    for width in range(800, 60, -10):
        numbers.resize(width, 60)
        now = tuple(figure.label for figure in numbers.shown)
        if not left or left[-1] != now:
            left.append(now)
    assert left == [
        ("events", "events/s", "observers", "failed", "dropped"),
        ("events", "events/s", "failed", "dropped"),
        ("events", "events/s", "failed"),
        ("events", "events/s"),
        ("events",),
    ]


def test_numbers_keep_their_place_while_digits_change(theme: Theme, qtbot: QtBot) -> None:
    numbers = BigNumbers(theme)
    qtbot.addWidget(numbers)
    numbers.resize(640, 60)
    numbers.show()
    numbers.show_figures(figures(111_111, 1_111, 1, 1, 1))
    places = [slot.left for slot in numbers._slots]
    for value in (888_888, 400_000, 111_171, 222_222):
        numbers.show_figures(figures(value, value // 100, 8, 4, 0))
        assert [slot.left for slot in numbers._slots] == places
    numbers.show_figures(figures(1_000_000, 20, 8, 4, 0))
    assert [slot.left for slot in numbers._slots][1] > places[1]
    grown = [slot.left for slot in numbers._slots]
    numbers.show_figures(figures(3, 2, 8, 4, 0))
    assert [slot.left for slot in numbers._slots] == grown


def test_the_plot_shows_the_busiest_topics_with_their_names(panel: CountersPanel, qtbot: QtBot) -> None:
    run(panel)
    assert panel.plot is not None
    names = panel.plot._line_names.accessibleDescription()
    assert names == "prod/orders, prod/stock, prod/payments, cart"
    assert len(panel.plot._curves) == 4
    assert panel.context.commands.action("counters.export_csv").isEnabled()


def test_the_note_says_the_time_and_what_is_left_out(panel: CountersPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.noteChanged) as told:
        run(panel)
    assert told.args == ["last minute, 4 busiest of 6"]


def test_lines_can_be_chosen_by_connection_or_all_together(panel: CountersPanel) -> None:
    run(panel)
    assert panel.plot is not None
    panel.choices.choose(grouping="connections")
    assert panel.plot._line_names.accessibleDescription() == "prod, local"
    panel.choices.choose(grouping="total")
    assert panel.plot._line_names.accessibleDescription() == "all events"


def test_the_topics_the_log_is_narrowed_to_can_be_plotted(panel: CountersPanel) -> None:
    run(panel)
    panel.choices.choose(grouping="filter")
    assert panel.choices.grouping == "branches"
    panel.context.selection.setTopicFilter("prod/orders/#")
    for second in range(6, 9):
        panel.take(frame(second))
    panel.choices.choose(grouping="filter")
    assert panel.plot is not None
    assert panel.plot._line_names.accessibleDescription() == "prod/orders/#"
    panel.context.selection.setTopicFilter("")
    assert panel.choices.grouping == "branches"


def counter(name: str, matched: int, **fields: object) -> ObserverStatus:
    given_fields: dict[str, object] = {"values": {"count": float(matched)}, "matched": matched}
    return ObserverStatus(name=name, kind="counter", pattern="orders/#", **(given_fields | fields))  # type: ignore[arg-type]  # plausible ones


def test_what_counters_have_counted_is_shown_by_their_names(panel: CountersPanel) -> None:
    observers = [
        counter("All orders", 402_196),
        counter("Refunds", 312, values={"count": 312.0, "sum": 48_311.95}),
        counter("Nothing yet", 0),
        counter("Night shift", 7, state="paused"),
        ObserverStatus(name="Large refunds", kind="alert", pattern="#", matched=9),
    ]
    assert not panel.counters.isVisible()
    panel.take(frame(0, attached=observers))
    panel.tick()
    shown = {figure.label: (figure.text, figure.token) for figure in panel.counters.tiles.shown}
    assert shown == {
        "All orders": ("402,196", "text"),
        "Refunds": ("312", "text"),
        "Refunds, sum": ("48,311.95", "text"),
        "Nothing yet": ("0", "text3"),
        "Night shift": ("7", "text3"),
    }
    assert panel.counters.isVisible()
    panel.take(frame(1, attached=None))
    panel.tick()
    assert len(panel.counters.tiles.shown) == 5
    panel.take(frame(2, attached=[]))
    panel.tick()
    assert not panel.counters.isVisible()


@pytest.mark.parametrize(("width", "height"), [(320, 247), (394, 247), (640, 300), (832, 420), (1_400, 700)])
@pytest.mark.parametrize("number", [1, 3, 12])
def test_a_dozen_counters_leave_room_for_the_plot_and_none_is_cut(
    panel: CountersPanel, width: int, height: int, number: int
) -> None:
    panel.resize(width, height)
    run(panel)
    panel.take(frame(9, attached=[counter(f"Orders of shop {place}", 10_000 * place) for place in range(number)]))
    panel.tick()
    QApplication.processEvents()
    tiles = panel.counters.tiles
    assert panel.counters.height() <= 0.5 * height
    assert panel.counters.height() % tiles.row_height(width) == 0
    assert tiles.height() >= tiles.height_for(tiles.width())
    assert (tiles.columns - 1) * tiles._column() + tiles._column() - 16 <= tiles.width() - 12
    assert panel.plot is not None
    assert panel.plot.height() >= 60


def test_the_empty_page_takes_no_room_once_there_is_a_plot(panel: CountersPanel) -> None:
    panel.show_plot()
    alone = panel.minimumSizeHint().height()
    assert alone >= panel._nothing.minimumSizeHint().height()
    run(panel)
    panel.tick()
    QApplication.processEvents()
    assert panel.plot is not None
    assert panel.plot.isVisible()
    assert panel._pages.minimumSize().height() == panel.plot.minimumSizeHint().height()
    assert panel.minimumSizeHint().height() < alone


@pytest.mark.parametrize("height", range(230, 420, 10))
@pytest.mark.parametrize("width", [344, 832])
def test_no_row_of_counters_is_half_seen(panel: CountersPanel, width: int, height: int) -> None:
    panel.resize(width, height)
    run(panel)
    panel.take(frame(9, attached=[counter(f"Orders of shop {place}", 10_000 * place) for place in range(7)]))
    panel.tick()
    QApplication.processEvents()
    seen, area = panel.counters.viewport().height(), panel.counters
    row = area.tiles.row_height(width)
    assert seen % row == 0 or seen >= area.tiles.height_for(area.viewport().width())
    assert area.verticalScrollBar().singleStep() == row


def test_counters_keep_their_columns_while_digits_change(panel: CountersPanel) -> None:
    panel.take(frame(0, attached=[counter("All orders", 999_999_999), counter("Refunds", 3)]))
    panel.tick()
    before = panel.counters.tiles._column()
    panel.take(frame(1, attached=[counter("All orders", 1), counter("Refunds", 4)]))
    panel.tick()
    assert panel.counters.tiles._column() == before


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_of_counters_are_plain_text(panel: CountersPanel, name: str) -> None:
    panel.take(frame(0, attached=[counter(HOSTILE_TEXTS[name][:4_000], 7)]))
    panel.tick()
    assert not panel.grab().isNull()
    assert panel.counters.tiles._column() <= 200


def test_the_whole_name_of_a_counter_is_told_where_the_mouse_rests(panel: CountersPanel) -> None:
    panel.take(frame(0, attached=[counter("All orders", 7), counter("Refunds of <b>Friday</b>", 3)]))
    panel.tick()
    tiles = panel.counters.tiles
    for place, told in ((tiles._place(1).center(), "Refunds of"), (QPoint(tiles.width() - 1, 0), "")):
        QApplication.sendEvent(tiles, QHelpEvent(QEvent.Type.ToolTip, place, tiles.mapToGlobal(place)))
        assert told in tiles.toolTip()
        assert "<b>" not in tiles.toolTip()


def test_lines_can_be_chosen_by_observer(panel: CountersPanel) -> None:
    for second in range(1, 5):
        panel.take(frame(second, attached=[counter("All orders", 1_000 * second), counter("Refunds", 5)]))
    panel.choices.choose(grouping="observers")
    assert panel.plot is not None
    assert panel.plot._line_names.accessibleDescription() == "All orders"
    assert panel._lines[0].samples[-3:] == [1_000.0, 1_000.0, 1_000.0]


def test_an_observer_that_matches_no_more_has_a_line_of_zero(panel: CountersPanel) -> None:
    for second, matched in enumerate([0, 500, 500, 500], 1):
        panel.take(frame(second, attached=[counter("All orders", matched)] if second < 3 else None))
    panel.choices.choose(grouping="observers")
    assert panel._lines[0].samples[-3:] == [500.0, 0.0, 0.0]


def test_single_lines_can_be_picked_and_are_remembered(
    panel: CountersPanel, context: PanelContext, qtbot: QtBot
) -> None:
    run(panel)
    panel.choices.lines_menu.aboutToShow.emit()
    entries = {action.text(): action for action in panel.choices.lines_menu.actions()}
    assert entries["The busiest"].isChecked()
    entries["audit"].trigger()
    panel.choices.pick("prod/stock", True)
    assert panel.plot is not None
    assert panel.plot._line_names.accessibleDescription() == "audit, prod/stock"
    again = CountersPanel(context)
    qtbot.addWidget(again)
    again.restore_state(panel.save_state())
    assert again.choices.picked == ["audit", "prod/stock"]
    panel.choices.pick("audit", False)
    assert panel.plot._line_names.accessibleDescription() == "prod/stock"
    panel.choices.pick_busiest()
    assert len(panel._lines) == 4


def test_the_plot_can_be_held_still_while_the_numbers_go_on(panel: CountersPanel, tmp_path: Path) -> None:
    run(panel, 5)
    pause = panel.context.commands.action("counters.pause_plot")
    assert pause.isEnabled()
    pause.trigger()
    held = panel._lines
    notes: list[str] = []
    panel.noteChanged.connect(notes.append)
    for second in range(6, 12):
        panel.take(frame(second))
    panel.tick()
    panel.tick()
    assert panel._lines is held
    assert texts(panel.numbers)["events"] == "1,204,562"
    export_of(panel).save(tmp_path / "held.csv")
    assert len((tmp_path / "held.csv").read_text().splitlines()) == 6
    pause.trigger()
    assert panel._lines is not held
    assert notes == ["last minute, 4 busiest of 6"]


def test_another_choice_lets_a_paused_plot_go_on(panel: CountersPanel) -> None:
    run(panel)
    panel.context.commands.action("counters.pause_plot").trigger()
    panel.choices.choose(grouping="total")
    assert not panel.context.commands.action("counters.pause_plot").isChecked()
    assert panel.plot is not None
    assert panel.plot._line_names.accessibleDescription() == "all events"


def test_ten_minutes_can_be_looked_at(panel: CountersPanel) -> None:
    run(panel, 90)
    entry = {action.text(): action for action in panel.choices.menu.actions()}["Last 10 minutes"]
    entry.trigger()
    assert panel.choices.seconds == 600
    assert panel.plot is not None
    points = panel.plot._curves[0].getData()[0]
    assert points[0] <= -590
    assert points[-1] >= -5


def test_what_is_plotted_survives_a_restart(panel: CountersPanel, context: PanelContext, qtbot: QtBot) -> None:
    panel.choices.choose(grouping="connections", seconds=600)
    again = CountersPanel(context)
    qtbot.addWidget(again)
    again.restore_state(panel.save_state())
    assert again.save_state() == {"grouping": "connections", "seconds": 600, "picked": {}}
    again.restore_state({"grouping": ["x"], "seconds": "long", "picked": {"branches": 7, "plaid": []}})
    assert again.save_state() == {"grouping": "connections", "seconds": 600, "picked": {}}


def test_the_plot_has_no_menu_no_button_and_no_mouse(panel: CountersPanel, qtbot: QtBot) -> None:
    run(panel)
    assert panel.plot is not None
    item = panel.plot._plot.getPlotItem()
    assert item.buttonsHidden
    assert not item.menuEnabled()
    assert item.getViewBox().state["mouseEnabled"] == [False, False]
    QTest.mouseClick(panel.plot._plot.viewport(), Qt.MouseButton.RightButton)
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_plot_follows_the_theme(
    panel: CountersPanel, mode: Literal["light", "dark"], save_screenshot: Screenshot
) -> None:
    run(panel, 61)
    panel.context.theme.apply(mode)
    save_screenshot(panel, f"counters-{mode}")
    assert panel.plot is not None
    image = panel.plot.grab().toImage()
    assert image.pixelColor(image.width() // 2, 1) == panel.context.theme.color("base")
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert panel.context.theme.series(0).name() in seen


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_are_plain_text_in_the_plot(panel: CountersPanel, name: str) -> None:
    text = HOSTILE_TEXTS[name][:4_000]
    for second in range(2):
        panel.take(frame(second, topics=[topic(text, 1, 1_000.0)]))
    panel.show_plot()
    assert not panel.grab().isNull()
    assert panel.plot is not None
    assert panel.plot._line_names.width() <= 200


def export_of(panel: CountersPanel) -> PlotExport:
    assert panel.plot is not None
    return PlotExport(panel.plot, panel._lines, panel._names(), panel._second)


def test_the_picture_and_the_numbers_are_saved(panel: CountersPanel, tmp_path: Path) -> None:
    run(panel)
    export = export_of(panel)
    export.save(tmp_path / "rates.png")
    image = QImage(str(tmp_path / "rates.png"))
    assert panel.plot is not None
    assert image.width() == panel.plot.width() * 2
    export.save(tmp_path / "rates.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "rates.csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["time", "prod/orders", "prod/stock", "prod/payments", "cart"]
    assert len(rows) == 6


def test_a_topic_that_is_a_formula_is_text_in_the_file(panel: CountersPanel, tmp_path: Path) -> None:
    for second in range(3):
        panel.take(frame(second, topics=[topic("=HYPERLINK(1)/x", 1, 1_000.0)]))
    panel.show_plot()
    export_of(panel).save(tmp_path / "rates.csv")
    assert (tmp_path / "rates.csv").read_text().splitlines()[0].startswith("time,'=HYPERLINK(1)")


def test_a_file_that_cannot_be_written_is_said_in_words(panel: CountersPanel, tmp_path: Path) -> None:
    run(panel)
    with pytest.raises(UserError, match="could not be saved"):
        export_of(panel).save(tmp_path / "missing" / "rates.png")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_command_asks_where_to_save(panel: CountersPanel, qtbot: QtBot, tmp_path: Path) -> None:
    run(panel)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    panel.context.commands.action("counters.export_csv").trigger()
    dialog = panel.findChild(QFileDialog, "exportPlot")
    assert dialog is not None
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(str(tmp_path / "rates.csv"))
    assert (tmp_path / "rates.csv").exists()
    dialog.fileSelected.emit(str(tmp_path / "missing" / "rates.csv"))
    box = panel.findChild(QMessageBox, "message")
    assert box is not None
    assert "could not be saved" in box.text()
    box.close()
    dialog.close()


@given(
    st.lists(st.floats(-50, 400), max_size=8).map(sorted),
    st.floats(5, 20),
    st.floats(170, 400),
)
def test_names_are_spread_and_stay_inside(places: list[float], gap: float, room: float) -> None:
    moved = spread(places, gap, room)
    assert all(second - first >= gap - 1e-6 for first, second in pairwise(moved))
    assert all(gap / 2 - 1e-6 <= place <= room - gap / 2 + 1e-6 for place in moved)
