"""An event that is deleted or pruned while it is looked at says so: deleted ones go, pruned ones stay in grey."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.widgets.event_pages import RAW, TREE
from eventmon.gui.widgets.event_window import EventWindow
from tests.gui.conftest import Screenshot
from tests.gui.event_script import ORDER, EventScript, detail
from tests.gui.test_event_panel import Desk, words
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    desk = Desk(context, engine, qtbot)
    engine.set(log={"first_seq": 1, "newest_seq": 900, "events": 900})
    frame(desk, qtbot)
    desk.select(300)
    return desk


def frame(desk: Desk, qtbot: QtBot) -> None:
    """Wait until another frame has come, and what it leads to."""
    with qtbot.waitSignal(desk.context.bridge.frameReady):
        pass
    desk.settle()


def delete(desk: Desk, engine: ScriptedEngine, *seqs: int) -> None:
    """The engine has deleted these events."""

    def answer(asked: ReadEvent) -> EventDetail | UserError:
        if asked.seq in seqs:
            return UserError(f"The event {asked.seq} is no longer kept. Choose a newer one.")
        return detail(ORDER, seq=asked.seq, offset=asked.offset, limit=asked.limit)

    engine.answer(ReadEvent, answer)
    engine.set(log={"removals": 1, "events": 900 - len(seqs)})


def test_a_deleted_event_is_no_longer_shown(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, save_screenshot: Screenshot
) -> None:
    desk.tab(TREE)
    delete(desk, engine, 300)
    frame(desk, qtbot)
    qtbot.waitUntil(desk.panel.view.nothing.isVisible)
    assert words(desk.panel.view.nothing) == "This event was deleted\nIt is no longer in the log."
    assert desk.panel.view.detail is None
    assert not desk.context.commands.action("event.copy_json").isEnabled()
    save_screenshot(desk.panel, "event-deleted")
    desk.select(301)
    assert 'order: "48348"' in desk.tab(TREE)
    assert desk.context.commands.action("event.copy_json").isEnabled()


def test_other_events_that_are_deleted_change_nothing(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    delete(desk, engine, 299, 301)
    for _ in range(3):
        frame(desk, qtbot)
    assert desk.panel.view.detail is not None
    assert not desk.panel.view.nothing.isVisible()


def test_nothing_is_asked_while_nothing_is_deleted(desk: Desk, qtbot: QtBot) -> None:
    before = len(desk.script.asked)
    for _ in range(3):
        frame(desk, qtbot)
    assert len(desk.script.asked) == before


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_an_event_that_the_log_made_room_of_stays_in_grey(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot, save_screenshot: Screenshot, mode: Any
) -> None:
    desk.context.theme.apply(mode)
    engine.set(log={"first_seq": 301, "events": 600})
    frame(desk, qtbot)
    qtbot.waitUntil(lambda: "no longer holds this one" in words(desk.panel.view.notices))
    assert desk.panel.view.header.title.property("tone") == "text3"
    assert '"total": 49.50' in desk.tab(RAW)
    desk.panel.view.footer.reveal.click()
    assert desk.panel.view.header.title.property("tone") == "text3"
    assert desk.panel.view.header.title.font().bold()
    assert "48348" in desk.copied("event.copy_payload")
    desk.panel.resize(420, 420)
    desk.tab(TREE)
    save_screenshot(desk.panel, f"event-outlived-{mode}")
    desk.select(500)
    assert words(desk.panel.view.notices) == ""
    assert desk.panel.view.header.title.property("tone") == ""


def test_a_window_of_its_own_says_it_too(desk: Desk, engine: ScriptedEngine, qtbot: QtBot) -> None:
    desk.context.commands.action("event.own_window").trigger()
    desk.settle()
    (window,) = desk.panel.findChildren(EventWindow)
    desk.select(301)
    delete(desk, engine, 300)
    frame(desk, qtbot)
    qtbot.waitUntil(window.view.nothing.isVisible)
    assert "This event was deleted" in words(window.view.nothing)
    assert window.windowTitle() == "Event 300"
    assert desk.panel.view.detail is not None
    QGuiApplication.clipboard().setText("")
    window.copies.copy_json()
    assert QGuiApplication.clipboard().text() == ""
    window.close()


def test_a_deletion_while_a_big_payload_is_decoded_ends_the_work(
    desk: Desk, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    EventScript(engine, b'["' + b"x" * 3_000_000 + b'"]')
    desk.select(302)
    engine.silent = True
    desk.pages.tree.decode.click()
    assert desk.panel.view.decoder.work.under_way
    engine.silent = False
    delete(desk, engine, 302)
    qtbot.waitUntil(desk.panel.view.nothing.isVisible)
    assert not desk.panel.view.decoder.work.under_way
