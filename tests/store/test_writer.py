"""The writer keeps what was committed, whole, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from eventmon.core.event import Event
from eventmon.store.base import Gap, HistogramBar, LogTotals, LogWriter, RecentId
from eventmon.store.errors import LogUnavailable
from eventmon.store.open import open_reader
from eventmon.store.reader import SqliteReader
from eventmon.store.topic_ids import MAX_TYPES
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, orders, store

Open = Callable[[], SqliteWriter]


def test_a_new_log_starts_at_one_and_is_a_log_writer(writer: LogWriter, session: Path) -> None:
    assert (writer.next_seq, writer.totals, writer.topics(), writer.path) == (1, LogTotals(), [], session)


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 1_000])
def test_batches_of_any_size_are_stored_in_order(writer: SqliteWriter, reader: SqliteReader, count: int) -> None:
    batch = orders(1, count)
    writer.append(batch)
    assert commit(writer) == count
    assert reader.events(1, 2_000) == batch


def test_nothing_is_read_before_the_commit(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.append(orders(1, 10))
    assert reader.bounds().newest == 0
    assert writer.next_seq == 1
    commit(writer)
    assert reader.bounds().newest == 10
    assert writer.next_seq == 11


def test_several_batches_make_one_commit(writer: SqliteWriter, reader: SqliteReader) -> None:
    writer.append(orders(1, 10))
    writer.append(orders(11, 5))
    assert commit(writer) == 15
    assert reader.bounds().events == 15


@pytest.mark.parametrize("first", [2, 0, 7])
def test_a_batch_that_would_leave_a_hole_is_refused(writer: SqliteWriter, first: int) -> None:
    with pytest.raises(ValueError, match="the log goes on at 1"):
        writer.append(orders(first, 3))
    writer.append(orders(1, 3))
    assert commit(writer) == 3


def test_a_batch_with_a_hole_inside_is_refused(writer: SqliteWriter) -> None:
    with pytest.raises(ValueError, match="the log goes on at 1"):
        writer.append([order(1), order(3)])


def test_rollback_forgets_events_gaps_positions_and_topics(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 3)
    writer.append([order(4, topic="payments/refunded")])
    writer.add_gap("prod", 1, 2, "connection reset")
    writer.set_position("prod", "orders", "1-0")
    writer.rollback()
    assert commit(writer) == 3
    assert (writer.next_seq, len(writer.topics()), reader.gaps()) == (4, 3, [])
    assert writer.position("prod", "orders") is None


def test_after_a_rollback_the_same_batch_is_stored_once(writer: SqliteWriter, reader: SqliteReader) -> None:
    batch = [order(1, topic="payments/refunded"), order(2)]
    writer.append(batch)
    writer.rollback()
    writer.append(batch)
    commit(writer)
    assert reader.events(1, 10) == batch
    assert [(topic.topic, topic.events) for topic in reader.topics()] == [
        ("payments/refunded", 1),
        ("orders/cn/created", 1),
    ]


def test_topic_totals_add_up_over_commits_and_reopening(open_log: Open) -> None:
    writer = open_log()
    store(writer, 30, batch=7)
    writer.close()
    writer = open_log()
    writer.append([order(31, topic="orders/eu/created", type="order.paid", data=b"12345")])
    commit(writer)
    totals = {topic.topic: topic for topic in writer.topics()}
    eu = totals["orders/eu/created"]
    stored = [event for event in orders(1, 30) if event.topic == "orders/eu/created"]
    assert eu.events == len(stored) + 1
    assert eu.bytes == sum(len(event.data) for event in stored) + 5
    assert (eu.first_received, eu.last_received, eu.last_seq) == (START + 300_000, START + 3_100_000, 31)
    assert eu.types == ("order.created", "order.paid")


def test_a_topic_remembers_a_bounded_number_of_types(writer: SqliteWriter) -> None:
    writer.append([order(seq, topic="jobs", type=f"step-{seq}") for seq in range(1, 100)])
    commit(writer)
    assert len(writer.topics()[0].types) == MAX_TYPES


def test_the_accounting_is_kept_with_the_commit(open_log: Open) -> None:
    writer = open_log()
    writer.append(orders(1, 4))
    writer.commit(not_recorded=3, duplicates=2, dropped=1)
    writer.commit(not_recorded=5, duplicates=2, dropped=1)
    expected = LogTotals(stored=4, not_recorded=5, duplicates=2, dropped=1)
    assert writer.totals == expected
    writer.close()
    assert open_log().totals == expected


def test_positions_hold_the_last_committed_value(open_log: Open) -> None:
    writer = open_log()
    writer.set_position("prod", "orders", "1-0")
    writer.set_position("prod", "payments", "7-0")
    commit(writer)
    writer.set_position("prod", "orders", "2-0")
    assert writer.position("prod", "orders") == "1-0"
    commit(writer)
    writer.close()
    writer = open_log()
    assert [writer.position("prod", stream) for stream in ("orders", "payments", "stock")] == ["2-0", "7-0", None]


def test_lone_surrogates_never_block_positions_and_gaps(
    writer: SqliteWriter, open_log: Open, reader: SqliteReader
) -> None:
    connection, stream, position, reason = "prod\ud800", "orders/\udcff", "\udfff-7", "reset by \ud83d"
    writer.set_position(connection, stream, position)
    writer.set_position("prod", "orders", "1-0")
    writer.add_gap(connection, START, START + 5, reason)
    store(writer, 2)
    writer.close()
    writer = open_log()
    assert writer.position(connection, stream) == position
    assert writer.position("prod", "orders") == "1-0"
    assert [(gap.connection, gap.reason) for gap in reader.gaps()] == [(connection, reason)]
    writer.set_position(connection, stream, "\udfff-8")
    commit(writer)
    assert writer.position(connection, stream) == "\udfff-8"


def remembered(*seqs: int) -> list[RecentId]:
    return [RecentId(seq=seq, received=START + seq, digest=seq.to_bytes(16)) for seq in seqs]


def test_ids_are_remembered_with_their_commit_and_forgotten_below_the_oldest(open_log: Open) -> None:
    writer = open_log()
    writer.append(orders(1, 4))
    writer.remember_ids(remembered(1, 2, 4), 1)
    assert writer.recent_ids() == []
    commit(writer)
    writer.append(orders(5, 2))
    writer.remember_ids(remembered(6), 3)
    writer.rollback()
    assert writer.recent_ids() == remembered(1, 2, 4)
    writer.append(orders(5, 2))
    writer.remember_ids(remembered(5), 2)
    writer.remember_ids(remembered(6), 3)
    commit(writer)
    writer.close()
    assert open_log().recent_ids() == remembered(4, 5, 6)


def test_ids_of_events_that_are_not_there_yet_neither_count_nor_block(writer: SqliteWriter) -> None:
    store(writer, 3)
    writer._connection.execute("INSERT INTO recent_ids VALUES(3, 'late', 'no digest'), (4, 1, x'00'), (-1, 1, x'00')")
    assert writer.recent_ids() == []
    writer.append(orders(4, 1))
    writer.remember_ids(remembered(4), 3)
    commit(writer)
    assert writer.recent_ids() == remembered(4)


def test_a_gap_stands_behind_the_newest_event(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 2)
    writer.add_gap("prod", START, START + 5, "connection reset")
    writer.append(orders(3, 1))
    writer.add_gap("stage", START + 6, START + 9, "server closed")
    commit(writer)
    assert reader.gaps() == [
        Gap(id=1, after_seq=2, connection="prod", started=START, ended=START + 5, reason="connection reset"),
        Gap(id=2, after_seq=3, connection="stage", started=START + 6, ended=START + 9, reason="server closed"),
    ]
    assert [gap.id for gap in reader.gaps(after_id=1)] == [2]


def test_the_histogram_counts_events_by_second_of_arrival(writer: SqliteWriter, reader: SqliteReader) -> None:
    arrivals = [5_000_000, 5_999_999, 6_000_000, 5_500_000]  # the clock was set back once
    writer.append([order(seq, received=at, data=b"xyz") for seq, at in enumerate(arrivals, 1)])
    commit(writer)
    writer.append([order(5, received=6_000_001, data=b"")])
    commit(writer)
    assert reader.histogram(0, 10) == [
        HistogramBar(second=5, events=3, bytes=9, first_seq=1),
        HistogramBar(second=6, events=2, bytes=3, first_seq=3),
    ]
    assert [bar.second for bar in reader.histogram(6, 6)] == [6]


def test_a_clean_close_leaves_one_file(writer: SqliteWriter, session: Path) -> None:
    store(writer, 100)
    writer.close()
    assert [entry for entry in os.listdir(session.parent) if entry != "locks"] == [session.name]
    assert os.listdir(session.parent / "locks") == []


def test_the_last_reader_to_close_leaves_one_file_too(writer: SqliteWriter, session: Path) -> None:
    reader = open_reader(session)
    store(writer, 100)
    writer.close()
    assert reader.bounds().newest == 100
    reader.close()
    assert [entry for entry in os.listdir(session.parent) if entry != "locks"] == [session.name]


def test_closing_stores_nothing_uncommitted(open_log: Open) -> None:
    writer = open_log()
    store(writer, 5)
    writer.append(orders(6, 5))
    writer.close()
    assert open_log().next_seq == 6


def test_the_uuid_stays_with_the_log(open_log: Open, session: Path) -> None:
    writer = open_log()
    uuid = writer.uuid
    writer.close()
    assert len(uuid) == 36
    assert open_log().uuid == uuid
    reader = open_reader(session)
    assert reader.uuid() == uuid
    reader.close()


def test_the_size_counts_the_write_ahead_file(writer: SqliteWriter, session: Path) -> None:
    before = writer.size_bytes()
    writer.append([order(1, data=bytes(200_000))])
    commit(writer)
    assert writer.size_bytes() - before >= 200_000


def test_a_failing_commit_leaves_no_hole(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    writer._connection.pragma("max_page_count", writer._connection.pragma("page_count"))
    batches = [[order(seq, topic=f"exports/{seq}", data=bytes(60_000))] for seq in range(11, 14)]
    writer.add_gap("prod", 1, 2, "connection reset")
    writer.append([order(11, topic="exports/11")])
    writer.append([order(12, topic="exports/12")])
    with pytest.raises(LogUnavailable, match="the disk is full"):
        writer.append([order(13, data=bytes(60_000))])
    assert (writer.next_seq, writer.totals.stored, reader.bounds().newest) == (11, 10, 10)
    writer._connection.pragma("max_page_count", 2**30)
    for batch in batches:
        writer.append(batch)
    assert commit(writer) == 13
    assert reader.events(11, 10) == [event for batch in batches for event in batch]
    assert [topic.events for topic in reader.topics() if topic.topic.startswith("exports/")] == [1, 1, 1]
    assert reader.gaps() == []


def test_a_commit_refused_at_the_last_moment_is_rolled_back(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    refuse = True

    def hook() -> bool:
        return refuse

    writer._connection.set_commit_hook(hook)
    writer.append(orders(11, 5))
    with pytest.raises(LogUnavailable):
        commit(writer)
    assert (writer.next_seq, reader.bounds().newest) == (11, 10)
    refuse = False
    writer.append(orders(11, 5))
    assert commit(writer) == 15
    assert reader.events(1, 100) == orders(1, 15)


def test_full_synchronous_mode_can_be_chosen(session: Path, writer: SqliteWriter) -> None:
    writer.close()
    safe = SqliteWriter(session, synchronous="FULL")
    assert safe._connection.pragma("synchronous") == 2
    safe.close()


def test_the_file_has_what_must_be_set_before_the_first_table(writer: SqliteWriter, session: Path) -> None:
    store(writer, 1)
    connection = apsw.Connection(str(session))
    found = {
        name: connection.pragma(name) for name in ("application_id", "user_version", "auto_vacuum", "journal_mode")
    }
    connection.close()
    assert found == {"application_id": 0x45564D4E, "user_version": 2, "auto_vacuum": 2, "journal_mode": "wal"}


def test_an_empty_batch_is_no_event(writer: SqliteWriter) -> None:
    writer.append([])
    empty: list[Event] = []
    writer.append(empty)
    assert commit(writer) == 0
