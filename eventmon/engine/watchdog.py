"""Sees when the engine's loop stands still, and keeps the stacks of all threads, which tell who blocks it.

A starved machine makes any loop late, so this is a record for whoever looks into it and no alarm: one line for the
log of the program, the stacks in a file that holds the last ones only, and nothing on standard error unless logging
is set up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

BEAT_SECONDS = 0.25
STUCK_SECONDS = 1.0
STANDS_STILL = "The engine's loop stands still."

_logger = logging.getLogger(__name__)
_logger.addHandler(logging.NullHandler())  # keeps the last resort of logging from writing to standard error


class Watchdog:
    """A heartbeat on the loop and a thread that misses it."""

    def __init__(
        self,
        on_stuck: Callable[[float], None],
        *,
        stacks_file: Path,
        stuck_seconds: float = STUCK_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        """Make it.

        Args:
            on_stuck: called in the loop, once it runs again, with the seconds it stood still.
            stacks_file: where the stacks go while it stands still.
            stuck_seconds: how late the loop may be.
            beat_seconds: how often it is looked at.
        """
        self._on_stuck = on_stuck
        self._stacks_file = stacks_file
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
                self._keep_stacks()

    def _keep_stacks(self) -> None:
        stacks = _all_stacks()
        with contextlib.suppress(OSError):  # a full disk may be why it stands still
            self._stacks_file.write_text(stacks, errors="backslashreplace")
        _logger.warning("%s The stacks of all threads are in %s.", STANDS_STILL, self._stacks_file)
        _logger.debug("All stacks:\n%s", stacks)


def _all_stacks() -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return "\n".join(
        f"Thread {names.get(ident, ident)}:\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in sys._current_frames().items()
    )
