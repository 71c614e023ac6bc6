"""Mute, record, pin, new topic, publish and attach here, with real keys and clicks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus, Frame, TopicDelta
from eventmon.engine.requests import CreateTopic, ReadRowsAt, RecordTopics, Rows, TakeFrame
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.new_topic import NewTopicDialog
from eventmon.gui.models.topic_texts import EVENTS, FIRST, LAST, TOPIC, TYPES, VALUE
from eventmon.gui.panels.topics import TopicsPanel
from eventmon.gui.publish_draft import PublishDraft
from eventmon.store.base import LogRow
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="test")).result()
CONNECTIONS = [ConnectionStatus(name="prod", url="redis://shop", phase="connected")]
SHOP = [
    topic("cart/updated", 39_120, 90.0, observers=1),
    topic("cart/cleared", 2_682, 6.0),
    topic("checkout", 31_244, 71.0, observers=2, types=("checkout.started", "checkout.left")),
    topic("prod/heartbeat", 86_400, 24.0),
    topic("prod/orders/eu/created", 118_204, 351.0, observers=4),
    topic("prod/orders/eu/paid", 104_417, 306.0, observers=2),
    topic("prod/payments/failed", 6_814, 22.0),
]
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def frame(second: int, topics: list[TopicDelta], **fields: object) -> Frame:
    return msgspec.structs.replace(BASE, taken=TAKEN + second * 1_000_000, topics=topics, **fields)


class Dock:
    """The panel in a window of its own, where shortcuts of the window work too."""

    def __init__(self, context: PanelContext) -> None:
        self.context = context
        self.window = QMainWindow()
        self.panel = TopicsPanel(context)
        self.window.setCentralWidget(self.panel)
        for command in context.commands.table.values():
            if command.id.startswith("topics."):
                owner = self.window if command.scope == "window" else self.panel
                owner.addAction(context.commands.action(command.id))
        self.window.resize(320, 600)
        self.window.show()
        self.window.activateWindow()
        self.panel.take(frame(0, SHOP, connections=CONNECTIONS, not_recorded=[]))
        self.panel.tick()
        self.panel.view.setFocus()

    def select(self, path: str) -> None:
        node = self.panel.model.tree.find(path)
        assert node is not None
        self.panel.finder.select(node)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.view, key, modifiers)
        QApplication.processEvents()

    def trigger(self, command: str) -> None:
        self.context.commands.action(command).trigger()
        QApplication.processEvents()

    def marks(self, path: str) -> list[str]:
        node = self.panel.model.tree.find(path)
        assert node is not None
        return self.panel.view._rows.marks_of(node)

    def click_mark(self, path: str, number: int = 0) -> None:
        """Click an icon behind a name."""
        node = self.panel.model.tree.find(path)
        assert node is not None
        self.panel.grab()
        view = self.panel.view
        row = view.visualRect(self.panel.model.index_of(node))
        end, _marks = view._rows._shown_marks[node]
        place = QPoint(end + 5 + number * 17 + 6, row.center().y())
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QApplication.processEvents()

    def names(self) -> list[str]:
        """The rows from top to bottom."""
        names, index = [], self.panel.model.index(0, 0)
        while index.isValid():
            names.append(index.data())
            index = self.panel.view.indexBelow(index)
        return names

    @property
    def muted(self) -> list[str]:
        return list(self.context.selection.muted)

    @property
    def said(self) -> str:
        return self.panel._status.text()


@pytest.fixture
def dock(context: PanelContext, qtbot: QtBot) -> Iterator[Dock]:
    context.bridge._timer.stop()  # frames come from the test alone
    dock = Dock(context)
    qtbot.addWidget(dock.window)
    yield dock
    dock.panel._timer.stop()
    QCursor.setPos(799, 799)  # off the views of the tests that follow, which hold the row under the pointer


# Mute


def test_muting_by_key_tells_the_log_and_marks_the_topic_and_all_below(dock: Dock) -> None:
    dock.select("prod/orders")
    dock.key(Qt.Key.Key_M, CONTROL_SHIFT)
    assert dock.muted == ["prod/orders/#"]
    assert dock.marks("prod/orders") == dock.marks("prod/orders/eu/paid") == ["eye-off"]
    assert dock.marks("prod/payments") == []
    assert dock.context.commands.action("topics.mute").isChecked()
    dock.key(Qt.Key.Key_M, CONTROL_SHIFT)
    assert dock.muted == []
    assert dock.marks("prod/orders") == []


def test_a_click_on_the_eye_shows_a_topic_again(dock: Dock) -> None:
    dock.select("prod/heartbeat")
    dock.trigger("topics.mute")
    dock.select("checkout")
    dock.click_mark("prod/heartbeat")
    assert dock.muted == []


def test_the_row_under_the_pointer_has_an_eye_and_a_record_switch(
    dock: Dock, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    dock.window.resize(420, 600)
    view = dock.panel.view
    node = dock.panel.model.tree.find("prod/payments")
    assert node is not None
    assert view._rows.mark_at(node, 10) == ""
    middle = view.visualRect(dock.panel.model.index_of(node)).center()

    def both_are_offered() -> bool:
        QTest.mouseMove(view.viewport(), middle)
        QApplication.processEvents()
        dock.panel.grab()
        return len(view._rows._shown_marks[node][1]) == 2

    qtbot.waitUntil(both_are_offered)
    dock.click_mark("prod/payments", 1)
    assert engine.asked[-1] == RecordTopics(pattern="prod/payments/#", record=False)
    dock.click_mark("prod/payments", 0)
    assert dock.muted == ["prod/payments/#"]
    dock.click_mark("prod/payments", 0)
    assert dock.muted == []


def test_a_mark_that_the_level_above_has_too_does_not_cut_a_name(dock: Dock) -> None:
    dock.panel.take(frame(1, [topic("cart/left-without-a-word", 1)], not_recorded=["cart/#"]))
    dock.panel.tick()
    dock.panel.topic_commands.expand_all()
    dock.panel.grab()
    shown = {node.name: list(marks) for node, (_, marks) in dock.panel.view._rows._shown_marks.items()}
    assert shown["cart"] == shown["updated"] == ["circle-off"]
    assert shown["left-without-a-word"] == []


def test_a_topic_within_a_muted_one_cannot_be_shown_alone_and_that_is_said(dock: Dock) -> None:
    dock.select("prod/orders")
    dock.trigger("topics.mute")
    dock.select("prod/orders/eu/paid")
    assert dock.context.commands.action("topics.mute").isChecked()
    dock.trigger("topics.mute")
    assert dock.muted == ["prod/orders/#"]
    assert dock.said == "Muted with prod/orders/#: show that again instead."
    assert dock.context.commands.action("topics.mute").isChecked()


def test_topics_that_come_later_are_muted_too(dock: Dock) -> None:
    dock.select("prod/orders")
    dock.trigger("topics.mute")
    dock.panel.take(frame(1, [topic("prod/orders/us/created", 1)]))
    assert dock.marks("prod/orders/us/created") == ["eye-off"]


def test_local_can_be_neither_muted_nor_pinned(dock: Dock) -> None:
    dock.key(Qt.Key.Key_Home)
    for command in ("topics.mute", "topics.record", "topics.pin"):
        assert not dock.context.commands.action(command).isEnabled()
    dock.key(Qt.Key.Key_M, CONTROL_SHIFT)
    assert dock.muted == []


# Record


def test_recording_is_asked_of_the_engine_and_shown_as_it_says(dock: Dock, engine: ScriptedEngine) -> None:
    dock.select("prod/heartbeat")
    action = dock.context.commands.action("topics.record")
    assert action.isChecked()
    dock.trigger("topics.record")
    assert engine.asked[-1] == RecordTopics(pattern="prod/heartbeat/#", record=False)
    assert action.isChecked()  # until the engine says so
    dock.panel.take(frame(1, [], not_recorded=["prod/heartbeat/#"]))
    assert not action.isChecked()
    assert dock.marks("prod/heartbeat") == ["circle-off"]
    node = dock.panel.model.tree.find("prod/heartbeat")
    assert node is not None
    assert "not recorded" in dock.panel.model.texts.spoken(node)
    assert "are not stored" in dock.panel.model.texts.details(node)
    dock.click_mark("prod/heartbeat")
    assert engine.asked[-1] == RecordTopics(pattern="prod/heartbeat/#", record=True)


def test_what_the_engine_refuses_is_said(dock: Dock, engine: ScriptedEngine) -> None:
    engine.answer(RecordTopics, UserError("“prod/heartbeat/#” is part of “prod/#”, which is not recorded."))
    dock.select("prod/heartbeat")
    dock.trigger("topics.record")
    assert dock.said == "“prod/heartbeat/#” is part of “prod/#”, which is not recorded."


# Pin


def test_pinned_topics_stand_first_whatever_the_order(dock: Dock) -> None:
    dock.select("checkout")
    dock.trigger("topics.pin")
    assert dock.names()[:3] == ["local", "checkout", "cart"]
    assert dock.marks("checkout") == ["pin"]
    dock.panel.sorting.sort(EVENTS, descending=True)
    assert dock.names()[:3] == ["local", "checkout", "cart"]
    dock.panel.take(frame(1, [topic("alarms", 1_000_000)]))
    dock.panel.tick()
    dock.panel.model.sort_again()
    assert dock.names()[:4] == ["local", "checkout", "alarms", "cart"]
    dock.click_mark("checkout")
    assert dock.names()[:4] == ["local", "alarms", "cart", "checkout"]


def test_a_pinned_topic_of_a_wide_level_is_on_its_first_page(dock: Dock) -> None:
    dock.panel.take(frame(1, [topic(f"sensors{number:04}", 1) for number in range(1_500)]))
    dock.panel.tick()
    dock.select("sensors1499")
    dock.trigger("topics.pin")
    assert dock.names()[1] == "sensors1499"


def test_mutes_and_pins_survive_a_restart(dock: Dock, context: PanelContext, qtbot: QtBot) -> None:
    dock.select("checkout")
    dock.trigger("topics.pin")
    dock.select("prod/orders")
    dock.trigger("topics.mute")
    saved = json.loads(json.dumps(dock.panel.save_state()))
    context.selection.setMuted(())
    again = TopicsPanel(context)
    qtbot.addWidget(again)
    again.restore_state(saved)
    assert context.selection.muted == ("prod/orders/#",)
    again.show()
    again.take(frame(0, [], connections=CONNECTIONS))
    for delta in SHOP:  # topics come one by one after a start
        again.take(frame(0, [delta]))
        again.tick()
    assert again.model.index(0, 0, again.model.index(0, 0)).data() == "checkout"
    assert again.save_state() == saved
    again._timer.stop()


@pytest.mark.parametrize("saved", [{"muted": 3, "pinned": {}}, {"muted": ["a#", None], "pinned": [1, "x/y", "l/none"]}])
def test_odd_saved_marks_are_left_out(dock: Dock, saved: dict[str, object]) -> None:
    dock.panel.restore_state(saved)
    assert dock.muted == []
    assert dock.names()[0] == "local"


# Publish and attach here


def test_publish_and_attach_are_offered_where_their_panels_are(context: PanelContext, dock: Dock) -> None:
    wanted: list[object] = []
    context.selection.publishWanted.connect(wanted.append)
    context.selection.attachWanted.connect(wanted.append)
    for command, panel in (("topics.publish_here", "publish"), ("topics.attach_here", "observers")):
        there = f"view.panel.{panel}" in context.commands.table
        assert context.commands.is_bound(command) is there
    dock.select("checkout")
    decisions = dock.panel.topic_commands.decisions
    decisions.publish_here()
    dock.select("prod/orders")
    decisions.attach_here()
    assert wanted == [PublishDraft(topic="checkout", type="checkout.left"), "prod/orders/#"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_context_menu_has_what_can_be_done(dock: Dock) -> None:
    dock.select("checkout")
    dock.panel.topic_commands.show_menu(QPoint(40, 40))
    menu = dock.panel.view.findChild(QMenu, "topicMenu")
    assert menu is not None
    offered = [action.objectName() for action in menu.actions() if action.isVisible()]
    for command in ("topics.new", "topics.mute", "topics.record", "topics.pin"):
        assert command in offered
    menu.close()


# New topic


def dialog_of(dock: Dock) -> NewTopicDialog:
    dialog = dock.window.findChild(NewTopicDialog)
    assert dialog is not None
    return dialog


def faulty(dialog: NewTopicDialog) -> bool:
    return dialog.field.faulty


def test_a_new_topic_is_asked_for_by_key_and_selected_when_it_is_there(dock: Dock, engine: ScriptedEngine) -> None:
    dock.select("cart")
    dock.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(dock)
    assert dialog.edit.text() == "cart/"
    QTest.keyClicks(dialog.edit, "emptied")
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert engine.asked[-1] == CreateTopic(topic="cart/emptied")
    dock.panel.take(frame(1, [topic("cart/emptied", 0, types=(), first_received=0, last_received=0)]))
    dock.panel.tick()
    current = dock.panel.view.current_node()
    assert current is not None
    assert dock.panel.model.tree.path(current) == "cart/emptied"


def test_topics_of_connections_are_no_beginning_for_a_new_one(dock: Dock) -> None:
    dock.select("prod/orders")
    dock.trigger("topics.new")
    assert dialog_of(dock).edit.text() == ""
    assert not dialog_of(dock).create_button.isEnabled()
    dialog_of(dock).reject()


def test_a_name_that_is_none_is_said_at_once_and_a_refusal_of_the_engine_too(
    dock: Dock, engine: ScriptedEngine
) -> None:
    engine.answer(CreateTopic, UserError("There is a topic 'checkout' already. Choose another name."))
    dock.trigger("topics.new")
    dialog = dialog_of(dock)
    dialog.edit.setText("orders/#")
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    assert faulty(dialog)
    assert not any(isinstance(asked, CreateTopic) for asked in engine.asked)
    dialog.edit.setText("checkout")
    assert not faulty(dialog)
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert dialog.field.note.text == "There is a topic 'checkout' already. Choose another name."
    QTest.keyClick(dialog.edit, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# Columns of a topic


def rows_of(asked: ReadRowsAt) -> Rows:
    rows = [
        LogRow(seq=seq, received=TAKEN, topic="t", type="t", size=12, preview=f'{{"seq":{seq}}}'.encode(),
               datacontenttype="application/json")
        for seq in asked.seqs
    ]  # fmt: skip
    return Rows(rows=rows, first_seq=1, newest_seq=10**9)


def cell(dock: Dock, path: str, column: int) -> str:
    node = dock.panel.model.tree.find(path)
    assert node is not None
    return str(dock.panel.model.index_of(node, column).data())


def test_types_and_times_are_columns_to_choose(dock: Dock) -> None:
    assert dock.panel.view.header().isSectionHidden(TYPES)
    entries = {action.text(): action for action in dock.panel.header.menu().actions()}
    for name in ("Types", "First seen", "Last seen"):
        entries[name].trigger()
    assert not dock.panel.view.header().isSectionHidden(TYPES)
    assert cell(dock, "checkout", TYPES) == "checkout.started, checkout.left"
    dock.panel.model.texts.utc = True
    assert cell(dock, "checkout", FIRST) == "2026-11-23 13:07:28"
    assert cell(dock, "checkout", LAST) == "2026-11-23 14:07:28"
    assert cell(dock, "cart", TYPES) == "–"


def test_chosen_columns_leave_the_name_its_room_and_come_back(dock: Dock) -> None:
    header = dock.panel.view.header()
    for column in (TYPES, VALUE, FIRST, LAST):
        dock.panel.header.choose(column, True)
    for width in (240, 300, 400, 500, 700, 900, 1_400, 500, 240):
        dock.window.resize(width, 400)
        QApplication.processEvents()
        assert header.length() <= dock.panel.view.viewport().width()
        assert header.sectionSize(TOPIC) >= 80
    assert all(header.isSectionHidden(column) for column in (VALUE, FIRST, LAST))
    entries = {action.text(): action for action in dock.panel.header.menu().actions()}
    assert entries["Last seen"].isChecked()
    dock.window.resize(1_400, 400)
    QApplication.processEvents()
    assert not any(header.isSectionHidden(column) for column in (TYPES, VALUE, FIRST, LAST))


def test_last_values_are_read_for_rows_in_view_alone_and_once(dock: Dock, engine: ScriptedEngine) -> None:
    engine.answer(ReadRowsAt, rows_of)
    dock.panel.tick()
    assert not any(isinstance(asked, ReadRowsAt) for asked in engine.asked)  # nobody looks at them
    dock.panel.header.choose(VALUE, True)
    dock.panel.values.want(dock.panel.view.visible_nodes(), 100.0)
    QApplication.processEvents()
    assert engine.asked[-1] == ReadRowsAt(seqs=[31_244, 86_400])
    assert cell(dock, "checkout", VALUE) == '{"seq":31244}'
    assert cell(dock, "prod/orders", VALUE) == "–"
    asked = len(engine.asked)
    dock.panel.values.want(dock.panel.view.visible_nodes(), 200.0)
    assert len(engine.asked) == asked  # known already
    dock.panel.take(frame(1, [topic("checkout", 31_250)]))
    dock.panel.values.want(dock.panel.view.visible_nodes(), 200.5)
    QApplication.processEvents()
    assert engine.asked[-1] == ReadRowsAt(seqs=[31_250])
    dock.panel.take(frame(2, [topic("checkout", 31_260)]))
    dock.panel.values.want(dock.panel.view.visible_nodes(), 201.4)
    assert engine.asked[-1] == ReadRowsAt(seqs=[31_250])  # not twice within a second


def test_first_and_last_seen_can_be_sorted_by_and_values_not(dock: Dock) -> None:
    dock.panel.take(frame(1, [topic("alarms", 1, last_received=TAKEN + 5_000_000)]))
    dock.panel.tick()
    dock.panel.sorting.sort(LAST, descending=True)
    assert dock.names()[1] == "alarms"
    dock.panel.sorting._clicked(VALUE)
    assert dock.panel.model.rows.ranks.order.key == "last"
    assert dock.panel.view.header().sortIndicatorSection() == LAST


# Looks


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_are_muted_pinned_and_painted(dock: Dock, name: str) -> None:
    text = HOSTILE_TEXTS[name].replace("\0", "")[:2_000] or " "
    dock.panel.take(frame(1, [topic(f"x{text}", 1, 2.0, types=(text,))]))
    dock.panel.tick()
    node = dock.panel.model.tree.find(f"x{text}")
    assert node is not None
    dock.panel.finder.select(node)
    dock.panel.header.choose(TYPES, True)
    for command in ("topics.mute", "topics.pin"):
        dock.trigger(command)
    assert not dock.panel.grab().isNull()
    if dock.panel.model.marks.pattern(node) is not None:
        assert dock.panel.model.marks.is_muted(node)
    dock.trigger("topics.mute")
    assert not dock.panel.model.marks.is_muted(node)


def test_marks_look_finished_at_every_width(dock: Dock, save_screenshot: Screenshot) -> None:
    dock.panel.topic_commands.expand_all()
    dock.select("prod/heartbeat")
    dock.trigger("topics.mute")
    dock.select("checkout")
    dock.trigger("topics.pin")
    dock.panel.take(frame(1, [], not_recorded=["cart/cleared/#"]))
    for second in range(2, 62):
        dock.panel.take(frame(second, [msgspec.structs.replace(delta, events=delta.events + second) for delta in SHOP]))
    dock.panel.tick()
    for mode in ("light", "dark"):
        dock.context.theme.apply(mode)
        for width in (240, 320):
            dock.window.resize(width, 420)
            assert save_screenshot(dock.panel, f"topics-marks-{width}-{mode}").stat().st_size > 3_000
        QTest.mouseMove(dock.panel.view.viewport(), QPoint(60, 24 * 9 + 10))
        assert save_screenshot(dock.panel, f"topics-hovered-{mode}").stat().st_size > 3_000
        dock.trigger("topics.new")
        dialog = dialog_of(dock)
        dialog.edit.setText("orders/#")
        QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
        assert save_screenshot(dialog, f"new-topic-{mode}").stat().st_size > 3_000
        dialog.reject()
        dialog.deleteLater()
        QApplication.processEvents()
