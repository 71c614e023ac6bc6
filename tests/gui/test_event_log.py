"""The Event log dock as people use it: mouse and keys, a log that grows under them, and what the footer says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import LogRow, ReadRows, Search
from eventmon.gui import formatting
from eventmon.gui.context import PanelContext
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_columns import Column
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.welcome import WelcomePage
from tests.gui.log_desk import LEFT, Desk
from tests.gui.log_script import order
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events."""
    desk = Desk(context, engine)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


# ── following ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_follows_the_newest_event_from_the_start(desk: Desk) -> None:
    assert desk.last_in_sight() == 1_000
    desk.frame(grow=3_300)
    assert desk.last_in_sight() == 4_300
    assert "4,300 events" in desk.says
    assert "Following" in desk.says


@pytest.mark.parametrize("how", ["wheel", "page up", "up", "home", "drag"])
def test_going_up_stops_following_and_nothing_moves_from_then_on(desk: Desk, how: str) -> None:
    bar = desk.view.verticalScrollBar()
    if how == "wheel":
        desk.wheel(3)
    elif how == "drag":
        bar.setSliderDown(True)
        bar.setSliderPosition(bar.maximum() // 2)
        bar.setSliderDown(False)
    else:
        keys = {"page up": Qt.Key.Key_PageUp, "up": Qt.Key.Key_Up, "home": Qt.Key.Key_Home}
        desk.key(keys[how])
    assert not desk.view.following
    before = [desk.seq_at(y) for y in range(0, 300, 10)]
    for _ in range(5):
        desk.frame(grow=3_300)
    assert [desk.seq_at(y) for y in range(0, 300, 10)] == before
    assert "Jump to newest (16,500 new)" in desk.says


def test_a_click_holds_the_row_under_the_pointer(desk: Desk) -> None:
    seq = desk.seq_at(100)
    desk.click(100)
    desk.frame(grow=500)
    assert desk.seq_at(100) == seq
    assert desk.selected() == [seq]


def test_end_follows_again_and_leaves_the_selection(desk: Desk) -> None:
    seq = desk.seq_at(100)
    desk.click(100)
    desk.frame(grow=500)
    desk.key(Qt.Key.Key_End)
    assert desk.view.following
    assert desk.last_in_sight() == 1_500
    assert desk.selected() == [seq]
    desk.frame(grow=10)
    assert desk.last_in_sight() == 1_510


def test_scrolling_back_to_the_bottom_follows_again(desk: Desk) -> None:
    desk.wheel(2)
    assert not desk.view.following
    desk.wheel(-9)
    assert desk.view.following


def test_the_jump_button_follows_again(desk: Desk) -> None:
    desk.wheel(5)
    desk.frame(grow=1_204)
    button = desk.footer.findChild(QToolButton, "logFooterJump")
    assert button is not None
    assert button.text() == "Jump to newest (1,204 new)"
    QTest.mouseClick(button, LEFT)
    desk.settle()
    assert desk.last_in_sight() == 2_204
    assert "Following" in desk.says


def test_stepping_up_from_a_running_view_starts_at_its_last_row(desk: Desk) -> None:
    desk.click(100)
    desk.key(Qt.Key.Key_End)
    desk.frame(grow=5_000)
    desk.key(Qt.Key.Key_Up)
    assert desk.selected() == [5_999]


def test_home_goes_to_the_first_event(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Home)
    assert desk.seq_at(5) == 1
    assert desk.selected() == [1]


def test_a_taller_panel_keeps_following(desk: Desk) -> None:
    desk.panel.resize(900, 700)
    desk.settle()
    assert desk.last_in_sight() == 1_000


# ── retention and gaps ───────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_pruned_above_do_not_move_what_is_read(desk: Desk) -> None:
    desk.view.verticalScrollBar().setValue(500 * desk.view.row_height)
    desk.settle()
    desk.click(100)
    before = [desk.seq_at(y) for y in range(0, 300, 10)]
    chosen = desk.selected()
    desk.script.retain(401)
    desk.frame(grow=100)
    assert [desk.seq_at(y) for y in range(0, 300, 10)] == before
    assert desk.selected() == chosen
    desk.script.retain(900)
    desk.frame()
    assert [desk.seq_at(y) for y in range(0, 300, 10)] == before, "even rows that the log has lost stay in sight"


def test_a_selection_that_is_pruned_does_not_drag_the_view_along(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Home)
    desk.view.verticalScrollBar().setValue(600 * desk.view.row_height)
    desk.settle()
    before = desk.seq_at(50)
    desk.script.retain(300)
    desk.frame()
    assert desk.seq_at(50) == before
    assert not desk.view.currentIndex().isValid()


def test_retention_while_following_keeps_the_newest_in_sight(desk: Desk) -> None:
    for first in (200, 900, 1_900):
        desk.script.first = first
        desk.frame(grow=500)
        assert desk.last_in_sight() == desk.script.newest
    assert desk.panel.model.rows.low == 1_900


def test_a_gap_is_one_row_with_one_sentence(desk: Desk) -> None:
    desk.script.drop_connection()
    desk.frame(grow=3)
    model = desk.panel.model
    assert model.text(1_000, Column.TIME).startswith("Gap of 2.37 s: prod disconnected")
    desk.view.selectRow(1_000)
    desk.run("log.copy_row")
    assert QGuiApplication.clipboard().text() == model.text(1_000, Column.TIME)


# ── pause and clear ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_paused_view_counts_what_waits_and_shows_it_afterwards(desk: Desk) -> None:
    desk.run("log.pause")
    desk.frame(grow=10_236)
    assert desk.last_in_sight() == 1_000
    assert "Paused: 10,236 events wait, none lost" in desk.says
    assert "Following" not in desk.says
    desk.run("log.pause")
    assert desk.last_in_sight() == 11_236


def test_a_filter_typed_while_paused_searches_what_was_there(desk: Desk) -> None:
    desk.run("log.pause")
    desk.frame(grow=1_000)
    desk.type_filter("martin")
    assert desk.panel.model.rows.events == 200
    desk.run("log.pause")
    desk.frame()
    assert desk.panel.model.rows.events == 400


def test_a_cleared_view_offers_to_show_all_again(desk: Desk) -> None:
    desk.run("log.clear_view")
    desk.frame(grow=2)
    assert "2 events" in desk.says
    assert "since the view was cleared" in desk.says
    offer = desk.footer.findChild(QToolButton, "logFooterOffer")
    assert offer is not None
    QTest.mouseClick(offer, LEFT)
    desk.settle()
    assert len(desk.panel.model.rows) == 1_002
    assert desk.says.startswith("1,002 events · Following")


# ── the filter ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_narrow_the_log_and_the_footer_says_how_far(desk: Desk) -> None:
    desk.type_filter("martin -paid")
    shown = desk.panel.model.rows.items(0, 2_000)
    assert shown == [seq for seq in range(1, 1_001) if seq % 5 == 0 and order(seq).type != "order.paid"]
    assert f"{len(shown)} shown of 1,000 events" in desk.says


def test_typing_is_taken_up_after_a_short_rest(desk: Desk, qtbot: Any) -> None:
    with qtbot.waitSignal(desk.bar.filterChanged, timeout=2_000) as taken:
        QTest.keyClicks(desk.bar.field.edit, "martin")
        assert not taken.signal_triggered
    assert taken.args[0].text == "martin"


def test_a_typed_topic_becomes_a_chip_that_can_be_removed(desk: Desk) -> None:
    QTest.keyClicks(desk.bar.field.edit, "topic:prod/orders/# martin")
    desk.settle()
    assert desk.bar.topic == "prod/orders/#"
    assert desk.bar.text() == "martin"
    assert desk.context.selection.topic_filter == "prod/orders/#"
    chip = desk.bar.field.chip
    assert chip.isVisible()
    QTest.mouseClick(chip, LEFT)
    desk.settle()
    assert not chip.isVisible()
    assert desk.context.selection.topic_filter == ""


def test_backspace_at_the_start_takes_the_chip_away(desk: Desk) -> None:
    desk.context.selection.setTopicFilter("prod/orders/#")
    desk.settle()
    assert desk.bar.topic == "prod/orders/#"
    assert all(order(seq).topic.startswith("prod/orders/") for seq in desk.panel.model.rows.shown.newest(999))
    QTest.keyClick(desk.bar.field.edit, Qt.Key.Key_Backspace)
    desk.settle()
    assert len(desk.panel.model.rows) == 1_000


def test_a_filter_that_is_not_valid_says_why_and_the_last_one_stays(desk: Desk) -> None:
    desk.type_filter("martin")
    QTest.keyClicks(desk.bar.field.edit, " topic:orders/#/x")
    QTest.keyClick(desk.bar.field.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.bar.field.state.text() == "Not valid"
    problem = desk.bar._problem.text()
    assert problem.startswith("Position 14: ")
    assert problem.endswith("The last valid filter stays in force.")
    assert desk.panel.model.rows.events == 200
    desk.run("log.filter_clear")
    assert desk.bar.field.state.text() == "Text"
    assert desk.panel.model.rows.events == 1_000


def test_typing_in_the_rows_goes_on_in_the_filter(desk: Desk, qtbot: Any) -> None:
    with qtbot.waitSignal(desk.bar.filterChanged, timeout=2_000):
        desk.key(Qt.Key.Key_M)
        assert desk.bar.field.edit.hasFocus()
        QTest.keyClicks(desk.bar.field.edit, "artin")
    desk.settle()
    assert desk.panel.model.rows.events == 200


def test_the_keyboard_goes_into_the_filter_and_back(desk: Desk) -> None:
    desk.run("log.filter_focus")
    assert desk.bar.field.edit.hasFocus()
    QTest.keyClick(desk.bar.field.edit, Qt.Key.Key_Escape)
    desk.settle()
    assert desk.view.hasFocus()


def test_what_is_looked_at_stays_in_place_when_the_filter_goes(desk: Desk) -> None:
    desk.type_filter("martin")
    desk.view.verticalScrollBar().setValue(100 * desk.view.row_height)
    desk.settle()
    desk.click(100)
    seq, y = desk.selected()[0], desk.view.rowViewportPosition(desk.view.currentIndex().row())
    desk.run("log.filter_clear")
    assert desk.selected() == [seq]
    assert desk.view.rowViewportPosition(desk.view.currentIndex().row()) == y


def test_a_long_scan_shows_its_progress_and_can_be_stopped(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=150_000)
    scans: list[Search] = []

    def once(asked: Search) -> Any:
        scans.append(asked)
        engine.silent = len(scans) == 2
        return desk.script._search(asked)

    engine.answer(Search, once)
    desk.bar.set_text("martin")
    desk.settle()
    assert "scanned 40 %" in desk.says
    assert "8,000 shown of the newest 40,000 events" in desk.says
    assert "Stop" in desk.says
    engine.silent = False
    desk.footer.offered.emit("stop")
    desk.settle()
    assert "Search older" in desk.says
    assert "scanned 40 %" not in desk.says
    desk.panel.close()


def test_nothing_found_offers_to_clear_the_filter(desk: Desk) -> None:
    desk.type_filter("nothing-like-this")
    page = desk.panel._rows.currentWidget()
    assert isinstance(page, EmptyState)
    assert "0 shown of 1,000 events" in desk.says
    desk.run("log.filter_clear")
    assert desk.panel._rows.currentWidget() is desk.view


def test_hits_that_arrive_end_the_empty_page(desk: Desk) -> None:
    desk.script.hit = lambda row, _asked: row.seq > 1_000
    desk.type_filter("late")
    assert desk.panel._rows.currentWidget() is not desk.view
    desk.frame(grow=4)
    assert desk.panel._rows.currentWidget() is desk.view
    assert desk.last_in_sight() in (1_004, None)


# ── copying and going ────────────────────────────────────────────────────────────────────────────────────────────────


def test_selected_rows_are_copied_whole_even_those_not_at_hand(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Home)
    desk.key(Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(desk.view.selected_items(2_000)) == 1_000
    desk.run("log.copy_row")
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 1_000
    assert lines[499].split("\t")[1:3] == [order(500).topic, order(500).type]


def test_a_copy_that_is_too_long_says_where_it_ends(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=12_000)
    desk.key(Qt.Key.Key_Home)
    desk.key(Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    desk.run("log.copy_row")
    assert len(QGuiApplication.clipboard().text().split("\n")) == 10_000
    assert desk.panel.notice.text() == "Only the first 10,000 rows were copied."
    desk.click(50)
    desk.run("log.copy_row")
    assert not desk.panel.notice.isVisible()
    desk.panel.close()


def test_control_click_adds_a_row_to_the_copy(desk: Desk) -> None:
    desk.click(30)
    desk.click(30 + 3 * desk.view.row_height, Qt.KeyboardModifier.ControlModifier)
    desk.run("log.copy_row")
    assert len(QGuiApplication.clipboard().text().split("\n")) == 2


def test_control_c_copies_the_rows_and_not_the_cell(desk: Desk) -> None:
    desk.click(100)
    desk.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().split("\t")
    chosen = order(desk.selected()[0])
    assert copied[1:] == [chosen.topic, chosen.type, formatting.size(chosen.size), log_texts.data(chosen)]


def test_the_context_menu_copies_cells_and_narrows_to_a_topic(desk: Desk) -> None:
    row = desk.view.rowAt(100)
    menu = desk.panel._row_actions.menu(QPoint(desk.view.columnViewportPosition(Column.TYPE) + 5, 100))
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert {"Copy row", "Copy cell", "Copy topic", "Filter to this topic", "Go to seq or time…"} <= set(actions)
    actions["Copy cell"].trigger()
    assert QGuiApplication.clipboard().text() == desk.panel.model.text(row, Column.TYPE)
    topic = desk.panel.model.text(row, Column.TOPIC)
    actions["Filter to this topic"].trigger()
    menu.close()
    desk.settle()
    assert desk.bar.topic == topic


# ── pages, columns, the rest ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_log_welcomes_until_something_is_connected(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=0)
    assert isinstance(desk.panel._pages.currentWidget(), WelcomePage)
    engine.set(connections=[ConnectionStatus(name="demo", url="demo://", phase="connected")])
    desk.frame()
    assert isinstance(desk.panel._rows.currentWidget(), EmptyState)
    desk.frame(grow=1)
    assert desk.panel._rows.currentWidget() is desk.view
    assert "1 event " in desk.says + " "
    desk.panel.close()


def test_a_note_above_the_rows_moves_none_of_them(desk: Desk) -> None:
    desk.wheel(20)
    desk.click(100)
    row = desk.view.currentIndex().row()

    def place() -> int:
        return desk.view.viewport().mapToGlobal(QPoint(0, desk.view.rowViewportPosition(row))).y()

    before = place()
    desk.panel.notice.say_note("4 events were copied.")
    desk.settle()
    assert desk.panel.notice.isVisible()
    assert place() == before
    desk.frame(grow=500)
    assert place() == before
    desk.panel.notice.say_note("")
    desk.settle()
    assert place() == before


def test_before_the_engine_is_there_the_view_is_quiet(context: PanelContext) -> None:
    context.bridge.detach()
    context.bridge._last = None
    panel = EventLogPanel(context)
    panel.resize(600, 300)
    panel.show()
    assert panel.footer.words() == ""
    panel.close()


def test_the_dock_is_noted_with_the_sessions_name(desk: Desk, qtbot: Any) -> None:
    desk.engine.set(log={"name": "audit.eventmon"})
    with qtbot.waitSignal(desk.panel.noteChanged) as noted:
        desk.frame()
    assert noted.args == ["audit.eventmon"]


def test_trouble_is_said_above_the_rows_and_taken_back(desk: Desk) -> None:
    desk.engine.answer(ReadRows, UserError("The session file is busy. It will be read again in a moment."))
    desk.frame(grow=1)
    assert desk.panel.notice.isVisible()
    assert "busy" in desk.panel.notice.text()
    desk.engine.answer(ReadRows, desk.script._rows)
    for _ in range(20):
        desk.frame()
    assert not desk.panel.notice.isVisible()
    assert desk.last_in_sight() == 1_001


def test_columns_are_chosen_in_a_menu_and_come_back(desk: Desk, context: PanelContext) -> None:
    header = desk.view.columns
    menu = header.columns_menu()
    {action.text(): action for action in menu.actions()}["Type"].trigger()
    menu.close()
    header.moveSection(header.visualIndex(Column.DATA), 1)
    assert header.isSectionHidden(Column.TYPE)
    state = msgspec.json.decode(msgspec.json.encode(desk.panel.save_state()))
    other = EventLogPanel(context)
    other.resize(900, 420)
    other.show()
    other.restore_state(state)
    assert other.view.columns.isSectionHidden(Column.TYPE)
    assert other.view.columns.visualIndex(Column.DATA) == 1
    other.restore_state({"columns": ["odd"]})
    other.close()


def test_times_follow_the_utc_switch(desk: Desk) -> None:
    desk.run("view.utc")
    desk.context.commands.action("view.utc").setChecked(True)
    before = desk.panel.model.text(0, Column.TIME)
    assert desk.panel.model.utc
    assert before


def test_fifty_million_events_scroll_like_any_other(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=50_000_000)
    assert desk.last_in_sight() == 50_000_000
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum() // 2)
    desk.settle()
    middle = desk.seq_at(100)
    assert middle is not None
    assert abs(middle - 25_000_000) < 100
    assert desk.panel.model.event_at(desk.view.rowAt(100)) == order(middle)
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert desk.selected() == list(range(49_990_001, 49_990_101))
    desk.key(Qt.Key.Key_Home)
    assert desk.seq_at(5) == 1
    desk.key(Qt.Key.Key_X)
    assert desk.bar.text() == "x"
    desk.panel.close()


HOSTILE = (
    "<img src='file:///dev/zero'><b>bold</b>",
    "\x00\x01\x1b[31mred\x1b[0m\x07",
    "\u202edesrever\u202c \u2066iso\u2069",
    "e" + "\u0301" * 3_000,
    "\ud800\udfff lone",
    "a" * 100_000,
    "/" * 4_000,
    "销售/订单/已创建" * 40,
    "&amp;&&\t\r\n\u2028",
)


@pytest.mark.parametrize("dark", [False, True])
def test_hostile_text_is_painted_in_every_column(
    context: PanelContext, engine: ScriptedEngine, dark: bool, save_screenshot: Any
) -> None:
    def hostile(seq: int) -> LogRow:
        text = HOSTILE[seq % len(HOSTILE)]
        raw = text.encode("utf-8", "surrogatepass")
        names = {"topic": text, "type": text, "source": text, "id": text, "subject": text, "datacontenttype": text}
        return LogRow(seq=seq, received=order(seq).received, size=len(raw), preview=raw[:512], **names)

    context.theme.set_mode("dark" if dark else "light")
    desk = Desk(context, engine, events=0)
    desk.script.row = hostile
    desk.frame(grow=200)
    picture: Path = save_screenshot(desk.panel, f"log-hostile-{dark}")
    assert picture.stat().st_size > 5_000
    for column in Column:
        desk.view.columns.set_shown(column, True)
    desk.panel.resize(1_900, 420)
    desk.settle()
    everything: Path = save_screenshot(desk.panel, f"log-hostile-all-{dark}")
    assert everything.stat().st_size > 5_000
    for row in range(180, 200):
        for column in Column:
            assert "\x00" not in desk.panel.model.text(row, column)
    desk.panel.close()


def test_larger_text_keeps_the_bottom_row_in_sight(desk: Desk) -> None:
    before = desk.view.row_height
    desk.context.theme.apply("light", 200)
    desk.settle()
    assert desk.view.row_height > before
    assert desk.view.verticalHeader().defaultSectionSize() == desk.view.row_height
    assert desk.last_in_sight() == 1_000
