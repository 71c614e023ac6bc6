"""Endless cycles are cut at 16 hops and at 1,000 derived events, said once, and counted."""

from __future__ import annotations

import asyncio

import pytest

from eventmon import Bus, Event
from eventmon.core.problem import BusProblem


def cut_texts(problems: list[BusProblem]) -> list[str]:
    return [problem.text for problem in problems if problem.kind == "cycle"]


def test_an_observer_that_publishes_to_its_own_topic_is_cut_after_16_hops() -> None:
    problems = list[BusProblem]()
    bus = Bus(on_problem=problems.append)
    loop = bus.subscribe("orders", lambda event: bus.publish("orders"))
    last = bus.publish("orders")
    assert last == 1
    statistics = loop.statistics()
    assert (statistics.matched, statistics.delivered, statistics.dropped) == (18, 17, 1)
    assert bus.statistics().dropped == 1
    assert bus.statistics().events == 18
    assert cut_texts(problems) == ["cycle orders → orders"]


def test_a_cycle_is_said_once_however_often_it_turns() -> None:
    problems = list[BusProblem]()
    bus = Bus(on_problem=problems.append)
    bus.subscribe("billing", lambda event: bus.publish("orders"))
    bus.subscribe("orders", lambda event: bus.publish("shipping"))
    bus.subscribe("shipping", lambda event: bus.publish("billing"))
    for topic in ("orders", "shipping", "billing", "orders"):
        bus.publish(topic)
    assert cut_texts(problems) == ["cycle billing → orders → shipping → billing"]
    assert bus.statistics().dropped == 4


@pytest.mark.parametrize("together", [False, True], ids=["publish", "publish_many"])
def test_a_cycle_that_fans_out_is_cut_after_1000_derived_events(together: bool) -> None:
    problems, got = list[BusProblem](), list[int]()
    bus = Bus(on_problem=problems.append)

    def fan_out(event: Event) -> None:
        got.append(event.seq)
        if together:
            bus.publish_many([Event(topic="orders"), Event(topic="orders")])
        else:
            bus.publish("orders")
            bus.publish("orders")

    loop = bus.subscribe("orders", fan_out)
    bus.publish("orders")
    assert len(got) == 1_001
    assert got == sorted(got)
    statistics = loop.statistics()
    assert statistics.delivered == 1_001
    assert statistics.matched == bus.statistics().events == 2 * 1_001 + 1
    assert statistics.dropped == statistics.matched - statistics.delivered
    assert cut_texts(problems) == ["cycle orders → orders"]
    bus.publish("orders")
    assert len(got) == 2_002
    assert len(cut_texts(problems)) == 1


def test_many_derived_events_without_a_cycle_are_named_as_such() -> None:
    problems = list[BusProblem]()
    bus = Bus(on_problem=problems.append)
    derived = bus.subscribe("lines", lambda event: None)
    bus.subscribe("orders", lambda event: bus.publish_many([Event(topic="lines") for _ in range(1_500)]))
    bus.publish("orders")
    assert (derived.statistics().delivered, derived.statistics().dropped) == (1_000, 500)
    assert cut_texts(problems) == ["more than 1,000 events derived from one: orders → lines"]


def test_each_event_of_a_batch_is_a_root_of_its_own() -> None:
    bus = Bus()
    copies = bus.subscribe("copies", lambda event: None)
    bus.subscribe("orders", lambda event: bus.publish("copies"))
    bus.publish_many([Event(topic="orders") for _ in range(1_500)])
    assert (copies.statistics().delivered, copies.statistics().dropped) == (1_500, 0)


def test_a_chain_of_16_hops_passes() -> None:
    bus, got = Bus(), list[str]()

    def forward(event: Event) -> None:
        got.append(event.topic)
        hop = int(event.topic)
        if hop < 16:
            bus.publish(str(hop + 1))

    bus.subscribe("#", forward)
    bus.publish("0")
    assert got == [str(hop) for hop in range(17)]


def test_async_observers_that_publish_are_cut_too() -> None:
    async def scenario() -> None:
        problems = list[BusProblem]()
        bus = Bus(on_problem=problems.append)

        async def ping(event: Event) -> None:
            await asyncio.sleep(0)
            bus.publish("pong")

        async def pong(event: Event) -> None:
            bus.publish("ping")

        first, second = bus.subscribe("ping", ping), bus.subscribe("pong", pong)
        bus.publish("ping")
        await bus.drain()
        assert first.statistics().delivered + second.statistics().delivered == 17
        assert first.statistics().dropped + second.statistics().dropped == 1
        assert cut_texts(problems) == ["cycle ping → pong → ping"]

    asyncio.run(scenario())


def test_async_and_sync_branches_of_one_root_share_its_1000_events() -> None:
    async def scenario() -> None:
        bus = Bus(on_problem=lambda problem: None)

        async def slow(event: Event) -> None:
            await asyncio.sleep(0)
            bus.publish("orders")

        fast = bus.subscribe("orders", lambda event: bus.publish("orders"))
        bus.subscribe("orders", slow)
        bus.publish("orders")
        await bus.drain()
        assert fast.statistics().delivered == 1_001

    asyncio.run(scenario())


def test_a_task_left_behind_may_publish_for_ever() -> None:
    async def scenario() -> None:
        bus, got, tasks = Bus(), list[int](), list[asyncio.Task[None]]()

        async def report_for_ever() -> None:
            for _ in range(1_200):
                await asyncio.sleep(0)
                bus.publish("sensors/1")

        async def start(event: Event) -> None:
            tasks.append(asyncio.create_task(report_for_ever()))

        bus.subscribe("sensors/start", start)
        bus.subscribe("sensors/1", lambda event: got.append(event.seq))
        bus.publish("sensors/start")
        await bus.drain()
        await tasks[0]
        assert len(got) == 1_200

    asyncio.run(scenario())


def test_a_cycle_through_tasks_left_behind_is_cut_by_its_hops() -> None:
    async def scenario() -> None:
        problems, tasks = list[BusProblem](), list[asyncio.Task[None]]()
        bus = Bus(on_problem=problems.append)

        async def publish_later() -> None:
            await asyncio.sleep(0)
            bus.publish("orders")

        async def observer(event: Event) -> None:
            tasks.append(asyncio.create_task(publish_later()))

        loop = bus.subscribe("orders", observer)
        bus.publish("orders")
        await bus.drain()
        for task in tasks:  # the list grows with every task that ends
            await task
            await bus.drain()
        assert loop.statistics().delivered == 17
        assert cut_texts(problems) == ["cycle orders → orders"]

    asyncio.run(scenario())


def test_a_cycle_of_events_without_a_seq_is_cut_too() -> None:
    problems: list[BusProblem] = []
    bus = Bus(on_problem=problems.append)

    def send_on(event: Event) -> None:
        bus.publish_many([Event(topic="pong" if event.topic == "ping" else "ping") for _ in range(2)], numbered=[])

    bus.subscribe("+", send_on)
    bus.publish_many([Event(topic="ping")], numbered=[])
    assert cut_texts(problems) == ["cycle ping → pong → ping"]
    assert bus.next_seq == 1
    assert bus.statistics().events < 3_000
