"""What the event log costs: appending against bare SQLite, reading a window anywhere in ten million events.

Run: ``python -m tests.benchmarks.store_log [EVENTS]``. Floor of appending: ``executemany`` of ready-made tuples into
an equal table (WAL, synchronous NORMAL), the same batches of 1,000, one transaction each. The windows are read in
this process, first at rest, then while a thread of it appends 50,000 events a second, as in the engine.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import apsw

from eventmon.core.event import Event
from eventmon.store.open import open_reader, open_writer
from eventmon.store.schema import EVENT_COLUMNS, TABLES
from eventmon.store.writer import SqliteWriter

EVENTS = 10_000_000
BATCH = 1_000
BATCHES = 100
ROUNDS = 9
WINDOW = 50
WINDOWS = 2_000
RATE = 50_000
START = 1_760_000_000_000_000
PAYLOADS = [
    b'{"order": %d, "total": %d.5, "currency": "EUR", "customer": "c%d@example.org"}'
    % (number, number * 7 % 900, number)
    for number in range(1_000)
]
TOPICS = [f"orders/{region}/{what}" for region in ("eu", "us", "asia") for what in ("created", "paid", "shipped")]

MEMORY = """
import random, sys
from pathlib import Path
import psutil
from eventmon.store.open import open_reader, open_writer

path = Path(sys.argv[1])
writer, reader = open_writer(path), open_reader(path)
newest = reader.bounds().newest
for _ in range(500):
    reader.rows(random.randrange(1, newest), 50)
for scanned, _ in zip(range(100), reader.search(topics=[], text="no such thing", newest=newest, oldest=1)):
    pass
print(psutil.Process().memory_info().rss)
reader.close()
writer.close()
"""


class Figure(NamedTuple):
    """One line: what was measured, its value for people, the ratio to its floor or limit, what is asked for."""

    name: str
    value: str
    ratio: float
    target: str
    met: bool


def shop(first: int, count: int) -> list[Event]:
    """Orders with seqs from ``first`` on, a thousand a second."""
    return [
        Event(
            topic=TOPICS[seq % len(TOPICS)],
            data=PAYLOADS[seq % 1_000],
            type="order.event",
            source="shop",
            seq=seq,
            received=START + seq * 1_000,
        )
        for seq in range(first, first + count)
    ]


def _commit(writer: SqliteWriter) -> None:
    writer.commit(not_recorded=0, duplicates=0, dropped=0)


def _append_with_the_writer(folder: Path, batches: list[list[Event]]) -> float:
    writer = open_writer(folder / "writer.eventmon", lock_folder=folder)
    start = time.perf_counter()
    for batch in batches:
        writer.append(batch)
        _commit(writer)
    taken = time.perf_counter() - start
    writer.close()
    (folder / "writer.eventmon").unlink()
    return taken


def _append_with_bare_sqlite(folder: Path, batches: list[list[Event]]) -> float:
    rows = [
        [
            (e.seq, 1, e.received, e.time, e.type, e.source, e.id, e.subject, e.datacontenttype, None, e.data)
            for e in batch
        ]
        for batch in batches
    ]
    connection = apsw.Connection(str(folder / "bare.db"))
    for setting in ("auto_vacuum = INCREMENTAL", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(TABLES["events"])
    insert = f"INSERT INTO events VALUES({','.join('?' * len(EVENT_COLUMNS))})"
    start = time.perf_counter()
    for batch in rows:
        connection.execute("BEGIN")
        connection.executemany(insert, batch)
        connection.execute("COMMIT")
    taken = time.perf_counter() - start
    connection.close()
    (folder / "bare.db").unlink()
    return taken


def appending(folder: Path) -> Figure:
    """Rate of the writer as a ratio to bare SQLite, round by round."""
    batches = [shop(1 + number * BATCH, BATCH) for number in range(BATCHES)]
    ratios, rates = [], []
    for _ in range(ROUNDS):
        bare = _append_with_bare_sqlite(folder, batches)
        taken = _append_with_the_writer(folder, batches)
        ratios.append(bare / taken)
        rates.append(BATCH * BATCHES / taken)
    ratio = median(ratios)
    return Figure("append, batches of 1,000", f"{median(rates):,.0f}/s", ratio, ">= 0.80x bare SQLite", ratio >= 0.8)


def build(path: Path, events: int) -> None:
    """A log of that many orders."""
    writer = open_writer(path, lock_folder=path.parent)
    for first in range(1, events + 1, 10_000):
        writer.append(shop(first, min(10_000, events + 1 - first)))
        _commit(writer)
    writer.close()


def _p99_of_windows(path: Path, events: int) -> float:
    reader = open_reader(path)
    chance = random.Random(1)
    times = []
    for _ in range(WINDOWS):
        first = chance.randrange(1, events - WINDOW)
        start = time.perf_counter()
        rows = reader.rows(first, WINDOW)
        times.append(time.perf_counter() - start)
        assert len(rows) == WINDOW
    reader.close()
    return quantiles(times, n=100)[98]


def windows(path: Path, events: int) -> list[Figure]:
    """p99 of 50 rows anywhere, at rest and while this process appends."""
    at_rest = _p99_of_windows(path, events)
    with _Appending(path):
        busy = _p99_of_windows(path, events)
    return [
        _limited(f"window of {WINDOW} rows, p99", at_rest, 0.005),
        _limited(f"the same while appending {RATE:,}/s, p99", busy, 0.005),
    ]


class _Appending:
    """Appends at a steady rate in a thread while the block runs."""

    def __init__(self, path: Path) -> None:
        self._writer = open_writer(path, lock_folder=path.parent)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        pause = BATCH / RATE
        while not self._stop.wait(pause):
            self._writer.append(shop(self._writer.next_seq, BATCH))
            _commit(self._writer)

    def __enter__(self) -> None:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(0.0005)  # as the window does
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()
        sys.setswitchinterval(self._interval)
        self._writer.close()


def _limited(name: str, seconds: float, limit: float) -> Figure:
    return Figure(name, f"{seconds * 1000:.2f} ms", seconds / limit, f"<= {limit * 1000:.0f} ms", seconds <= limit)


def opening(folder: Path, path: Path) -> Figure:
    """How much longer a big log takes to open for writing and reading than an empty one."""
    small = folder / "small.eventmon"
    build(small, 1)
    added = median(_time(lambda: _open_both(path)) for _ in range(7)) - median(
        _time(lambda: _open_both(small)) for _ in range(7)
    )
    return _limited("opening it adds", max(0.0, added), 0.1)


def _open_both(path: Path) -> None:
    writer, reader = open_writer(path, lock_folder=path.parent), open_reader(path)
    reader.bounds()
    reader.close()
    writer.close()


def _time(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def searching(path: Path) -> list[Figure]:
    """A whole scan of the newest 100,000 events, for words that do not occur."""
    reader = open_reader(path)
    newest = reader.bounds().newest

    def seconds_for(word: str) -> float:
        start = time.perf_counter()
        for _ in reader.search(topics=[], text=word, newest=newest, oldest=max(1, newest - 99_999)):
            pass
        return time.perf_counter() - start

    figures = [
        _limited(f"searching 100,000 events for {word}", median(seconds_for(word) for _ in range(5)), 0.15)
        for word in ("refund", "订单")
    ]
    reader.close()
    return figures


def memory(path: Path) -> Figure:
    """Resident memory of a process that has the log open at both ends and has read all over it."""
    answer = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    megabytes = int(answer.stdout) / 1e6
    return Figure("resident memory with it", f"{megabytes:.0f} MB", megabytes / 250, "<= 250 MB", megabytes <= 250)


def rows(events: int = EVENTS) -> list[Figure]:
    """Every figure; builds a log of ``events`` in a temporary folder and removes it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "big.eventmon"
        figures = [appending(folder)]
        building = _time(lambda: build(path, events))
        size = path.stat().st_size
        figures.append(
            Figure(f"building {events:,} events ({size / 1e6:,.0f} MB)", f"{building:.0f} s", building, "", True)
        )
        return [
            *figures,
            opening(folder, path),
            memory(path),
            *searching(path),
            *windows(path, events),
        ]


def main() -> None:
    """Print the table."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print("event log")
    for figure in rows(events):
        verdict = "" if not figure.target else f"{figure.target}  {'met' if figure.met else 'NOT MET'}"
        print(f"  {figure.name:52s} {figure.value:>14s} {figure.ratio:7.2f}x  {verdict}".rstrip())


if __name__ == "__main__":
    main()
