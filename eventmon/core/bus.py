"""The bus: publish to topics, subscribe to patterns, from any thread, in order, without a lock round user code.

This is the library's face of the core; how events reach observers is in ``dispatch``, who gets them in ``table``.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from operator import attrgetter
from threading import get_ident
from time import time_ns
from typing import Any, Unpack, cast

from msgspec.structs import force_setattr

from eventmon.core.async_subscription import QUEUE_LIMIT, AsyncSubscription, Overflow, check_overflow
from eventmon.core.clock import now_microseconds
from eventmon.core.counters import BusStatistics, TopicCounters, TopicStatistics
from eventmon.core.dispatch import UNKNOWN_THREAD, Dispatcher, Group, Turn
from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE, Event, EventAttributes, check_attributes
from eventmon.core.lineage import CAUSE
from eventmon.core.pattern import Pattern
from eventmon.core.payload import MAX_PAYLOAD_BYTES, check_size, encode_payload
from eventmon.core.problem import BusProblem
from eventmon.core.subscription import Subscription
from eventmon.core.table import UNRESOLVED
from eventmon.core.topic import validate_topic

_topic_of = attrgetter("topic")
_type_of = attrgetter("type")
_data_of = attrgetter("data")
_received_of = attrgetter("received")


class Topic:
    """One topic of a bus; a handle, not a copy."""

    __slots__ = ("_bus", "name")

    def __init__(self, bus: Bus, name: str) -> None:
        self._bus = bus
        self.name = name

    def statistics(self) -> TopicStatistics:
        """Its counters now."""
        return self._bus.statistics_of(self.name) or TopicStatistics(topic=self.name)

    def publish(self, data: Any = b"", **attributes: Any) -> int:
        """The same as ``bus.publish`` to this topic."""
        return self._bus.publish(self.name, data, **attributes)


class Bus(Dispatcher):
    """Topics and observers in this process. Every method may be called from any thread, also inside an observer.

    Args:
        first_seq: number of the first event.
        clock: microseconds since the epoch; stamps ``received`` and feeds the rates.
        on_problem: told of every failing observer and cut cycle, on the thread where it happened; without one
            the 1st, 10th, 100th, ... are logged to ``eventmon.bus``.
        queue_limit: how many events an async subscriber may have waiting.
    """

    def __init__(
        self,
        *,
        first_seq: int = 1,
        clock: Callable[[], int] = now_microseconds,
        on_problem: Callable[[BusProblem], object] | None = None,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        super().__init__(first_seq=first_seq, clock=clock, on_problem=on_problem)
        self._queue_limit = queue_limit
        self._subscriptions_made = 0

    @property
    def next_seq(self) -> int:
        """The seq that the next event gets."""
        return self._next_seq

    def publish(
        self, topic: str, data: Any = b"", *, type: str = DEFAULT_TYPE, **attributes: Unpack[EventAttributes]
    ) -> int:
        """The seq of the event. Its sync observers have run, unless this is called while events are dispatched.

        Then (inside an observer, or on another thread meanwhile) it queues behind and the dispatching thread takes
        it. Bytes are kept; any other object becomes JSON, with ``datacontenttype`` application/json.
        ``attributes`` are those of ``EventAttributes``.

        Raises:
            UserError: no legal topic, attribute or payload; nothing was published.
            BusFull: an async observer that refuses has no room; nothing was published.
        """
        if data.__class__ is not bytes:
            data = encode_payload(data, attributes)
        try:
            counters = self._topics[topic]
        except (KeyError, TypeError):
            counters = self._add_topic(topic)
        size = len(data)
        if attributes or type not in counters.types or size > MAX_PAYLOAD_BYTES:
            self._check(counters, type, attributes, size)
        # the default clock without its Python frame, which would cost half as much as the clock itself
        received = time_ns() // 1000 if self._clock is now_microseconds else self._clock()
        if self._dispatcher or self._waiting or self._always_queue:
            event = Event(topic=counters.name, data=data, type=type, received=received, **attributes)
            return self._queue([event], (Group(counters, [event], size),))
        # From here to the next call no other thread, signal handler or finalizer can come in between: CPython
        # switches at calls and backward jumps only. Taking a lock would cost a quarter of the whole publish.
        self._dispatcher = UNKNOWN_THREAD
        seq = self._next_seq
        self._next_seq = seq + 1
        try:
            self._dispatcher = get_ident()
            if attributes:  # merging an empty dict into the call would cost as much as making the event
                event = Event(topic=counters.name, data=data, type=type, seq=seq, received=received, **attributes)
            else:
                event = Event(topic=counters.name, data=data, type=type, seq=seq, received=received)
            self._deliver(counters, event, seq, received, size)
        finally:
            self._current = None
            self._dispatcher = 0
            if self._waiting or self._interrupt is not None:
                self._after_direct()
        return seq

    def publish_many(self, events: Sequence[Event], *, numbered: Sequence[Event] | None = None) -> int:
        """The seq of the first event; the others follow in order. Cheaper per event than ``publish``.

        The events must be new: they get their seq, and ``received`` where it is 0. They are one turn, so what
        observers publish meanwhile comes after the last of them. All are published, or none.

        Args:
            events: in order.
            numbered: those of them that get a seq, in the same order; None for all. The others are counted and reach
                their observers like any event and keep the seq 0, so that a log of the numbered ones has no hole.

        Raises:
            UserError: a topic or payload is not legal; nothing was published.
            BusFull: an async observer that refuses has no room for all of its events; nothing was published.
        """
        batch = list(events)
        if not batch:
            return self._next_seq
        groups = self._group(batch)
        if 0 in map(_received_of, batch):
            now = self._clock()
            for event in batch:
                if not event.received:
                    force_setattr(event, "received", now)
        return self._queue(batch, groups, numbered)

    def subscribe(
        self,
        pattern: str,
        callback: Callable[[Event], Any],
        *,
        where: str | None = None,
        overflow: Overflow = "raise",
        timeout: float | None = 30.0,
        name: str = "",
    ) -> Subscription:
        """The handle that ends the subscription; the observer gets every event of matching topics from the next on.

        An ``async def`` runs on the loop that is running now, in its own order, at most ``timeout`` seconds per
        event (None: no limit). ``overflow`` says what happens when its queue is full: ``raise`` BusFull in
        ``publish``, ``drop_oldest``, ``drop_newest``, or ``latest``, which keeps the newest waiting event only.
        The same callable may subscribe twice and is then called twice.

        Raises:
            UserError: no legal pattern, policy or callable; or ``where`` was given.
            RuntimeError: an async callable, and no event loop is running.
        """
        if where is not None:
            raise UserError("Expressions are not available yet: leave where= out and test the event in the observer.")
        parsed = Pattern(pattern)
        check_overflow(overflow)
        if not callable(callback):
            raise UserError(f"An observer is a callable that takes an event, not {callback!r}: give a function.")
        with self._lock:
            self._subscriptions_made += 1
            number = self._subscriptions_made
        subscription: Subscription
        if _is_async(callback):
            subscription = AsyncSubscription(
                self,
                number,
                parsed,
                cast(Callable[[Event], Awaitable[object]], callback),
                name,
                overflow=overflow,
                timeout=timeout,
                limit=self._queue_limit,
            )
        else:
            subscription = Subscription(self, number, parsed, callback, name)
        with self._lock:
            self._table.add(subscription)
            self._subscriptions_changed(+isinstance(subscription, AsyncSubscription))
        return subscription

    def topic(self, name: str) -> Topic:
        """A handle of the topic, which is created if it is new; UserError when the name is no legal topic."""
        self._topics.get(name) or self._add_topic(name)
        return Topic(self, name)

    def topics(self) -> Iterator[TopicStatistics]:
        """The counters of every topic, in the order in which the topics appeared."""
        for counters in list(self._topics.values()):
            yield self._statistics_of(counters)

    def statistics_of(self, name: str) -> TopicStatistics | None:
        """The counters of one topic; None when it is not known."""
        counters = self._topics.get(name)
        return None if counters is None else self._statistics_of(counters)

    def restore_topic(self, statistics: TopicStatistics) -> None:
        """Add what an earlier run counted for a topic, such as a reopened log knows."""
        counters = self._topics.get(statistics.topic) or self._add_topic(statistics.topic)
        with self._lock:
            counters.restore(statistics)
            self._restored_events += statistics.events
            self._bytes += statistics.bytes

    def forget_topic(self, name: str) -> TopicStatistics | None:
        """What a topic has counted, which is known no more until something is published to it; None when it is not.

        Its events leave the totals of the bus too; ``restore_topic`` brings them back.
        """
        with self._lock:
            counters = self._topics.pop(name, None)
            if counters is None:
                return None
            self._restored_events -= counters.events
            self._bytes -= counters.bytes
        return self._statistics_of(counters)

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those attached now, in the order of their making."""
        with self._lock:
            return self._table.subscriptions()

    def statistics(self) -> BusStatistics:
        """Totals of the whole bus."""
        with self._lock:
            observers = self._table.subscriptions()
            return BusStatistics(
                events=self._restored_events
                + self._unnumbered_events
                + self._next_seq
                - self._first_seq
                - self._backlog,
                bytes=self._bytes,
                topics=len(self._topics),
                observers=len(observers),
                failed=self._retired_failed + sum(each.failed for each in observers),
                dropped=self._retired_dropped + sum(each.dropped for each in observers),
                pending=sum(each.pending for each in observers),
                waiting=self._backlog,
            )

    async def drain(self) -> None:
        """Return when all that was published has reached its observers, the async ones too.

        What they publish meanwhile is waited for as well; an async observer whose loop does not run is not.

        Raises:
            RuntimeError: called by an async observer, which would wait for itself.
        """
        cause = CAUSE.get()
        if cause is not None and cause.running:
            raise RuntimeError("drain() inside an async observer would wait for that very observer.")
        busy = True
        while busy:
            await _called(self._when_dispatched)
            busy = False
            for subscription in self.subscriptions():
                busy |= await _called(subscription.when_idle)

    def _when_dispatched(self, call: Callable[[], object]) -> bool:
        """Run ``call`` when everything published so far is dispatched; False, and no call, when that is so already."""
        with self._lock:
            if not (self._dispatcher or self._waiting):
                return False
            turn = Turn([], ())
            turn.call = call
            self._waiting.append(turn)
        self._take_turns()
        return True

    def _after_direct(self) -> None:
        if self._interrupt is not None:
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        self._take_turns()

    def _add_topic(self, topic: object) -> TopicCounters:
        name = validate_topic(topic)
        with self._lock:
            return self._topics.setdefault(name, TopicCounters(name, UNRESOLVED))

    def _statistics_of(self, counters: TopicCounters) -> TopicStatistics:
        return TopicStatistics(
            topic=counters.name,
            events=counters.events,
            bytes=counters.bytes,
            rate=counters.rate(self._clock()),
            types=counters.types,
            observers=len(self._resolution(counters).targets),
            last_seq=counters.last_seq,
            first_received=counters.first_received,
            last_received=counters.last_received,
        )

    def _check(self, counters: TopicCounters, kind: str, attributes: EventAttributes, size: int) -> None:
        check_attributes(kind, attributes)
        check_size(size)
        if kind not in counters.types:
            with self._lock:
                counters.see_types((kind,))

    def _group(self, batch: list[Event]) -> list[Group]:
        topics = list(map(_topic_of, batch))
        if topics.count(topics[0]) == len(topics):
            return [self._group_of(topics[0], batch)]
        members: defaultdict[str, list[Event]] = defaultdict(list)
        for topic, event in zip(topics, batch, strict=True):
            members[topic].append(event)
        return [self._group_of(topic, events) for topic, events in members.items()]

    def _group_of(self, topic: str, events: list[Event]) -> Group:
        counters = self._topics.get(topic) or self._add_topic(topic)
        sizes = list(map(len, map(_data_of, events)))
        size = sum(sizes)
        if size > MAX_PAYLOAD_BYTES:
            check_size(max(sizes))
        new_types = dict.fromkeys(map(_type_of, events))
        if not all(name in counters.types for name in new_types):
            with self._lock:
                counters.see_types(new_types)
        return Group(counters, events, size)


async def _called(register: Callable[[Callable[[], object]], bool]) -> bool:
    """Wait for the call that ``register`` arranges for; False at once when it says that none will come."""
    loop = asyncio.get_running_loop()
    called = asyncio.Event()

    def call() -> None:
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop was closed
            loop.call_soon_threadsafe(called.set)

    if not register(call):
        return False
    await called.wait()
    return True


def _is_async(callback: Callable[[Event], Any]) -> bool:
    return inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(type(callback).__call__)
