from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from eventmon.engine.paths import Paths
from eventmon.engine.watchdog import STANDS_STILL, Watchdog
from tests.engine.conftest import Run


def test_a_loop_that_stands_still_is_logged_in_a_line_and_its_stacks_are_kept(
    run: Run[Any], warnings_logged: list[str], tmp_path: Path
) -> None:
    async def scenario() -> float:
        told: asyncio.Queue[float] = asyncio.Queue()
        watchdog = Watchdog(told.put_nowait, stacks_file=tmp_path / "stacks.txt", stuck_seconds=0.1, beat_seconds=0.02)
        watchdog.start()

        def block_the_loop() -> None:
            logged = threading.Event()
            deadline = time.monotonic() + 10
            while not warnings_logged and time.monotonic() < deadline:
                logged.wait(0.01)

        block_the_loop()
        seconds = await told.get()
        watchdog.stop()
        assert watchdog.worst_lag >= seconds
        return seconds

    assert run(scenario()) > 0.1
    assert warnings_logged == [f"{STANDS_STILL} The stacks of all threads are in {tmp_path / 'stacks.txt'}."]
    assert "block_the_loop" in (tmp_path / "stacks.txt").read_text()


def test_a_place_without_room_for_the_stacks_ends_no_watching(
    run: Run[Any], warnings_logged: list[str], tmp_path: Path
) -> None:
    async def scenario() -> None:
        told: asyncio.Queue[float] = asyncio.Queue()
        watchdog = Watchdog(
            told.put_nowait, stacks_file=tmp_path / "missing" / "stacks.txt", stuck_seconds=0.1, beat_seconds=0.02
        )
        watchdog.start()
        for stall in (1, 2):
            while len(warnings_logged) < stall:
                threading.Event().wait(0.01)
            await told.get()
        watchdog.stop()

    run(scenario())
    assert len(warnings_logged) == 2


STARVED_ENGINE = """
import asyncio, sys, time
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths

async def live():
    engine = Engine(EngineOptions(serve_control=False), Paths.for_profile())
    await engine.start()
    await asyncio.sleep(0.3)
    time.sleep(2)
    while not engine.problems.since(0):
        await asyncio.sleep(0.05)
    print(*[problem.text for problem in engine.problems.since(0)], sep="\\n")
    await engine.stop()

asyncio.run(live())
"""


def test_a_starved_engine_says_one_sentence_and_nothing_on_standard_error(paths: Paths) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STARVED_ENGINE],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert ended.stderr == ""
    assert re.fullmatch(r"(The engine stood still for \d+\.\d s\.\n)+", ended.stdout)
    assert "Thread MainThread" in (paths.cache / "stacks.txt").read_text()


def test_a_loop_that_runs_is_left_in_peace(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        told: list[float] = []
        watchdog = Watchdog(told.append, stacks_file=tmp_path / "stacks.txt", stuck_seconds=5.0, beat_seconds=0.005)
        watchdog.start()
        await asyncio.sleep(0.05)
        watchdog.stop()
        assert told == []

    run(scenario())
