"""What a hub costs: opening one with ten thousand observers, and how soon a change is seen by ten instances.

Run: ``python -m tests.benchmarks.hub``. The targets are those of the product: 2 s and 1 s. Floors: reading the same
observers with a bare client, and a round trip to the server.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from statistics import median
from time import perf_counter

import msgspec

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.shared_definitions import new_edit, new_observer
from tests.benchmarks.measure import compared, duration, limited
from tests.benchmarks.table import Row, main
from tests.engine.hub_rig import Colleague, on_hub
from tests.helpers.valkey import ValkeyServer
from tests.hub.rig import redis_hub

OBSERVERS, QUICK_OBSERVERS = 10_000, 1_000
INSTANCES = 10
ROUNDS, QUICK_ROUNDS = 9, 3
MOST_TO_OPEN = 2.0
MOST_TO_BE_SEEN = 1.0


def rows(quick: bool = False) -> list[Row]:
    """Fill a hub, start an engine on it, then ten engines that watch each other."""
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as home, ValkeyServer() as server:
        os.environ |= {"EVENTMON_HOME": home, "XDG_RUNTIME_DIR": home}
        return [
            *asyncio.run(opening(server, QUICK_OBSERVERS if quick else OBSERVERS)),
            *asyncio.run(seeing(server, QUICK_ROUNDS if quick else ROUNDS)),
        ]


async def opening(server: ValkeyServer, observers: int) -> list[Row]:
    """The start of a whole engine, log and control socket included, until all observers are listed."""
    await fill(server, observers)
    url = f"redis://{server.address}"
    start = perf_counter()
    async with on_hub("maria", url) as one:
        await one.until(lambda: len(one.observers()) == observers)
        taken = perf_counter() - start
    start = perf_counter()
    with server.client() as client:
        client.hgetall("{eventmon}:hub:observers")
    least = perf_counter() - start
    return [
        compared(f"{observers:,} observers read by a bare client (floor)", duration(least), 1.0),
        compared("an engine started on a hub with them", duration(taken), taken / least),
        limited("the same", taken, MOST_TO_OPEN, show=duration),
    ]


async def fill(server: ValkeyServer, observers: int) -> None:
    """A hub with observers of an instance that is away."""
    hub = redis_hub(server.port)
    await hub.load()
    for number in range(observers):
        definition = ObserverDefinition(name=f"machine {number}", kind="counter", pattern=f"sensors/{number}/#")
        content = msgspec.to_builtins(new_observer(definition, instance="away", host="hall-4"))
        await hub.apply(new_edit("observer", definition.name, content, by="hall-4", expected=0))
    await hub.close()


async def seeing(server: ValkeyServer, rounds: int) -> list[Row]:
    """From the moment when somebody attaches an observer until all list and count it."""
    with server.client() as client:
        client.flushall()
    url = f"redis://{server.address}"
    async with AsyncExitStack() as stack:
        team = [await stack.enter_async_context(on_hub(f"desk-{number}", url)) for number in range(INSTANCES)]
        times = [await seen_by(team, number) for number in range(rounds)]
    slowest = max(times)
    with server.client() as client:
        least = median(timed(client.ping) for _ in range(rounds))
    return [
        compared("a round trip to the server (floor)", duration(least), 1.0),
        compared(f"a change seen by {INSTANCES} instances, median", duration(median(times)), median(times) / least),
        limited("the slowest of them", slowest, MOST_TO_BE_SEEN, show=duration),
    ]


async def seen_by(team: list[Colleague], number: int) -> float:
    """How long one change takes to reach everybody."""
    start = perf_counter()
    await team[0].attach(f"paid {number}")
    for one in team:
        await one.until(lambda one=one: one.engine.stats().observers == number + 1)  # type: ignore[misc]
    return perf_counter() - start


def timed(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main("a shared hub", rows)
