"""The trampoline: one thread at a time dispatches, everything published meanwhile queues behind, in seq order.

Publishing inside an observer, or from another thread while one dispatches, only appends; the dispatching thread
takes it when its turn comes. So events never overtake each other and no lock is held while an observer runs.

A batch is walked through one iterator that C code drives. When the set of subscriptions changes in the middle, the
rest is taken out of that iterator (which ends the walk) and resolved anew: that is how "unsubscribed: not called"
and "subscribed: from the next event" hold without a check per event.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count, repeat
from operator import length_hint
from threading import RLock, get_ident

from msgspec.structs import force_setattr

from eventmon.core.async_subscription import QUEUE_LIMIT, AsyncSubscription
from eventmon.core.counters import TopicCounters
from eventmon.core.errors import BusFull
from eventmon.core.event import Event
from eventmon.core.lineage import CAUSE, Cuts, Lineage
from eventmon.core.problem import BusProblem, log_broken_listener, log_problem
from eventmon.core.subscription import Subscription
from eventmon.core.table import Resolution, SubscriptionTable

UNKNOWN_THREAD = -1
"""Somebody dispatches, and has not said yet who."""


def _gil_enabled() -> bool:
    """Whether threads take turns at defined points, which the direct way of ``publish`` relies on."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


class Group:
    """The events of one topic in a batch, and the sum of their sizes."""

    __slots__ = ("bytes", "counters", "events")

    def __init__(self, counters: TopicCounters, events: list[Event], size: int) -> None:
        self.counters = counters
        self.events = events
        self.bytes = size


class Turn:
    """What waits to be dispatched: a batch, sorted by topic for the counters, or a call."""

    __slots__ = ("call", "cause", "cut", "events", "groups")

    def __init__(
        self, events: list[Event], groups: Sequence[Group], cause: Lineage | None = None, cut: int = 0
    ) -> None:
        self.events = events
        self.groups = groups
        self.cause = cause  # of the event whose observer published these
        self.cut = cut  # so many of the last events reach nobody: a cycle
        self.call: Callable[[], object] | None = None


class Dispatcher:
    """Topics, subscriptions and the order in which events reach them."""

    def __init__(
        self, *, first_seq: int, clock: Callable[[], int], on_problem: Callable[[BusProblem], object] | None
    ) -> None:
        # Re-entrant, because a finalizer or a signal handler may publish while this thread holds it.
        self._lock = RLock()
        self._clock = clock
        self._on_problem = on_problem or log_problem
        self._next_seq = first_seq
        self._topics: dict[str, TopicCounters] = {}
        self._table = SubscriptionTable()
        self._async_observers = 0  # while there are any, events may have causes and queues may be full
        self._always_queue = not _gil_enabled()
        self._first_seq = first_seq
        self._restored_events = 0
        self._unnumbered_events = 0
        self._bytes = 0
        self._retired_failed = 0
        self._retired_dropped = 0
        self._dispatcher = 0  # the thread that dispatches, 0 when none does
        self._waiting: deque[Turn] = deque()
        self._backlog = 0  # events in _waiting
        self._turn_size = 0  # events in the turn that runs
        self._current: Event | None = None  # the event being delivered, unless a batch is walked
        self._batch: list[Event] = []
        self._walk: Iterator[Event] = iter(())
        self._rest: list[Event] = []
        self._cause: Lineage | None = None
        self._lineage: Lineage | None = None
        self._lineage_of: Event | None = None
        self._interrupt: BaseException | None = None
        self._cuts = Cuts()

    # What subscriptions ask of their bus

    def detach(self, subscription: Subscription) -> None:
        """Take a subscription out of the table, from the next observer call on."""
        with self._lock:
            self._table.remove(subscription)
            self._subscriptions_changed(-isinstance(subscription, AsyncSubscription))

    def retire(self, *, failed: int, dropped: int) -> None:
        """Keep in the bus's totals what a disposed subscription has counted."""
        with self._lock:
            self._retired_failed += failed
            self._retired_dropped += dropped

    def report(self, problem: BusProblem) -> None:
        """Tell whoever asked to hear of problems."""
        try:
            self._on_problem(problem)
        # The named border: a broken problem listener must not break the dispatch it is told about.
        except Exception:  # noqa: BLE001 - it is logged with its traceback
            log_broken_listener(problem)

    def lineage(self) -> Lineage:
        """Where the event that is being dispatched comes from."""
        event = self._current or self._batch[-1 - length_hint(self._walk)]
        known = self._lineage
        if known is None or self._lineage_of is not event:
            known = self._lineage = Lineage(event.topic, event.seq, self._cause)
            self._lineage_of = event
        return known

    # Taking events in

    def _queue(self, events: list[Event], groups: Sequence[Group], numbered: Sequence[Event] | None = None) -> int:
        """Number events, put them behind what waits, and dispatch unless somebody does already."""
        size = len(events)
        with_seq = events if numbered is None else numbered
        with self._lock:
            lineage, limited = self._cause_of_publish()
            self._require_room(groups, size, derived=lineage is not None)
            cut = 0 if lineage is None else size - lineage.allows(size, limited=limited)
            # first behind the others, then numbered: once something waits, no publish takes the direct way
            self._waiting.append(Turn(events, groups, lineage, cut))
            self._backlog += size
            seq = self._next_seq
            self._next_seq = seq + len(with_seq)
            self._unnumbered_events += size - len(with_seq)
            deque(map(force_setattr, with_seq, repeat("seq"), count(seq)), 0)
            busy = self._dispatcher
        if cut and lineage is not None:
            first = events[-cut]
            if text := self._cuts.describe_once(lineage, first.topic):
                self.report(BusProblem(kind="cycle", observer="", topic=first.topic, seq=first.seq, text=text))
        if not busy:
            self._take_turns()
        return seq

    def _cause_of_publish(self) -> tuple[Lineage | None, bool]:
        """Which event's observer is publishing now, if any, and whether all its descendants count."""
        if self._dispatcher == get_ident():
            return self.lineage(), True
        cause = CAUSE.get()
        return (None, False) if cause is None else (cause.lineage, cause.running)

    def _require_room(self, groups: Sequence[Group], size: int, *, derived: bool) -> None:
        """BusFull, and nothing is published, when an async observer or the bus itself is too far behind."""
        if not derived and self._dispatcher and self._backlog + size > QUEUE_LIMIT:
            raise BusFull(f"{self._backlog:,} events wait for the thread that dispatches: publish more slowly.")
        if not self._async_observers:
            return
        wanted: Counter[AsyncSubscription] = Counter()
        for group in groups:
            for subscription in self._resolution(group.counters).refusing:
                wanted[subscription] += len(group.events)
        for subscription, number in wanted.items():
            room = subscription.room
            # what is on its way through the bus may all be for this one
            if room is not None and self._backlog + self._turn_size + number > room:
                raise BusFull(
                    f"The observer {subscription.name} has no room in its queue of {subscription.limit:,} events: "
                    f"await bus.drain(), or choose an overflow policy when subscribing."
                )

    # Dispatching: only the thread named by _dispatcher runs what follows

    def _take_turns(self) -> None:
        """Dispatch what waits, unless another thread does; an interrupted turn is finished, then it is raised."""
        while True:
            with self._lock:
                if self._dispatcher or not self._waiting:
                    return
                self._dispatcher = get_ident()
                turn = self._waiting.popleft()
                self._turn_size = len(turn.events)
                self._backlog -= self._turn_size
            try:
                self._run(turn)
            finally:
                with self._lock:
                    interrupt, self._interrupt = self._interrupt, None
                    self._cause = self._current = self._lineage_of = None
                    self._turn_size = self._dispatcher = 0
            if interrupt is not None:
                raise interrupt

    def _run(self, turn: Turn) -> None:
        if turn.call is not None:
            turn.call()
            return
        self._cause = turn.cause
        if len(turn.events) == 1 and not turn.cut:
            group, self._current = turn.groups[0], turn.events[0]
            self._count(group)
            self._call(self._resolution(group.counters).targets, self._current)
            return
        for group in turn.groups:
            self._count(group)
        kept = len(turn.events) - turn.cut
        self._drop(turn.events[kept:])
        del turn.events[kept:]
        self._deliver_batch(turn.events, [group.counters for group in turn.groups])

    def _deliver(self, counters: TopicCounters, event: Event, seq: int, received: int, size: int) -> None:
        """Count one event and call the observers of its topic."""
        self._current = event
        if received >= counters.second_ends:
            counters.start_second(received)
        counters.events += 1
        counters.bytes += size
        counters.last_seq = seq
        counters.last_received = received
        self._bytes += size
        resolution = counters.resolution
        if resolution.epoch != self._table.epoch:
            resolution = self._resolve(counters)
        for subscription in resolution.targets:
            if subscription.active:
                try:
                    subscription.handle(event)
                # The named border: what an observer raises is its own failure and must reach nobody else.
                except BaseException as error:  # noqa: BLE001 - an interrupt is raised again when the turn ends
                    self._failed(subscription, event, error)
                else:
                    subscription.handled += 1

    def _count(self, group: Group) -> None:
        group.counters.count(group.events, group.bytes, self._clock())
        self._bytes += group.bytes

    def _drop(self, events: list[Event]) -> None:
        for event in events:
            for subscription in self._resolution(self._topics[event.topic]).targets:
                subscription.drop(1)

    def _deliver_batch(self, events: list[Event], topics: Sequence[TopicCounters]) -> None:
        """Call the observers of each event in turn; starts anew with the rest whenever subscriptions change."""
        while events:
            with self._lock:
                targets = {counters.name: self._resolution(counters).targets for counters in topics}
                self._batch = events
                self._walk = iter(events)
            observed = set(targets.values())
            if len(observed) > 1:
                for event in self._walk:
                    self._call(targets[event.topic], event)
            elif any(observed):
                self._walk_targets(self._walk, observed.pop())
            with self._lock:
                events, self._rest = self._rest, []
                self._batch = []

    def _walk_targets(self, walk: Iterator[Event], targets: tuple[Subscription, ...]) -> None:
        if len(targets) > 1:
            for event in walk:
                self._call(targets, event)
            return
        (subscription,) = targets
        handle = subscription.handle
        failed = 0
        for event in walk:
            try:
                handle(event)
            # The named border: what an observer raises is its own failure and must reach nobody else.
            except BaseException as error:  # noqa: BLE001 - an interrupt is raised again when the turn ends
                failed += 1
                self._failed(subscription, event, error)
        subscription.handled += len(self._batch) - failed  # a change of subscriptions has cut the batch here

    def _call(self, targets: tuple[Subscription, ...], event: Event) -> None:
        for subscription in targets:
            if subscription.active:
                try:
                    subscription.handle(event)
                # The named border: what an observer raises is its own failure and must reach nobody else.
                except BaseException as error:  # noqa: BLE001 - an interrupt is raised again when the turn ends
                    self._failed(subscription, event, error)
                else:
                    subscription.handled += 1

    def _failed(self, subscription: Subscription, event: Event, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            self._interrupt = error
        subscription.fail(event, error)

    def _subscriptions_changed(self, async_observers: int) -> None:
        """End the walk of a batch; what it has not reached is resolved anew. Called with the lock held."""
        self._async_observers += async_observers
        self._always_queue = bool(self._async_observers) or not _gil_enabled()
        if self._batch:
            rest = list(self._walk)
            if rest:
                del self._batch[-len(rest) :]
                self._rest = rest

    def _resolution(self, counters: TopicCounters) -> Resolution:
        resolution = counters.resolution
        return resolution if resolution.epoch == self._table.epoch else self._resolve(counters)

    def _resolve(self, counters: TopicCounters) -> Resolution:
        with self._lock:
            counters.resolution = self._table.resolve(counters.name)
            return counters.resolution
