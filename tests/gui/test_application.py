"""The window's life: it stands before the engine, tells why there is none, and ends in order whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.settings import load_settings
from eventmon.gui.application import WindowLife, wants_box
from eventmon.gui.layout import load_layout
from tests.helpers.scripted_engine import ScriptedEngine

ROOT = Path(__file__).resolve().parents[2]


class ScriptedLife(WindowLife):
    """A life with a scripted engine, or a reason why there is none."""

    def __init__(self, engine: ScriptedEngine | UserError) -> None:
        self.scripted = engine
        super().__init__(EngineOptions(), None)

    def _make_client(self) -> Any:
        if isinstance(self.scripted, UserError):
            raise self.scripted
        return self.scripted


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVENTMON_HOME", str(tmp_path))
    return tmp_path


def live(loop: asyncio.AbstractEventLoop, life: WindowLife, act: Callable[[], object]) -> int:
    """Live until ``act``, done at the first frame, ends it."""
    life.context.bridge.frameReady.connect(lambda frame: frame.number == 1 and loop.call_soon(act))
    return loop.run_until_complete(life.live())


def test_closing_the_window_ends_in_order(loop: asyncio.AbstractEventLoop, engine: ScriptedEngine) -> None:
    life = ScriptedLife(engine)
    assert live(loop, life, life.window.close) == 0
    assert engine.closed
    assert not life.window.isVisible()
    assert not life.context.bridge.attached


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_in_order(
    loop: asyncio.AbstractEventLoop, engine: ScriptedEngine, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    assert live(loop, ScriptedLife(engine), lambda: os.kill(os.getpid(), number)) == 0
    assert engine.closed
    assert signal.getsignal(number) is before


def test_quit_ends_in_order(loop: asyncio.AbstractEventLoop, engine: ScriptedEngine) -> None:
    life = ScriptedLife(engine)
    assert live(loop, life, life.context.commands.action("session.quit").trigger) == 0
    assert engine.closed


def test_layout_and_appearance_are_there_next_time(loop: asyncio.AbstractEventLoop, engine: ScriptedEngine) -> None:
    first = ScriptedLife(engine)

    def change() -> None:
        first.context.commands.action("view.theme_dark").trigger()
        first.context.commands.action("view.text_larger").trigger()
        first.context.commands.action("view.utc").trigger()
        first.window.docks.dock("counters").hide()
        first.window.close()

    assert live(loop, first, change) == 0
    settings = load_settings(Paths.for_profile())
    assert (settings.theme, settings.text_percent, settings.utc) == ("dark", 115, True)
    second = ScriptedLife(ScriptedEngine())
    assert second.context.theme.dark
    second.show()
    assert second.window.docks.dock("counters").isHidden()
    assert live(loop, second, second.window.close) == 0


def test_a_damaged_layout_is_a_problem_and_no_more(loop: asyncio.AbstractEventLoop, home: Path) -> None:
    engine = ScriptedEngine()
    life = ScriptedLife(engine)
    path = life.paths.layout_file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{")
    assert live(loop, life, life.window.close) == 0
    assert "cannot be used" in str(engine.asked[0])
    assert load_layout(path) is not None


def test_damaged_settings_are_a_problem_and_no_more(loop: asyncio.AbstractEventLoop) -> None:
    path = Paths.for_profile().settings_file
    path.parent.mkdir(parents=True)
    path.write_text('[appearance]\ntheme = "plaid"\n')
    engine = ScriptedEngine()
    life = ScriptedLife(engine)
    assert live(loop, life, life.window.close) == 0
    assert "theme" in str(engine.asked[0])
    assert "plaid" in path.read_text()


def test_why_there_is_no_session_is_said_and_the_exit_code_is_1(
    loop: asyncio.AbstractEventLoop, capsys: pytest.CaptureFixture[str]
) -> None:
    life = ScriptedLife(UserError("orders.txt is not a session of Eventmon."))
    assert live(loop, life, lambda: None) == 1
    assert capsys.readouterr().err == "eventmon: orders.txt is not a session of Eventmon.\n"
    assert not life.paths.layout_file.exists()


def test_a_wish_to_end_before_the_engine_runs_is_kept(loop: asyncio.AbstractEventLoop, engine: ScriptedEngine) -> None:
    life = ScriptedLife(engine)
    life.show()
    life.window.close()
    assert loop.run_until_complete(life.live()) == 0
    assert not engine.closed


def test_an_unexpected_error_is_a_problem_and_the_window_lives(
    loop: asyncio.AbstractEventLoop, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    life = ScriptedLife(engine)

    def fail_and_close() -> None:
        try:
            raise ValueError("no such order")
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        assert life.window.isVisible()
        life.window.close()

    assert live(loop, life, fail_and_close) == 0
    assert any("ValueError: no such order" in str(asked) for asked in engine.asked)
    assert "Unexpected error in window" in caplog.text


def test_nobody_sits_before_an_offscreen_window(qtbot: QtBot) -> None:
    assert not wants_box()


def test_nothing_slow_is_loaded_before_the_first_paint(home: Path) -> None:
    script = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from eventmon.gui.application import WindowLife, make_application\n"
        "application = make_application()\n"
        "WindowLife(SimpleNamespace(profile='default'), None).show()\n"
        "slow = {'aiohttp', 'apsw', 'asyncio', 'numpy', 'pyqtgraph', 'qasync', 'pyroaring', 'ssl'}\n"
        "print(*sorted(slow & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == []
