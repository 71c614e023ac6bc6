"""Readers get rows by seq, whole events, counts: always of committed events, in memory that does not grow."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from eventmon.core.errors import UserError
from eventmon.store.base import PREVIEW_BYTES, Bounds, LogReader, LogTotals, Retention
from eventmon.store.errors import NotASession
from eventmon.store.open import open_reader
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, orders, store


def test_an_empty_log_answers_everything(reader: LogReader) -> None:
    assert reader.bounds() == Bounds(first=0, newest=0, events=0)
    assert (reader.rows(1, 50), reader.rows_at([1]), reader.events(1, 50), reader.newest_events(50)) == ([], [], [], [])
    assert (reader.count(), reader.count(topics=["#"]), reader.topics(), reader.gaps()) == (0, 0, [], [])
    assert (reader.histogram(0, 2**40), reader.totals()) == ([], LogTotals())
    assert list(reader.search(topics=[], text="", newest=10, oldest=1)) == [(1, [])]


def test_bounds_follow_the_writer(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 7)
    assert reader.bounds() == Bounds(first=1, newest=7, events=7)


@pytest.mark.parametrize(
    ("first", "count", "seqs"),
    [(1, 3, [1, 2, 3]), (9, 5, [9, 10]), (11, 5, []), (-4, 2, [1, 2]), (1, 0, []), (1, -1, [])],
)
def test_rows_are_taken_by_seq(
    writer: SqliteWriter, reader: SqliteReader, first: int, count: int, seqs: list[int]
) -> None:
    store(writer, 10)
    assert [row.seq for row in reader.rows(first, count)] == seqs
    assert [event.seq for event in reader.events(first, count)] == seqs


def test_rows_at_gives_those_that_exist_once_and_ascending(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    assert [row.seq for row in reader.rows_at([7, 3, 3, 99, -1])] == [3, 7]
    assert reader.rows_at([]) == []


def test_a_row_shows_what_a_table_needs(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.append([order(1, datacontenttype="application/json")])
    commit(writer)
    (row,) = reader.rows(1, 1)
    event = order(1)
    assert (row.seq, row.received, row.topic, row.type) == (1, START + 100_000, "orders/us/created", "order.created")
    assert (row.size, row.preview, row.datacontenttype) == (len(event.data), event.data, "application/json")


@pytest.mark.parametrize("size", [PREVIEW_BYTES, PREVIEW_BYTES + 1, 4_096, 4_097, 300_000])
def test_a_preview_is_cut_and_says_the_whole_size(writer: SqliteWriter, reader: SqliteReader, size: int) -> None:
    data = os.urandom(size)
    writer.append([order(1, data=data)])
    commit(writer)
    (row,) = reader.rows(1, 1)
    assert (row.size, row.preview) == (size, data[:PREVIEW_BYTES])


def test_previews_of_big_payloads_do_not_load_them(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.append([order(seq, data=bytes(2 * 1024**2)) for seq in range(1, 11)])
    commit(writer)
    tracemalloc.start()
    rows = reader.rows(1, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row.size for row in rows] == [2 * 1024**2] * 10
    assert peak < 1024**2


def test_patterns_narrow_events_and_counts(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 30)
    wanted = [event for event in orders(1, 30) if event.topic == "orders/eu/created"]
    assert reader.events(1, 100, topics=["orders/eu/#"]) == wanted
    assert reader.events(10, 2, topics=["orders/eu/#"]) == [event for event in wanted if event.seq >= 10][:2]
    assert reader.newest_events(3, topics=["orders/eu/#"]) == wanted[-3:]
    assert reader.count(topics=["orders/eu/#"]) == len(wanted)
    assert reader.count(topics=["orders/eu/#", "orders/us/+"]) == 20
    assert reader.count(topics=["payments/#"]) == 0
    assert reader.events(1, 100, topics=["payments/#"]) == []


def test_newest_rows_pass_over_what_was_deleted(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    writer.delete([6, 7, 8, 10])
    commit(writer)
    assert [row.seq for row in reader.newest_rows(3)] == [4, 5, 9]
    assert reader.newest_rows(1) == reader.rows_at([9])
    assert [row.seq for row in reader.newest_rows(99)] == [1, 2, 3, 4, 5, 9]
    assert reader.newest_rows(0) == []


def test_newest_events_come_ascending(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    assert reader.newest_events(4) == orders(7, 4)
    assert reader.newest_events(99) == orders(1, 10)
    assert reader.newest_events(0) == []


def test_a_bad_pattern_is_the_users_to_mend(reader: SqliteReader) -> None:
    with pytest.raises(UserError, match="#"):
        reader.count(topics=["orders/#/created"])


def test_counts_stay_right_after_pruning(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 1_000)
    removed = writer.prune(Retention(max_bytes=0, max_age_seconds=None), START)
    left = [event for event in orders(1, 1_000) if event.seq > removed]
    assert 0 < removed < 1_000
    assert reader.count() == len(left)
    assert reader.count(topics=["orders/eu/+"]) == sum(event.topic == "orders/eu/created" for event in left)


def test_a_reader_changes_nothing(reader: SqliteReader) -> None:
    with pytest.raises(NotASession):
        reader._questions.rows("DELETE FROM events")


def test_two_readers_see_the_same_while_the_writer_goes_on(
    writer: SqliteWriter, reader: SqliteReader, session: Path
) -> None:
    other = open_reader(session)
    for newest in (100, 200, 300):
        store(writer, 100)
        assert reader.bounds() == other.bounds() == Bounds(first=1, newest=newest, events=newest)
    other.close()


READ_WHILE_WRITING = """
import sys
from pathlib import Path
from eventmon.store.open import open_reader

reader = open_reader(Path(sys.argv[1]))
print("ready", flush=True)
newest, looks = 0, 0
while newest < int(sys.argv[2]):
    bounds = reader.bounds()
    rows = reader.rows(max(1, bounds.newest - 49), 50)
    assert [row.seq for row in rows] == list(range(max(1, bounds.newest - 49), rows[-1].seq + 1 if rows else 1)), rows
    assert bounds.newest % 100 == 0, bounds
    assert reader.totals().stored >= bounds.newest
    newest, looks = bounds.newest, looks + 1
print("seen", newest)
"""


def test_another_process_reads_whole_commits_while_this_one_writes(writer: SqliteWriter, session: Path) -> None:
    command = [sys.executable, "-c", READ_WHILE_WRITING, str(session), "20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        store(writer, 20_000, batch=100)
        assert process.stdout.read() == "seen 20000\n"
    assert process.returncode == 0


def test_a_part_of_an_event_has_its_attributes_and_the_size_of_the_whole(
    writer: SqliteWriter, reader: SqliteReader
) -> None:
    data = os.urandom(300_000)
    writer.append([order(1, data=data), order(2)])
    commit(writer)
    part = reader.event_part(1, 4_096, 10)
    assert part is not None
    (whole,) = reader.events(1, 1)
    assert (part.size, part.event.data) == (300_000, data[4_096:4_106])
    assert msgspec.structs.replace(part.event, data=data) == whole
    assert reader.event_part(3, 0, 10) is None


def test_a_page_of_a_big_payload_does_not_bring_the_rest_along(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.append([order(1, data=bytes(32 * 1024**2))])
    commit(writer)
    tracemalloc.start()
    part = reader.event_part(1, 16 * 1024**2, 65_536)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert part is not None
    assert len(part.event.data) == 65_536
    assert peak < 1024**2


@pytest.mark.parametrize(
    ("value", "data"), [("'4\u00e9'", "4é".encode()), ("17", b""), ("x'00ff'", b"\x00\xff"), ("''", b"")]
)
def test_a_payload_of_any_type_in_a_strangers_file_is_read(
    writer: SqliteWriter, reader: SqliteReader, session: Path, value: str, data: bytes
) -> None:
    store(writer, 1)
    subprocess.run(
        [
            sys.executable,
            "-c",
            f'import apsw; apsw.Connection({str(session)!r}).execute("UPDATE events SET data = {value}")',
        ],
        check=True,
    )
    part = reader.event_part(1, 0, 100)
    assert part is not None
    assert part.event.data == data
