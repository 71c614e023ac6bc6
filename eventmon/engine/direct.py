"""One connection without an engine, for verbs that talk to a source themselves; nothing is stored.

It lives on a loop in a thread of its own, so that it answers pings while its caller writes to a slow terminal or
waits for standard input. What arrives is handed over in a few batches; then the connection waits for its reader.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from eventmon.connectors.base import Connection, ConnectionFault, Sent
from eventmon.core.cloudevents import to_json
from eventmon.core.event import Event
from eventmon.engine.direct_feed import DirectFeed
from eventmon.engine.secrets import SecretStore
from eventmon.engine.selection import Selection
from eventmon.engine.target import Target
from eventmon.engine.watched import Say, Unreachable

T = TypeVar("T")

CONNECT_SECONDS = 30.0
RECONNECT_SECONDS = 60.0
"""How long a publisher waits for a source that was there before."""
REFUSAL_SECONDS = 6.0
"""A source that refuses for so long and is not seen to be lost means it; a lost one is noticed within five."""
RETRY_SECONDS = 0.1
CLOSE_SECONDS = 2.0
LONGEST_WAIT = 0.5


@dataclass(slots=True)
class Tally:
    """What became of published events.

    Attributes:
        sent: how many were sent.
        receivers: how many received them, all together; None when the source does not say.
        unheard: how many of them nobody received, as far as the source says.
    """

    sent: int = 0
    receivers: int | None = None
    unheard: int = 0

    def count(self, sent: Sent) -> None:
        """One more."""
        self.sent += 1
        if sent.receivers is not None:
            self.receivers = (self.receivers or 0) + sent.receivers
            self.unheard += sent.receivers == 0


class DirectConnection:
    """A connection for one thread, as a context manager: once entered it is up."""

    _loop: asyncio.AbstractEventLoop

    def __init__(
        self, target: Target, secrets: SecretStore, *, say: Say, listens: bool, patterns: Sequence[str] = ()
    ) -> None:
        """Make it; nothing is connected yet.

        Args:
            target: where to.
            secrets: has the passwords that its URL only refers to.
            say: shows a sentence to the user; called in the connection's thread.
            listens: events are wanted; otherwise what comes is let go.
            patterns: the topics wanted; all without one.
        """
        self._target = target
        self._feed = DirectFeed(target, say, Selection(patterns), listens=listens)
        self._secrets = secrets
        self._up: Future[None] = Future()
        self._work: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"connection {target.name}", daemon=True)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        try:
            self._up.result(CONNECT_SECONDS)
        except TimeoutError:
            self.close()
            raise Unreachable(f"{self._target.name}: nothing answered within {CONNECT_SECONDS:.0f} s.") from None
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection and its thread."""
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it ended just now
                self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(CLOSE_SECONDS)

    def batch(self, within: float | None = None) -> Sequence[Event]:
        """The next events, at least one; none when the source has ended.

        Args:
            within: seconds to wait; None for as long as it takes.

        Raises:
            TimeoutError: none came in time.
            UserError: the connection failed; the sentence says why.
        """
        return self._call(self._feed.take(), within)

    def documents(self, deadline: float | None) -> Iterator[bytes]:
        """Events as JSON as they come, until the source ends or the monotonic clock reaches ``deadline``."""
        from uuid_utils import uuid7

        unnamed = str(uuid7())
        while deadline is None or time.monotonic() < deadline:
            try:
                events = self.batch(None if deadline is None else deadline - time.monotonic())
            except TimeoutError:
                return
            if not events:
                return
            for event in events:
                yield to_json(event, unnamed)

    def publish(self, events: Iterable[Event]) -> Tally:
        """Send events in order; returns when the source has taken all of them.

        An event that was on its way when the connection broke is sent again, with the same id.

        Raises:
            Unreachable: the connection was lost and did not come back.
            UserError: the source refuses an event; those before it are sent.
        """
        return self._call(self._publish(events))

    def _call(self, work: Coroutine[Any, Any, T], within: float | None = None) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        until = math.inf if within is None else time.monotonic() + within
        try:
            # never for long at a time: a Ctrl+C that comes just before a wait begins is noticed after it
            while not wait([future], min(LONGEST_WAIT, until - time.monotonic())).done:
                if time.monotonic() >= until:
                    raise TimeoutError
            return future.result()
        finally:
            future.cancel()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, contextlib.suppress(asyncio.CancelledError):
            runner.run(self._live())

    async def _live(self) -> None:
        """Run the connection, and stay for its reader until cancelled."""
        self._work = asyncio.current_task()
        self._feed.on_status = self._look
        try:
            address = self._target.address
            config = self._feed.config = await address.resolved(self._secrets)
            self._connection = address.connector.open(config, self._feed)
            with self._feed.hiding():
                await self._connection.run()
        except Exception as error:  # noqa: BLE001 - border: whoever waits for the connection must hear why it ended
            self._settle(error)
            await self._feed.end(error)
        else:
            self._settle(self._feed.watched.fault())
            await self._feed.end(self._feed.watched.fault())
        await asyncio.Event().wait()

    def _look(self) -> None:
        watched = self._feed.watched
        fault = watched.fault()
        if fault is not None or watched.settled:
            self._settle(fault)

    def _settle(self, error: Exception | None) -> None:
        """Answer whoever waits for the first word of the connection."""
        if self._up.done():
            return
        if error is None:
            self._up.set_result(None)
        else:
            self._up.set_exception(error)

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    async def _publish(self, events: Iterable[Event]) -> Tally:
        tally = Tally()
        with self._feed.hiding():
            for event in events:
                tally.count(await self._send(event))
        return tally

    async def _send(self, event: Event) -> Sent:
        assert self._connection is not None
        began = time.monotonic()
        lost = False
        while True:
            try:
                return await self._connection.publish(event)
            except ConnectionFault as fault:
                waited = time.monotonic() - began
                lost = lost or self._feed.watched.phase != "connected"
                if not fault.retry or (not lost and waited > REFUSAL_SECONDS):
                    raise
                if waited > RECONNECT_SECONDS:
                    raise Unreachable(f"{self._target.name}: {fault}") from fault
            await asyncio.sleep(RETRY_SECONDS)
