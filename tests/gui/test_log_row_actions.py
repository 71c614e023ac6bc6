"""Copying and publishing from the log with real keys: what is on the clipboard, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import LogRow, Publish
from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_columns import Column
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.widgets.plain_text import Question
from tests.gui.log_desk import LEFT, Desk
from tests.gui.log_script import order
from tests.helpers.scripted_engine import ScriptedEngine

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events, nothing on the clipboard."""
    QGuiApplication.clipboard().setText("")
    desk = Desk(context, engine)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Wait for the thread that works."""
    return lambda condition: qtbot.waitUntil(lambda: bool(condition()), timeout=5_000)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def select(desk: Desk, count: int) -> list[int]:
    desk.wheel(20)
    desk.click(30)
    if count > 1:
        desk.click(30 + (count - 1) * desk.view.row_height, SHIFT)
    chosen: list[int] = desk.selected()
    assert len(chosen) == count
    return chosen


def test_keys_copy_the_selected_events_as_cloudevents(desk: Desk, wait: Callable[..., None]) -> None:
    chosen = select(desk, 4)
    desk.key(Qt.Key.Key_C, CONTROL | SHIFT)
    wait(clipboard)
    documents = [json.loads(line) for line in clipboard().split("\n")]
    assert [document["seq"] for document in documents] == chosen
    assert [document["topic"] for document in documents] == [order(seq).topic for seq in chosen]
    wait(desk.panel.notice.isVisible)
    assert desk.panel.notice.text() == "4 events were copied."


@pytest.mark.parametrize(
    ("command", "start"),
    [
        ("log.copy_curl", 'curl --unix-socket "$SOCKET" -H '),
        ("log.copy_cli", "eventmon publish --type "),
        ("log.copy_payload", "{"),
    ],
)
def test_one_event_is_copied_in_each_way(desk: Desk, wait: Callable[..., None], command: str, start: str) -> None:
    (seq,) = select(desk, 1)
    desk.run(command)
    wait(clipboard)
    assert clipboard().startswith(start)
    assert json.loads(order(seq).preview)["order"] in clipboard()
    assert not desk.panel.notice.isVisible(), "one event that was copied whole needs no words"


def test_copies_and_publishing_rest_while_nothing_is_selected(desk: Desk) -> None:
    commands = ("log.copy_row", "log.copy_json", "log.copy_curl", "log.copy_cli", "log.copy_payload")
    actions = [desk.context.commands.action(name) for name in (*commands, "log.publish_again")]
    assert not any(action.isEnabled() for action in actions)
    select(desk, 1)
    assert all(action.isEnabled() for action in actions)
    desk.context.selection.setMuted(("#",))
    desk.settle()
    assert not any(action.isEnabled() for action in actions), "what is selected is not shown"


def test_secrets_are_hidden_in_cells_and_rows(context: PanelContext, engine: ScriptedEngine) -> None:
    def login(seq: int) -> LogRow:
        data = b'{"user":"zoe","password":"s3same"}'
        return msgspec.structs.replace(order(seq), preview=data, size=len(data))

    desk = Desk(context, engine, events=0)
    desk.script.row = login
    desk.frame(grow=50)
    select(desk, 2)
    desk.run("log.copy_row")
    row = desk.view.currentIndex().row()
    for text in (clipboard(), desk.panel.model.text(row, Column.DATA), desk.panel.model._tooltip(row, Column.DATA)):
        assert "s3same" not in text
        assert '"•••"' in text
    desk.panel.close()


def test_one_event_is_published_again_at_once(desk: Desk, engine: ScriptedEngine, wait: Callable[..., None]) -> None:
    (seq,) = select(desk, 1)
    desk.key(Qt.Key.Key_R, CONTROL)
    wait(desk.panel.notice.isVisible)
    assert desk.panel.notice.text() == "Published again as seq 1; it reached 0 observers."
    (request,) = [asked for asked in engine.asked if isinstance(asked, Publish)]
    assert request.topic == order(seq).topic
    assert request.headers == {"originalid": f"0190-shop-{seq}"}


@pytest.mark.parametrize("agreed", [True, False])
def test_several_are_published_again_only_after_a_question(
    desk: Desk, engine: ScriptedEngine, wait: Callable[..., None], agreed: bool
) -> None:
    chosen = select(desk, 3)
    desk.key(Qt.Key.Key_R, CONTROL)
    question = desk.panel.findChild(Question)
    assert question is not None
    assert question.text() == "Publish 3 events again, in their order?"
    QTest.mouseClick(question.yes if agreed else question.no, LEFT)
    desk.settle()
    if agreed:
        wait(desk.panel.notice.isVisible)
        assert desk.panel.notice.text() == "3 events were published again."
    requests = [asked for asked in engine.asked if isinstance(asked, Publish)]
    assert [one.topic for one in requests] == [order(seq).topic for seq in (chosen if agreed else [])]


def test_a_read_only_connection_refuses_in_the_engines_words(
    desk: Desk, engine: ScriptedEngine, wait: Callable[..., None]
) -> None:
    engine.answer(Publish, UserError("“prod” is read-only: nothing is sent to it. Edit the connection to allow it."))
    select(desk, 1)
    desk.run("log.publish_again")
    wait(desk.panel.notice.isVisible)
    assert desk.panel.notice.text().startswith("“prod” is read-only")
    assert desk.panel.notice.property("tone") == "error"


def test_editing_is_offered_where_there_is_a_panel_for_it(desk: Desk) -> None:
    commands = desk.context.commands
    assert commands.is_bound("log.edit_publish") == ("view.go.publish" in commands.table)


def test_an_event_to_edit_is_handed_over_whole(desk: Desk, qtbot: QtBot) -> None:
    select(desk, 3)
    seq = desk.context.selection.current_event
    with qtbot.waitSignal(desk.context.selection.publishWanted, timeout=5_000) as handed:
        desk.key(Qt.Key.Key_R, CONTROL | SHIFT)
    draft: PublishDraft = handed.args[0]
    row = order(seq)
    assert (draft.topic, draft.type, draft.content_type) == (row.topic, row.type, "application/json")
    assert draft.data == row.preview.ljust(row.size, b" ")


def test_the_context_menu_offers_every_copy(desk: Desk) -> None:
    select(desk, 1)
    menu = desk.panel._row_actions.menu(QPoint(300, 30))
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:5] == ["Show in the Event panel", "Copy row", "Copy as JSON", "Copy as", "Copy cell"]
    assert "Publish again" in texts
    menu.close()


def test_a_copy_that_is_asked_for_anew_takes_the_place_of_the_first(desk: Desk, wait: Callable[..., None]) -> None:
    select(desk, 1)
    desk.context.commands.action("log.copy_cli").trigger()
    desk.context.commands.action("log.copy_json").trigger()
    wait(clipboard)
    assert clipboard().startswith("{")


@pytest.mark.parametrize("how", ["return", "enter", "double click"])
def test_enter_and_a_double_click_go_to_the_event(desk: Desk, how: str) -> None:
    gone: list[bool] = []
    desk.context.commands.bind("view.go.event", lambda: gone.append(True))
    (seq,) = select(desk, 1)
    if how == "double click":
        QTest.mouseDClick(desk.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(200, 30))
        desk.settle()
    else:
        desk.key(Qt.Key.Key_Return if how == "return" else Qt.Key.Key_Enter)
    assert gone == [True]
    assert desk.context.selection.current_event == seq
