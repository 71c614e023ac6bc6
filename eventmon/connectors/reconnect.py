"""The life of a connection that may be lost: connect, read, and after a loss wait, try again, and say what is missing.

A protocol gives one coroutine, the *session*: it connects, calls ``established`` once everything is subscribed, then
reads until something breaks and raises. All else is here, the same for every protocol: the phases that people see,
full-jitter backoff (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015), and a gap for each interruption.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable

from eventmon.connectors.base import ConnectionFault, Feed
from eventmon.core.clock import now_microseconds

FIRST_WAIT = 0.1
LONGEST_WAIT = 30.0
LONGEST_WAIT_AT_FIRST = 1.5
FIRST_SECONDS = 60.0
"""In the first minute of an outage no wait is long, so that a server that comes back is met within two seconds."""
STEADY_SECONDS = 5.0
"""A session that lived so long was a good one: after it the waits begin small again."""
SECOND = 1_000_000

Session = Callable[[], Awaitable[None]]


class Backoff:
    """How long to wait before the next try: any time up to a limit that doubles from 0.1 s to 1.5 s, later to 30 s."""

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._limit = FIRST_WAIT

    def next(self, down: float) -> float:
        """Seconds to wait now, when the connection has been down for so many."""
        longest = LONGEST_WAIT_AT_FIRST if down < FIRST_SECONDS else LONGEST_WAIT
        limit, self._limit = min(self._limit, longest), min(longest, self._limit * 2)
        return self._uniform(0.0, limit)

    def reset(self) -> None:
        """Begin small again."""
        self._limit = FIRST_WAIT


class Lifeline:
    """Keeps one connection alive.

    Attributes:
        interruptions: how often the connection was lost after it had been established.
        up: whether it is established now.
    """

    def __init__(
        self,
        feed: Feed,
        *,
        missing: Callable[[], str],
        backoff: Backoff | None = None,
        now: Callable[[], int] = now_microseconds,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it.

        Args:
            feed: told of phases and gaps.
            missing: one sentence about what an interruption means for what is watched, for its gap row.
            backoff: decides the waits.
            now: microseconds since the epoch.
            monotonic: seconds.
        """
        self.interruptions = 0
        self.up = False
        self._feed = feed
        self._missing = missing
        self._backoff = backoff or Backoff()
        self._now = now
        self._monotonic = monotonic
        self._hurry = asyncio.Event()
        self._seen_until = 0
        self._since = 0.0
        self._loss = ""

    async def run(self, session: Session) -> None:
        """Run sessions until cancelled.

        Raises:
            ConnectionFault: trying again makes no sense; the sentence says why.
        """
        self._feed.status("connecting")
        self._since = self._monotonic()
        try:
            while True:
                fault = await self._one(session)
                if not fault.retry:
                    raise fault
                await self._wait(fault)
        finally:
            self._end_gap()

    def established(self, detail: str = "") -> None:
        """Everything is subscribed: what is sent from now on will be seen."""
        self._end_gap()
        self.up = True
        self._since = self._monotonic()
        self._seen_until = self._now()
        self._feed.status("connected", detail)

    def seen(self, until: int) -> None:
        """All that happened at the source before an instant (microseconds since the epoch) has been received."""
        self._seen_until = until

    def hurry(self) -> None:
        """Try again now instead of waiting."""
        self._hurry.set()

    async def _one(self, session: Session) -> ConnectionFault:
        """One session to its end; why it ended."""
        try:
            await session()
        except ConnectionFault as fault:
            return self._lost(fault)
        except asyncio.CancelledError:
            self.up = False
            raise
        return self._lost(ConnectionFault("The server closed the connection."))

    def _lost(self, fault: ConnectionFault) -> ConnectionFault:
        if self.up:
            self.up = False
            self.interruptions += 1
            self._loss = str(fault)
            if self._monotonic() - self._since >= STEADY_SECONDS:
                self._backoff.reset()
            self._since = self._monotonic()
        return fault

    def _end_gap(self) -> None:
        """Store the row of an interruption, now that it is over or nobody will look any more."""
        if self._loss:
            self._feed.gap(self._seen_until, max(self._now(), self._seen_until), f"{self._loss} {self._missing()}")
            self._loss = ""

    async def _wait(self, fault: ConnectionFault) -> None:
        seconds = self._backoff.next(self._monotonic() - self._since)
        when = "Trying again." if seconds < 1 else f"Next try in {seconds:.0f} s."
        self._feed.status("waiting", f"{fault} {when}")
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
