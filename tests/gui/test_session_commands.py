"""Sessions as files: others open in windows of their own, this one is saved, recent ones are remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.paths import Paths
from eventmon.engine.recent_sessions import recent_sessions, remember_session
from eventmon.engine.requests import SaveSessionAs
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import short_path
from eventmon.gui.session_commands import SessionCommands
from eventmon.store.schema import create_session
from tests.helpers.scripted_engine import ScriptedEngine


class Desk:
    """The commands with a window to stand over, and the programs they would start."""

    def __init__(self, context: PanelContext, paths: Paths, window: QWidget) -> None:
        self.context, self.paths, self.window = context, paths, window
        self.started: list[list[str]] = []
        self.starts = True
        self.commands = SessionCommands(context, paths, window, start=self._start)
        self.menu = QMenu(window)
        self.menu.addAction(context.commands.bare_action("session.clear_recent"))
        self.commands.list_in(self.menu)

    def _start(self, arguments: Sequence[str]) -> bool:
        self.started.append(list(arguments))
        return self.starts

    def entries(self) -> dict[str, bool]:
        """Texts of the menu of recent sessions, and whether each can be chosen."""
        self.menu.aboutToShow.emit()
        clear = self.context.commands.bare_action("session.clear_recent")
        shown = [action for action in self.menu.actions() if not action.isSeparator() and action is not clear]
        return {action.text(): action.isEnabled() for action in shown}

    def box(self) -> str:
        """What the box says that was shown."""
        box = self.window.findChild(QMessageBox, "message")
        assert box is not None
        text = box.text()
        box.close()
        return str(text).replace("\u200b", "")  # where a long path may break


@pytest.fixture
def desk(context: PanelContext, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path / "home"))
    window = QWidget()
    qtbot.addWidget(window)
    return Desk(context, Paths.for_profile("night"), window)


@pytest.fixture
def friday(tmp_path: Path) -> Path:
    path = tmp_path / "friday & saturday.eventmon"
    create_session(path)
    return path


def done(loop: asyncio.AbstractEventLoop, desk: Desk) -> None:
    loop.run_until_complete(desk.commands.wait())


def test_a_session_is_opened_to_look_only_in_a_window_of_its_own(
    loop: asyncio.AbstractEventLoop, desk: Desk, friday: Path
) -> None:
    desk.commands.open_session(friday)
    done(loop, desk)
    assert desk.started == [[str(friday), "--read-only", "--profile", "night"]]
    assert recent_sessions(desk.paths) == [friday]


def test_a_file_that_is_no_session_is_said_here_and_opens_no_window(
    loop: asyncio.AbstractEventLoop, desk: Desk, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("order,total\n48348,129.99\n")
    desk.commands.open_session(orders)
    done(loop, desk)
    assert "orders.csv" in desk.box()
    assert desk.started == []
    assert recent_sessions(desk.paths) == []
    assert orders.read_text().startswith("order,total")


def test_the_session_of_this_window_is_not_opened_twice(
    loop: asyncio.AbstractEventLoop, desk: Desk, engine: ScriptedEngine, friday: Path, qtbot: QtBot
) -> None:
    engine.set(log={"path": str(friday), "name": friday.name})
    qtbot.waitUntil(lambda: recent_sessions(desk.paths) == [friday])
    desk.commands.open_session(friday)
    done(loop, desk)
    assert "open in this window already" in desk.box()
    assert desk.started == []


def test_a_new_session_gets_its_ending_and_replaces_nothing(
    loop: asyncio.AbstractEventLoop, desk: Desk, friday: Path, tmp_path: Path
) -> None:
    desk.commands.new_session(tmp_path / "sunday")
    done(loop, desk)
    assert desk.started == [[str(tmp_path / "sunday.eventmon"), "--profile", "night"]]
    desk.commands.new_session(friday)
    done(loop, desk)
    assert "already" in desk.box()
    assert len(desk.started) == 1


def test_a_window_that_cannot_be_started_is_said(loop: asyncio.AbstractEventLoop, desk: Desk, friday: Path) -> None:
    desk.starts = False
    desk.commands.open_session(friday)
    done(loop, desk)
    assert "could not be started" in desk.box()
    assert recent_sessions(desk.paths) == []


def test_this_session_is_saved_as_another_file_and_how_it_went_is_said(
    loop: asyncio.AbstractEventLoop, desk: Desk, engine: ScriptedEngine, tmp_path: Path
) -> None:
    engine.answer(SaveSessionAs, 3 * 1024**2)
    desk.commands.save_as(tmp_path / "friday")
    done(loop, desk)
    assert engine.asked[-1] == SaveSessionAs(path=str(tmp_path / "friday"))
    assert desk.box() == "friday.eventmon holds everything stored until now, 3 MiB."
    assert recent_sessions(desk.paths) == [tmp_path / "friday.eventmon"]
    engine.answer(SaveSessionAs, UserError("The session cannot be saved as x: the disk is full. Free some space."))
    desk.commands.save_as(tmp_path / "saturday")
    done(loop, desk)
    assert "disk is full" in desk.box()
    assert desk.context.commands.bare_action("session.save_as").isEnabled()


def test_recent_sessions_are_listed_and_those_that_are_gone_are_greyed_with_a_sentence(
    loop: asyncio.AbstractEventLoop, desk: Desk, friday: Path, tmp_path: Path
) -> None:
    assert desk.entries() == {}
    assert not desk.context.commands.is_bound("session.clear_recent")
    remember_session(desk.paths, tmp_path / "monday.eventmon")
    desk.commands.open_session(friday)
    done(loop, desk)
    assert desk.entries() == {
        f"friday && saturday.eventmon in {short_path(str(tmp_path), 60)}": True,
        f"monday.eventmon in {short_path(str(tmp_path), 60)}: the file is not there any more": False,
    }
    next(action for action in desk.menu.actions() if action.text().startswith("friday")).trigger()
    done(loop, desk)
    assert len(desk.started) == 2
    desk.context.commands.bare_action("session.clear_recent").trigger()
    assert desk.entries() == {}
    assert not desk.context.commands.is_bound("session.clear_recent")


@pytest.mark.parametrize(("command", "saves"), [("open", False), ("new", True), ("save_as", True)])
def test_each_command_asks_for_a_file(desk: Desk, qtbot: QtBot, command: str, saves: bool) -> None:
    action = desk.context.commands.bare_action(f"session.{command}")
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    dialog = desk.window.findChild(QFileDialog, "sessionDialog")
    assert dialog is not None
    assert (dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave) == saves
    dialog.reject()
    QApplication.processEvents()
