"""After a crash of the window what was arranged and typed a moment before is there again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.server import PATIENCE_SECONDS, cli_environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DRAFT = '{"order": "48348", "total": 129.99}'
IN_A_WINDOW = """
import asyncio, sys
import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from eventmon.engine.options import EngineOptions
from eventmon.gui.application import WindowLife, make_application

async def scene(life):
    while life.context.bridge.last_frame is None or any(dock.panel is None for dock in life.window.docks):
        await asyncio.sleep(0.01)
    editor = life.window.findChild(QPlainTextEdit, "publishEditor")
    act(life, editor)

def run():
    with qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(), None)
        acting = loop.create_task(scene(life))
        loop.run_until_complete(life.live())
        acting.result()
"""
ARRANGE = f"""
def act(life, editor):
    life.context.commands.action("view.layout_watch").trigger()
    life.context.commands.action("view.panel.topics").trigger()
    life.window.layouts.save_as("Night shift")
    QTest.keyClicks(editor, '{DRAFT}')
run()
"""
TELL = """
def act(life, editor):
    shown = [dock.description.id for dock in life.window.docks if not dock.isHidden()]
    import json
    print(json.dumps({"shown": shown, "own": list(life.window.layouts.own), "draft": editor.toPlainText()}))
    life.window.close()
run()
"""


def begin(home: Path, act: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", IN_A_WINDOW + act],
        cwd=ROOT,
        env=cli_environment(home, QT_QPA_PLATFORM="offscreen"),
        stdout=subprocess.PIPE,
    )


def wait_for(process: subprocess.Popen[bytes], condition: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert process.poll() is None, "the window ended by itself"
        assert time.monotonic() < give_up, f"never came: {what}"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)


def test_layout_and_draft_are_back_after_the_window_was_killed(home: Path) -> None:
    def in_file(name: str, text: str) -> bool:
        return any(text in path.read_text(encoding="utf-8") for path in home.rglob(name))

    with begin(home, ARRANGE) as window:
        wait_for(window, lambda: in_file("layout.json", "Night shift"), "the layout on the disk")
        wait_for(window, lambda: in_file("drafts.json", json.dumps(DRAFT)[1:-1]), "the draft on the disk")
        os.kill(window.pid, signal.SIGKILL)
        assert window.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    with begin(home, TELL) as again:
        out, _ = again.communicate(timeout=PATIENCE_SECONDS)
    told = json.loads(out)
    assert told["shown"] == ["event_log", "observers", "counters"]
    assert told["own"] == ["Night shift"]
    assert told["draft"] == DRAFT
