"""Engines of a team on one hub, each with a profile of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.engine import Engine
from eventmon.engine.frame import Frame, HubStatus, ObserverStatus
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths

LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def on_hub(profile: str, url: str = "", **options: Any) -> AsyncIterator[Colleague]:
    """An engine of one of the team for the length of a block."""
    paths = Paths.for_profile(profile)
    engine = Engine(EngineOptions(profile=profile, hub=url, **options), paths)
    await engine.start()
    try:
        yield Colleague(engine)
    finally:
        await engine.stop()


class Colleague:
    """Somebody at an engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.attached: list[ObserverStatus] = []
        self.topics: dict[str, int] = {}

    async def attach(self, name: str, pattern: str = "orders/#", **more: Any) -> ObserverStatus:
        definition = ObserverDefinition(**{"name": name, "kind": "counter", "pattern": pattern, **more})
        return await self.engine.answer(requests.AttachObserver(definition=definition))

    async def frame(self) -> Frame:
        frame = await self.engine.answer(requests.TakeFrame(viewer="window"))
        self.attached = frame.attached if frame.attached is not None else self.attached
        self.topics.update({delta.topic: delta.observers for delta in frame.topics})
        return frame

    def hub(self) -> HubStatus:
        assert self.engine.hub.sharing is not None
        return self.engine.hub.sharing.status()

    def observers(self) -> dict[str, ObserverStatus]:
        return {status.name: status for status in self.engine.observers.statuses()}

    def states(self) -> dict[str, str]:
        return {name: status.state for name, status in self.observers().items()}

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 - several engines and a server, which tell nobody together
                await asyncio.sleep(LOOK_SECONDS)

    async def until_states(self, **states: str) -> None:
        await self.until(lambda: self.states() == states)

    async def until_pattern(self, name: str, pattern: str) -> None:
        await self.until(lambda: self.observers()[name].pattern == pattern)

    def problems(self) -> list[str]:
        return [problem.text for problem in self.engine.problems.since(0)]
