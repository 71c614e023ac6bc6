"""SIGTERM and SIGINT as a call in the window's loop: Python's own handlers wait for the next bytecode, Qt may idle."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable


class SignalWatch:
    """Calls ``stop`` in the loop for each signal that asks for the end, until closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
        self._loop = loop
        self._stop = stop
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
        loop.add_reader(self._read, self._arrived)

    def close(self) -> None:
        """Give the signals back."""
        self._loop.remove_reader(self._read)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def _arrived(self) -> None:
        """Other signals wake us up as well: only what is in the pipe says which one came."""
        if set(os.read(self._read, 64)) & {signal.SIGTERM, signal.SIGINT}:
            self._stop()
