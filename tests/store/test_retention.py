"""Retention lets the oldest go first, in small steps, and the file really gets smaller."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eventmon.store.base import LogTotals, Retention
from eventmon.store.reader import SqliteReader
from eventmon.store.retention import SLICE_EVENTS, used_bytes
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, orders, store

NO_LIMIT = Retention(max_bytes=None, max_age_seconds=None)
EVERYTHING = Retention(max_bytes=0, max_age_seconds=None)


def prune_all(writer: SqliteWriter, retention: Retention, now: int = START) -> int:
    """Prune until nothing is over the limits."""
    removed = 0
    while step := writer.prune(retention, now):
        removed += step
    return removed


def test_without_limits_nothing_goes(writer: SqliteWriter) -> None:
    store(writer, 1_000)
    assert writer.prune(NO_LIMIT, START + 10**15) == 0


def test_events_within_the_limits_stay(writer: SqliteWriter) -> None:
    store(writer, 1_000)
    assert writer.prune(Retention(), START + 1_000 * 100_000) == 0


def test_events_over_the_age_go_oldest_first(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 1_200)
    now = START + 1_200 * 100_000
    removed = prune_all(writer, Retention(max_bytes=None, max_age_seconds=20), now)
    assert removed == 999
    assert reader.bounds().first == 1_000
    assert reader.events(1, 1)[0].received == now - 20 * 1_000_000


def test_age_stops_at_the_first_young_event_whatever_the_clock_did(writer: SqliteWriter) -> None:
    writer.append([order(1, received=START), order(2, received=START + 10**12), order(3, received=START)])
    commit(writer)
    assert prune_all(writer, Retention(max_bytes=None, max_age_seconds=60), START + 10**12) == 1


def test_the_size_limit_is_kept_and_not_overdone(writer: SqliteWriter) -> None:
    for _ in range(20):
        writer.append([order(writer.next_seq + place, data=bytes(10_000)) for place in range(50)])
        commit(writer)
    limit = 4_000_000
    prune_all(writer, Retention(max_bytes=limit, max_age_seconds=None))
    assert limit - 100_000 < used_bytes(writer._connection) <= limit


def test_the_file_gets_smaller(writer: SqliteWriter, session: Path) -> None:
    for _ in range(20):
        writer.append([order(writer.next_seq + place, data=bytes(10_000)) for place in range(50)])
        commit(writer)
    prune_all(writer, Retention(max_bytes=2_000_000, max_age_seconds=None))
    steps = 0
    while writer.give_back_space():
        steps += 1
    writer.close()
    assert steps > 10
    assert session.stat().st_size <= 2_000_000


def test_a_slice_is_small(writer: SqliteWriter) -> None:
    store(writer, 2_000)
    assert writer.prune(EVERYTHING, START) == SLICE_EVENTS


def test_a_slice_of_big_payloads_holds_few_of_them(writer: SqliteWriter) -> None:
    writer.append([order(seq, data=bytes(900_000)) for seq in range(1, 8)])
    commit(writer)
    assert [writer.prune(EVERYTHING, START) for _ in range(5)] == [2, 2, 2, 1, 0]


def test_one_payload_over_the_slice_still_goes(writer: SqliteWriter) -> None:
    writer.append([order(seq, data=bytes(5_000_000)) for seq in (1, 2)])
    commit(writer)
    assert [writer.prune(EVERYTHING, START) for _ in range(3)] == [1, 1, 0]


def test_what_was_pruned_is_counted_and_nothing_else_changes(
    open_log: Callable[[], SqliteWriter], reader: SqliteReader, writer: SqliteWriter
) -> None:
    store(writer, 1_100)
    topics = writer.topics()
    assert prune_all(writer, EVERYTHING) == 1_100
    assert writer.totals == reader.totals() == LogTotals(stored=1_100, pruned=1_100)
    assert writer.topics() == topics
    assert (writer.next_seq, reader.bounds().events) == (1_101, 0)
    writer.close()
    again = open_log()
    assert (again.next_seq, again.totals.pruned) == (1_101, 1_100)
    again.append(orders(1_101, 1))
    assert commit(again) == 1_101


def test_the_histogram_loses_what_the_log_loses(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 995)
    writer.prune(EVERYTHING, START)
    bars = reader.histogram(0, 2**40)
    left = reader.events(1, 1_000)
    assert sum(bar.events for bar in bars) == len(left) == 495
    assert sum(bar.bytes for bar in bars) == sum(len(event.data) for event in left)
    assert bars[0].first_seq == left[0].seq == 501
    prune_all(writer, EVERYTHING)
    assert reader.histogram(0, 2**40) == []


def test_gaps_go_with_the_events_before_them_but_ids_go_on(writer: SqliteWriter, reader: SqliteReader) -> None:
    for name in ("first", "second"):
        store(writer, 300)
        writer.add_gap(name, 1, 2, "connection reset")
        commit(writer)
    prune_all(writer, EVERYTHING)
    assert [gap.connection for gap in reader.gaps()] == ["second"]
    writer.add_gap("third", 1, 2, "connection reset")
    commit(writer)
    assert [gap.id for gap in reader.gaps(after_id=2)] == [3]


def test_pruning_while_a_batch_waits_belongs_to_its_commit(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 600)
    writer.append(orders(601, 10))
    assert writer.prune(EVERYTHING, START) == 500
    assert reader.bounds().first == 1
    commit(writer)
    assert (reader.bounds().first, reader.bounds().newest, writer.totals.pruned) == (501, 610, 500)


def test_pruning_that_is_rolled_back_did_not_happen(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 600)
    writer.append(orders(601, 10))
    writer.prune(EVERYTHING, START)
    writer.rollback()
    commit(writer)
    assert (reader.bounds().first, reader.bounds().newest, writer.totals.pruned) == (1, 600, 0)


@pytest.mark.parametrize("retention", [EVERYTHING, Retention(max_bytes=None, max_age_seconds=0)])
def test_an_empty_log_has_nothing_to_prune(writer: SqliteWriter, retention: Retention) -> None:
    assert writer.prune(retention, START) == 0
    assert not writer.give_back_space()
