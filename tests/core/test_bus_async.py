"""Async observers: their loop, their queue and its overflow, timeouts, drain, closed loops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon import Bus, BusFull, Event
from eventmon.core.async_subscription import Overflow
from eventmon.core.problem import BusProblem
from eventmon.core.subscription import SubscriptionStatistics


def whole(statistics: SubscriptionStatistics) -> bool:
    """Whether both counter laws hold."""
    return statistics.seen == statistics.not_matching + statistics.matched and statistics.matched == (
        statistics.delivered + statistics.failed + statistics.dropped + statistics.pending
    )


class Gate:
    """An async observer that stops at each event until it is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.got: list[int] = []

    async def __call__(self, event: Event) -> None:
        await self.open.wait()
        self.got.append(event.seq)


def publish(bus: Bus, number: int) -> None:
    for _ in range(number):
        bus.publish("orders/created")


def test_an_async_observer_needs_a_running_loop() -> None:
    async def observer(event: Event) -> None: ...

    bus = Bus()
    with pytest.raises(RuntimeError, match="no running event loop"):
        bus.subscribe("orders/#", observer)
    assert bus.statistics().observers == 0


def test_events_arrive_in_order_after_publish_has_returned() -> None:
    async def scenario() -> None:
        bus, got = Bus(), list[int]()

        async def observer(event: Event) -> None:
            await asyncio.sleep(0)
            got.append(event.seq)

        subscription = bus.subscribe("orders/#", observer)
        publish(bus, 3)
        bus.publish_many([Event(topic="orders/created") for _ in range(200)])
        assert got == []
        assert subscription.statistics().pending == bus.statistics().pending == 203
        await bus.drain()
        assert got == list(range(1, 204))
        statistics = subscription.statistics()
        assert (statistics.delivered, statistics.pending) == (203, 0)
        assert whole(statistics)

    asyncio.run(scenario())


def test_a_bus_leaves_no_task_behind() -> None:
    async def scenario() -> None:
        bus = Bus()
        gate = Gate()
        bus.subscribe("orders/#", gate)
        gate.open.set()
        publish(bus, 3)
        await bus.drain()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


def test_sync_observers_run_before_publish_returns_beside_async_ones() -> None:
    async def scenario() -> None:
        bus, got = Bus(), list[str]()

        async def slow(event: Event) -> None:
            got.append("async")

        bus.subscribe("orders/#", slow)
        bus.subscribe("orders/#", lambda event: got.append("sync"))
        bus.publish("orders/created")
        assert got == ["sync"]
        await bus.drain()
        assert got == ["sync", "async"]

    asyncio.run(scenario())


def test_a_full_queue_refuses_and_nothing_is_published() -> None:
    async def scenario() -> None:
        bus, seen, gate = Bus(queue_limit=3), list[int](), Gate()
        subscription = bus.subscribe("orders/#", gate, name="billing")
        bus.subscribe("#", lambda event: seen.append(event.seq))
        publish(bus, 3)
        with pytest.raises(BusFull, match="billing has no room"):
            bus.publish("orders/created")
        bus.publish("payments")
        with pytest.raises(BusFull):
            bus.publish_many([Event(topic="payments"), Event(topic="orders/created")])
        assert seen == [1, 2, 3, 4]
        assert bus.next_seq == 5
        gate.open.set()
        await bus.drain()
        with pytest.raises(BusFull):
            bus.publish_many([Event(topic="orders/created") for _ in range(4)])
        bus.publish_many([Event(topic="orders/created") for _ in range(3)])
        await bus.drain()
        assert gate.got == [1, 2, 3, 5, 6, 7]
        assert subscription.statistics().dropped == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("overflow", "kept"),
    [("drop_oldest", [3, 4, 5]), ("drop_newest", [1, 2, 3]), ("latest", [5])],
)
def test_each_policy_keeps_what_it_says_and_counts_the_rest(overflow: Overflow, kept: list[int]) -> None:
    async def scenario() -> None:
        bus, gate = Bus(queue_limit=3), Gate()
        subscription = bus.subscribe("orders/#", gate, overflow=overflow)
        publish(bus, 5)
        statistics = subscription.statistics()
        assert (statistics.pending, statistics.dropped) == (len(kept), 5 - len(kept))
        gate.open.set()
        await bus.drain()
        assert gate.got == kept
        statistics = subscription.statistics()
        assert (statistics.matched, statistics.delivered, statistics.dropped) == (5, len(kept), 5 - len(kept))
        assert bus.statistics().dropped == 5 - len(kept)

    asyncio.run(scenario())


STEPS = st.lists(st.sampled_from(["publish", "batch", "run", "fail", "turn"]), max_size=40)


@given(st.sampled_from(["drop_oldest", "drop_newest", "latest", "raise"]), STEPS)
def test_the_counter_laws_hold_whatever_happens(overflow: Overflow, steps: list[str]) -> None:
    async def scenario() -> None:
        bus = Bus(queue_limit=4, on_problem=lambda problem: None)
        failing, ran, published = False, 0, 0

        async def observer(event: Event) -> None:
            nonlocal ran
            await asyncio.sleep(0)
            ran += 1
            if failing:
                raise ValueError("no total")

        subscription = bus.subscribe("orders/#", observer, overflow=overflow)
        for step in steps:
            try:
                if step == "publish":
                    bus.publish("orders/created")
                    published += 1
                elif step == "batch":
                    bus.publish_many([Event(topic="orders/paid"), Event(topic="payments"), Event(topic="orders")])
                    published += 2
            except BusFull:
                assert overflow == "raise"
            if step == "fail":
                failing = not failing
            elif step == "turn":
                await asyncio.sleep(0)
            elif step == "run":
                await bus.drain()
                assert subscription.statistics().pending == 0
            statistics = subscription.statistics()
            assert whole(statistics)
            assert statistics.matched == published
            assert statistics.delivered + statistics.failed == ran
            assert statistics.pending <= 5  # the queue and the one being awaited
        await bus.drain()
        assert subscription.statistics().dropped == published - ran

    asyncio.run(scenario())


def test_an_async_observer_that_raises_is_counted_and_goes_on() -> None:
    async def scenario() -> None:
        problems = list[BusProblem]()
        bus = Bus(on_problem=problems.append)

        async def observer(event: Event) -> None:
            if event.seq == 1:
                raise ValueError("no total")
            if event.seq == 2:
                raise asyncio.CancelledError

        subscription = bus.subscribe("orders/#", observer, name="checker")
        publish(bus, 3)
        await bus.drain()
        statistics = subscription.statistics()
        assert (statistics.failed, statistics.delivered) == (2, 1)
        assert [(each.seq, each.text) for each in problems] == [
            (1, "ValueError: no total"),
            (2, "asyncio.exceptions.CancelledError"),
        ]
        assert "in observer" in problems[0].trace

    asyncio.run(scenario())


def test_an_observer_over_its_time_fails_and_the_next_event_comes() -> None:
    async def scenario() -> None:
        problems = list[BusProblem]()
        bus = Bus(on_problem=problems.append)

        async def observer(event: Event) -> None:
            if event.seq == 1:
                await asyncio.Event().wait()

        subscription = bus.subscribe("orders/#", observer, timeout=0)
        publish(bus, 2)
        await bus.drain()
        assert subscription.statistics().failed == 1
        assert subscription.statistics().delivered == 1
        assert problems[0].text == "timed out after 0 s"

    asyncio.run(scenario())


def test_disposing_drops_what_is_queued() -> None:
    async def scenario() -> None:
        bus, gate = Bus(), Gate()
        subscription = bus.subscribe("orders/#", gate)
        publish(bus, 1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        publish(bus, 2)
        subscription.dispose()
        gate.open.set()
        publish(bus, 1)
        await bus.drain()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert gate.got == [1]
        statistics = subscription.statistics()
        assert (statistics.matched, statistics.delivered, statistics.dropped) == (3, 1, 2)
        assert bus.statistics().dropped == 2

    asyncio.run(scenario())


def test_drain_waits_for_what_observers_publish_in_turn() -> None:
    async def scenario() -> None:
        bus, got = Bus(), list[str]()

        async def bill(event: Event) -> None:
            await asyncio.sleep(0)
            bus.publish("payments/due")

        async def pay(event: Event) -> None:
            await asyncio.sleep(0)
            bus.publish("payments/done")

        bus.subscribe("orders/+", bill)
        bus.subscribe("payments/due", pay)
        bus.subscribe("payments/done", lambda event: got.append(event.topic))
        publish(bus, 2)
        await bus.drain()
        assert got == ["payments/done"] * 2

    asyncio.run(scenario())


def test_drain_of_an_idle_bus_returns() -> None:
    asyncio.run(Bus().drain())


def test_drain_inside_an_async_observer_is_refused() -> None:
    async def scenario() -> None:
        problems = list[BusProblem]()
        bus = Bus(on_problem=problems.append)

        async def observer(event: Event) -> None:
            await bus.drain()

        bus.subscribe("orders/#", observer)
        publish(bus, 1)
        await bus.drain()
        assert "would wait for that very observer" in problems[0].text

    asyncio.run(scenario())


def test_a_closed_loop_breaks_no_publisher_and_its_events_count_as_dropped() -> None:
    problems = list[BusProblem]()
    bus, got = Bus(queue_limit=2, on_problem=problems.append), list[int]()
    bus.subscribe("orders/#", lambda event: got.append(event.seq))

    async def first_life() -> Any:
        gate = Gate()
        subscription = bus.subscribe("orders/#", gate, name="billing")
        publish(bus, 1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        publish(bus, 1)
        return subscription

    subscription = asyncio.run(first_life())
    publish(bus, 3)
    assert got == [1, 2, 3, 4, 5]
    statistics = subscription.statistics()
    assert (statistics.matched, statistics.dropped, statistics.pending) == (5, 5, 0)
    assert whole(statistics)
    assert [(each.kind, each.observer) for each in problems] == [("closed", "billing")]
    asyncio.run(bus.drain())


def test_an_observer_serves_a_publisher_on_another_thread() -> None:
    async def scenario() -> None:
        bus, got, home = Bus(), list[int](), threading.get_ident()

        async def observer(event: Event) -> None:
            assert threading.get_ident() == home
            got.append(event.seq)

        bus.subscribe("orders/#", observer)
        await asyncio.to_thread(publish, bus, 500)
        await bus.drain()
        assert got == list(range(1, 501))

    asyncio.run(scenario())


def test_drain_waits_for_observers_of_other_loops() -> None:
    bus, got = Bus(), list[int]()
    subscribed, end = threading.Event(), threading.Event()

    async def elsewhere() -> None:
        async def observer(event: Event) -> None:
            await asyncio.sleep(0)
            got.append(event.seq)

        bus.subscribe("orders/#", observer)
        subscribed.set()
        await asyncio.to_thread(end.wait)

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    thread.start()
    subscribed.wait()
    publish(bus, 100)
    asyncio.run(bus.drain())
    assert got == list(range(1, 101))
    end.set()
    thread.join()


def run_twice(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())
    asyncio.run(scenario())


def test_a_bus_outlives_loops() -> None:
    bus, got = Bus(), list[int]()

    async def life() -> None:
        async def observer(event: Event) -> None:
            got.append(event.seq)

        with bus.subscribe("orders/#", observer):
            publish(bus, 1)
            await bus.drain()

    run_twice(life)
    assert got == [1, 2]
