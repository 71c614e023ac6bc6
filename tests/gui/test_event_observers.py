"""The observers that match the event shown are those of now: attached, paused or detached while it is looked at."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import ListObservers
from eventmon.gui.context import PanelContext
from eventmon.gui.widgets.event_pages import OBSERVERS, TREE
from tests.gui.event_script import ORDER
from tests.gui.test_event_panel import Desk
from tests.helpers.scripted_engine import ScriptedEngine

COUNTER = ObserverStatus(name="All orders", kind="counter", pattern="prod/orders/#")
MIRROR = ObserverStatus(name="Mirror to staging", kind="publish", pattern="prod/orders/#")


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Desk:
    desk = Desk(context, engine, qtbot)
    attach(desk, qtbot)
    desk.show(ORDER, observers=[])
    return desk


def attach(desk: Desk, qtbot: QtBot, *statuses: ObserverStatus, **fields: Any) -> None:
    """These observers are attached from now on; ``fields`` is what an event then says."""
    desk.script.fields = fields
    desk.engine.answer(ListObservers, list(statuses))
    desk.engine.set(attached=list(statuses))
    with qtbot.waitSignal(desk.context.bridge.frameReady):
        pass
    desk.settle()


def test_an_observer_attached_while_an_event_is_shown_appears(desk: Desk, qtbot: QtBot) -> None:
    assert desk.tab(OBSERVERS).startswith("No observer matches")
    attach(desk, qtbot, COUNTER, observers=["All orders"])
    qtbot.waitUntil(lambda: "All orders" in desk.text())
    assert desk.panel.view.footer.text == "1 observer matches"
    attach(desk, qtbot, COUNTER, MIRROR, observers=["All orders", "Mirror to staging"])
    qtbot.waitUntil(lambda: "Mirror to staging" in desk.text())
    assert desk.panel.view.footer.text == "2 observers match"


def test_one_that_is_detached_disappears(desk: Desk, qtbot: QtBot) -> None:
    attach(desk, qtbot, COUNTER, observers=["All orders"])
    attach(desk, qtbot, observers=[])
    assert desk.tab(OBSERVERS).startswith("No observer matches")
    assert desk.panel.view.footer.text == "No observer matches"


def test_the_tree_keeps_its_place_meanwhile(desk: Desk, qtbot: QtBot) -> None:
    desk.tab(TREE)
    model = desk.pages.tree.model
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    attach(desk, qtbot, COUNTER, observers=["All orders"])
    assert desk.panel.view.footer.text == "1 observer matches"
    assert not resets


def test_counts_that_change_ask_nothing(desk: Desk, qtbot: QtBot) -> None:
    attach(desk, qtbot, COUNTER, observers=["All orders"])
    before = len(desk.script.asked)
    for matched in range(1, 4):
        busy = msgspec.structs.replace(COUNTER, seen=matched, matched=matched, delivered=matched)
        attach(desk, qtbot, busy, observers=["All orders"])
    assert len(desk.script.asked) == before


def test_names_of_observers_have_more_room_than_kinds(desk: Desk, qtbot: QtBot) -> None:
    attach(desk, qtbot, MIRROR, observers=["Mirror to staging"])
    desk.tab(OBSERVERS)
    view = desk.pages.observers.view
    assert view.columnWidth(0) > view.fontMetrics().horizontalAdvance("Mirror to staging") + 24
    assert view.columnWidth(0) > view.columnWidth(1)
