"""The user's wishes reach the engine, and its refusals are said where the user looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import ForgetConnection, OpenConnection, ReconnectConnection
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.session_controller import DEMO_URL, SessionController
from tests.gui.connect_script import PROD, line, place
from tests.helpers.scripted_engine import ScriptedEngine

REFUSAL = "There is no file /var/log/shop/orders.jsonl. Check the path."


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    yield window
    for box in window.findChildren(QMessageBox):
        box.close()


@pytest.fixture
def controller(context: PanelContext, window: QWidget) -> SessionController:
    return SessionController(context, window)


def act(loop: asyncio.AbstractEventLoop, controller: SessionController, work: Callable[[], object]) -> None:
    async def main() -> None:
        work()
        await controller.wait()

    loop.run_until_complete(main())


def the_dialog(window: QWidget) -> ConnectDialog:
    (dialog,) = [dialog for dialog in window.findChildren(ConnectDialog) if dialog.isVisible()]
    return dialog


def test_the_demo_is_opened_and_comes_back_with_the_next_start(
    loop: asyncio.AbstractEventLoop, controller: SessionController, context: PanelContext, engine: ScriptedEngine
) -> None:
    opened: list[ConnectionStatus] = []
    controller.opened.connect(opened.append)
    context.bridge.frameReady.emit(context.bridge.last_frame)
    act(loop, controller, context.commands.action("connect.demo").trigger)
    assert engine.asked == [OpenConnection(url=DEMO_URL, save=True)]
    assert [status.name for status in opened] == ["demo"]


def test_a_demo_that_was_closed_is_started_again(
    loop: asyncio.AbstractEventLoop, controller: SessionController, context: PanelContext, engine: ScriptedEngine
) -> None:
    context.bridge.connectionsChanged.emit([ConnectionStatus(name="shop", url=DEMO_URL, phase="closed")])
    act(loop, controller, controller.start_demo)
    assert engine.asked == [ReconnectConnection(name="shop")]


def test_commands_wait_for_the_engine(context: PanelContext, window: QWidget, engine: ScriptedEngine) -> None:
    engine.silent = True
    SessionController(context, window)
    for command in ("connect.open", "connect.follow_file", "connect.demo"):
        assert not context.commands.action(command).isEnabled()


def test_one_demo_is_enough(controller: SessionController, context: PanelContext) -> None:
    demo = context.commands.action("connect.demo")
    context.bridge.frameReady.emit(context.bridge.last_frame)
    assert demo.isEnabled()
    running = ConnectionStatus(name="demo", url="demo://?rate=200", phase="connected")
    context.bridge.connectionsChanged.emit([running])
    assert not demo.isEnabled()
    assert context.commands.action("connect.open").isEnabled()
    context.bridge.connectionsChanged.emit([])
    assert demo.isEnabled()


def test_a_refusal_is_said_in_a_box(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.answer(OpenConnection, UserError("The session is opened to look only."))
    act(loop, controller, controller.start_demo)
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "The session is opened to look only."


def test_a_demo_that_fails_at_once_leaves_nothing_behind(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    failed = ConnectionStatus(name="demo", url=DEMO_URL, phase="failed", detail="The shop is closed today.")
    engine.answer(OpenConnection, failed)
    act(loop, controller, controller.start_demo)
    assert engine.asked[-1] == ForgetConnection(name="demo")
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "The shop is closed today."


def test_the_keys_open_the_dialog(context: PanelContext, controller: SessionController, window: QWidget) -> None:
    assert context.commands.action("connect.open").shortcut().toString() == "Ctrl+Shift+K"
    context.bridge.frameReady.emit(context.bridge.last_frame)
    context.commands.action("connect.open").trigger()
    dialog = the_dialog(window)
    assert dialog.kinds.chosen() == "redis"
    dialog.reject()


def test_a_file_is_followed_and_the_dialog_goes(
    loop: asyncio.AbstractEventLoop, context: PanelContext, controller: SessionController, engine: ScriptedEngine,
    window: QWidget,
) -> None:  # fmt: skip
    context.bridge.frameReady.emit(context.bridge.last_frame)
    context.commands.action("connect.follow_file").trigger()
    dialog = the_dialog(window)
    QTest.keyClicks(line(dialog, "path"), "/var/log/shop/orders.jsonl")
    act(loop, controller, lambda: QTest.keyClick(line(dialog, "path"), Qt.Key.Key_Return))
    assert engine.asked == [OpenConnection(url="pipe:///var/log/shop/orders.jsonl", save=True)]
    assert window.findChildren(ConnectDialog) == []


def test_a_file_that_cannot_be_followed_keeps_the_form_and_says_why(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    failed = ConnectionStatus(name="orders", url="pipe:///var/log", phase="failed", detail=REFUSAL)
    engine.answer(OpenConnection, failed)
    controller.connect_to("pipe")
    dialog = the_dialog(window)
    QTest.keyClicks(line(dialog, "path"), "/var/log/shop/orders.jsonl")
    act(loop, controller, dialog.connect_button.click)
    assert engine.asked[-1] == ForgetConnection(name="orders")
    assert dialog.isVisible()
    assert place(dialog, "path").note.text == REFUSAL
    assert line(dialog, "path").property("state") == "error"
    assert dialog.connect_button.isEnabled()
    QTest.keyClick(line(dialog, "path"), Qt.Key.Key_Backspace)
    assert line(dialog, "path").property("state") == ""
    dialog.reject()


def test_an_address_that_is_not_understood_any_more_cannot_be_edited(
    controller: SessionController, window: QWidget
) -> None:
    controller.edit(ConnectionStatus(name="old", url="amqp://old", phase="closed"))
    (box,) = window.findChildren(QMessageBox)
    assert "amqp" in box.text()


def test_the_end_of_the_window_closes_a_dialog_that_asks(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.silent = True
    controller.edit(PROD)
    dialog = the_dialog(window)

    async def main() -> None:
        dialog.test.click()
        await controller.end()

    loop.run_until_complete(main())
    assert window.findChildren(ConnectDialog) == []
