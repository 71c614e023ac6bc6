from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, Queue

import pytest

from eventmon.core.event import Event
from eventmon.engine.writer import COMMIT_INTERVAL, GapNote, Load, Report, WriterThread
from eventmon.store.base import Retention
from eventmon.store.open import open_reader, open_writer
from tests.engine.faults import FullDisk

PATIENCE = 20.0


def _events(first: int, count: int) -> list[Event]:
    return [
        Event(topic=f"orders/{seq % 3}", data=b'{"total": %d}' % seq, seq=seq, received=seq)
        for seq in range(first, first + count)
    ]


class _Log:
    """A writer thread on a real session, its reports collected."""

    def __init__(self, path: Path) -> None:
        self.disk = FullDisk(open_writer(path))
        self.reports: Queue[Report] = Queue()
        self.thread = WriterThread(
            self.disk, on_report=self.reports.put, retention=Retention(), clock=lambda: 1_000_000
        )
        self.thread.start()

    def until(self, wanted: Callable[[Report], bool]) -> Report:
        while True:
            report = self.reports.get(timeout=PATIENCE)
            if wanted(report):
                return report

    def close(self) -> list[Report]:
        assert self.thread.close(PATIENCE)
        return list(self.reports.queue)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.eventmon"


@pytest.fixture
def log(path: Path) -> _Log:
    return _Log(path)


def _stored(path: Path) -> Sequence[int]:
    reader = open_reader(path)
    try:
        return [event.seq for event in reader.events(1, 10_000)]
    finally:
        reader.close()


def test_what_was_put_is_committed_and_reported_once(log: _Log, path: Path) -> None:
    log.thread.put(Load(events=_events(1, 500), size=9_000, terms=(0, 0, 2)))
    report = log.until(lambda report: report.newest == 500)
    assert (report.events, report.size, report.blocked) == (500, 9_000, "")
    assert (report.totals.stored, report.totals.dropped) == (500, 2)
    assert report.log_bytes > 0
    log.close()
    assert _stored(path) == list(range(1, 501))


def test_what_waits_at_the_close_is_stored(log: _Log, path: Path) -> None:
    for first in range(1, 2_001, 100):
        log.thread.put(Load(events=_events(first, 100)))
    reports = log.close()
    assert sum(report.events for report in reports) == 2_000
    assert _stored(path)[-1] == 2_000


def test_many_loads_share_few_commits(log: _Log) -> None:
    start = time.monotonic()
    for seq in range(1, 31):
        log.thread.put(Load(events=_events(seq, 1)))
        log.until(lambda report: report.newest == seq)  # noqa: B023  # called before seq moves on
    assert log.disk.commits <= (time.monotonic() - start) / COMMIT_INTERVAL + 2
    log.close()


def test_positions_and_gaps_are_committed_with_their_events(log: _Log, path: Path) -> None:
    log.thread.put(Load(events=_events(1, 3), positions=[("prod", "orders", "0-3")]))
    log.thread.put(Load(gap=GapNote(connection="prod", started=5, ended=9, reason="The broker hung up.")))
    log.until(lambda report: report.gaps == 1)
    assert log.thread.position("prod", "orders") == "0-3"
    assert log.thread.position("prod", "payments") is None
    log.close()
    reader = open_reader(path)
    (gap,) = reader.gaps()
    reader.close()
    assert (gap.after_seq, gap.connection, gap.started, gap.ended) == (3, "prod", 5, 9)


def test_a_batch_in_several_loads_is_committed_as_one(log: _Log) -> None:
    log.thread.put(Load(events=_events(1, 10)))
    log.until(lambda report: report.newest == 10)
    log.thread.put(Load(events=_events(11, 10), more=True))
    log.thread.put(Load(events=_events(21, 10), more=True))
    with pytest.raises(Empty):
        log.reports.get(timeout=0.2)  # longer than several commits take
    log.thread.put(Load(events=_events(31, 10), positions=[("prod", "orders", "0-40")]))
    report = log.reports.get(timeout=PATIENCE)
    assert (report.events, report.newest) == (30, 40)
    log.close()


def test_a_full_disk_keeps_everything_until_there_is_room(log: _Log, path: Path) -> None:
    log.thread.put(Load(events=_events(1, 100)))
    log.until(lambda report: report.newest == 100)
    log.disk.full.set()
    log.thread.put(Load(events=_events(101, 100), size=1_800, positions=[("prod", "orders", "0-200")]))
    report = log.until(lambda report: bool(report.blocked))
    assert report.newest == 100
    assert "full" in report.blocked
    log.thread.put(Load(events=_events(201, 100), size=1_800))
    log.disk.full.clear()
    report = log.until(lambda report: report.newest == 300)
    assert report.blocked == ""
    assert log.thread.position("prod", "orders") == "0-200"
    log.close()
    assert _stored(path) == list(range(1, 301))


@pytest.mark.parametrize("stage", ["append", "commit"])
def test_a_refusal_at_any_stage_leaves_no_hole(path: Path, stage: str) -> None:
    log = _Log(path)
    log.disk.stage = stage
    log.disk.full.set()
    for first in range(1, 301, 100):
        log.thread.put(Load(events=_events(first, 100)))
    log.until(lambda report: bool(report.blocked))
    log.disk.full.clear()
    log.until(lambda report: report.newest == 300)
    log.close()
    assert _stored(path) == list(range(1, 301))


def test_a_back_end_that_fails_oddly_blocks_and_recovers(log: _Log, path: Path, warnings_logged: list[str]) -> None:
    log.disk.error = MemoryError("no memory for a page")
    log.disk.full.set()
    log.thread.put(Load(events=_events(1, 10)))
    report = log.until(lambda report: bool(report.blocked))
    assert "MemoryError" in report.blocked
    log.disk.full.clear()
    log.until(lambda report: report.newest == 10)
    log.close()
    assert warnings_logged
    assert _stored(path) == list(range(1, 11))


def test_a_disk_that_stays_full_does_not_keep_the_close_for_ever(log: _Log, warnings_logged: list[str]) -> None:
    log.disk.full.set()
    log.thread.put(Load(events=_events(1, 10)))
    log.until(lambda report: bool(report.blocked))
    log.close()
    assert any("10 events that were not acknowledged could not be stored" in text for text in warnings_logged)


def test_a_session_file_that_is_moved_is_noticed_and_taken_up_again(log: _Log, path: Path) -> None:
    log.thread.put(Load(events=_events(1, 10)))
    log.until(lambda report: report.newest == 10)
    away = path.with_name("away.eventmon")
    path.rename(away)
    report = log.until(lambda report: bool(report.blocked))
    assert "moved" in report.blocked
    log.thread.put(Load(events=_events(11, 10)))
    away.rename(path)
    log.until(lambda report: report.newest == 20 and not report.blocked)
    log.close()
    assert _stored(path) == list(range(1, 21))


def test_another_file_of_the_same_name_is_not_the_session(log: _Log, path: Path) -> None:
    path.rename(path.with_name("away.eventmon"))
    path.write_bytes(b"something else")
    log.thread.put(Load(events=_events(1, 10)))
    report = log.until(lambda report: bool(report.blocked))
    assert "replaced" in report.blocked
    assert report.newest == 0
    path.with_name("away.eventmon").rename(path)
    log.until(lambda report: report.newest == 10)
    log.close()


def test_positions_may_be_asked_from_other_threads_while_it_writes(log: _Log) -> None:
    answers: list[str | None] = []
    asking = threading.Thread(target=lambda: answers.extend(log.thread.position("prod", "s") for _ in range(200)))
    asking.start()
    for first in range(1, 2_001, 10):
        log.thread.put(Load(events=_events(first, 10), positions=[("prod", "s", f"{first:05}")]))
    asking.join()
    log.until(lambda report: report.newest == 2_000)
    assert log.thread.position("prod", "s") == "01991"
    assert len(answers) == 200
    assert [answer for answer in answers if answer] == sorted(answer for answer in answers if answer)
    log.close()
