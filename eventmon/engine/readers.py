"""Reads of the log beside the loop: two threads with a reader each, so a long search never delays visible rows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from eventmon.core.errors import UserError
from eventmon.store.base import LogReader
from eventmon.store.open import open_reader

T = TypeVar("T")

THREADS = 2


class Readers:
    """A small pool of readers of one session; each is opened when its thread is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="log-reader")
        self._local = threading.local()
        self._opened: list[LogReader] = []
        self._opening = threading.Lock()
        self._searching = asyncio.Semaphore(THREADS - 1)
        self._closed = False

    async def read(self, work: Callable[[LogReader], T]) -> T:
        """Run ``work`` with a reader in one of the threads; it has to be short and must not keep the reader."""
        if self._closed:
            raise UserError("The session is closed. Open it again.")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._run, work)

    async def search(self, work: Callable[[LogReader], T]) -> T:
        """Like ``read``, for work that may take longer: one thread always stays free for short reads."""
        async with self._searching:
            return await self.read(work)

    async def close(self) -> None:
        """Wait for the reads that run, refuse the others, give the readers back."""
        self._closed = True
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)
        for reader in self._opened:
            reader.close()
        self._opened.clear()

    def _run(self, work: Callable[[LogReader], T]) -> T:
        reader: LogReader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = open_reader(self._path)
            with self._opening:
                self._opened.append(reader)
        return work(reader)
