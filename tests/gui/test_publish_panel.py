"""The Publish dock, played with real keys: write, complete, mend, fire, repeat, burst, walk back, restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidgetItem
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ChangeTemplates, EditConnection, EventDetail, Publish, Published, ReadEvent
from eventmon.engine.settings import Settings
from eventmon.engine.templates import Draft, NamedTemplate, load_book
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import known_topics
from eventmon.gui.main_window import MainWindow
from eventmon.gui.models.publish_plan import DraftError
from eventmon.gui.panels.publish import PublishPanel
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.publish_templates import NameTemplateDialog, TemplatesDialog
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import Question
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_BYTES, HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine, topic

ORDER = '{\n  "order": "{{seq}}",\n  "total": {{random 20 900}}\n}'
PUBLISH = tuple(panel for panel in PANELS if panel.id == "publish")
PROD = ConnectionStatus(name="prod", url="redis://shop.example", phase="connected", publishes=True, color="red")

Open = Callable[[], tuple[MainWindow, PublishPanel]]


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    return Paths.for_profile()


@pytest.fixture
def start(engine: ScriptedEngine, theme: Theme, paths: Paths) -> Iterator[Open]:
    """Opens a window with the panel alone, as often as a test wants to restart."""
    opened: list[tuple[MainWindow, PanelContext]] = []

    def open_window() -> tuple[MainWindow, PublishPanel]:
        context = PanelContext(
            bridge=EngineBridge(),
            commands=Commands(theme),
            theme=theme,
            selection=Selection(),
            settings=Settings(),
            paths=paths,
        )
        context.bridge.attach(engine)
        window = MainWindow(context, panels=PUBLISH)
        opened.append((window, context))
        window.resize(760, 640)
        window.show()
        window.open_panels()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window)
        panel = window.docks.dock("publish").panel
        assert isinstance(panel, PublishPanel)
        window.docks.go_to("publish")
        return window, panel

    yield open_window
    for window, context in opened:
        context.bridge.detach()
        window.allow_close()
        window.deleteLater()


@pytest.fixture
def panel(start: Open) -> PublishPanel:
    return start()[1]


def press(panel: PublishPanel, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    pressed = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        pressed |= modifier
    QTest.keyClick(QApplication.focusWidget() or panel, key, pressed)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def type_order(panel: PublishPanel, name: str = "orders/eu/created") -> None:
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, name)
    panel.form.editor.setFocus()
    QTest.keyClicks(panel.form.editor, ORDER.replace("\n", ""))


def published(engine: ScriptedEngine) -> list[Publish]:
    return [request for request in engine.asked if isinstance(request, Publish)]


def layout_items() -> dict[int, QWidgetItem]:
    """Items of layouts that PySide has wrapped; it does not notice when Qt deletes one."""
    return {id(item): item for item in shiboken6.getAllValidWrappers() if isinstance(item, QWidgetItem)}


def test_fields_that_move_leave_no_stale_wrapper_behind(start: Open) -> None:
    before = layout_items()
    _, panel = start()
    form = panel.form
    wrapped = [item.widget() for key, item in layout_items().items() if key not in before]
    movable = {form.type, form.content, form.source, form.subject, *form._labels.values()}
    assert [widget for widget in wrapped if widget in movable] == []


def test_the_keyboard_begins_at_the_topic_and_then_at_the_data(panel: PublishPanel) -> None:
    assert panel.focus_widget() is panel.form.topic
    panel.form.topic.set_text("orders")
    assert panel.focus_widget() is panel.form.editor


def test_an_event_is_typed_and_fired(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(Publish, Published(seq=1_204, observers=5))
    type_order(panel)
    qtbot.waitUntil(lambda: panel.status.state.text() == "Valid JSON")
    assert panel.status.placeholders.text() == "2 placeholders"
    assert panel.status.next_text.startswith('{ "order": "1", "total": ') or '"order": "1"' in panel.status.next_text
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: panel.status.answer.text() == "Reached 5 observers")
    (request,) = published(engine)
    assert request.topic == "orders/eu/created"
    assert request.data.startswith(b'{  "order": "1",  "total": ')
    assert (request.type, request.datacontenttype, request.headers) == ("event", "application/json", None)
    assert "Stored as seq 1,204" in panel.status.answer.toolTip()
    assert panel.form.editor.text() == ORDER.replace("\n", "")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Published(seq=0, observers=0, receivers=2), "Sent, 2 receivers"),
        (Published(seq=0, observers=0, receivers=1), "Sent, 1 receiver"),
        (Published(seq=1_204, observers=0), "Stored as seq 1,204"),
        (Published(seq=0, observers=0), "Counted, not stored"),
        (Published(seq=7, observers=1), "Reached 1 observer"),
        (Published(seq=0, observers=3, recorded=False), "Reached 3 observers, not stored"),
        (Published(seq=0, observers=0, recorded=False), "Counted, not stored"),
        (Published(seq=0, observers=0, receivers=2, recorded=False), "Sent, 2 receivers, not stored"),
    ],
)
def test_the_answer_is_said(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, answer: Published, says: str
) -> None:
    engine.answer(Publish, answer)
    panel.form.topic.set_text("orders")
    panel.form.editor.setFocus()
    press(panel, Qt.Key.Key_Enter, CTRL, Qt.KeyboardModifier.KeypadModifier)
    qtbot.waitUntil(lambda: panel.status.answer.text() == says)
    assert ("is not recorded" in panel.status.answer.toolTip()) is not answer.recorded


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_topic_is_completed(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    names = ["orders/eu/created", "orders/eu/paid", "payments/failed"]
    engine.set(topics=[topic(name, 7) for name in names])
    known = known_topics(panel.context.bridge).names
    qtbot.waitUntil(lambda: known.topics("pay") == ["payments/failed"])
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "PAID")
    completer = panel.form.topic.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert panel.form.topic.text() == "orders/eu/paid"
    assert known.types("", "orders/eu/paid")[0] == "orders.eu.paid"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_source_is_completed_from_events_published_and_looked_at(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    looked_at = EventDetail(
        seq=4, received=1, topic="orders", type="paid", source="//shop/till", subject="order/4", size=0, offset=0,
        data=b"", log_uuid="u",
    )  # fmt: skip
    engine.answer(ReadEvent, looked_at)
    panel.form.show_draft(Draft(topic="orders", source="//shop/cart"))
    panel.firing.fire()
    panel.context.selection.setEvent(4)
    qtbot.waitUntil(lambda: panel.form.subject.completions("ORDER/4") == ["order/4"])
    assert panel.form.source.completions("") == ["//shop/cart", "//shop/till"]
    panel.form.show_more(True)
    panel.form.source.setFocus()
    panel.form.source.set_text("")
    QTest.keyClicks(panel.form.source.line, "till")
    completer = panel.form.source.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert panel.form.draft().source == "//shop/till"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(topic="orders/+"), "topic"),
        (Draft(topic="orders", body="{"), "body"),
        (Draft(topic="orders", media_type="json"), "media_type"),
        (Draft(topic="orders", headers=(("", "1"),)), "headers"),
        (Draft(topic="orders", headers=(("span", "1"), ("span", "2"))), "headers"),
        (Draft(topic="orders", format="file", file="/no such/file"), "file"),
    ],
)
def test_a_field_with_a_mistake_has_a_red_edge_and_a_sentence_under_it(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, draft: Draft, field: str
) -> None:
    panel.form.show_draft(draft)
    panel.firing.fire()
    note = panel.form.notes[field]
    qtbot.waitUntil(lambda: not panel.firing.runner.running and note.isVisible())
    QApplication.processEvents()
    faulty = panel.form.faulty_widget()
    assert faulty is not None
    assert faulty.property("state") == "error"
    assert faulty.isVisible()
    under = note.mapTo(panel, QPoint()).y() - faulty.mapTo(panel, QPoint(0, faulty.height())).y()
    assert 0 <= under < 12
    panel.form.show_draft(Draft(topic="orders"))
    panel.check_now()
    assert not note.isVisible()
    assert faulty.property("state") == "" or not faulty.isVisible()
    assert published(engine) == []


def test_spin_boxes_have_arrows_that_work(panel: PublishPanel) -> None:
    for spin in (panel.row.every, panel.row.count):
        before = spin.value()
        QTest.mouseClick(spin, Qt.MouseButton.LeftButton, pos=QPoint(spin.width() - 9, 7))
        assert spin.value() == before + 1
        QTest.mouseClick(spin, Qt.MouseButton.LeftButton, pos=QPoint(spin.width() - 9, spin.height() - 7))
        assert spin.value() == before


def test_wrong_json_is_marked_at_its_line_and_not_sent(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    panel.form.topic.set_text("orders")
    panel.form.editor.setFocus()
    QTest.keyClicks(panel.form.editor, '{"order": 7,')
    press(panel, Qt.Key.Key_Return)
    QTest.keyClicks(panel.form.editor, '  "total" 12}')
    note = panel.form.notes["body"]
    qtbot.waitUntil(lambda: bool(note.text))
    assert note.text == "Line 2, column 11: expected a colon after the name."
    assert panel.form.editor.marked == 23
    assert len(panel.form.editor.extraSelections()) == 2
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    assert published(engine) == []
    assert note.text
    assert panel.form.editor.hasFocus()
    assert panel.form.editor.text() == '{"order": 7,\n  "total" 12}'
    assert panel.form.editor.textCursor().position() == 23
    QTest.keyClicks(panel.form.editor, ":")
    qtbot.waitUntil(lambda: not note.text)
    assert panel.form.editor.marked == -1


def test_a_wrong_topic_is_said_under_the_topic(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "orders/+")
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "stand for levels" in panel.form.notes["topic"].text)
    assert panel.form.topic.property("state") == "error"
    assert published(engine) == []


def test_no_topic_is_said_when_something_is_fired(panel: PublishPanel, qtbot: QtBot) -> None:
    panel.form.editor.setFocus()
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "The topic is empty" in panel.form.notes["topic"].text)
    assert panel.form.topic.hasFocus()


def test_a_refusal_of_the_engine_is_shown_and_the_draft_stays(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.answer(Publish, UserError("The disk is full. Nothing was taken; try again later."))
    type_order(panel)
    before = panel.form.draft()
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: panel.status.refusal.text.startswith("The disk is full."))
    assert panel.form.draft() == before


def test_repeat_goes_on_until_it_is_stopped(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    type_order(panel)
    panel.row.every.setValue(5)
    press(panel, Qt.Key.Key_Return, CTRL, SHIFT)
    qtbot.waitUntil(lambda: len(published(engine)) >= 5)
    assert panel.row.repeat.text() == "Stop"
    assert not panel.row.fire.isEnabled()
    press(panel, Qt.Key.Key_Return, CTRL, SHIFT)
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    fired = len(published(engine))
    assert panel.row.repeat.text() == "Repeat"
    assert panel.row.fire.isEnabled()
    assert panel.status.answer.text().startswith(f"{fired} fired")
    orders = [msgspec.json.decode(request.data)["order"] for request in published(engine)]
    assert orders == [str(number) for number in range(1, fired + 1)]


def test_a_burst_of_a_thousand_is_fired_in_batches(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.answer(Publish, Published(seq=9, observers=5))
    type_order(panel)
    panel.row.count.setValue(1_000)
    turns: list[int] = []
    panel.firing.runner.progressed.connect(lambda: turns.append(panel.firing.runner.fired))
    panel.row.burst.click()
    assert panel.firing.runner.running
    assert panel.row.repeat.text() == "Stop"
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    assert len(published(engine)) == 1_000
    assert max(after - before for before, after in zip([0, *turns], turns, strict=False)) <= 64
    assert panel.status.answer.text() == "1,000 fired. Reached 5 observers"


def test_a_burst_is_bounded_by_what_is_under_way(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.silent = True
    type_order(panel)
    panel.row.count.setValue(1_000)
    panel.firing.burst()
    for _ in range(20):
        panel.firing.runner.turn()
    assert panel.firing.runner.under_way == 64 == len(published(engine))
    panel.firing.repeat_or_stop()
    assert panel.firing.runner.running
    panel.firing.repeat_or_stop()
    assert not panel.firing.runner.running


def test_a_burst_stops_at_the_first_refusal(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    def answer(request: Publish) -> Published | UserError:
        if b'"order": "101"' in request.data:
            return UserError("The disk is full. Nothing was taken; try again later.")
        return Published(seq=1, observers=0)

    engine.answer(Publish, answer)
    type_order(panel)
    panel.row.count.setValue(1_000)
    panel.firing.burst()
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    assert len(published(engine)) < 200
    assert panel.status.refusal.text.startswith("Stopped after ")
    assert "of 1,000. The disk is full." in panel.status.refusal.text


def read_only(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(connections=[msgspec.structs.replace(PROD, read_only=True)])
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "prod/orders")
    qtbot.waitUntil(lambda: panel.row.refused)


def test_read_only_takes_the_buttons_away_and_one_question_brings_them_back(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    read_only(panel, engine, qtbot)
    assert panel.row.why.text() == "prod is read-only."
    assert not panel.row.fire.isVisible()
    press(panel, Qt.Key.Key_Return, CTRL)
    assert published(engine) == []
    QTest.mouseClick(panel.row.lift, Qt.MouseButton.LeftButton)
    question = panel.findChild(Question)
    assert question is not None
    assert question.text() == "Lift read-only for prod? Events you publish then reach shop.example."
    QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert [request for request in engine.asked if isinstance(request, EditConnection)] == [
        EditConnection(name="prod", read_only=False)
    ]


def test_read_only_stays_without_a_yes(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    read_only(panel, engine, qtbot)
    panel.row.lift.click()
    question = panel.findChild(Question)
    assert question is not None
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert not [request for request in engine.asked if isinstance(request, EditConnection)]
    assert panel.row.refused


def test_the_connection_of_the_topic_is_in_view(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(connections=[PROD])
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "prod/orders")
    qtbot.waitUntil(lambda: panel.form.target.text == "prod connected")
    red = panel.context.theme.color("rule_red")
    assert panel.form.target.grab().toImage().pixelColor(QPoint(1, 5)).name() == red.name()
    engine.set(connections=[msgspec.structs.replace(PROD, phase="waiting")])
    qtbot.waitUntil(lambda: panel.form.target.text == "prod reconnecting")
    engine.answer(Publish, UserError("“prod” is not connected, so nothing can be sent to it. Reconnect it."))
    panel.firing.fire()
    qtbot.waitUntil(lambda: "not connected" in panel.form.notes["topic"].text)
    panel.form.topic.line.selectAll()
    QTest.keyClicks(panel.form.topic.line, "production")
    assert not panel.form.target.isVisible()


def test_hex_is_sent_to_the_byte(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    panel.form.topic.set_text("devices/raw")
    panel.form.content.setFocus()
    QTest.keyClicks(panel.form.content, "H")
    panel.form.content.activated.emit(panel.form.content.currentIndex())
    panel.form.editor.setFocus()
    QTest.keyClicks(panel.form.editor, "00 ff 0A")
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(published(engine)))
    (request,) = published(engine)
    assert (request.data, request.datacontenttype) == (b"\x00\xff\x0a", "application/octet-stream")


def test_the_same_bytes_in_another_format(panel: PublishPanel) -> None:
    panel.form.show_draft(Draft(topic="orders", body="Zoë\u00a0Martin", format="text"))
    for index, expected in (
        (2, "5a 6f c3 ab c2 a0 4d 61 72 74 69 6e"),
        (3, "Wm/Dq8KgTWFydGlu"),
        (1, "Zoë\u00a0Martin"),
    ):
        panel.form.content.activated.emit(index)
        assert panel.form.editor.text() == expected


def test_a_file_is_sent_as_it_is(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "order.bin"
    file.write_bytes(bytes(range(256)))
    panel.form.show_draft(Draft(topic="orders", format="file", file=str(file)))
    panel.firing.fire()
    qtbot.waitUntil(lambda: bool(published(engine)))
    assert published(engine)[0].data == bytes(range(256))
    panel.form.show_draft(Draft(topic="orders", format="file", file=str(tmp_path / "no such")))
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    panel.firing.fire()
    qtbot.waitUntil(lambda: "There is no file" in panel.form.notes["file"].text)


def test_headers_are_added_and_taken_away(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    panel.form.show_more(True)
    panel.form.topic.set_text("orders")
    panel.form.headers.add.click()
    name, value, _away = panel.form.headers.lines()[0]
    QTest.keyClicks(name, "traceparent")
    QTest.keyClicks(value, "00-{{seq}}")
    panel.form.headers.add.click()
    QTest.keyClicks(panel.form.headers.lines()[1][1], "lonely")
    panel.form.headers.lines()[1][1].setFocus()
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "no name" in panel.form.notes["headers"].text)
    QTest.mouseClick(panel.form.headers.lines()[1][2], Qt.MouseButton.LeftButton)
    panel.firing.fire()
    qtbot.waitUntil(lambda: bool(published(engine)))
    assert published(engine)[0].headers == {"traceparent": "00-1"}


def test_what_is_hidden_and_set_says_so(panel: PublishPanel) -> None:
    panel.form.show_draft(Draft(topic="orders", source="//shop.example", headers=(("a", "b"),)))
    panel.form.show_more(False)
    assert panel.form.more.text() == "+2"
    assert "2 of them are set" in panel.form.more.accessibleName()
    QTest.mouseClick(panel.form.more, Qt.MouseButton.LeftButton)
    assert panel.form.source.isVisible()
    assert panel.form.more.text() == ""


def test_formatting_can_be_undone(panel: PublishPanel) -> None:
    panel.form.editor.set_text('{"order":"{{seq}}"}')
    panel.form.editor.setFocus()
    panel.format_json()
    assert panel.form.editor.text() == '{\n  "order": "{{seq}}"\n}'
    press(panel, Qt.Key.Key_Z, CTRL)
    assert panel.form.editor.text() == '{"order":"{{seq}}"}'


def test_the_history_is_walked_with_keys_and_nothing_typed_is_lost(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    for name in ("orders/1", "orders/2", "orders/3"):
        panel.form.topic.set_text(name)
        panel.form.editor.setFocus()
        press(panel, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: not panel.firing.runner.running)
    panel.form.topic.set_text("")
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "orders/4")
    back, forward = Qt.Key.Key_PageUp, Qt.Key.Key_PageDown
    seen = []
    for key in (back, back, back, back, forward, forward, forward, forward):
        press(panel, key, CTRL)
        seen.append(panel.form.topic.text())
    numbers = [int(name.rpartition("/")[2]) for name in seen]
    assert numbers == [3, 2, 1, 1, 2, 3, 4, 4]
    press(panel, back, CTRL)
    QTest.keyClicks(panel.form.topic.line, "/changed")
    changed = panel.form.draft()
    press(panel, back, CTRL)
    assert panel.form.topic.text() == "orders/2"
    assert changed in panel.store.book.history


def test_everything_is_back_after_a_restart(start: Open, engine: ScriptedEngine, qtbot: QtBot, paths: Paths) -> None:
    window, panel = start()
    type_order(panel)
    press(panel, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "/unfinished")
    panel.row.every.setValue(1_250)
    layout = window.save()
    again, fresh = start()
    fresh.restore_state(layout.panels["publish"])
    assert fresh.form.topic.text().endswith("/unfinished") or "unfinished" in fresh.form.topic.text()
    assert fresh.form.editor.text() == ORDER.replace("\n", "")
    assert fresh.row.every.value() == 1_250
    fresh.form.editor.setFocus()
    fresh.firing.fire()
    qtbot.waitUntil(lambda: len(published(engine)) == 2)
    assert b'"order": "2"' in published(engine)[1].data
    assert again is not window


def test_a_crash_costs_no_more_than_a_second(panel: PublishPanel, qtbot: QtBot, paths: Paths) -> None:
    type_order(panel)
    qtbot.waitUntil(lambda: load_book(paths.drafts_file).draft.body != "", timeout=10_000)
    assert load_book(paths.drafts_file).draft == panel.form.draft()


def test_a_damaged_file_is_said_and_left_alone(start: Open, paths: Paths, qtbot: QtBot) -> None:
    paths.drafts_file.parent.mkdir(parents=True)
    paths.drafts_file.write_text('{"version": 1, "dra')
    window, panel = start()
    type_order(panel)
    panel.firing.fire()
    assert "cannot be read" in panel.status.trouble.text
    state = window.save().panels["publish"]
    assert paths.drafts_file.read_text() == '{"version": 1, "dra'
    _again, fresh = start()
    fresh.restore_state(state)
    assert fresh.form.draft() == panel.form.draft()


def test_templates_are_saved_used_renamed_and_deleted(
    panel: PublishPanel, qtbot: QtBot, engine: ScriptedEngine
) -> None:
    type_order(panel)
    panel.context.commands.action("publish.save_template").trigger()
    dialog = panel.findChild(NameTemplateDialog)
    assert dialog is not None
    dialog.name.selectAll()
    QTest.keyClicks(dialog.name, "  ")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert dialog.name_field.faulty
    QTest.keyClicks(dialog.name, "EU order")
    QTest.keyClicks(dialog.folder.line, "Orders")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert [each.place for each in panel.kept.templates] == [("Orders", "EU order")]
    panel.check_now()
    notes: list[str] = []
    panel.noteChanged.connect(notes.append)
    panel.form.topic.setFocus()
    QTest.keyClicks(panel.form.topic.line, "/x")
    panel.check_now()
    assert notes[-1] == "template: Orders / EU order, changed"
    menu = panel.templates.menu(panel.form.draft())
    folder = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert isinstance(folder, QMenu)
    folder.actions()[0].trigger()
    assert panel.form.topic.text() == "orders/eu/created"
    panel.templates.show_all()
    every = panel.findChild(TemplatesDialog)
    assert every is not None
    every.activateWindow()
    qtbot.waitUntil(every.isActiveWindow)
    QTest.keyClick(every.list, Qt.Key.Key_F2)
    rename = every.findChild(NameTemplateDialog)
    assert rename is not None
    rename.name.selectAll()
    QTest.keyClicks(rename.name, "German order")
    QTest.mouseClick(rename.save, Qt.MouseButton.LeftButton)
    assert [each.place for each in panel.kept.templates] == [("Orders", "German order")]
    every.activateWindow()
    qtbot.waitUntil(every.isActiveWindow)
    assert panel.templates.place == ("Orders", "German order")
    QTest.keyClick(every.list, Qt.Key.Key_Delete)
    question = every.findChild(Question)
    assert question is not None
    QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert panel.kept.templates == ()
    qtbot.waitUntil(lambda: engine.templates == [] and panel.kept.known)


def test_another_window_saves_a_template_meanwhile(panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    theirs = NamedTemplate(name="refund", draft=Draft(topic="refunds"))
    engine.templates = [theirs]
    engine.set(templates=1)
    qtbot.waitUntil(lambda: panel.kept.template(("", "refund")) == theirs)


def test_a_template_that_cannot_be_kept_is_said_and_gone(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.answer(ChangeTemplates, UserError("The templates would take more than 512 KiB together."))
    panel.kept.put(NamedTemplate(name="refund", draft=Draft(topic="refunds")))
    assert panel.kept.template(("", "refund")) is not None
    qtbot.waitUntil(lambda: panel.kept.templates == ())
    assert "512 KiB" in panel.status.trouble.text


def test_the_template_in_use_is_found_again_however_late_the_templates_come(
    start: Open, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.templates = [NamedTemplate(name="refund", draft=Draft(topic="refunds"))]
    engine.set(templates=1)
    _window, panel = start()
    panel.restore_state({"template": ["", "refund"]})
    qtbot.waitUntil(lambda: panel.kept.known)
    panel.check_now()
    assert panel.templates.place == ("", "refund")
    engine.templates = []
    engine.set(templates=2)
    qtbot.waitUntil(lambda: panel.templates.place is None)


def test_a_secret_in_a_template_is_said_before_it_is_saved(panel: PublishPanel) -> None:
    panel.templates.save(Draft(topic="orders", headers=(("authorization", "Bearer 4711"),)))
    (naming,) = panel.findChildren(NameTemplateDialog)
    assert naming.secrets.text == (
        "The value of “authorization” will stand in the workspace file as plain text. "
        "Write {{env AUTHORIZATION}} in its place to keep it out."
    )
    naming.reject()
    panel.templates.save(Draft(topic="orders", headers=(("authorization", "Bearer {{env TOKEN}}"),)))
    assert panel.findChildren(NameTemplateDialog)[-1].secrets.text == ""


def test_a_wish_of_another_panel_fills_the_form(panel: PublishPanel, qtbot: QtBot) -> None:
    type_order(panel)
    typed = panel.form.draft()
    wanted = PublishDraft(
        topic="prod/orders",
        type="order.paid",
        source="//shop",
        content_type="application/xml",
        headers={"traceparent": "00", "sent": "true"},
        data=b"<order>{{name}}</order>",
    )
    panel.context.selection.publishWanted.emit(wanted)
    assert panel.form.draft() == Draft(
        topic="prod/orders",
        type="order.paid",
        source="//shop",
        media_type="application/xml",
        headers=(("traceparent", "00"),),
        format="text",
        body="<order>{{{{name}}</order>",
    )
    assert panel.store.book.history[0] == typed
    history = panel.store.book.history
    panel.context.selection.publishWanted.emit(wanted)
    assert panel.store.book.history == history


def test_publish_here_changes_the_topic_alone(panel: PublishPanel) -> None:
    type_order(panel)
    before = panel.form.draft()
    panel.context.selection.publishWanted.emit(PublishDraft(topic="refunds/{{eu}}"))
    assert panel.form.draft() == msgspec.structs.replace(before, topic="refunds/{{{{eu}}")
    assert panel.store.book.history[0] == before


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_texts_are_shown_sent_and_named(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, name: str
) -> None:
    text = HOSTILE_TEXTS[name]
    engine.set(topics=[topic(text, 1)], connections=[msgspec.structs.replace(PROD, name=text, detail=text)])
    panel.fill(PublishDraft(topic=text, type=text, source=text, subject=text, content_type=text, headers={text: text}))
    panel.form.show_more(True)
    QTest.keyClicks(panel.form.topic.line, "x")
    engine.answer(Publish, UserError(text))
    panel.firing.fire()
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    panel.kept.put(NamedTemplate(name=text, folder=text, draft=Draft()))
    panel.templates.menu(Draft()).deleteLater()
    panel.templates.show_all()
    panel.grab()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_texts_are_offered_said_and_asked_about(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, name: str
) -> None:
    """In lists of suggestions, sentences under fields, the foot, the strip of troubles and every dialog."""
    text = HOSTILE_TEXTS[name]
    engine.set(topics=[topic(text, 1, types=(text,))])
    panel.context.bridge._ask_for_frame()
    panel.store.change(lambda book: book.with_history(Draft(topic=text, source=text, subject=text)))
    panel.form.show_more(True)
    for field in (panel.form.topic, panel.form.type, panel.form.source, panel.form.subject):
        assert all(each.isprintable() and len(each) <= 256 for each in field.completions(""))
        field.showPopup()
        field.hidePopup()
    for mistake in ("topic", "media_type", "headers", "body"):
        panel.form.show_error(DraftError(mistake, text))
    panel.status.show_answer(text, text)
    panel.status.show_next(text[:400])
    panel.status.trouble.say(text, "error")
    panel.row.refuse(text, liftable=True)
    panel.form.show_draft(Draft(topic="orders", format="file", file=text, headers=((text, text),)))
    panel.grab()
    assert panel.minimumSizeHint().width() < 700
    panel.row.refuse("")
    panel.firing.fire()
    qtbot.waitUntil(lambda: not panel.firing.runner.running)


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_of_templates_stay_within_their_dialogs(panel: PublishPanel, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    template = NamedTemplate(name=text, folder=text, draft=Draft(topic=text))
    panel.kept.put(template)
    panel.templates.restore(template.place, Draft())
    panel.templates.save(Draft(topic=text, type=text))
    (naming,) = panel.findChildren(NameTemplateDialog)
    naming.save.click()
    naming.grab()
    panel.templates.show_all()
    (listing,) = panel.findChildren(TemplatesDialog)
    listing.grab()
    listing.delete.click()
    (question,) = listing.findChildren(Question)
    question.grab()
    for dialog in (naming, listing, question):
        assert dialog.width() <= 760
    question.reject()
    listing.rename.click()
    for left in (*panel.findChildren(NameTemplateDialog), *listing.findChildren(NameTemplateDialog), listing):
        left.grab()
        left.reject()


@pytest.mark.parametrize("name", sorted(HOSTILE_BYTES))
def test_hostile_payloads_are_sent_as_they_came(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, name: str
) -> None:
    data = HOSTILE_BYTES[name]
    panel.fill(PublishDraft(topic="orders", data=data))
    if len(data) > 256 * 1024:
        assert "too big for the editor" in panel.form.notes["file"].text
        return
    panel.firing.fire()
    qtbot.waitUntil(lambda: not panel.firing.runner.running)
    assert [request.data for request in published(engine)] == [data]


def test_a_slow_answer_leaves_the_panel_alive(
    panel: PublishPanel, engine: ScriptedEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: Future[Published] = Future()
    monkeypatch.setattr(panel.context.bridge, "submit", lambda _request: waiting)
    type_order(panel)
    press(panel, Qt.Key.Key_Return, CTRL)
    assert panel.firing.runner.running
    QTest.keyClicks(panel.form.editor, " ")
    waiting.set_result(Published(seq=3, observers=0))
    qtbot.waitUntil(lambda: panel.status.answer.text() == "Stored as seq 3")


def test_every_part_has_a_name_and_is_reached_by_tab(panel: PublishPanel) -> None:
    panel.form.show_more(True)
    panel.form.topic.setFocus()
    reached = set()
    for _ in range(40):
        widget = QApplication.focusWidget()
        assert widget is not None
        reached.add(widget)
        press(panel, Qt.Key.Key_Tab)
    form, row = panel.form, panel.row
    wanted = {form.topic.line, form.type.line, form.content, form.source.line, form.media_type}
    wanted |= {
        form.subject.line,
        form.headers.add,
        form.editor,
        row.every,
        row.count,
        row.burst,
        row.repeat,
        row.fire,
        form.more,
    }
    assert {widget for widget in wanted if widget not in reached and widget.focusProxy() not in reached} == set()
    for widget in [form.topic, form.type, form.content, form.source, form.editor, form.more, row.every, row.count]:
        assert widget.accessibleName()
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName() or button.text() or not button.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(320, 238), (720, 520)])
def test_it_fits_its_room(panel: PublishPanel, save_screenshot: Screenshot, mode: str, width: int, height: int) -> None:
    panel.context.theme.apply("dark" if mode == "dark" else "light")
    panel.setParent(None)
    panel.resize(width, height)
    panel.form.show_draft(Draft(topic="prod/orders/eu/created", type="order.created", body=ORDER))
    panel.connection.take([PROD])
    panel.show()
    QApplication.processEvents()
    panel.check_now()
    for widget in (panel.form.topic, panel.form.type, panel.form.content, panel.form.editor, panel.row.fire):
        right = widget.mapTo(panel, QPoint(widget.width(), 0)).x()
        bottom = widget.mapTo(panel, QPoint(0, widget.height())).y()
        assert right <= width
        assert bottom <= height
        assert widget.isVisible()
    assert save_screenshot(panel, f"publish-{width}-{mode}").is_file()
