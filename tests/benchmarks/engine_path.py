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
from tests.benchmarks.measure import Row, show

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


async def _deliver_steadily(paths: Paths, rate: int) -> Load:
    async with _engine(paths) as engine:
        turns = round(SECONDS / TURN_SECONDS)
        batches = [shop(round(rate * TURN_SECONDS)) for _ in range(turns)]
        loop = asyncio.get_running_loop()
        before, start, lag = _cpu_by_thread(), loop.time(), 0.0
        for number, batch in enumerate(batches):
            due = start + number * TURN_SECONDS
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
                lag = max(lag, loop.time() - due)
            await engine.ingest.deliver(batch)
        seconds = loop.time() - start
        used = {name: cpu - before.get(name, 0.0) for name, cpu in _cpu_by_thread().items()}
        await engine.wait_newer(sum(map(len, batches)) - 1)
    main = threading.current_thread().name
    return Load(used[main] / seconds, used["log-writer"] / seconds, lag)


def _cpu_by_thread() -> dict[str, float]:
    """Seconds of processor time that each thread has used so far."""
    return {
        thread.name: time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        for thread in threading.enumerate()
        if thread.ident is not None
    }


def load_at(rate: int) -> Load:
    """The load of the engine at a steady rate of events a second."""
    with _home() as paths:
        return asyncio.run(_deliver_steadily(paths, rate))


def rows() -> list[Row]:
    """The table: throughput as a ratio to the floor, then the load at each rate in cores."""
    pairs = [(bare_append(), through_the_engine()) for _ in range(ROUNDS)]
    events = BATCH * BATCHES
    floor = median(bare for bare, _ in pairs) / events * 1e9
    table = [
        Row(name=FLOOR, nanoseconds=floor, ratio=1.0),
        Row(
            name="engine, until committed",
            nanoseconds=median(engine for _, engine in pairs) / events * 1e9,
            ratio=median(engine / bare for bare, engine in pairs),
            target=TARGET_RATIO,
        ),
    ]
    for rate in RATES:
        load = load_at(rate)
        late = f", late ≤ {load.worst_lag * 1e3:.0f} ms"
        for thread, cores, more in (("engine", load.engine, late), ("writer", load.writer, "")):
            spent = cores / rate * 1e9
            name = f"{rate:,}/s: {thread} {cores:.2f} cores{more}"
            table.append(Row(name=name, nanoseconds=spent, ratio=spent / floor))
    return table


if __name__ == "__main__":
    show("From a connector to the committed log, per event", rows())
