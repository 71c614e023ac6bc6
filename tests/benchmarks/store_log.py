"""What the event log costs: appending against bare SQLite, reading a window anywhere in ten million events.

Run: ``python -m tests.benchmarks.store_log``. Floor of appending: ``executemany`` of ready-made tuples into
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
from pathlib import Path
from statistics import median

import apsw

from eventmon.core.event import Event
from eventmon.engine.options import EngineOptions
from eventmon.store.open import open_reader, open_writer
from eventmon.store.schema import EVENT_COLUMNS, TABLES
from eventmon.store.writer import SqliteWriter
from tests.benchmarks.measure import compared, duration, limited, megabytes, p99, seconds_of
from tests.benchmarks.platforms import OFFSCREEN
from tests.benchmarks.table import Row, main
from tests.benchmarks.window_under_load import measured_window

EVENTS = 10_000_000
QUICK_EVENTS = 300_000
OPENINGS = 7
MOST_MEGABYTES = 250.0
WINDOW_SECONDS = 2.0
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
from eventmon.store.open import open_reader, open_writer
from tests.benchmarks.resident import resident_megabytes

path = Path(sys.argv[1])
writer, reader = open_writer(path), open_reader(path)
newest = reader.bounds().newest
for _ in range(500):
    reader.rows(random.randrange(1, newest), 50)
for scanned, _ in zip(range(100), reader.search(topics=[], text="no such thing", newest=newest, oldest=1)):
    pass
print(resident_megabytes())
reader.close()
writer.close()
"""


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


def appending(folder: Path, rounds: int) -> list[Row]:
    """Rate of the writer as a ratio to bare SQLite, round by round."""
    batches = [shop(1 + number * BATCH, BATCH) for number in range(BATCHES)]
    pairs = [
        (_append_with_bare_sqlite(folder, batches), _append_with_the_writer(folder, batches)) for _ in range(rounds)
    ]
    events = BATCH * BATCHES
    bare = f"{events / median(bare for bare, _ in pairs):,.0f}/s"
    ours = f"{events / median(ours for _, ours in pairs):,.0f}/s"
    ratio = median(bare / ours for bare, ours in pairs)
    return [
        compared("bare SQLite executemany, batches of 1,000 (floor)", bare, 1.0),
        compared("append, batches of 1,000", ours, ratio, at_least=0.8),
    ]


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
        found = reader.rows(first, WINDOW)
        times.append(time.perf_counter() - start)
        assert len(found) == WINDOW
    reader.close()
    return p99(times)


def windows(path: Path, events: int) -> list[Row]:
    """p99 of 50 rows anywhere, at rest and while this process appends."""
    at_rest = _p99_of_windows(path, events)
    with _Appending(path):
        busy = _p99_of_windows(path, events)
    return [
        limited(f"window of {WINDOW} rows, p99", at_rest, 0.005, show=duration),
        limited(f"the same while appending {RATE:,}/s, p99", busy, 0.005, show=duration, ratio=busy / at_rest),
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


def opening(folder: Path, path: Path) -> list[Row]:
    """How much longer a big log takes to open for writing and reading than an empty one."""
    small = folder / "small.eventmon"
    build(small, 1)
    pairs = [(seconds_of(lambda: _open_both(small)), seconds_of(lambda: _open_both(path))) for _ in range(OPENINGS)]
    least = median(small for small, _ in pairs)
    added = max(0.0, median(big - small for small, big in pairs))
    return [
        compared("opening a log of one event (floor)", duration(least), 1.0),
        limited("opening the big one adds", added, 0.1, show=duration, ratio=median(b / s for s, b in pairs)),
    ]


def _open_both(path: Path) -> None:
    writer, reader = open_writer(path, lock_folder=path.parent), open_reader(path)
    reader.bounds()
    reader.close()
    writer.close()


def searching(path: Path) -> list[Row]:
    """A whole scan of the newest 100,000 events, for words that do not occur."""
    reader = open_reader(path)
    newest = reader.bounds().newest

    def search(word: str) -> None:
        for _ in reader.search(topics=[], text=word, newest=newest, oldest=max(1, newest - 99_999)):
            pass

    found = [
        limited(
            f"searching 100,000 events for {what}",
            median(seconds_of(lambda word=word: search(word)) for _ in range(5)),  # type: ignore[misc]  # lambda default
            0.15,
            show=duration,
        )
        for what, word in (("an English word", "refund"), ("a Chinese one", "订单"))
    ]
    reader.close()
    return found


def memory(path: Path) -> list[Row]:
    """Resident memory of a process that has the log open at both ends and read all over it, and of the window."""
    answer = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    window = measured_window(EngineOptions(session=path), WINDOW_SECONDS, OFFSCREEN).resident_megabytes
    return [
        limited("resident memory with it, no window", float(answer.stdout), MOST_MEGABYTES, show=megabytes),
        limited("resident memory with it, the window", window, MOST_MEGABYTES, show=megabytes),
    ]


def rows(quick: bool = False) -> list[Row]:
    """Every figure; builds a big log in a temporary folder and removes it."""
    events = QUICK_EVENTS if quick else EVENTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "big.eventmon"
        appended = appending(folder, 3 if quick else ROUNDS)
        building = seconds_of(lambda: build(path, events))
        size = path.stat().st_size / 1e6
        return [
            *appended,
            Row(name=f"building {events:,} events, {size:,.0f} MB", value=duration(building)),
            *opening(folder, path),
            *memory(path),
            *searching(path),
            *windows(path, events),
        ]


if __name__ == "__main__":
    main("event log", rows)
