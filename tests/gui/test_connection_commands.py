"""What is offered for a connection makes sense for its state; what cannot be taken back is asked first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionPhase, ConnectionStatus
from eventmon.engine.requests import (
    CloseConnection,
    EditConnection,
    ForgetConnection,
    ReconnectConnection,
)
from eventmon.gui.connection_commands import DISCONNECT, RECONNECT, ConnectionCommands, makes_sense
from eventmon.gui.context import PanelContext
from eventmon.gui.window_tasks import WindowTasks
from tests.gui.connect_script import LEGACY, PROD, SHOP, answer
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine


class Bench:
    """The commands over a window, with three connections."""

    def __init__(self, context: PanelContext, window: QWidget) -> None:
        self.context = context
        self.window = window
        self.edited: list[str] = []
        self.tasks = WindowTasks(window)
        self.commands = ConnectionCommands(context, self.tasks, lambda status: self.edited.append(status.name), window)
        self.show([PROD, LEGACY, SHOP])

    def show(self, statuses: list[ConnectionStatus]) -> None:
        self.context.bridge.connectionsChanged.emit(statuses)

    def action(self, verb: str) -> QAction:
        return self.context.commands.bare_action(f"connection.{verb}")

    def enabled(self) -> set[str]:
        verbs = ("edit", "reconnect", "disconnect", "read_only", "color_red", "forget")
        return {verb for verb in verbs if self.action(verb).isEnabled()}


@pytest.fixture
def bench(context: PanelContext, qtbot: QtBot) -> Bench:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return Bench(context, window)


def act(loop: asyncio.AbstractEventLoop, bench: Bench, *steps: Callable[[], object]) -> None:
    async def main() -> None:
        for step in steps:
            step()
        await bench.tasks.wait()

    loop.run_until_complete(main())


def test_nothing_is_offered_while_no_connection_is_selected(bench: Bench) -> None:
    assert bench.enabled() == set()


@pytest.mark.parametrize(
    ("phase", "reconnect", "disconnect"),
    [
        ("connecting", False, True),
        ("connected", False, True),
        ("waiting", True, True),
        ("failed", True, True),
        ("closed", True, False),
    ],
)
def test_what_makes_sense_depends_on_the_phase(phase: ConnectionPhase, reconnect: bool, disconnect: bool) -> None:
    status = msgspec.structs.replace(PROD, phase=phase)
    assert makes_sense(RECONNECT, status) is reconnect
    assert makes_sense(DISCONNECT, status) is disconnect


def test_the_selected_connection_decides_what_is_offered(bench: Bench) -> None:
    bench.context.selection.setConnection("prod")
    assert bench.enabled() == {"edit", "disconnect", "read_only", "color_red", "forget"}
    assert bench.action("read_only").isChecked()
    assert bench.action("color_red").isChecked()
    bench.context.selection.setConnection("shop")
    assert bench.enabled() == {"edit", "disconnect", "color_red", "forget"}, "a source without publishing"
    bench.show([msgspec.structs.replace(SHOP, phase="closed")])
    assert bench.enabled() == {"edit", "reconnect", "color_red", "forget"}
    bench.show([])
    assert bench.enabled() == set()


def test_edit_opens_the_dialog(bench: Bench) -> None:
    bench.context.selection.setConnection("prod")
    bench.action("edit").trigger()
    assert bench.edited == ["prod"]


def test_disconnecting_and_reconnecting_reach_the_engine(
    loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine
) -> None:
    bench.context.selection.setConnection("prod")
    act(loop, bench, bench.action("disconnect").trigger)
    bench.context.selection.setConnection("legacy")
    act(loop, bench, bench.action("reconnect").trigger)
    act(loop, bench, bench.action("color_green").trigger)
    assert engine.asked == [
        CloseConnection(name="prod"),
        ReconnectConnection(name="legacy"),
        EditConnection(name="legacy", color="green"),
    ]


def test_read_only_of_another_machine_is_lifted_after_one_question(
    loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine
) -> None:
    bench.context.selection.setConnection("prod")
    read_only = bench.action("read_only")
    act(loop, bench, read_only.trigger)
    assert read_only.isChecked(), "a switch shows what is, not what was wished"
    assert answer(bench.window, yes=False) == (
        "Lift read-only for prod? Events you publish then reach prod.shop.example."
    )
    assert engine.asked == []
    act(loop, bench, read_only.trigger, lambda: answer(bench.window, yes=True))
    assert engine.asked == [EditConnection(name="prod", read_only=False)]


def test_read_only_of_this_machine_is_lifted_without_a_question_and_set_without_one(
    loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine
) -> None:
    bench.show([msgspec.structs.replace(LEGACY, read_only=True), msgspec.structs.replace(PROD, read_only=False)])
    for name in ("legacy", "prod"):
        bench.context.selection.setConnection(name)
        act(loop, bench, bench.action("read_only").trigger)
    assert engine.asked == [
        EditConnection(name="legacy", read_only=False),
        EditConnection(name="prod", read_only=True),
    ]


def test_forgetting_asks_first(loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine) -> None:
    bench.context.selection.setConnection("prod")
    act(loop, bench, bench.action("forget").trigger)
    assert answer(bench.window, yes=False) == "Forget “prod”? Its events stay; its settings and password go."
    assert engine.asked == []
    act(loop, bench, bench.action("forget").trigger, lambda: answer(bench.window, yes=True))
    assert engine.asked == [ForgetConnection(name="prod")]


def test_a_refusal_is_said_in_a_box(loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine) -> None:
    engine.answer(CloseConnection, UserError("There is no connection “prod”."))
    bench.context.selection.setConnection("prod")
    act(loop, bench, bench.action("disconnect").trigger)
    (box,) = bench.window.findChildren(QMessageBox)
    assert box.text() == "There is no connection “prod”."
    box.close()


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.objectName(): action for action in menu.actions() if action.objectName()}


def test_the_menu_of_a_connection_is_about_this_one(
    loop: asyncio.AbstractEventLoop, bench: Bench, engine: ScriptedEngine
) -> None:
    bench.context.selection.setConnection("prod")
    menu = bench.commands.menu(LEGACY, bench.window)
    assert menu.title() == "legacy: not connected"
    offered = entries(menu)
    assert offered["connection.reconnect"].isEnabled()
    assert not offered["connection.read_only"].isChecked()
    act(loop, bench, offered["connection.reconnect"].trigger)
    assert engine.asked == [ReconnectConnection(name="legacy")]
    (colors,) = [action.menu() for action in menu.actions() if isinstance(action.menu(), QMenu)]
    assert isinstance(colors, QMenu)
    assert [action.text() for action in colors.actions() if action.isChecked()] == ["No colour"]


def test_a_connection_that_is_gone_meanwhile_is_left_alone(bench: Bench, engine: ScriptedEngine) -> None:
    menu = bench.commands.menu(LEGACY, bench.window)
    bench.show([])
    entries(menu)["connection.reconnect"].trigger()
    assert engine.asked == []


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_names_are_shown_as_they_are(bench: Bench, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    status = msgspec.structs.replace(PROD, name=text, url=text, detail=text)
    bench.show([status])
    bench.context.selection.setConnection(text)
    menu = bench.commands.menu(status, bench.window)
    menu.grab()
    assert "\n" not in menu.title()
    for verb in ("forget", "read_only"):
        bench.action(verb).trigger()
        for box in bench.window.findChildren(QMessageBox):
            box.grab()
            box.close()
