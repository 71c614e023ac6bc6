from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from eventmon.engine.watchdog import Watchdog
from tests.engine.conftest import Run


def test_a_loop_that_stands_still_is_logged_with_its_stacks(run: Run[Any], warnings_logged: list[str]) -> None:
    async def scenario() -> float:
        told: asyncio.Queue[float] = asyncio.Queue()
        watchdog = Watchdog(told.put_nowait, stuck_seconds=0.1, beat_seconds=0.02)
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
    assert "block_the_loop" in warnings_logged[0]
    assert len(warnings_logged) == 1


def test_a_loop_that_runs_is_left_in_peace(run: Run[Any]) -> None:
    async def scenario() -> None:
        told: list[float] = []
        watchdog = Watchdog(told.append, stuck_seconds=5.0, beat_seconds=0.005)
        watchdog.start()
        await asyncio.sleep(0.05)
        watchdog.stop()
        assert told == []

    run(scenario())
