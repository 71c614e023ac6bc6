"""The one way in: every event of every connection and every publisher is numbered and counted here.

Events are taken in slices that keep a turn of the loop under 4 ms. A slice is numbered and handed to the log
without a pause between, so the log gets its seqs in order whoever delivers at the same time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from operator import attrgetter

import msgspec

from eventmon.core.bus import Bus
from eventmon.core.counters import TopicStatistics
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.topic import validate_topic
from eventmon.engine.duplicates import Duplicates, Sifted
from eventmon.engine.problems import Problems
from eventmon.engine.recorded_topics import RecordedTopics
from eventmon.engine.recording import Recording
from eventmon.engine.writer import IdsNote
from eventmon.store.errors import LogUnavailable

MAX_PAYLOAD_BYTES = 64 * 1024**2
SLICE_SECONDS = 0.004
SMALLEST_SLICE = 100
LARGEST_SLICE = 4_000
PATIENCE_SECONDS = 5.0

Positions = Sequence[tuple[str, str, str]]

_topic = attrgetter("topic")
_data = attrgetter("data")


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a publisher's events; all that is said to be stored is committed.

    Attributes:
        accepted: those taken now.
        duplicates: those that had been taken before, by source and id.
        not_recorded: those of topics that are not recorded.
        first_seq: seq of the first of them, which for a duplicate is that of its original; None when none is stored.
        receivers: how many the sources of mounted topics handed them to; None when none of them says.
    """

    accepted: int = 0
    duplicates: int = 0
    not_recorded: int = 0
    first_seq: int | None = None
    receivers: int | None = None


class _Acceptance:
    """Counts what becomes of a publisher's events, slice by slice."""

    def __init__(self) -> None:
        self.accepted = 0
        self.duplicates = 0
        self.not_recorded = 0
        self.first_seq = 0
        self.newest = 0

    def count(self, recorded: Sequence[Event], sifted: Sifted, not_recorded: int) -> None:
        """One slice and what came of it."""
        fresh, originals = sifted.fresh, sifted.originals
        if not self.first_seq and recorded:
            self.first_seq = fresh[0].seq if fresh and fresh[0] is recorded[0] else originals[0]
        self.accepted += len(fresh)
        self.duplicates += len(originals)
        self.not_recorded += not_recorded
        self.newest = max(self.newest, fresh[-1].seq if fresh else 0, *originals, 0)

    def answer(self) -> Accepted:
        """The answer for the publisher."""
        return Accepted(
            accepted=self.accepted,
            duplicates=self.duplicates,
            not_recorded=self.not_recorded,
            first_seq=self.first_seq or None,
        )


class Ingest:
    """Takes events from connections (``deliver``, which waits for room) and publishers (``accept``, which refuses).

    Attributes:
        fresh: topics that had events since whoever shows them has emptied this.
        topics: every topic that has or had events, in the order of appearance; it only grows, and those that were
            forgotten stay in it until they are known again.
        first_levels: their first levels.
        recorded: which of them are recorded.
    """

    def __init__(
        self,
        bus: Bus,
        recording: Recording,
        problems: Problems,
        duplicates: Duplicates,
        *,
        patience: float = PATIENCE_SECONDS,
        recorded: RecordedTopics | None = None,
    ) -> None:
        """Make it.

        Args:
            bus: numbers the events and counts them.
            recording: the log they go to.
            problems: told of what is dropped.
            duplicates: knows what publishers have sent before.
            patience: how many seconds ``accept`` waits, for room and for the commit.
            recorded: which topics are recorded; None for all.
        """
        self._bus = bus
        self._recording = recording
        self._problems = problems
        self._duplicates = duplicates
        self._patience = patience
        self._slice = 1_000
        self._turn = asyncio.Lock()
        self.fresh: set[str] = set()
        self.topics: list[str] = []
        self._known: set[str] = set()
        self._aside: dict[str, TopicStatistics] = {}
        self.first_levels: set[str] = set()
        self.recorded = recorded or RecordedTopics()

    def knows(self, topic: str) -> bool:
        """Whether a topic has or had events, or was made known."""
        return topic in self._known

    def restore(self, topic: str) -> None:
        """A topic that is known from now on; one that was forgotten counts on from where it was."""
        counted = self._aside.pop(topic, None)
        if counted is not None:
            self._bus.restore_topic(counted)
        self._known.add(topic)
        self.topics.append(topic)
        self.first_levels.add(topic.partition("/")[0])

    def put_aside(self, counted: TopicStatistics) -> None:
        """Keep what a forgotten topic has counted until an event comes for it."""
        self._aside[counted.topic] = counted

    def forget(self, topics: Collection[str], *, anew: bool) -> None:
        """Know topics no more until an event comes for them; ``anew``: they count from 0 then."""
        for topic in topics:
            counted = self._bus.forget_topic(topic)
            if counted is not None and not anew:
                self.put_aside(counted)
        self._known.difference_update(topics)
        self.fresh.difference_update(topics)

    async def deliver(self, events: Sequence[Event], positions: Positions = (), *, where: str = "") -> int:
        """Take a batch in order, waiting for room; what can never be stored is dropped, counted and reported.

        The batch and its positions are committed together, even when the caller is cancelled half-way.

        Args:
            events: in order; the engine gives them their seqs.
            positions: (connection, stream, position) as they are after the batch.
            where: whose events these are, for problems.

        Returns:
            How many were taken; the rest is dropped.
        """
        good = self.sound(events, where)
        if good:
            size = await self._enter(good)
            await self._take(good, size, positions)
        elif positions:
            self._recording.note(positions=positions)
        return len(good)

    async def accept(self, events: Sequence[Event], *, patiently: bool = False, committed: bool = True) -> Accepted:
        """Take events of a publisher, all or none of them; returns when all are committed.

        An event with a source and an id that were taken before is not taken again (see ``Duplicates``), unless its
        topic is not recorded; the answer waits for the commit of the original all the same. ``patiently`` waits for
        room and commit as long as it takes. Without ``committed`` the answer comes as soon as they are on their way.

        Raises:
            LogUnavailable: nothing can be stored now; the sentence says whether the events are held or refused.
            UserError: an event is over the limits; none is taken.
        """
        self._recording.require_writable()
        for event in events:
            require_sound(event)
        if self._recording.blocked:
            raise LogUnavailable(f"{self._recording.blocked} Nothing was taken; try again later.")
        if not events:
            return Accepted()
        patience = None if patiently else self._patience
        try:
            async with asyncio.timeout(patience):
                size = await self._enter(events)
        except TimeoutError:
            raise LogUnavailable("The log is too slow for this many events at the moment. Try again later.") from None
        acceptance = _Acceptance()
        await self._take(events, size, (), acceptance)
        if not committed:
            return acceptance.answer()
        try:
            async with asyncio.timeout(patience):
                await self._recording.wait_newer(acceptance.newest - 1)
        except TimeoutError:
            raise LogUnavailable(f"{self._reason()} What was sent is held and stored as soon as possible.") from None
        return acceptance.answer()

    def _reason(self) -> str:
        return self._recording.blocked or "The log is slow at the moment."

    async def _enter(self, events: Sequence[Event]) -> int:
        """Wait for one's turn and for room; returns the bytes that are to be stored. ``_take`` has to follow."""
        size = sum(map(len, map(_data, self._recorded_of(events))))
        await self._turn.acquire()
        try:
            while not self._recording.has_room(size):
                await self._recording.changed()
        except BaseException:
            self._turn.release()
            raise
        return size

    async def _take(
        self, events: Sequence[Event], size: int, positions: Positions, acceptance: _Acceptance | None = None
    ) -> None:
        """Number events and hand them to the log, slice by slice; a cancellation waits until all are handed over."""
        cancelled: asyncio.CancelledError | None = None
        start = 0
        try:
            while start < len(events):
                part = events[start : start + self._slice]
                start += len(part)
                self._take_slice(part, size, positions if start == len(events) else None, acceptance)
                size = 0
                if cancelled is None:
                    try:
                        await asyncio.sleep(0)
                    except asyncio.CancelledError as error:
                        cancelled = error
        finally:
            self._turn.release()
        if cancelled is not None:
            raise cancelled

    def _take_slice(
        self, part: Sequence[Event], size: int, positions: Positions | None, acceptance: _Acceptance | None
    ) -> None:
        began = time.perf_counter()
        if acceptance is None:
            recorded = self._recorded_of(part)
            self._number(part, recorded)
            others = len(part) - len(recorded)
            self._recording.store(recorded, size, positions or (), more=positions is None, not_recorded=others)
        else:
            self._take_new(part, size, acceptance, more=positions is None)
        self._adapt(len(part), time.perf_counter() - began)

    def _recorded_of(self, events: Sequence[Event]) -> Sequence[Event]:
        """Those of the events that are to be stored."""
        if self.recorded.all:
            return events
        left_out = self.recorded.left_out(set(map(_topic, events)))
        return [event for event in events if event.topic not in left_out] if left_out else events

    def _take_new(self, part: Sequence[Event], size: int, acceptance: _Acceptance, *, more: bool) -> None:
        """Number and hand over those of a slice that were not taken before, and remember their ids."""
        recorded = self._recorded_of(part)
        sifted = self._duplicates.sift(recorded)
        fresh = sifted.fresh if len(recorded) == len(part) else _without_repeated(part, recorded, sifted.fresh)
        self._number(fresh, sifted.fresh)
        ids = self._duplicates.remember(sifted)
        others = len(part) - len(recorded)
        self._recording.store(
            sifted.fresh,
            size,
            more=more,
            ids=IdsNote(ids=ids, oldest=self._duplicates.oldest) if ids else None,
            duplicates=len(sifted.originals),
            not_recorded=others,
        )
        acceptance.count(recorded, sifted, others)

    def _number(self, events: Sequence[Event], recorded: Sequence[Event]) -> None:
        """Count events and hand them to their observers; the recorded ones get their seqs."""
        names = set(map(_topic, events))
        for topic in names - self._known:
            self.restore(topic)
        self._bus.publish_many(events, numbered=recorded)
        self.fresh.update(names)

    def _adapt(self, events: int, seconds: float) -> None:
        """Keep a turn under its budget, whatever the machine and the observers cost."""
        if seconds > SLICE_SECONDS:
            self._slice = max(SMALLEST_SLICE, self._slice // 2)
        elif seconds < SLICE_SECONDS / 4 and events >= self._slice:
            self._slice = min(LARGEST_SLICE, self._slice * 2)

    def sound(self, events: Sequence[Event], where: str) -> Sequence[Event]:
        """The events within the limits; the others are dropped, counted and reported as those of ``where``.

        A look at each topic that is new and at the largest payload suffices.
        """
        if not events:
            return events
        fresh = set(map(_topic, events)) - self._known
        bad = {topic: reason for topic in fresh if (reason := _fault_of_topic(topic))}
        if not bad and max(map(len, map(_data, events))) <= MAX_PAYLOAD_BYTES:
            return events
        good = [event for event in events if event.topic not in bad and len(event.data) <= MAX_PAYLOAD_BYTES]
        self._recording.drop(len(events) - len(good))
        for reason in bad.values():
            self._problems.report("warning", where, f"Events were dropped: {reason}")
        if any(len(event.data) > MAX_PAYLOAD_BYTES for event in events):
            self._problems.report("warning", where, f"Events were dropped: {_TOO_LARGE}")
        return good


def _without_repeated(part: Sequence[Event], recorded: Sequence[Event], fresh: Sequence[Event]) -> list[Event]:
    """A slice in its order without the recorded events that had been taken before."""
    repeated = set(map(id, recorded)).difference(map(id, fresh))
    return [event for event in part if id(event) not in repeated]


_TOO_LARGE = f"A payload is larger than {MAX_PAYLOAD_BYTES // 1024**2} MiB. Send smaller ones."


def _fault_of_topic(topic: str) -> str:
    try:
        validate_topic(topic)
    except UserError as error:
        return str(error)
    return ""


def require_sound(event: Event) -> None:
    """UserError when an event is over the limits."""
    validate_topic(event.topic)
    if len(event.data) > MAX_PAYLOAD_BYTES:
        raise UserError(_TOO_LARGE)
