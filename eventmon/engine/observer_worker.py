"""The worker of a queued observer: takes one event at a time from its own queue, bounded in time, and counts.

A worker that is closed while its observer works gives that event up at once: an observer that does not even end
when it is cancelled is left behind and can neither count nor take anything any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from eventmon.core.event import Event
from eventmon.core.lineage import CAUSE, Cause, Lineage
from eventmon.engine.observer_queue import ObserverQueue
from eventmon.engine.observer_tally import ObserverTally
from eventmon.engine.tasks import TaskOwner
from eventmon.observers.base import QueuedObserver

TIMEOUT_SECONDS = 30.0
TURN_SECONDS = 0.002
"""An observer that never really waits lets others have the loop after so long."""

OnFailure = Callable[[Event, BaseException, str], None]

RAISED = (Exception, asyncio.CancelledError, SystemExit)
"""What an observer may raise and harm nobody: also what would end the task or the whole thread of the engine."""


class ObserverWorker:
    """Delivers what is put into its queue, in order."""

    def __init__(
        self,
        observer: QueuedObserver,
        queue: ObserverQueue,
        tally: ObserverTally,
        on_failure: OnFailure,
        *,
        timeout: float,
    ) -> None:
        """Make it and start its task.

        Args:
            observer: does the work.
            queue: what waits for it.
            tally: where events are counted.
            on_failure: counts and reports an event that failed; the text stands for the error's own words.
            timeout: seconds for one event.
        """
        self._observer = observer
        self._queue = queue
        self._tally = tally
        self._on_failure = on_failure
        self._timeout = timeout
        self._working = False
        self._closed = False
        self._wake = asyncio.Event()
        self._tasks = TaskOwner("observer")
        self._tasks.start("worker", self._work())

    def put(self, event: Event, lineage: Lineage) -> None:
        """Take an event in; what finds no room is counted as dropped."""
        dropped = self._queue.put(event, lineage)
        self._tally.dropped += dropped
        self._tally.pending += 1 - dropped
        self._wake.set()

    def clear(self) -> None:
        """Drop what waits; the event being worked on is finished."""
        dropped = self._queue.clear()
        self._tally.dropped += dropped
        self._tally.pending -= dropped

    def hand_over(self, other: ObserverWorker) -> None:
        """Let another worker take what waits here."""
        while self._queue:
            self._tally.pending -= 1
            other.put(*self._queue.take())

    def close(self) -> None:
        """Take nothing any more; what waits and the event being worked on are dropped. ``ended`` has to follow."""
        if self._closed:
            return
        self.clear()
        self._closed = True
        if self._working:
            self._tally.pending -= 1
            self._tally.dropped += 1

    async def ended(self) -> bool:
        """End the task of a closed worker; False when it does not end."""
        return await self._tasks.close()

    async def _work(self) -> None:
        began = perf_counter()
        while not self._closed:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                began = perf_counter()
                continue
            await self._deliver(*self._queue.take())
            if perf_counter() - began > TURN_SECONDS:
                await asyncio.sleep(0)
                began = perf_counter()

    async def _deliver(self, event: Event, lineage: Lineage) -> None:
        cause = Cause(lineage)
        CAUSE.set(cause)
        self._working = True
        began = perf_counter()
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                await self._observer.deliver(event)
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except RAISED as error:
            if isinstance(error, asyncio.CancelledError) and self._is_cancelled():
                self.close()
                raise
            self._failed(event, error, f"It timed out after {self._timeout:g} s." if limit.expired() else "")
        else:
            self._delivered(perf_counter() - began)
        finally:
            cause.running = False
            self._working = False

    def _delivered(self, seconds: float) -> None:
        if not self._closed:
            self._tally.pending -= 1
            self._tally.deliver(seconds)

    def _failed(self, event: Event, error: BaseException, text: str) -> None:
        if not self._closed:
            self._tally.pending -= 1
            self._on_failure(event, error, text)

    def _is_cancelled(self) -> bool:
        """Whether the worker itself is being ended, and not only something that its observer waited for."""
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
