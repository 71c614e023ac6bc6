"""The bus against a model that is a list: any mix of subscribing, disposing, publishing, also inside observers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventmon import Bus, Event, Subscription
from eventmon.core.pattern import Pattern

TOPICS = st.sampled_from(["orders", "orders/eu", "orders/us", "payments", "$SYS/load"])
PATTERNS = st.sampled_from(["orders", "orders/+", "orders/#", "#", "+", "payments", "$SYS/#"])
BATCHES = st.lists(TOPICS, min_size=1, max_size=4)

Action = tuple[str, Any]
ACTIONS = st.one_of(
    st.just(("nothing", None)),
    st.just(("raise", None)),
    st.tuples(st.just("publish"), TOPICS),
    st.tuples(st.just("publish_many"), BATCHES),
    st.tuples(st.just("subscribe"), PATTERNS),
    st.tuples(st.just("dispose"), st.integers(0, 9)),
)


class Observed:
    """One observer in the model; it acts once, at its first call."""

    def __init__(self, number: int, pattern: str, action: Action) -> None:
        self.number = number
        self.pattern = Pattern(pattern)
        self.action = action
        self.active = True
        self.calls = 0
        self.failed = 0


class Model:
    """What has to happen, said with lists: one queue of events, one list of observers, no cleverness."""

    def __init__(self) -> None:
        self.observers: list[Observed] = []
        self.waiting: deque[tuple[int, str]] = deque()
        self.next_seq = 1
        self.running = False
        self.calls: list[tuple[int, int]] = []
        self.topics: list[str] = []

    def subscribe(self, pattern: str, action: Action) -> None:
        self.observers.append(Observed(len(self.observers), pattern, action))

    def dispose(self, number: int) -> None:
        self.observers[number % len(self.observers)].active = False

    def publish(self, topics: list[str]) -> None:
        for topic in topics:
            self.waiting.append((self.next_seq, topic))
            self.topics.append(topic)
            self.next_seq += 1
        if self.running:
            return
        self.running = True
        while self.waiting:
            self.dispatch(*self.waiting.popleft())
        self.running = False

    def dispatch(self, seq: int, topic: str) -> None:
        for observer in [each for each in self.observers if each.active and each.pattern.matches(topic)]:
            if observer.active:
                self.calls.append((observer.number, seq))
                observer.calls += 1
                if observer.calls == 1:
                    self.act(observer)

    def act(self, observer: Observed) -> None:
        name, argument = observer.action
        if name == "raise":
            observer.failed += 1
        elif name == "publish":
            self.publish([argument])
        elif name == "publish_many":
            self.publish(argument)
        elif name == "subscribe":
            self.subscribe(argument, ("nothing", None))
        elif name == "dispose":
            self.dispose(argument)


class BusMachine(RuleBasedStateMachine):
    """Drives the bus and the model alike and compares every call that observers got."""

    def __init__(self) -> None:
        super().__init__()
        self.bus = Bus(on_problem=lambda problem: None)
        self.model = Model()
        self.subscriptions: list[Subscription] = []
        self.calls: list[tuple[int, int]] = []

    @rule(pattern=PATTERNS, action=ACTIONS)
    def subscribe(self, pattern: str, action: Action) -> None:
        self.attach(pattern, action)
        self.model.subscribe(pattern, action)

    @precondition(lambda self: self.subscriptions)
    @rule(number=st.integers(0, 9))
    def dispose(self, number: int) -> None:
        self.subscriptions[number % len(self.subscriptions)].dispose()
        self.model.dispose(number)

    @rule(topic=TOPICS)
    def publish(self, topic: str) -> None:
        assert self.bus.publish(topic) == self.model.next_seq
        self.model.publish([topic])

    @rule(topics=BATCHES)
    def publish_many(self, topics: list[str]) -> None:
        assert self.bus.publish_many([Event(topic=topic) for topic in topics]) == self.model.next_seq
        self.model.publish(topics)

    @invariant()
    def observers_got_the_same_calls_in_the_same_order(self) -> None:
        assert self.calls == self.model.calls
        assert self.bus.next_seq == self.model.next_seq

    @invariant()
    def counters_say_the_same(self) -> None:
        for subscription, observer in zip(self.subscriptions, self.model.observers, strict=True):
            statistics = subscription.statistics()
            assert statistics.seen == statistics.not_matching + statistics.matched
            assert statistics.matched == observer.calls
            assert statistics.delivered == observer.calls - observer.failed
            assert (statistics.failed, statistics.dropped, statistics.pending) == (observer.failed, 0, 0)
        totals = self.bus.statistics()
        assert totals.failed == sum(each.failed for each in self.model.observers)
        assert totals.observers == sum(each.active for each in self.model.observers)
        assert (totals.events, totals.waiting) == (len(self.model.topics), 0)
        for topic in self.bus.topics():
            assert topic.events == self.model.topics.count(topic.topic)
            assert topic.observers == sum(
                each.active and each.pattern.matches(topic.topic) for each in self.model.observers
            )

    def attach(self, pattern: str, action: Action) -> None:
        number = len(self.subscriptions)
        acts: dict[str, Callable[[Any], object]] = {
            "nothing": lambda argument: None,
            "raise": lambda argument: 1 // 0,
            "publish": self.bus.publish,
            "publish_many": lambda topics: self.bus.publish_many([Event(topic=topic) for topic in topics]),
            "subscribe": lambda wanted: self.attach(wanted, ("nothing", None)),
            "dispose": lambda which: self.subscriptions[which % len(self.subscriptions)].dispose(),
        }
        todo = [action]

        def observer(event: Event) -> None:
            self.calls.append((number, event.seq))
            if todo:
                name, argument = todo.pop()
                acts[name](argument)

        self.subscriptions.append(self.bus.subscribe(pattern, observer))


TestBusMachine = BusMachine.TestCase
TestBusMachine.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
