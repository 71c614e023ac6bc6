"""The Topics dock under real keys and clicks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import ConnectionStatus, Frame, TopicDelta
from eventmon.engine.requests import TakeFrame
from eventmon.gui.context import PanelContext
from eventmon.gui.models.topic_columns import STAY_LONGEST
from eventmon.gui.models.topic_texts import BYTES, EVENTS, OBSERVERS, RATE, TOPIC
from eventmon.gui.panels.topics import TopicsPanel
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="test")).result()
CONNECTIONS = [
    ConnectionStatus(name="prod", url="redis://shop", phase="connected"),
    ConnectionStatus(name="edge", url="mqtt://edge", phase="waiting", detail="The host does not answer."),
    ConnectionStatus(name="legacy", url="redis://old", phase="failed", detail="The password was not accepted."),
]
SHOP = [
    topic("cart/updated", 39_120, 90.0, observers=1),
    topic("cart/cleared", 2_682, 6.0),
    topic("checkout", 31_244, 71.0, observers=2),
    topic("prod/orders/eu/created", 118_204, 351.0, observers=4),
    topic("prod/orders/eu/paid", 104_417, 306.0, observers=2),
    topic("prod/payments/failed", 6_814, 22.0),
    topic("prod//odd", 3),
    topic("edge/sensors/hall", 120),
]


def frame(second: int, topics: list[TopicDelta], connections: list[ConnectionStatus] | None = None) -> Frame:
    return msgspec.structs.replace(BASE, taken=TAKEN + second * 1_000_000, topics=topics, connections=connections)


@pytest.fixture
def panel(context: PanelContext, qtbot: QtBot) -> Iterator[TopicsPanel]:
    context.bridge.detach()  # frames come from the test alone
    panel = TopicsPanel(context)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.show()
    panel.activateWindow()
    panel.take(frame(0, SHOP, CONNECTIONS))
    panel.tick()
    yield panel
    panel._timer.stop()


def rows(panel: TopicsPanel) -> list[str]:
    """What is visible, from top to bottom, indented by depth."""
    texts = []
    index = panel.model.index(0, 0)
    while index.isValid():
        depth, parent = 0, index.parent()
        while parent.isValid():
            depth, parent = depth + 1, parent.parent()
        texts.append("  " * depth + index.data())
        index = panel.view.indexBelow(index)
    return texts


def select(panel: TopicsPanel, path: str) -> None:
    node = panel.model.tree.find(path)
    assert node is not None
    panel.finder.select(node)


def click(panel: TopicsPanel, qtbot: QtBot, path: str, *, double: bool = False) -> None:
    node = panel.model.tree.find(path)
    assert node is not None
    place = panel.view.visualRect(panel.model.index_of(node)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if double:
        QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_headings_are_open_and_levels_below_are_not(panel: TopicsPanel) -> None:
    assert rows(panel) == [
        "local", "  cart", "  checkout",
        "prod", "  (empty)", "  orders", "  payments",
        "edge", "  sensors",
        "legacy",
    ]  # fmt: skip


def test_a_click_selects_and_the_arrows_open(panel: TopicsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, "cart")
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert rows(panel)[1:4] == ["  cart", "    cleared", "    updated"]
    QTest.keyClick(panel.view, Qt.Key.Key_Left)
    assert rows(panel)[1:3] == ["  cart", "  checkout"]


def test_a_click_on_the_arrow_opens(panel: TopicsPanel, qtbot: QtBot) -> None:
    node = panel.model.tree.find("cart")
    assert node is not None
    rect = panel.view.visualRect(panel.model.index_of(node))
    arrow = QPoint(12 + 6, rect.center().y())
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    assert "    updated" in rows(panel)


def test_enter_and_double_click_narrow_the_log(panel: TopicsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, "prod/orders", double=True)
    assert panel.context.selection.topic_filter == "prod/orders/#"
    click(panel, qtbot, "checkout")
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert panel.context.selection.topic_filter == "checkout"


def test_the_heading_local_is_no_topic_to_filter_by(panel: TopicsPanel, qtbot: QtBot) -> None:
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    assert not panel.context.commands.action("topics.filter_log").isEnabled()
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert panel.context.selection.topic_filter == ""
    assert rows(panel)[0:2] == ["local", "prod"]


def test_typing_in_the_tree_finds(panel: TopicsPanel, qtbot: QtBot) -> None:
    panel.view.setFocus()
    QTest.keyClicks(panel.view, "p")
    qtbot.waitUntil(panel.field.hasFocus)
    QTest.keyClicks(panel.field, "aid")
    qtbot.waitUntil(lambda: not panel.finder.searching)
    assert panel.field.text() == "paid"
    assert rows(panel) == ["prod", "  orders", "    eu", "      paid"]
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    current = panel.view.current_node()
    assert current is not None
    assert panel.model.tree.path(current) == "prod/orders/eu/paid"


def test_enter_and_f3_go_round_the_hits(panel: TopicsPanel, qtbot: QtBot) -> None:
    panel.field.setText("*ed")
    seen = []
    for _ in range(5):
        QTest.keyClick(panel.field, Qt.Key.Key_Return)
        current = panel.view.current_node()
        assert current is not None
        seen.append(current.name)
    assert seen == ["cleared", "updated", "created", "failed", "cleared"]
    QTest.keyClick(panel.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    current = panel.view.current_node()
    assert current is not None
    assert current.name == "failed"
    QTest.keyClick(panel, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: getattr(panel.view.current_node(), "name", "") == "cleared")


def test_escape_brings_everything_back_as_it_was_open(panel: TopicsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, "cart")
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    before = rows(panel)
    panel.field.setFocus()
    QTest.keyClicks(panel.field, "failed")
    qtbot.waitUntil(lambda: rows(panel) != before)
    QTest.keyClick(panel.field, Qt.Key.Key_Escape)
    assert rows(panel) == before
    assert panel.field.text() == ""


def test_a_search_without_a_hit_says_so(panel: TopicsPanel, qtbot: QtBot) -> None:
    QTest.keyClicks(panel.field, "warehouse")
    qtbot.waitUntil(lambda: not panel.view.isVisible())
    assert not panel.finder.searching
    QTest.keyClick(panel.field, Qt.Key.Key_Escape)
    assert panel.view.isVisible()


def test_patterns_are_understood(panel: TopicsPanel) -> None:
    panel.field.setText("+/orders/eu/#")
    assert rows(panel) == ["prod", "  orders", "    eu", "      created", "      paid"]


def test_control_c_copies_the_path(panel: TopicsPanel, qtbot: QtBot) -> None:
    select(panel, "prod/orders/eu/paid")
    panel.context.commands.action("topics.copy_path").trigger()
    assert QGuiApplication.clipboard().text() == "prod/orders/eu/paid"


def test_expand_and_collapse_below_a_topic(panel: TopicsPanel, qtbot: QtBot) -> None:
    select(panel, "prod/orders")
    node = panel.view.current_node()
    assert node is not None
    menu = panel.topic_commands.context_menu(node)
    entries = {action.text(): action for action in menu.actions()}
    entries["Expand all below"].trigger()
    assert rows(panel)[5:9] == ["  orders", "    eu", "      created", "      paid"]
    entries = {action.text(): action for action in panel.topic_commands.context_menu(node).actions()}
    entries["Collapse"].trigger()
    assert rows(panel)[5:7] == ["  orders", "  payments"]
    panel.context.commands.action("topics.expand_all").trigger()
    assert len(rows(panel)) == 18
    panel.context.commands.action("topics.collapse_all").trigger()
    assert len(rows(panel)) == 10


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_context_menu_opens_on_the_selected_topic(panel: TopicsPanel, qtbot: QtBot) -> None:
    select(panel, "checkout")
    panel.topic_commands.show_menu(QPoint(40, 40))
    menu = panel.view.findChild(QMenu, "topicMenu")
    assert menu is not None
    assert menu.isVisible()
    assert [action.text() for action in menu.actions() if action.isEnabled() and action.text()][:2] == [
        "Filter log to this topic",
        "Copy topic path",
    ]
    menu.close()


def test_a_click_on_the_header_sorts_and_again_turns_round(panel: TopicsPanel, qtbot: QtBot) -> None:
    header = panel.view.header()
    place = QPoint(header.sectionViewportPosition(EVENTS) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rows(panel)[4:7] == ["  orders", "  payments", "  (empty)"]
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rows(panel)[4:7] == ["  (empty)", "  payments", "  orders"]


def test_columns_leave_and_come_back_with_the_width(panel: TopicsPanel) -> None:
    header = panel.view.header()
    seen = []
    for width in (900, 100, *range(200, 640, 20)):
        panel.resize(width, 400)
        shown = [column for column in STAY_LONGEST if not header.isSectionHidden(column)]
        assert shown == list(STAY_LONGEST[: len(shown)])
        assert not header.isSectionHidden(TOPIC)
        seen.append(len(shown))
    assert seen[:2] == [4, 0]
    assert seen[2:] == sorted(seen[2:])
    assert set(seen) == {0, 1, 2, 3, 4}


def test_what_is_shown_fits_the_width(panel: TopicsPanel) -> None:
    for width in range(240, 900, 33):
        panel.resize(width, 400)
        header = panel.view.header()
        assert header.length() <= panel.view.viewport().width()


def test_name_and_rate_are_left_at_minimum_width(panel: TopicsPanel) -> None:
    panel.resize(240, 400)
    assert not panel.view.header().isSectionHidden(RATE)


def test_the_users_choice_of_columns_wins(panel: TopicsPanel) -> None:
    panel.resize(300, 400)
    menu = panel.header.menu()
    entries = {action.text(): action for action in menu.actions()}
    entries["Obs."].trigger()
    entries["Rate, 1 min"].trigger()
    header = panel.view.header()
    assert not header.isSectionHidden(OBSERVERS)
    assert header.isSectionHidden(RATE)
    panel.resize(900, 400)
    assert header.isSectionHidden(RATE)
    fit = {action.text(): action for action in panel.header.menu().actions()}["Fit columns to the width"]
    fit.trigger()
    assert not header.isSectionHidden(RATE)


def test_expansion_order_and_columns_survive_a_restart(panel: TopicsPanel, context: PanelContext, qtbot: QtBot) -> None:
    select(panel, "prod/orders/eu/created")
    panel.view.collapse(panel.model.index(0, 0))
    panel.sorting.sort(EVENTS, descending=True)
    panel.header.choose(BYTES, True)
    saved = json.loads(json.dumps(panel.save_state()))
    again = TopicsPanel(context)
    qtbot.addWidget(again)
    again.restore_state(saved)
    again.show()
    again.take(frame(0, [], CONNECTIONS))
    for delta in SHOP:  # topics come one by one after a start
        again.take(frame(0, [delta]))
        again.tick()
    assert rows(again) == [
        "local",
        "prod", "  orders", "    eu", "      created", "      paid", "  payments", "  (empty)",
        "edge", "  sensors", "legacy",
    ]  # fmt: skip
    assert again.save_state() == saved


@pytest.mark.parametrize(
    "saved", [{}, {"sort": 7, "columns": [], "expansion": "x"}, {"expansion": {"open": [1, None]}}]
)
def test_odd_saved_state_is_ignored(panel: TopicsPanel, saved: dict[str, object]) -> None:
    panel.restore_state(saved)
    assert rows(panel)[0] == "local"


def test_new_topics_above_do_not_move_the_rows_in_view(panel: TopicsPanel) -> None:
    panel.resize(300, 200)
    panel.take(frame(1, [topic(f"sensors{number:03}", 1) for number in range(100)]))
    panel.tick()
    select(panel, "sensors050")
    current = panel.view.currentIndex()
    before = panel.view.visualRect(current).top()
    panel.take(frame(2, [topic(f"alarms{number:03}", 1) for number in range(60)]))
    panel.tick()
    assert panel.view.visualRect(panel.view.currentIndex()).top() == before
    assert panel.view.currentIndex().data() == "sensors050"


def test_scrolling_to_the_end_of_a_page_turns_it(panel: TopicsPanel, qtbot: QtBot) -> None:
    panel.take(frame(1, [topic(f"sensors{number:04}", 1) for number in range(1_200)]))
    panel.tick()
    local = panel.model.index(0, 0)
    assert panel.model.rowCount(local) < 600
    more = panel.model.index(panel.model.rowCount(local) - 1, 0, local)
    assert "more topics" in more.data()
    panel.view.scrollTo(more)
    assert panel.model.rowCount(local) > 1_000


def test_the_note_counts_topics_and_connections(panel: TopicsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.noteChanged) as told:
        panel.take(frame(1, [topic("demo/orders", 1)]))
        panel.tick()
    assert told.args == ["9 in 3 connections"]


def test_what_arrives_while_hidden_is_there_when_shown(panel: TopicsPanel) -> None:
    panel.hide()
    panel.take(frame(1, [topic("refunds/created", 1)]))
    panel.tick()
    assert "  refunds" not in rows(panel)
    panel.show()
    assert "  refunds" in rows(panel)


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_are_painted(panel: TopicsPanel, name: str) -> None:
    text = HOSTILE_TEXTS[name][:4_000]
    panel.take(frame(1, [topic(text or " ", 1, 2.0), topic(f"prod/{text}", 1, 2.0)]))
    panel.tick()
    panel.topic_commands.expand_all()
    assert not panel.grab().isNull()


def test_it_looks_finished_in_both_themes(panel: TopicsPanel, save_screenshot: Screenshot) -> None:
    panel.topic_commands.expand_all()
    for second in range(1, 62):
        panel.take(frame(second, [msgspec.structs.replace(delta, events=delta.events + second) for delta in SHOP]))
    panel.tick()
    select(panel, "prod/orders/eu/created")
    for mode in ("light", "dark"):
        panel.context.theme.apply(mode)
        picture = save_screenshot(panel, f"topics-{mode}")
        assert picture.stat().st_size > 5_000


def test_times_in_tooltips_follow_the_utc_switch(panel: TopicsPanel) -> None:
    panel.context.commands.action("view.utc").setChecked(True)
    node = panel.model.tree.find("checkout")
    assert node is not None
    tip = panel.model.index_of(node).data(Qt.ItemDataRole.ToolTipRole)
    assert "last 14:07:28.123" in tip


LOCKED = ConnectionStatus(
    name="prod", url="redis://watcher:***@shop", phase="connected", publishes=True, read_only=True, color="red"
)


def test_a_heading_shows_its_colour_and_that_nothing_is_sent(panel: TopicsPanel) -> None:
    node = panel.model.tree.find("prod")
    assert node is not None
    rect = panel.view.visualRect(panel.model.index_of(node))

    def edge() -> set[str]:
        picture = panel.view.viewport().grab().toImage()
        return {picture.pixelColor(x, rect.center().y()).name() for x in range(3)}

    red = panel.context.theme.color("rule_red").name()
    assert red not in edge()
    before = panel.view.viewport().grab().toImage()
    panel.take(frame(1, [], [LOCKED, *CONNECTIONS[1:]]))
    panel.tick()
    assert edge() == {red}
    assert panel.view.viewport().grab().toImage() != before
    spoken = str(panel.model.index_of(node).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "read-only" in spoken
    tip = str(panel.model.index_of(node).data(Qt.ItemDataRole.ToolTipRole))
    assert "Read-only: nothing is sent to it" in tip


def test_the_heading_selected_is_the_connection_of_the_commands(panel: TopicsPanel, qtbot: QtBot) -> None:
    selection = panel.context.selection
    click(panel, qtbot, "prod")
    assert selection.connection == "prod"
    node = panel.model.tree.find("prod")
    assert node is not None
    titles = [action.text() for action in panel.topic_commands.context_menu(node).actions() if action.text()]
    assert titles[:6] == ["Edit…", "Reconnect now", "Disconnect", "Read-only", "Colour", "Forget…"]
    click(panel, qtbot, "cart")
    assert selection.connection == ""
    cart = panel.model.tree.find("cart")
    assert cart is not None
    titles = [action.text() for action in panel.topic_commands.context_menu(cart).actions() if action.text()]
    assert "Forget…" not in titles


def test_a_closed_connection_stays_and_a_forgotten_one_goes_when_it_has_no_events(panel: TopicsPanel) -> None:
    closed = [msgspec.structs.replace(status, phase="closed") for status in CONNECTIONS]
    panel.take(frame(1, [], closed))
    panel.tick()
    assert {"prod", "edge", "legacy"} <= set(rows(panel))
    panel.take(frame(2, [], []))
    panel.tick()
    assert {"prod", "edge"} <= set(rows(panel)), "their events stay"
    assert "legacy" not in rows(panel)
