"""What an engine does once a second, and the watch over its loop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from eventmon.engine.tasks import TaskOwner
from eventmon.engine.watchdog import Watchdog

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

TICK_SECONDS: Final = 1.0


class Pulse:
    """Beats while its engine runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks = TaskOwner("engine")

    def start(self, started: AsyncExitStack) -> None:
        """Begin; the stack ends it."""
        watchdog = Watchdog(self._stuck, stacks_file=self._engine.paths.cache / "stacks.txt")
        watchdog.start()
        started.callback(watchdog.stop)
        self._tasks.start("tick", self._tick())
        self._tasks.start("templates", self._engine.templates.follow(TICK_SECONDS))
        started.push_async_callback(self._tasks.close)

    def _stuck(self, seconds: float) -> None:
        self._engine.problems.report("warning", "engine", f"The engine stood still for {seconds:.1f} s.")

    async def _tick(self) -> None:
        engine = self._engine
        while True:
            await asyncio.sleep(TICK_SECONDS)
            engine.frames.tick()
            engine.connections.tick()
            engine.observers.tick()
            if engine.hub.sharing is not None:
                engine.hub.sharing.tick()
            await engine.look_again()
