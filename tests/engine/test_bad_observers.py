"""Observers that raise, block, flood, recurse and dawdle, beside good ones: R8 and R10 in small doses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.core.lineage import Lineage
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_queue import MAX_BYTES, MAX_EVENTS, ObserverQueue, Overflow
from eventmon.observers import registry
from eventmon.observers.base import ObserverKind, Services
from tests.engine.conftest import Run
from tests.engine.observer_kinds import CourierKind, WarehouseKind
from tests.engine.rig import Rig, order, orders
from tests.engine.test_observers import problems_of, require_laws, until

Add = Callable[[str, ObserverKind], None]
POLICIES: list[Overflow] = ["drop_oldest", "drop_newest", "latest"]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """Put a kind into the table under a name."""
    return lambda name, kind: monkeypatch.setitem(registry.KINDS, name, lambda: kind)


@pytest.fixture(autouse=True)
def quiet(warnings_logged: list[str]) -> None:
    """Failures of observers are logged, and that is meant here."""


def definition(kind: str, pattern: str = "orders/#", **changes: Any) -> ObserverDefinition:
    return ObserverDefinition(**{"name": kind, "kind": kind, "pattern": pattern, **changes})


def by_name(rig: Rig) -> dict[str, ObserverStatus]:
    return {status.name: status for status in rig.observers.statuses()}


def settled(rig: Rig) -> bool:
    return not any(status.pending for status in rig.observers.statuses())


async def take(event: Event, services: Services) -> None:
    await asyncio.sleep(0)


async def fail(event: Event, services: Services) -> None:
    raise OSError("the van broke down")


async def block(event: Event, services: Services) -> None:
    time.sleep(0.005)  # noqa: ASYNC251 - that is what makes it bad


async def flood(event: Event, services: Services) -> None:
    for number in range(10):
        await services.publish(Event(topic="flood/of/mail", data=b"%d" % number))


async def recurse(event: Event, services: Services) -> None:
    await services.publish(order(event.seq, region="us"))


async def cancel(event: Event, services: Services) -> None:
    raise asyncio.CancelledError


async def kill_thread(event: Event, services: Services) -> None:
    raise SystemExit(1)


def kill_loop(event: Event) -> None:
    raise SystemExit(1)


def raise_always(event: Event) -> None:
    raise ValueError("no")


def dawdle(event: Event) -> None:
    if event.seq % 50 == 0:
        time.sleep(0.005)


def test_bad_observers_harm_no_good_one(run: Run[Any], path: Path, add: Add) -> None:
    """Good observers, inline and queued, get every event in order; both laws hold all the while."""

    good, queued = WarehouseKind(), CourierKind(take)
    kinds = {
        "good": good,
        "queued": queued,
        "raises": WarehouseKind(raise_always),
        "dawdles": WarehouseKind(dawdle),
        "fails": CourierKind(fail),
        "blocks": CourierKind(block),
        "floods": CourierKind(flood),
        "recurses": CourierKind(recurse),
        "cancels": CourierKind(cancel),
        "kills": CourierKind(kill_thread),
        "kills the loop": WarehouseKind(kill_loop),
    }

    async def scenario() -> None:
        async with Rig(path) as rig:
            for name, kind in kinds.items():
                add(name, kind)
                await rig.observers.attach(definition(name, "orders/us/#" if name == "recurses" else "orders/eu/#"))
            for _ in range(10):
                await rig.ingest.deliver([*orders(50), order(0, region="us")])
                rig.clock.advance(1)
                for status in rig.frames.take("window").attached or []:
                    require_laws(status)
                await until(lambda: by_name(rig)["queued"].pending < 500)
            await until(lambda: settled(rig))
            await rig.until_committed()
            done = by_name(rig)
            for status in done.values():
                require_laws(status)
            assert (done["good"].delivered, done["queued"].delivered) == (500, 500)
            assert good.seqs == queued.seqs == sorted(good.seqs)
            assert (done["raises"].state, done["raises"].failed) == ("stopped", 5)
            for name in ("fails", "cancels", "kills", "kills the loop"):
                assert (done[name].state, done[name].failed) == ("stopped", 5)
            assert (done["dawdles"].state, done["dawdles"].delivered) == ("active", 500)
            assert done["blocks"].delivered + done["blocks"].dropped == 500
            assert (done["recurses"].delivered, done["recurses"].dropped) == (170, 10)  # 16 hops, then cut
            assert rig.recording.ledger.accounting().stored == 500 + 180 + 5_000
            assert any("cut" in text for text in problems_of(rig))

    run(scenario())


@pytest.mark.parametrize("policy", POLICIES)
def test_of_a_slow_observer_delivered_and_dropped_are_what_was_published(
    run: Run[Any], path: Path, add: Add, policy: Overflow
) -> None:
    async def scenario() -> None:
        gate = asyncio.Event()

        async def slow(event: Event, services: Services) -> None:
            await gate.wait()

        courier = CourierKind(slow)
        add("slow", courier)
        async with Rig(path) as rig:
            await rig.observers.attach(definition("slow", overflow=policy))
            await rig.ingest.deliver(orders(1))
            await until(lambda: by_name(rig)["slow"].pending == 1)
            await asyncio.sleep(0)
            await rig.ingest.deliver(orders(3_000))
            waiting = by_name(rig)["slow"]
            require_laws(waiting)
            assert waiting.pending == (2 if policy == "latest" else MAX_EVENTS + 1)
            gate.set()
            await until(lambda: settled(rig))
            done = by_name(rig)["slow"]
            require_laws(done)
            assert done.delivered + done.dropped == 3_001
            assert done.delivered == len(courier.seqs)
            newest = {"drop_oldest": 3_001, "drop_newest": 1_001, "latest": 3_001}[policy]
            assert courier.seqs[0] == 1
            assert courier.seqs[1:] == list(range(newest - done.delivered + 2, newest + 1))

    run(scenario())


@pytest.mark.parametrize("policy", POLICIES)
def test_a_queue_is_bounded_in_bytes_too(policy: Overflow) -> None:
    queue = ObserverQueue(policy)
    dropped = 0
    for number in range(20):
        dropped += queue.put(order(number, data=b"x" * (1 << 20)), Lineage("orders", number))
    assert len(queue) == (1 if policy == "latest" else MAX_BYTES >> 20)
    assert len(queue) + dropped == 20
    dropped += queue.put(order(0, data=b"x" * (MAX_BYTES + 1)), Lineage("orders", 0))
    assert len(queue) == (8 if policy == "drop_newest" else 1)
    assert len(queue) + dropped == 21


STEPS = st.sampled_from(["publish", "deliver", "fail", "pause", "resume", "edit", "policy", "frame"])


@given(steps=st.lists(STEPS, max_size=40), policy=st.sampled_from(POLICIES))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_laws_hold_at_every_step(
    run: Run[Any], tmp_path_factory: pytest.TempPathFactory, add: Add, steps: list[str], policy: Overflow
) -> None:
    """Whatever is done to an observer in whatever order, nothing is counted twice and nothing gets lost."""

    async def scenario() -> None:
        gates: list[asyncio.Future[bool]] = []

        async def work(event: Event, services: Services) -> None:
            gates.append(asyncio.get_running_loop().create_future())
            if not await gates[-1]:
                raise ValueError("the van broke down")

        add("courier", CourierKind(work))
        add("warehouse", WarehouseKind())
        published = 0
        async with Rig(tmp_path_factory.mktemp("laws") / "shop.eventmon") as rig:
            await rig.observers.attach(definition("courier", overflow=policy))
            await rig.observers.attach(definition("warehouse"))
            for step in steps:
                courier = by_name(rig)["courier"]
                if step == "publish":
                    published += 300 if courier.state == "active" else 0
                    await rig.ingest.deliver(orders(300))
                elif step in ("deliver", "fail"):
                    for gate in gates:
                        if not gate.done():
                            gate.set_result(step == "deliver")
                elif step == "pause":
                    await rig.observers.pause("courier")
                elif step == "resume":
                    await rig.observers.resume("courier")
                elif step != "frame":
                    edited = definition("courier", overflow=policy if step == "edit" else "latest")
                    await rig.observers.edit("courier", edited)
                for _ in range(3):
                    await asyncio.sleep(0)
                rig.clock.advance(1)
                rig.frames.take("window")
                for status in rig.observers.statuses():
                    require_laws(status)
                assert by_name(rig)["courier"].matched == published
                assert by_name(rig)["warehouse"].delivered == rig.recording.ledger.received

    run(scenario())
