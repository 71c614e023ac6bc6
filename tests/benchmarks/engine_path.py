"""What the engine adds to storing an event, and how much of a core it takes at steady rates.

Run: ``python -m tests.benchmarks.engine_path``. Floor: ``SqliteWriter.append`` and ``commit`` of the same events in
the same batches, with nothing round it. The engine's way is bus, counters, ledger, hand-over, writer thread and
reports, with a viewer that takes 30 frames a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from eventmon.core.event import Event
from eventmon.engine.engine import Engine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import TakeFrame
from eventmon.store.open import open_writer
from tests.benchmarks.measure import compared, cores, duration
from tests.benchmarks.table import Row, main

BATCH = 1_000
BATCHES = 100
ROUNDS = 5
RATES = (1_000, 50_000, 100_000)
SECONDS = 3.0
TURN_SECONDS = 0.01
FRAME_SECONDS = 1 / 30
TARGET_RATIO = 2.0
TOPICS = tuple(f"orders/{region}/{what}" for region in ("eu", "us", "asia") for what in ("created", "paid", "shipped"))
PAYLOAD = b'{"order": 1204, "total": 120.5, "currency": "EUR", "items": [1, 2, 3], "customer": "zoe@example.org"}'
FLOOR = "bare append and commit (floor)"


class Load(NamedTuple):
    """How busy the engine's thread and its writer thread were, in cores, and how late the loop's worst turn was."""

    engine: float
    writer: float
    worst_lag: float


def shop(count: int, *, first_seq: int = 0) -> list[Event]:
    """Fresh events of a shop, numbered when ``first_seq`` is given."""
    return [
        Event(
            topic=TOPICS[number % len(TOPICS)],
            data=PAYLOAD,
            type="order.created",
            source="checkout",
            seq=first_seq + number if first_seq else 0,
            received=1 if first_seq else 0,
        )
        for number in range(count)
    ]


def bare_append() -> float:
    """Seconds for all batches without an engine."""
    with tempfile.TemporaryDirectory() as folder:
        writer = open_writer(Path(folder) / "bare.eventmon")
        batches = [shop(BATCH, first_seq=1 + number * BATCH) for number in range(BATCHES)]
        start = time.perf_counter()
        for batch in batches:
            writer.append(batch)
            writer.commit(not_recorded=0, duplicates=0, dropped=0)
        seconds = time.perf_counter() - start
        writer.close()
    return seconds


@contextlib.contextmanager
def _home() -> Iterator[Paths]:
    before = os.environ.get("EVENTMON_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EVENTMON_HOME"] = folder
        try:
            yield Paths.for_profile()
        finally:
            os.environ.pop("EVENTMON_HOME")
            if before is not None:
                os.environ["EVENTMON_HOME"] = before


@asynccontextmanager
async def _engine(paths: Paths) -> AsyncIterator[Engine]:
    engine = Engine(EngineOptions(serve_control=False), paths)
    await engine.start()
    viewer = asyncio.create_task(_view(engine))
    try:
        yield engine
    finally:
        viewer.cancel()
        await engine.stop()


async def _view(engine: Engine) -> None:
    while True:
        await engine.answer(TakeFrame(viewer="window"))
        await asyncio.sleep(FRAME_SECONDS)


async def _deliver_all(paths: Paths) -> float:
    async with _engine(paths) as engine:
        batches = [shop(BATCH) for _ in range(BATCHES)]
        start = time.perf_counter()
        for batch in batches:
            await engine.ingest.deliver(batch)
        await engine.wait_newer(BATCH * BATCHES - 1)
        return time.perf_counter() - start


def through_the_engine() -> float:
    """Seconds for all batches through the engine, as fast as it takes them, until the last is committed."""
    with _home() as paths:
        return asyncio.run(_deliver_all(paths))


async def _deliver_steadily(paths: Paths, rate: int, steady_seconds: float) -> Load:
    async with _engine(paths) as engine:
        turns = round(steady_seconds / TURN_SECONDS)
        batches = [shop(round(rate * TURN_SECONDS)) for _ in range(turns)]
        loop = asyncio.get_running_loop()
        before, start, lag = cpu_by_thread(), loop.time(), 0.0
        for number, batch in enumerate(batches):
            due = start + number * TURN_SECONDS
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
                lag = max(lag, loop.time() - due)
            await engine.ingest.deliver(batch)
        seconds = loop.time() - start
        used = {name: cpu - before.get(name, 0.0) for name, cpu in cpu_by_thread().items()}
        await engine.wait_newer(sum(map(len, batches)) - 1)
    own = threading.current_thread().name
    return Load(used[own] / seconds, used["log-writer"] / seconds, lag)


def cpu_by_thread() -> dict[str, float]:
    """Seconds of processor time that each thread has used so far."""
    return {
        thread.name: time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        for thread in threading.enumerate()
        if thread.ident is not None
    }


def load_at(rate: int, seconds: float) -> Load:
    """The load of the engine at a steady rate of events a second."""
    with _home() as paths:
        return asyncio.run(_deliver_steadily(paths, rate, seconds))


def rows(quick: bool = False) -> list[Row]:
    """Throughput as a ratio to the floor, then the load at each rate in cores."""
    pairs = [(bare_append(), through_the_engine()) for _ in range(3 if quick else ROUNDS)]
    events = BATCH * BATCHES
    floor = median(bare for bare, _ in pairs) / events
    through = median(engine for _, engine in pairs) / events
    ratio = median(engine / bare for bare, engine in pairs)
    seconds = SECONDS / 3 if quick else SECONDS
    return [
        compared(f"{FLOOR}, an event", duration(floor), 1.0),
        compared("engine, until committed, an event", duration(through), ratio, at_most=TARGET_RATIO),
        *(row for rate in RATES for row in rows_of_load(rate, load_at(rate, seconds), floor)),
    ]


def rows_of_load(rate: int, load: Load, floor: float) -> list[Row]:
    """Cores of both threads, each beside what the floor would need at that rate, and the worst turn of the loop."""
    return [
        compared(f"{rate:,}/s: engine thread", cores(load.engine), load.engine / rate / floor),
        compared(f"{rate:,}/s: writer thread", cores(load.writer), load.writer / rate / floor),
        Row(name=f"{rate:,}/s: worst turn of the loop late by", value=duration(load.worst_lag)),
    ]


if __name__ == "__main__":
    main("connector to committed log", rows)
