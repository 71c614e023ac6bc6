"""The window over a real engine that has a workspace from elsewhere: looked at, approved, exported and imported."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot

from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ListObservers, Publish
from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.import_workspace import ReviewDialog
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from eventmon.gui.workspace_commands import WorkspaceCommands

PATIENCE_MS = 20_000


@pytest.fixture
def team(tmp_path: Path) -> Path:
    path = tmp_path / "team.toml"
    path.write_text(
        f"""format = 1
[observers.audit]
kind = "file"
pattern = "orders/#"
settings = {{path = "{tmp_path}/audit.jsonl"}}
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def engine(team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalEngine]:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path / "home"))
    engine = LocalEngine(EngineOptions(serve_control=False, workspace=team), Paths.for_profile())
    engine.start().result(30)
    yield engine
    engine.close()


@pytest.fixture
def workspaces(engine: LocalEngine, theme: Theme, qtbot: QtBot) -> Iterator[WorkspaceCommands]:
    context = PanelContext(
        bridge=EngineBridge(),
        commands=Commands(theme),
        theme=theme,
        selection=Selection(),
        settings=Settings(),
    )
    context.bridge.attach(engine)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    yield WorkspaceCommands(context, window)
    context.bridge.detach()


def states(engine: LocalEngine) -> dict[str, str]:
    return {each.name: each.state for each in engine.call(ListObservers()).result(10)}


def take_all(workspaces: WorkspaceCommands, loop: asyncio.AbstractEventLoop) -> None:
    """Tick every row of the dialog that comes, and agree."""
    loop.run_until_complete(workspaces.wait())
    (dialog,) = [each for each in workspaces.bar.window().findChildren(ReviewDialog) if each.isVisible()]
    for row in range(dialog.rows.rowCount()):
        dialog.view.setCurrentIndex(dialog.rows.index(row, 0))
        if dialog.rows.index(row, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked:
            QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    dialog.take.click()
    loop.run_until_complete(workspaces.wait())


def test_a_file_is_written_from_the_approval_on_and_not_before(
    loop: asyncio.AbstractEventLoop, engine: LocalEngine, workspaces: WorkspaceCommands, tmp_path: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(workspaces.bar.isVisible, timeout=PATIENCE_MS)
    engine.call(Publish(topic="orders/created", data=b"1")).result(10)
    assert states(engine) == {"audit": "paused"}
    workspaces.button.click()
    take_all(workspaces, loop)
    assert states(engine) == {"audit": "active"}
    qtbot.waitUntil(workspaces.bar.isHidden, timeout=PATIENCE_MS)
    engine.call(Publish(topic="orders/created", data=b"2")).result(10)
    audit = tmp_path / "audit.jsonl"
    qtbot.waitUntil(lambda: audit.exists() and audit.read_bytes().count(b"\n") == 1, timeout=PATIENCE_MS)
    assert b'"data":2' in audit.read_bytes().replace(b" ", b"")


def test_what_was_exported_comes_in_under_another_name(
    loop: asyncio.AbstractEventLoop, engine: LocalEngine, workspaces: WorkspaceCommands, tmp_path: Path
) -> None:
    out = tmp_path / "out.toml"
    workspaces.export(out)
    loop.run_until_complete(workspaces.wait())
    box = workspaces.bar.window().findChild(QMessageBox, "message")
    assert box is not None
    assert "1 observer" in box.text()
    box.close()
    out.write_text(out.read_text(encoding="utf-8").replace("[observers.audit", "[observers.orders"), encoding="utf-8")
    workspaces.look_at(out)
    take_all(workspaces, loop)
    assert states(engine) == {"audit": "paused", "orders": "active"}
