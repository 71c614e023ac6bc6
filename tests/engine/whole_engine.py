"""A whole engine for a block, and what its viewers see of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from eventmon.engine import requests
from eventmon.engine.engine import Engine
from eventmon.engine.frame import Frame
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths

QUIET = EngineOptions(serve_control=False)
REMEMBERS = EngineOptions()


@asynccontextmanager
async def running(paths: Paths, options: EngineOptions = QUIET) -> AsyncIterator[Engine]:
    """An engine that is stopped at the end of the block."""
    engine = Engine(options, paths)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def take_frame(engine: Engine, viewer: str = "window") -> Frame:
    """What is new to a viewer."""
    return await engine.answer(requests.TakeFrame(viewer=viewer))
