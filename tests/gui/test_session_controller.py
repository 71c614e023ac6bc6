"""The user's wishes reach the engine, and its refusals are said where the user looks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import CloseConnection, OpenConnection
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.follow_file import FollowFileDialog
from eventmon.gui.session_controller import DEMO_URL, SessionController
from tests.helpers.scripted_engine import ScriptedEngine

REFUSAL = "There is no file /var/log/shop/orders.jsonl. Check the path."


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    yield window
    for box in window.findChildren(QMessageBox):
        box.close()


@pytest.fixture
def controller(context: PanelContext, window: QWidget) -> SessionController:
    return SessionController(context.bridge, context.commands, window)


def act(loop: asyncio.AbstractEventLoop, controller: SessionController, work: object) -> None:
    async def main() -> None:
        assert callable(work)
        work()
        await controller.wait()

    loop.run_until_complete(main())


def test_the_demo_is_opened(
    loop: asyncio.AbstractEventLoop, controller: SessionController, context: PanelContext, engine: ScriptedEngine
) -> None:
    opened: list[ConnectionStatus] = []
    controller.opened.connect(opened.append)
    context.bridge.frameReady.emit(context.bridge.last_frame)
    act(loop, controller, context.commands.action("connect.demo").trigger)
    assert engine.asked == [OpenConnection(url=DEMO_URL)]
    assert [status.name for status in opened] == ["demo"]


def test_commands_wait_for_the_engine(context: PanelContext, window: QWidget, engine: ScriptedEngine) -> None:
    engine.silent = True
    SessionController(context.bridge, context.commands, window)
    assert not context.commands.action("connect.follow_file").isEnabled()


def test_one_demo_is_enough(controller: SessionController, context: PanelContext) -> None:
    demo = context.commands.action("connect.demo")
    context.bridge.frameReady.emit(context.bridge.last_frame)
    assert demo.isEnabled()
    running = ConnectionStatus(name="demo", url="demo://?rate=200", phase="connected")
    context.bridge.connectionsChanged.emit([running])
    assert not demo.isEnabled()
    context.bridge.connectionsChanged.emit([])
    assert demo.isEnabled()


def test_a_refusal_is_said_in_a_box(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.answer(OpenConnection, UserError("The session is opened to look only."))
    act(loop, controller, controller.start_demo)
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "The session is opened to look only."


def test_a_file_is_followed_and_the_dialog_goes(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    controller.ask_for_file()
    (dialog,) = window.findChildren(FollowFileDialog)
    dialog.path.setText("/var/log/shop/orders.jsonl")
    act(loop, controller, dialog.follow.click)
    assert engine.asked == [OpenConnection(url="pipe:///var/log/shop/orders.jsonl")]
    assert window.findChildren(FollowFileDialog) == []


def test_a_file_that_cannot_be_followed_keeps_the_form_and_says_why(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.answer(OpenConnection, UserError(REFUSAL))
    controller.ask_for_file()
    (dialog,) = window.findChildren(FollowFileDialog)
    dialog.path.setText("/var/log/shop/orders.jsonl")
    act(loop, controller, dialog.follow.click)
    assert dialog.isVisible()
    assert dialog.error.text() == REFUSAL
    assert dialog.path.property("state") == "error"
    assert dialog.follow.isEnabled()
    dialog.path.setText("/var/log/shop/orders.json")
    assert dialog.path.property("state") == ""
    dialog.reject()


def test_a_connection_is_closed(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine
) -> None:
    act(loop, controller, lambda: controller.close_connection("demo"))
    assert engine.asked == [CloseConnection(name="demo")]


def test_a_connection_that_cannot_be_closed_is_said(
    loop: asyncio.AbstractEventLoop, controller: SessionController, engine: ScriptedEngine, window: QWidget
) -> None:
    engine.answer(CloseConnection, UserError("There is no connection “demo”."))
    act(loop, controller, lambda: controller.close_connection("demo"))
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "There is no connection “demo”."
