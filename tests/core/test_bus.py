"""The bus with sync observers: order, re-entrancy, disposal, isolation, limits."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from eventmon import Bus, Event, Subscription, UserError, connect
from eventmon.core.problem import MAX_TRACE_BYTES, BusProblem


class Deliveries:
    """Observers that write down what they get, and the problems of their bus."""

    def __init__(self) -> None:
        self.problems: list[BusProblem] = []
        self.bus = Bus(on_problem=self.problems.append)
        self.log: list[str] = []

    def observe(self, name: str, pattern: str = "#", also: Callable[[Event], Any] = lambda event: None) -> Subscription:
        def observer(event: Event) -> None:
            self.log.append(f"{name}{event.seq}")
            also(event)

        return self.bus.subscribe(pattern, observer, name=name)

    def publish(self, number: int, *, together: bool, topic: str = "orders") -> None:
        if together:
            self.bus.publish_many([Event(topic=topic) for _ in range(number)])
        else:
            for _ in range(number):
                self.bus.publish(topic)


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


both_ways = pytest.mark.parametrize("together", [False, True], ids=["publish", "publish_many"])


def test_publish_returns_the_seq_after_the_observer_has_run() -> None:
    bus, got = Bus(first_seq=7), list[Event]()
    bus.subscribe("orders/+", got.append)
    seq = bus.publish(
        "orders/created", b"\x00\xff", type="order.created", source="shop", id="1204", time="2026-11-23T23:16:59Z",
        subject="1204", datacontenttype="application/x-order", headers={"tenant": "eu"},
    )  # fmt: skip
    assert seq == 7
    assert bus.next_seq == 8
    received = got[0].received
    assert got == [
        Event(
            topic="orders/created", data=b"\x00\xff", type="order.created", source="shop", id="1204",
            time="2026-11-23T23:16:59Z", subject="1204", datacontenttype="application/x-order",
            headers={"tenant": "eu"}, seq=7, received=received,
        )
    ]  # fmt: skip
    assert received > 0


def test_only_matching_observers_are_called() -> None:
    deliveries = Deliveries()
    deliveries.observe("exact", "orders/eu")
    deliveries.observe("level", "orders/+")
    deliveries.observe("rest", "orders/#")
    deliveries.observe("other", "payments/#")
    for topic in ("orders/eu", "orders", "payments", "$SYS/orders"):
        deliveries.bus.publish(topic)
    assert deliveries.log == ["exact1", "level1", "rest1", "rest2", "other3"]


@both_ways
def test_what_an_observer_publishes_comes_behind_the_current_event(deliveries: Deliveries, together: bool) -> None:
    def publish_a_copy(event: Event) -> None:
        if event.topic == "orders":
            deliveries.bus.publish("copies")

    deliveries.observe("A", also=publish_a_copy)
    deliveries.observe("B")
    deliveries.publish(2, together=together)
    assert deliveries.log == ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"]


def test_a_batch_inside_an_observer_stays_together_behind_the_current_event(deliveries: Deliveries) -> None:
    def publish_two(event: Event) -> None:
        if event.seq == 1:
            assert deliveries.bus.publish_many([Event(topic="copies"), Event(topic="refunds")]) == 2
            assert deliveries.bus.publish("copies") == 4

    deliveries.observe("A", also=publish_two)
    deliveries.observe("B")
    deliveries.bus.publish("orders")
    assert deliveries.log == ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"]


@both_ways
def test_an_observer_disposed_during_dispatch_is_not_called(deliveries: Deliveries, together: bool) -> None:
    deliveries.observe("A", also=lambda event: second.dispose() if event.seq == 2 else None)
    second = deliveries.observe("B")
    deliveries.observe("C")
    deliveries.publish(3, together=together)
    assert deliveries.log == ["A1", "B1", "C1", "A2", "C2", "A3", "C3"]


@both_ways
def test_an_observer_that_disposes_of_itself_gets_nothing_more(deliveries: Deliveries, together: bool) -> None:
    only = deliveries.observe("A", also=lambda event: only.dispose() if event.seq == 2 else None)
    deliveries.publish(4, together=together)
    assert deliveries.log == ["A1", "A2"]
    assert only.statistics().delivered == 2
    only.dispose()
    assert deliveries.bus.statistics().observers == 0


@both_ways
def test_an_observer_subscribed_during_dispatch_gets_the_next_event(deliveries: Deliveries, together: bool) -> None:
    deliveries.observe("A", also=lambda event: deliveries.observe("B") if event.seq == 2 else None)
    deliveries.publish(4, together=together)
    assert deliveries.log == ["A1", "A2", "A3", "B3", "A4", "B4"]


def test_a_batch_of_many_topics_reaches_observers_in_its_order(deliveries: Deliveries) -> None:
    deliveries.observe("A", "orders/#")
    deliveries.observe("B", "orders/eu")
    topics = ["orders/eu", "payments", "orders/us", "orders/eu"]
    deliveries.bus.publish_many([Event(topic=topic) for topic in topics])
    assert deliveries.log == ["A1", "B1", "A3", "A4", "B4"]


def test_the_same_callable_twice_is_two_handles_and_two_calls() -> None:
    bus, got = Bus(), list[Event]()
    first, second = bus.subscribe("orders", got.append), bus.subscribe("orders", got.append)
    bus.publish("orders")
    assert len(got) == 2
    first.dispose()
    bus.publish("orders")
    assert len(got) == 3
    second.dispose()
    bus.publish("orders")
    assert len(got) == 3


def test_leaving_a_subscription_as_a_context_ends_it() -> None:
    bus, got = Bus(), list[Event]()
    with bus.subscribe("orders", got.append):
        bus.publish("orders")
    bus.publish("orders")
    assert [event.seq for event in got] == [1]


@both_ways
def test_an_observer_that_raises_disturbs_nobody(deliveries: Deliveries, together: bool) -> None:
    def refuse_even(event: Event) -> None:
        if event.seq % 2 == 0:
            raise ValueError(f"order {event.seq} has no total")

    bad = deliveries.observe("A", also=refuse_even)
    deliveries.observe("B")
    deliveries.publish(4, together=together)
    assert deliveries.log == ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"]
    statistics = bad.statistics()
    assert (statistics.seen, statistics.matched, statistics.delivered, statistics.failed) == (4, 4, 2, 2)
    assert [problem.count for problem in deliveries.problems] == [1, 2]
    last = statistics.last_error
    assert last == deliveries.problems[-1]
    assert last is not None
    assert (last.kind, last.observer, last.topic, last.seq) == ("failed", "A", "orders", 4)
    assert last.text == "ValueError: order 4 has no total"
    assert "in refuse_even" in last.trace


@both_ways
def test_the_only_observer_goes_on_after_it_raised(deliveries: Deliveries, together: bool) -> None:
    # StopIteration is the one that an iteration in C would take for its own end
    def fail(event: Event) -> None:
        raise StopIteration if event.seq == 2 else ValueError

    only = deliveries.observe("A", also=fail)
    deliveries.publish(3, together=together)
    assert deliveries.log == ["A1", "A2", "A3"]
    assert only.statistics().failed == 3


def test_a_trace_is_bounded_and_keeps_its_end(deliveries: Deliveries) -> None:
    def recurse(event: Event, depth: int = 0) -> None:
        if depth == 300:
            raise ValueError("too much " + "é" * 50_000 + " the end")
        recurse(event, depth + 1)

    bad = deliveries.observe("A", also=recurse)
    deliveries.bus.publish("orders")
    last = bad.statistics().last_error
    assert last is not None
    assert len(last.trace.encode()) <= MAX_TRACE_BYTES
    assert last.trace.endswith("the end\n")
    assert len(last.text) <= 1_000


def test_an_error_that_cannot_be_shown_is_counted_all_the_same(deliveries: Deliveries) -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def fail(event: Event) -> None:
        raise Unprintable

    bad = deliveries.observe("A", also=fail)
    deliveries.bus.publish("orders")
    assert bad.statistics().failed == 1
    assert "Unprintable" in deliveries.problems[0].text


def test_without_a_listener_the_first_and_tenth_failure_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()

    def fail(event: Event) -> None:
        raise ValueError("no total")

    bus.subscribe("orders", fail, name="checker")
    with caplog.at_level(logging.ERROR, logger="eventmon.bus"):
        for _ in range(11):
            bus.publish("orders")
    assert [record.message.splitlines()[0] for record in caplog.records] == [
        "observer checker: ValueError: no total, on event 1 of orders",
        "observer checker: ValueError: no total (10 times), on event 10 of orders",
    ]
    caplog.clear()


def test_a_listener_that_raises_is_logged_and_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def listener(problem: BusProblem) -> None:
        raise RuntimeError("listener is broken")

    def fail(event: Event) -> None:
        raise ValueError("no total")

    bus, got = Bus(on_problem=listener), list[Event]()
    bus.subscribe("orders", fail)
    bus.subscribe("orders", got.append)
    bus.publish("orders")
    assert len(got) == 1
    assert "listener for problems" in caplog.text
    caplog.clear()


@both_ways
def test_an_interrupt_ends_publish_after_the_turn_and_leaves_the_bus_in_order(
    deliveries: Deliveries, together: bool
) -> None:
    def interrupt(event: Event) -> None:
        if event.topic == "orders":
            deliveries.bus.publish("copies")
            raise KeyboardInterrupt

    deliveries.observe("A", also=interrupt)
    deliveries.observe("B")
    with pytest.raises(KeyboardInterrupt):
        deliveries.publish(1, together=together)
    assert deliveries.log == ["A1", "B1"]
    deliveries.bus.publish("payments")
    assert deliveries.log == ["A1", "B1", "A2", "B2", "A3", "B3"]


def test_a_publish_that_is_refused_leaves_no_trace() -> None:
    bus, got = Bus(), list[Event]()
    bus.subscribe("#", got.append)
    untyped: list[Any] = ["", "orders/+", None, 7, [], b"orders"]
    for topic in untyped:
        with pytest.raises(UserError):
            bus.publish(topic)
    with pytest.raises(UserError, match="64 MiB"):
        bus.publish("orders", bytes(64 * 1024**2 + 1))
    with pytest.raises(UserError, match="64 MiB"):
        bus.publish_many([Event(topic="orders"), Event(topic="orders", data=bytes(64 * 1024**2 + 1))])
    with pytest.raises(UserError):
        bus.publish_many([Event(topic="orders"), Event(topic="orders/#")])
    assert not got
    assert bus.next_seq == 1
    assert bus.statistics().events == 0


def test_the_largest_payload_allowed_passes() -> None:
    bus, sizes = Bus(), list[int]()
    bus.subscribe("orders", lambda event: sizes.append(len(event.data)))
    bus.publish("orders", bytes(64 * 1024**2))
    assert sizes == [64 * 1024**2]


@pytest.mark.parametrize(
    "attributes",
    [
        {"type": 5}, {"type": None}, {"type": "\ud800"}, {"source": None}, {"source": b"shop"}, {"id": 0},
        {"time": 1.5},
        {"subject": []}, {"datacontenttype": 7}, {"headers": []}, {"headers": {"a": 1}}, {"headers": {1: "a"}},
    ],
)  # fmt: skip
def test_an_attribute_that_is_no_text_is_refused(attributes: dict[str, Any]) -> None:
    bus = Bus()
    with pytest.raises(UserError):
        bus.publish("orders", **attributes)
    assert bus.next_seq == 1


def test_an_unknown_attribute_is_a_mistake_of_the_caller() -> None:
    bus = Bus()
    attributes: dict[str, Any] = {"colour": "red"}
    with pytest.raises(TypeError, match="colour"):
        bus.publish("orders", **attributes)
    assert bus.publish("orders") == 1


def test_a_batch_gets_consecutive_seqs_and_its_missing_times() -> None:
    bus, got = Bus(clock=lambda: 1_790_000_000_000_000), list[Event]()
    bus.subscribe("#", got.append)
    assert bus.publish("orders") == 1
    assert bus.publish_many([Event(topic="orders", received=5), Event(topic="payments")]) == 2
    assert bus.publish_many([]) == 4
    assert bus.publish("orders") == 4
    now = 1_790_000_000_000_000
    assert [(event.seq, event.received) for event in got] == [(1, now), (2, 5), (3, now), (4, now)]


def test_changing_the_list_afterwards_changes_nothing() -> None:
    bus, got = Bus(), list[int]()
    batch = [Event(topic="orders") for _ in range(3)]

    def observer(event: Event) -> None:
        batch.clear()
        got.append(event.seq)

    bus.subscribe("orders", observer)
    bus.publish_many(batch)
    assert got == [1, 2, 3]


def test_expressions_and_connect_say_that_they_are_not_there_yet() -> None:
    bus = Bus()
    with pytest.raises(UserError, match="not available yet"):
        bus.subscribe("orders/#", lambda event: None, where="data.total > 100")
    with pytest.raises(UserError, match="not available yet"):
        connect(bus, source="checkout")
    assert bus.statistics().observers == 0


def test_what_cannot_observe_is_refused() -> None:
    bus = Bus()
    no_callable: Any = "print"
    with pytest.raises(UserError, match="callable"):
        bus.subscribe("orders", no_callable)
    no_policy: Any = "drop"
    with pytest.raises(UserError, match="overflow"):
        bus.subscribe("orders", print, overflow=no_policy)
    with pytest.raises(UserError):
        bus.subscribe("orders/#/eu", print)


def test_totals_keep_what_disposed_observers_counted(deliveries: Deliveries) -> None:
    def dispose_and_raise(event: Event) -> None:
        bad.dispose()
        raise ValueError("no total")

    bad = deliveries.observe("A", also=dispose_and_raise)
    deliveries.bus.publish("orders")
    deliveries.bus.publish("orders")
    statistics = deliveries.bus.statistics()
    assert (statistics.failed, statistics.observers, statistics.events) == (1, 0, 2)


def test_importing_the_library_brings_neither_qt_nor_a_network_client() -> None:
    program = (
        "import sys, eventmon; unwanted = {'PySide6', 'shiboken6', 'qasync', 'aiohttp', 'redis', 'apsw', 'click'}; "
        "sys.exit(', '.join(sorted(unwanted & set(sys.modules))) or None)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_some_events_of_a_batch_may_go_without_a_seq() -> None:
    bus = Bus()
    seen: list[tuple[str, int]] = []
    bus.subscribe("#", lambda event: seen.append((event.topic, event.seq)))
    events = [Event(topic=topic) for topic in ("orders", "heartbeat", "orders", "heartbeat")]
    assert bus.publish_many(events, numbered=[events[0], events[2]]) == 1
    assert seen == [("orders", 1), ("heartbeat", 0), ("orders", 2), ("heartbeat", 0)]
    assert bus.publish("orders") == 3
    counted = bus.topic("heartbeat").statistics()
    assert (counted.events, counted.last_seq) == (2, 0)
    assert counted.last_received > 0
    assert bus.statistics().events == 5
