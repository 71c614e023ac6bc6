"""Counters of topics: exact sums, rates from an injected clock, bounded types, what a reopened log restores."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon import Bus, Event
from eventmon.core.counters import MAX_TYPES, TopicStatistics

SECOND = 1_000_000
START = 1_790_000_000 * SECOND


class Clock:
    """Microseconds since the epoch, moved by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def statistics_of(bus: Bus, topic: str) -> TopicStatistics:
    statistics = bus.statistics_of(topic)
    assert statistics is not None
    return statistics


def test_a_topic_counts_events_bytes_types_and_times() -> None:
    clock = Clock()
    bus = Bus(clock=clock)
    bus.publish("orders/created", b"12", type="order.created")
    clock.now += 250
    bus.publish("orders/created", b"345", type="order.changed")
    bus.subscribe("orders/#", lambda event: None)
    assert bus.topic("orders/created").statistics() == TopicStatistics(
        topic="orders/created",
        events=2,
        bytes=5,
        rate=2.0,
        types=("order.created", "order.changed"),
        observers=1,
        last_seq=2,
        first_received=START,
        last_received=START + 250,
    )


def publish_singly(bus: Bus, topic: str, number: int) -> None:
    for _ in range(number):
        bus.publish(topic, b"x")


def publish_together(bus: Bus, topic: str, number: int) -> None:
    bus.publish_many([Event(topic=topic, data=b"x") for _ in range(number)])


@pytest.mark.parametrize("publish", [publish_singly, publish_together])
def test_the_rate_is_that_of_the_last_second(publish: Callable[[Bus, str, int], None]) -> None:
    clock = Clock()
    bus = Bus(clock=clock)
    publish(bus, "sensors/1", 100)
    assert statistics_of(bus, "sensors/1").rate == 100
    clock.now += SECOND
    publish(bus, "sensors/1", 10)
    assert statistics_of(bus, "sensors/1").rate == 110
    clock.now += SECOND * 3 // 4
    assert statistics_of(bus, "sensors/1").rate == pytest.approx(35)
    clock.now += SECOND
    assert statistics_of(bus, "sensors/1").rate == pytest.approx(2.5)
    clock.now += SECOND
    assert statistics_of(bus, "sensors/1").rate == 0


def test_a_pause_of_seconds_does_not_count_into_the_rate() -> None:
    clock = Clock()
    bus = Bus(clock=clock)
    publish_singly(bus, "sensors/1", 50)
    clock.now += 5 * SECOND
    publish_singly(bus, "sensors/1", 2)
    assert statistics_of(bus, "sensors/1").rate == 2


def test_a_clock_that_is_set_back_costs_one_second_of_the_rate() -> None:
    clock = Clock()
    bus = Bus(clock=clock)
    publish_singly(bus, "sensors/1", 50)
    clock.now -= 3600 * SECOND
    assert statistics_of(bus, "sensors/1").rate == 0
    publish_singly(bus, "sensors/1", 3)
    assert statistics_of(bus, "sensors/1").rate == 3


def test_types_seen_are_bounded() -> None:
    bus = Bus()
    for number in range(MAX_TYPES + 5):
        bus.publish("orders", type=f"order.{number}")
    assert statistics_of(bus, "orders").types == tuple(f"order.{number}" for number in range(MAX_TYPES))


def test_types_of_a_batch_are_seen_in_their_order() -> None:
    bus = Bus()
    bus.publish_many([Event(topic="orders", type=name) for name in ("paid", "created", "paid", "sent")])
    assert statistics_of(bus, "orders").types == ("paid", "created", "sent")


def test_an_unknown_topic_has_no_statistics_until_it_is_named() -> None:
    bus = Bus()
    assert bus.statistics_of("orders") is None
    assert bus.topic("orders").statistics() == TopicStatistics(topic="orders")
    assert [each.topic for each in bus.topics()] == ["orders"]


def test_restored_counters_are_added_to_and_keep_the_first_time() -> None:
    clock = Clock()
    bus = Bus(first_seq=11, clock=clock)
    bus.restore_topic(
        TopicStatistics(
            topic="orders", events=10, bytes=100, types=("paid",), last_seq=10, first_received=5, last_received=6
        )
    )
    assert statistics_of(bus, "orders").rate == 0
    assert bus.publish("orders", b"abc", type="sent") == 11
    assert statistics_of(bus, "orders") == TopicStatistics(
        topic="orders",
        events=11,
        bytes=103,
        rate=1,
        types=("paid", "sent"),
        last_seq=11,
        first_received=5,
        last_received=START,
    )
    totals = bus.statistics()
    assert (totals.events, totals.bytes, totals.topics) == (11, 103, 1)


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=4)), max_size=6), max_size=6))
def test_sums_hold_however_events_are_published(batches: list[list[tuple[str, bytes]]]) -> None:
    bus = Bus()
    for number, batch in enumerate(batches):
        if number % 2:
            bus.publish_many([Event(topic=topic, data=data) for topic, data in batch])
        else:
            for topic, data in batch:
                bus.publish(topic, data)
    published = [pair for batch in batches for pair in batch]
    for topic in {topic for topic, _ in published}:
        payloads = [data for name, data in published if name == topic]
        statistics = statistics_of(bus, topic)
        assert (statistics.events, statistics.bytes) == (len(payloads), sum(map(len, payloads)))
        assert statistics.last_seq == max(seq for seq, (name, _) in enumerate(published, 1) if name == topic)
    totals = bus.statistics()
    assert (totals.events, totals.bytes) == (len(published), sum(len(data) for _, data in published))


def test_a_forgotten_topic_begins_anew_or_counts_on_from_what_was_kept() -> None:
    bus = Bus()
    seen: list[str] = []
    bus.subscribe("orders/#", lambda event: seen.append(event.topic))
    for topic in ("orders/eu", "orders/eu", "payments"):
        bus.publish(topic, b"12")
    kept = bus.forget_topic("orders/eu")
    assert kept is not None
    assert (kept.events, kept.bytes, bus.statistics_of("orders/eu")) == (2, 4, None)
    assert (bus.statistics().events, bus.statistics().bytes, bus.statistics().topics) == (1, 2, 1)
    assert bus.forget_topic("orders/eu") is None
    bus.publish("orders/eu", b"12")
    assert [topic.events for topic in bus.topics() if topic.topic == "orders/eu"] == [1]
    bus.restore_topic(kept)
    assert [topic.events for topic in bus.topics() if topic.topic == "orders/eu"] == [3]
    assert (bus.statistics().events, bus.statistics().bytes) == (4, 8)
    assert seen == ["orders/eu"] * 3
