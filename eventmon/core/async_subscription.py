"""An async observer: a bounded queue and a task that empties it, on the loop that ran when it subscribed.

The task lives only while there is something to do, so that a bus leaves nothing behind that a loop would have to
cancel. The publisher never waits for it; what does not fit is refused or dropped and counted, as chosen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from threading import RLock
from typing import Literal, get_args

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.lineage import CAUSE, Cause, Lineage
from eventmon.core.pattern import Pattern
from eventmon.core.problem import BusProblem
from eventmon.core.subscription import Owner, Subscription, SubscriptionStatistics

Overflow = Literal["raise", "drop_oldest", "drop_newest", "latest"]

QUEUE_LIMIT = 100_000
EVENTS_A_TURN = 64
"""How many events an observer that never really waits may take before the loop serves others."""


def check_overflow(overflow: str) -> None:
    """UserError when there is no such overflow policy."""
    if overflow not in get_args(Overflow):
        raise UserError(f"There is no overflow policy {overflow!r}: use one of {', '.join(get_args(Overflow))}.")


class AsyncSubscription(Subscription):
    """The handle of one async observer."""

    __slots__ = (
        "_delivered",
        "_gone",
        "_idle_calls",
        "_lock",
        "_pending",
        "_queue",
        "_task",
        "_working",
        "limit",
        "loop",
        "overflow",
        "timeout",
    )

    def __init__(
        self,
        owner: Owner,
        number: int,
        pattern: Pattern,
        callback: Callable[[Event], Awaitable[object]],
        name: str,
        *,
        overflow: Overflow,
        timeout: float | None,
        limit: int,
    ) -> None:
        super().__init__(owner, number, pattern, callback, name)
        self.loop = asyncio.get_running_loop()
        self.overflow = overflow
        self.timeout = timeout
        self.limit = limit
        self.handle = self._put
        # re-entrant, because a finalizer or a signal handler may publish while this thread holds it
        self._lock = RLock()
        self._queue: deque[tuple[Event, Lineage]] = deque()
        self._pending = 0  # the queue and the event that is being awaited
        self._working = False
        self._gone = False
        self._delivered = 0
        self._task: asyncio.Task[None] | None = None
        self._idle_calls: list[Callable[[], object]] = []

    @property
    def room(self) -> int | None:
        """How many more events it takes before it refuses; None when it never does."""
        if self.overflow != "raise" or self.loop.is_closed():
            return None
        return self.limit - len(self._queue)

    @property
    def pending(self) -> int:
        """Events queued or being awaited."""
        self._drop_if_closed()
        return self._pending

    def statistics(self) -> SubscriptionStatistics:
        """The counters, all from one instant."""
        self._drop_if_closed()
        with self._lock:
            return self._statistics(delivered=self._delivered, pending=self._pending)

    def drop(self, count: int) -> None:
        """Count events that matched and are not delivered."""
        with self._lock:
            super().drop(count)

    def when_idle(self, call: Callable[[], object]) -> bool:
        """Run ``call`` once (on any thread) when nothing is pending; False, and no call, when that is so already."""
        self._drop_if_closed()
        with self._lock:
            if not self._pending or not self.loop.is_running():
                return False
            self._idle_calls.append(call)
        self._wake()
        return True

    def _put(self, event: Event) -> None:
        lineage = self._owner.lineage()
        with self._lock:
            if self.loop.is_closed() or not self._make_room():
                super().drop(1)
            else:
                self._queue.append((event, lineage))
                self._pending += 1
        if self.loop.is_closed():
            self._drop_if_closed()
        else:
            self._wake()

    def _make_room(self) -> bool:
        if self.overflow == "latest":
            self._take_out(len(self._queue))
        elif len(self._queue) >= self.limit:
            if self.overflow != "drop_oldest":
                return False
            self._take_out(1)
        return True

    def _take_out(self, count: int) -> None:
        for _ in range(count):
            self._queue.popleft()
        self._pending -= count
        super().drop(count)

    def _wake(self) -> None:
        with self._lock:
            if self._working or not self._queue:
                return
            self._working = True
        try:
            self.loop.call_soon_threadsafe(self._start)
        except RuntimeError:  # the loop is closed
            self._drop_if_closed()

    def _start(self) -> None:
        self._task = self.loop.create_task(self._work(), name=f"observer {self.name}")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            # The loop is about to close, as a rule: the next event or drain() starts the work again, if ever.
            self._working = False
        elif task.exception() is not None:
            self._working = False
            self._wake()

    async def _work(self) -> None:
        turn = 0
        while (work := self._next()) is not None:
            await self._call(*work)
            turn += 1
            if turn % EVENTS_A_TURN == 0:
                await asyncio.sleep(0)

    def _next(self) -> tuple[Event, Lineage] | None:
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._working = False
            return None

    async def _call(self, event: Event, lineage: Lineage) -> None:
        cause = Cause(lineage)
        CAUSE.set(cause)
        limit = asyncio.timeout(self.timeout)
        try:
            async with limit:
                await self.callback(event)
        # The named border: what an async observer raises is its own failure and must reach nobody else.
        except BaseException as error:
            if self._cancelled(error):
                self._finish(dropped=1)
                raise
            self._finish(failed=1)
            self.remember(event, error, f"timed out after {self.timeout:g} s" if limit.expired() else "")
            if not isinstance(error, Exception | asyncio.CancelledError):
                raise
        else:
            self._finish(delivered=1)
        finally:
            cause.running = False
            self._call_idle()

    def _cancelled(self, error: BaseException) -> bool:
        """Whether the worker itself is being ended, by its loop or because nobody refers to it any more."""
        if isinstance(error, GeneratorExit):
            return True
        task = self._task
        return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0

    def _finish(self, *, delivered: int = 0, failed: int = 0, dropped: int = 0) -> None:
        with self._lock:
            if self.loop.is_closed():  # whoever notices drops everything that is pending, this event too
                return
            self._pending -= 1
            self._delivered += delivered
            self.failed += failed
            self.dropped += dropped
            if not self.active:
                self._owner.retire(failed=failed, dropped=dropped)

    def _call_idle(self) -> None:
        with self._lock:
            if self._pending or not self._idle_calls:
                return
            calls, self._idle_calls = self._idle_calls, []
        for call in calls:
            call()

    def _release(self) -> None:
        """Drop what is queued; a call being awaited is left to end by itself."""
        with self._lock:
            self._take_out(len(self._queue))
        self._call_idle()

    def _drop_if_closed(self) -> None:
        """Give up what is pending when the loop is gone, and say so once."""
        with self._lock:
            if not self.loop.is_closed() or (not self._pending and self._gone):
                return
            lost, self._pending = self._pending, 0
            self._queue.clear()
            super().drop(lost)
            first, self._gone = not self._gone, True
        if first:
            text = f"its event loop is closed; {lost:,} pending events and all that follow are dropped: dispose of it"
            self._owner.report(BusProblem(kind="closed", observer=self.name, topic="", seq=0, text=text))
        self._call_idle()
