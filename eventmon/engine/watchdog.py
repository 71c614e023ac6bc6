"""Sees when the engine's loop stands still: whoever blocks it is logged with the stacks of all threads."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable

BEAT_SECONDS = 0.25
STUCK_SECONDS = 1.0
STANDS_STILL = "The engine's loop stands still."

_logger = logging.getLogger(__name__)


class Watchdog:
    """A heartbeat on the loop and a thread that misses it."""

    def __init__(
        self,
        on_stuck: Callable[[float], None],
        *,
        stuck_seconds: float = STUCK_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        """Make it; ``on_stuck`` is called in the loop, once it runs again, with the seconds it stood still."""
        self._on_stuck = on_stuck
        self._stuck_seconds = stuck_seconds
        self._beat_seconds = beat_seconds
        self._loop = asyncio.get_running_loop()
        self._beaten = time.monotonic()
        self._handle: asyncio.TimerHandle | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.worst_lag = 0.0

    def start(self) -> None:
        """Start watching the loop that runs now."""
        self._beaten = time.monotonic()
        self._handle = self._loop.call_later(self._beat_seconds, self._beat)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and end the thread."""
        if self._handle is not None:
            self._handle.cancel()
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        now = time.monotonic()
        lag = now - self._beaten - self._beat_seconds
        self.worst_lag = max(self.worst_lag, lag)
        self._beaten = now
        if lag > self._stuck_seconds:
            self._on_stuck(lag)
        self._handle = self._loop.call_later(self._beat_seconds, self._beat)

    def _watch(self) -> None:
        logged = 0.0
        while not self._ended.wait(self._beat_seconds):
            beaten = self._beaten
            if time.monotonic() - beaten > self._stuck_seconds + self._beat_seconds and beaten != logged:
                logged = beaten
                _logger.warning("%s All stacks:\n%s", STANDS_STILL, _all_stacks())


def _all_stacks() -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return "\n".join(
        f"Thread {names.get(ident, ident)}:\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in sys._current_frames().items()
    )
