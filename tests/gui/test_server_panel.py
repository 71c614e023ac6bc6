"""The Server panel: off until it is switched on, the link copied and never shown, and what is refused said there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadServer, RenewTokens, StartServer, StopServer
from eventmon.engine.serving import DEFAULT_PORT, ServerAddress, ServerStatus
from eventmon.gui.context import PanelContext
from eventmon.gui.models.server_texts import port_from, shown_link
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.panels.server import ServerPanel
from eventmon.gui.widgets.plain_text import Question
from tests.helpers.scripted_engine import ScriptedEngine

SERVER = tuple(panel for panel in PANELS if panel.id == "server")
URL = "http://127.0.0.1:8765"
ON = ServerStatus(on=True, url=URL, link=f"{URL}/#token=t0ps3cret", viewers=2)


@pytest.fixture
def panel(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Iterator[ServerPanel]:
    context.bridge.attach(engine)
    made = ServerPanel(context)
    qtbot.addWidget(made)
    made.resize(320, 240)
    made.show()
    QCoreApplication.processEvents()
    yield made
    made.hide()
    context.bridge.detach()


def asked(engine: ScriptedEngine, kind: type) -> int:
    return sum(isinstance(request, kind) for request in engine.asked)


def texts(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_server_is_off_and_only_asked_about(panel: ServerPanel, engine: ScriptedEngine) -> None:
    assert "The server is off" in texts(panel)
    assert panel.focus_widget() is panel.off.button
    assert asked(engine, ReadServer) >= 1
    assert asked(engine, StartServer) == 0


def test_switching_on_takes_the_port_and_this_machine_alone(panel: ServerPanel, engine: ScriptedEngine) -> None:
    panel.off.port.setValue(9000)
    panel.off.button.click()
    (start,) = [request for request in engine.asked if isinstance(request, StartServer)]
    assert start.address == ServerAddress(host="127.0.0.1", port=9000)
    assert not start.address.allow_remote
    assert "http://127.0.0.1:9000" in texts(panel)
    assert panel.focus_widget() is panel.on.copy
    panel.on.off.click()
    assert asked(engine, StopServer) == 1
    assert "The server is off" in texts(panel)


def test_the_token_is_copied_and_never_on_the_screen(panel: ServerPanel, engine: ScriptedEngine) -> None:
    engine.answer(ReadServer, ON)
    panel.switch.look()
    panel.on.copy.click()
    assert QGuiApplication.clipboard().text() == ON.link
    assert "t0ps3cret" not in texts(panel)
    assert f"{URL}/#token=•••" in texts(panel)
    assert "Whoever has the link" in texts(panel)


def test_who_watches_is_counted_in_the_note_of_the_dock(
    panel: ServerPanel, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.noteChanged) as told:
        engine.answer(ReadServer, ON)
        panel.switch.look()
    assert told.args == ["on, 2 watching"]
    assert panel.on.viewers.text() == "2"


def test_a_taken_port_is_said_under_it_and_may_be_tried_again(panel: ServerPanel, engine: ScriptedEngine) -> None:
    engine.answer(StartServer, UserError("The port 8765 of 127.0.0.1 is in use already. Choose another port."))
    panel.off.button.click()
    assert panel.off.note.tone == "error"
    assert "in use already" in panel.off.note.text
    assert panel.off.button.isEnabled()


def test_a_new_link_is_asked_about_first(panel: ServerPanel, engine: ScriptedEngine) -> None:
    engine.answer(ReadServer, ON)
    panel.switch.look()
    panel.on.renew.click()
    first = panel.findChild(Question)
    assert first is not None
    first.no.click()
    assert asked(engine, RenewTokens) == 0
    QCoreApplication.processEvents()
    panel.on.renew.click()
    second = panel.findChildren(Question)[-1]
    second.yes.click()
    assert asked(engine, RenewTokens) == 1


def test_the_command_is_checked_only_when_the_engine_says_that_it_is_on(
    panel: ServerPanel, engine: ScriptedEngine, context: PanelContext
) -> None:
    switch = context.commands.bare_action("server.on")
    engine.answer(StartServer, UserError("The port 8765 of 127.0.0.1 is in use already. Choose another port."))
    switch.trigger()
    assert not switch.isChecked()
    assert not context.commands.bare_action("server.copy_link").isEnabled()
    engine.answer(ReadServer, ON)
    panel.switch.look()
    assert switch.isChecked()
    assert context.commands.bare_action("server.copy_link").isEnabled()


def test_a_lost_engine_has_no_server(panel: ServerPanel, engine: ScriptedEngine, context: PanelContext) -> None:
    engine.answer(ReadServer, ON)
    panel.switch.look()
    context.bridge.engineLost.emit("It ended.")
    assert "The server is off" in texts(panel)


def test_it_is_asked_about_only_while_it_is_seen(panel: ServerPanel, engine: ScriptedEngine, qtbot: QtBot) -> None:
    panel.hide()
    before = asked(engine, ReadServer)
    qtbot.wait(1)
    assert not panel.switch._timer.isActive()
    assert asked(engine, ReadServer) == before
    panel.show()
    assert asked(engine, ReadServer) == before + 1


@pytest.mark.parametrize("kept", [None, "8765", 80, 70_000, True, -1, 8765.5, [8765]])
def test_only_a_port_comes_back(kept: object) -> None:
    assert port_from(kept) == DEFAULT_PORT


def test_the_port_is_kept_and_whether_it_was_on_is_not(panel: ServerPanel) -> None:
    panel.restore_state({"port": 9123, "on": True})
    assert panel.save_state() == {"port": 9123}
    assert not panel.switch.status.on


def test_a_link_without_a_token_is_shown_as_it_is() -> None:
    assert shown_link(ServerStatus()) == ""
    assert shown_link(ON) == f"{URL}/#token=•••"


def test_no_verb_is_cut_at_the_width_that_a_dock_has(panel: ServerPanel, engine: ScriptedEngine) -> None:
    assert panel.off.button.width() >= panel.off.button.sizeHint().width()
    engine.answer(ReadServer, ON)
    panel.switch.look()
    QCoreApplication.processEvents()
    for button in (panel.on.copy, panel.on.renew, panel.on.off):
        assert button.width() >= button.sizeHint().width()


def test_the_dock_is_in_the_table_once() -> None:
    assert [panel.title for panel in SERVER] == ["Server"]
