"""Counters of topics: small enough for a million of them, exact, and read without stopping anybody.

Only the thread that dispatches writes them. The rate needs two buckets of a second each, no more: the events of
the last whole second, weighted by how much of it still lies within one second from now, plus those since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from eventmon.core.clock import MICROSECONDS

if TYPE_CHECKING:
    from eventmon.core.event import Event
    from eventmon.core.table import Resolution

MAX_TYPES = 32


class TopicStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """One topic's counters at one instant.

    Attributes:
        topic: its name.
        events: how many were published to it.
        bytes: sum of their payload sizes.
        rate: events per second, over the last second.
        types: event types seen, in order of appearance; the first ``MAX_TYPES`` at most.
        observers: how many subscriptions match it now.
        last_seq: seq of the newest event that has one, 0 when there was none.
        first_received: microseconds since the epoch, 0 when there was no event.
        last_received: microseconds since the epoch, 0 when there was no event.
    """

    topic: str
    events: int = 0
    bytes: int = 0
    rate: float = 0.0
    types: tuple[str, ...] = ()
    observers: int = 0
    last_seq: int = 0
    first_received: int = 0
    last_received: int = 0


class BusStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """A whole bus at one instant.

    Attributes:
        events: published, restored ones included.
        bytes: sum of their payload sizes.
        topics: how many are known.
        observers: subscriptions that are attached.
        failed: observer calls that raised or timed out, of all subscriptions ever made.
        dropped: deliveries that overflow, a cut cycle, a closed loop or dispose() took away.
        pending: events in the queues of async subscribers, those being awaited included.
        waiting: published events that the dispatching thread has still to take.
    """

    events: int
    bytes: int
    topics: int
    observers: int
    failed: int
    dropped: int
    pending: int
    waiting: int


# Topics share these: a million tuples and integers of their own would take 80 MB.


@lru_cache(maxsize=1024)
def _with_type(types: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (*types, name)


@lru_cache(maxsize=4)
def _end_of_second(second: int) -> int:
    return (second + 1) * MICROSECONDS


class TopicCounters:
    """The counters of one topic, and the subscriptions resolved for it last."""

    __slots__ = (
        "bytes",
        "events",
        "events_before",
        "first_received",
        "last_received",
        "last_second",
        "last_seq",
        "name",
        "resolution",
        "second_ends",
        "types",
    )

    def __init__(self, name: str, resolution: Resolution) -> None:
        self.name = name
        self.events = 0
        self.bytes = 0
        self.types: tuple[str, ...] = ()
        self.last_seq = 0
        self.first_received = 0
        self.last_received = 0
        self.second_ends = 0
        self.events_before = 0
        self.last_second = 0
        self.resolution = resolution

    def count(self, events: Sequence[Event], size: int, now: int) -> None:
        """Add a batch with ``size`` bytes of payload; ``now`` decides which second it falls into."""
        if not self.first_received:
            self.first_received = events[0].received
        if now >= self.second_ends:
            self.start_second(now)
        self.events += len(events)
        self.bytes += size
        self.last_seq = events[-1].seq or self.last_seq
        self.last_received = events[-1].received

    def start_second(self, now: int) -> None:
        """Begin the bucket of the second that ``now`` lies in."""
        ends = _end_of_second(now // MICROSECONDS)
        self.last_second = self.events - self.events_before if ends - self.second_ends == MICROSECONDS else 0
        self.events_before = self.events
        self.second_ends = ends
        if not self.first_received:
            self.first_received = now

    def rate(self, now: int) -> float:
        """Events per second over the last second; ``now`` in microseconds since the epoch."""
        if now < self.second_ends - MICROSECONDS:  # the clock was set back
            self.start_second(now)
        this_second = self.events - self.events_before
        age = (now - self.second_ends) / MICROSECONDS + 1
        if age < 1:
            return this_second + self.last_second * (1 - age)
        return this_second * (2 - age) if age < 2 else 0.0

    def see_types(self, types: Iterable[str]) -> None:
        """Remember event types that are new here, up to the limit."""
        for name in types:
            if name not in self.types and len(self.types) < MAX_TYPES:
                self.types = _with_type(self.types, name)

    def restore(self, statistics: TopicStatistics) -> None:
        """Add what was counted earlier."""
        self.events += statistics.events
        self.events_before += statistics.events
        self.bytes += statistics.bytes
        self.see_types(statistics.types)
        self.last_seq = max(self.last_seq, statistics.last_seq)
        self.last_received = max(self.last_received, statistics.last_received)
        self.first_received = statistics.first_received or self.first_received
