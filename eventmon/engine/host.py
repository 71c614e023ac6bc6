"""An engine in this process: a thread of its own with its own loop, so that the window never waits for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from typing import TypeVar

from eventmon.core.errors import UserError
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import Request

Answer = TypeVar("Answer")

CLOSE_SECONDS = 10.0

_logger = logging.getLogger(__name__)


class LocalEngine:
    """An ``EngineClient`` for an engine that it runs itself. Safe from any thread."""

    def __init__(self, options: EngineOptions, paths: Paths) -> None:
        self._options = options
        self._paths = paths
        self._started: Future[None] = Future()
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self._stopping: asyncio.Event | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> Future[None]:
        """Start the engine; the future is done when it runs, or holds the UserError that says why it does not."""
        with self._guard:
            if not self._closed and self._thread.ident is None:
                self._thread.start()
        return self._started

    def call(self, request: Request[Answer]) -> Future[Answer]:
        """Ask; the future completes in the engine's thread."""
        with self._guard:
            if self._engine is None or self._loop is None or self._closed:
                return _refused()
            return asyncio.run_coroutine_threadsafe(self._engine.answer(request), self._loop)

    def close(self) -> None:
        """Stop the engine in order and join its thread; blocks at most 10 s. Harmless when called again."""
        with self._guard:
            self._closed = True
            if self._loop is not None and self._stopping is not None:
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.ident is None:
            return
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            _logger.error("The engine did not stop within %.0f s.", CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except Exception as error:  # border: the thread's end; whoever waits for the start must hear of it
            _logger.exception("The engine ended unexpectedly.")
            if not self._started.done():
                self._started.set_exception(UserError(f"The engine could not start ({type(error).__name__}: {error})."))

    async def _live(self) -> None:
        engine = Engine(self._options, self._paths)
        stopping = asyncio.Event()
        with self._guard:
            if self._closed:
                stopping.set()
            self._loop, self._stopping = asyncio.get_running_loop(), stopping
        try:
            await engine.start()
            with self._guard:
                self._engine = engine
            self._started.set_result(None)
            await stopping.wait()
        except UserError as error:
            self._started.set_exception(error)
        finally:
            with self._guard:
                self._engine = self._loop = None
            await engine.stop()


def _refused() -> Future[Answer]:
    future: Future[Answer] = Future()
    future.set_exception(UserError("The engine is not running. Start Eventmon again."))
    return future
