"""Deleted events are gone for good: from every answer, from every count, and from the bytes of the file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from eventmon.core.errors import UserError
from eventmon.store.base import Bounds, Retention
from eventmon.store.open import open_reader
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, orders, store

EVERYTHING = Retention(max_bytes=0, max_age_seconds=None)


def delete(writer: SqliteWriter, seqs: list[int]) -> int:
    """Delete them all, slice by slice; how many were there."""
    deleted = 0
    while seqs:
        some, dealt_with = writer.delete(seqs)
        deleted += some
        seqs = seqs[dealt_with:]
    return deleted


def hits(reader: SqliteReader, pattern: str) -> list[int]:
    """Seqs of all events whose topic matches, newest first."""
    found = reader.search(topics=[pattern], text="", newest=reader.bounds().newest, oldest=1)
    return [seq for _, seqs in found for seq in seqs]


def test_a_hole_is_seen_by_every_question(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 100)
    assert delete(writer, [40, 41, 42, 60]) == 4
    assert reader.bounds() == Bounds(first=1, newest=100, events=96)
    assert reader.count() == 96
    assert list(reader.removed()) == [40, 41, 42, 60]
    assert [row.seq for row in reader.rows(38, 4)] == [38, 39, 43, 44]
    assert [row.seq for row in reader.rows_at([41, 43])] == [43]
    assert [event.seq for event in reader.events(39, 2)] == [39, 43]
    assert reader.event_part(41, 0, 10) is None
    found = reader.search(topics=[], text="", newest=44, oldest=38)
    assert [seq for _, seqs in found for seq in seqs] == [44, 43, 39, 38]
    assert (writer.totals.stored, writer.totals.pruned, writer.removals) == (100, 4, 4)
    assert writer.totals == reader.totals()


def test_what_is_gone_is_passed_over(writer: SqliteWriter) -> None:
    store(writer, 10)
    assert delete(writer, [3, 3, 4, 99]) == 2
    assert delete(writer, [3, 4]) == 0
    assert (writer.totals.pruned, writer.removals) == (2, 2)


def test_counts_of_a_topic_are_those_of_the_events_left(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 90)
    delete(writer, [3, 6, 9])
    assert reader.count(topics=["orders/eu/#"]) == 27
    assert [topic.events for topic in reader.topics()] == [30, 30, 30]


def test_the_low_end_moves_over_holes(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 20)
    delete(writer, [2, 3, 10])
    delete(writer, [1])
    assert (reader.bounds().first, writer.first_seq, list(reader.removed())) == (4, 4, [10])
    delete(writer, [4, 5, 6, 7, 8, 9])
    assert (reader.bounds(), list(reader.removed())) == (Bounds(first=11, newest=20, events=10), [])


def test_the_newest_seq_stays_the_newest_when_its_event_is_deleted(
    writer: SqliteWriter, reader: SqliteReader, open_log: Callable[[], SqliteWriter]
) -> None:
    store(writer, 20)
    delete(writer, [19, 20])
    assert (reader.bounds(), list(reader.removed())) == (Bounds(first=1, newest=20, events=18), [19, 20])
    writer.close()
    again = open_log()
    store(again, 1)
    assert (reader.bounds(), again.next_seq) == (Bounds(first=1, newest=21, events=19), 22)


def test_a_log_whose_events_are_all_deleted_is_empty_and_goes_on(
    writer: SqliteWriter, reader: SqliteReader, open_log: Callable[[], SqliteWriter]
) -> None:
    store(writer, 700)
    assert delete(writer, list(range(700, 0, -1))) == 700
    assert (reader.bounds(), len(reader.removed()), writer.first_seq) == (Bounds(first=0, newest=0, events=0), 0, 0)
    assert reader.histogram(0, 2**40) == []
    writer.close()
    again = open_log()
    assert (again.next_seq, again.removals) == (701, 700)
    store(again, 1)
    assert reader.bounds() == Bounds(first=701, newest=701, events=1)


def test_holes_far_apart_are_kept_in_rows_of_their_own(
    writer: SqliteWriter, open_log: Callable[[], SqliteWriter], reader: SqliteReader
) -> None:
    store(writer, 10)
    writer.close()
    connection = apsw.Connection(str(writer.path))
    connection.execute("UPDATE accounting SET next_seq = 70000000000")
    connection.close()
    again = open_log()
    store(again, 10)
    delete(again, [3, 70_000_000_001, 70_000_000_003])
    assert list(reader.removed()) == [3, 70_000_000_001, 70_000_000_003]
    delete(again, list(range(1, 11)))
    assert list(reader.removed()) == [70_000_000_001, 70_000_000_003]


def test_the_histogram_loses_what_was_deleted(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 100)
    first, second, *_ = reader.histogram(0, 2**40)
    delete(writer, [*range(second.first_seq, second.first_seq + 3), second.first_seq + 5])
    bars = reader.histogram(0, 2**40)
    assert bars[0] == first
    assert (bars[1].events, bars[1].first_seq) == (second.events - 4, second.first_seq + 3)
    assert sum(bar.bytes for bar in bars) == sum(len(event.data) for event in reader.events(1, 1_000))
    delete(writer, [row.seq for row in reader.rows(1, first.events)])
    assert [bar.second for bar in reader.histogram(0, 2**40)] == [bar.second for bar in bars[1:]]


def test_a_second_that_the_clock_scattered_keeps_its_first_event(writer: SqliteWriter, reader: SqliteReader) -> None:
    late = START + 60_000_000
    times = [START, late, START, late]
    writer.append([order(seq, received=received) for seq, received in enumerate(times, 1)])
    commit(writer)
    delete(writer, [1])
    assert [(bar.events, bar.first_seq) for bar in reader.histogram(0, 2**40)] == [(1, 3), (2, 2)]


def test_a_deletion_while_a_batch_waits_belongs_to_its_commit(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    writer.append(orders(11, 5))
    assert writer.delete([5, 12, 15]) == (3, 3)
    assert (reader.bounds().newest, list(reader.removed())) == (10, [])
    commit(writer)
    assert (reader.bounds(), list(reader.removed())) == (Bounds(first=1, newest=15, events=12), [5, 12, 15])
    assert sum(bar.events for bar in reader.histogram(0, 2**40)) == 12
    assert sum(topic.events for topic in reader.topics()) == 15


def test_a_deletion_that_is_rolled_back_did_not_happen(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 10)
    writer.append(orders(11, 5))
    writer.delete([5, 12])
    writer.rollback()
    assert (writer.removals, writer.totals.pruned) == (0, 0)
    store(writer, 1)
    assert (reader.bounds(), list(reader.removed())) == (Bounds(first=1, newest=11, events=11), [])


def test_a_slice_is_small(writer: SqliteWriter) -> None:
    store(writer, 1_000)
    assert writer.delete(list(range(1, 1_001))) == (500, 500)
    writer.append([order(seq, data=bytes(900_000)) for seq in range(1_001, 1_006)])
    commit(writer)
    assert writer.delete(list(range(1_001, 1_006))) == (2, 2)


def test_retention_goes_on_over_holes(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 1_200)
    delete(writer, [*range(1, 101), *range(400, 500), 900])
    assert writer.prune(EVERYTHING, START) == 500
    assert (reader.bounds(), list(reader.removed())) == (Bounds(first=701, newest=1_200, events=499), [900])
    while writer.prune(EVERYTHING, START):
        continue
    assert (reader.bounds().events, len(reader.removed()), writer.totals.pruned) == (0, 0, 1_200)


@pytest.mark.parametrize("order_of", [list, lambda seqs: list(reversed(seqs)), lambda seqs: [*seqs[::3], *seqs]])
@pytest.mark.parametrize("size", [60, 700, 9_000])
def test_what_was_deleted_is_not_in_the_files_any_more(
    writer: SqliteWriter, session: Path, order_of: Callable[[list[int]], list[int]], size: int
) -> None:
    for _ in range(20):
        payloads = [json.dumps({"card": f"4711-{place}-secret", "filler": "x" * size}).encode() for place in range(20)]
        payloads.append(b"kept" * (size // 4))
        writer.append([order(writer.next_seq + place, data=data) for place, data in enumerate(payloads)])
        commit(writer)
    secret = [seq for seq in range(1, 421) if seq % 21]
    assert b"-secret" in content(session)
    delete(writer, order_of(secret))
    while writer.give_back_space():
        continue
    assert b"-secret" not in content(session)
    assert b"keptkept" in content(session)
    writer.close()
    assert b"-secret" not in content(session)


@pytest.mark.parametrize("seed", range(3))
def test_pages_that_are_built_anew_keep_no_copy_of_rows_that_go_next(
    writer: SqliteWriter, session: Path, seed: int
) -> None:
    chance = random.Random(seed)
    secret: list[int] = []
    while writer.next_seq < 4_000:
        batch = []
        for seq in range(writer.next_seq, writer.next_seq + chance.randint(1, 300)):
            goes = chance.random() < 0.7
            secret += [seq] * goes
            data = (b"-secret" if goes else b"kept") + bytes(
                int(chance.choice([20, 200, 700, 5_000]) * chance.random())
            )
            batch.append(order(seq, data=data))
        writer.append(batch)
        commit(writer)
    delete(writer, secret[::-1])
    while writer.give_back_space():
        continue
    assert content(session).count(b"-secret") == 0
    assert content(session).count(b"kept") >= writer.totals.stored - writer.totals.pruned


def content(session: Path) -> bytes:
    """The bytes of the session and of its write-ahead file."""
    tail = session.with_name(session.name + "-wal")
    return session.read_bytes() + (tail.read_bytes() if tail.exists() else b"")


def test_the_file_gets_smaller(writer: SqliteWriter, session: Path) -> None:
    writer.append([order(seq, data=bytes(10_000)) for seq in range(1, 301)])
    commit(writer)
    delete(writer, list(range(10, 301)))
    while writer.give_back_space():
        continue
    assert session.stat().st_size < 300_000


def test_space_is_given_back_while_a_reader_is_in_the_way_and_the_tail_later(
    writer: SqliteWriter, session: Path
) -> None:
    store(writer, 100)
    looking = apsw.Connection(str(session))
    looking.execute("BEGIN")
    looking.execute("SELECT count(*) FROM events").fetchall()
    delete(writer, list(range(1, 91)))
    while writer.give_back_space():
        continue
    tail = session.with_name(session.name + "-wal")
    assert tail.stat().st_size > 0
    looking.execute("COMMIT")
    looking.close()
    writer.give_back_space()
    assert tail.stat().st_size == 0


def test_a_forgotten_topic_is_marked_until_its_next_event(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 30)
    writer.forget_topics(["orders/eu/created", "no/such/topic"], anew=False)
    commit(writer)
    assert {topic.topic for topic in reader.topics() if topic.forgotten} == {"orders/eu/created"}
    store(writer, 30)
    assert [(topic.events, topic.forgotten) for topic in reader.topics()] == [(20, False)] * 3


def test_a_topic_that_begins_anew_counts_from_its_next_event(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 30)
    writer.forget_topics(["orders/eu/created"], anew=True)
    commit(writer)
    writer.append([order(31, topic="orders/eu/created", type="order.paid", data=b"12")])
    commit(writer)
    (topic,) = [topic for topic in reader.topics() if topic.topic == "orders/eu/created"]
    assert (topic.events, topic.bytes, topic.types, topic.forgotten) == (1, 2, ("order.paid",), False)
    assert topic.first_received == topic.last_received == order(31).received


def test_a_dropped_topic_leaves_no_name_and_its_row_is_not_mistaken(
    writer: SqliteWriter, session: Path, reader: SqliteReader
) -> None:
    writer.append([order(1), order(2, topic="customers/mueller-4711")])
    commit(writer)
    assert reader.count(topics=["customers/#"]) == 1
    assert hits(reader, "customers/#") == [2]
    writer.forget_topics(["customers/mueller-4711"], anew=True)
    delete(writer, [2])
    writer.drop_topics(["customers/mueller-4711", "orders/us/created"])
    commit(writer)
    assert [topic.topic for topic in reader.topics()] == ["orders/us/created"]
    writer.append([order(3, topic="payments/created")])
    commit(writer)
    assert hits(reader, "customers/#") == []
    while writer.give_back_space():
        continue
    assert b"mueller-4711" not in content(session)


def test_a_topic_with_newer_events_is_not_dropped(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 3)
    writer.forget_topics(["orders/eu/created"], anew=True)
    commit(writer)
    store(writer, 3)
    writer.drop_topics(["orders/eu/created"])
    commit(writer)
    assert [topic.events for topic in reader.topics()] == [2, 2, 1]


@pytest.mark.parametrize(
    "row",
    [
        "(0, x'6761726261676521')",
        "(0, 'text')",
        "(0, zeroblob(100000000))",
        "(-5, x'3a300000010000000000000010000000' || x'0100')",
        "(9223372036854775807, x'3a3000000100000000000000100000000100')",
        "(0, x'3a3000000100000000000100100000000500' || x'0400')",
        "(0, x'3b300000010000ffff02000000ffff0000ffff')",
    ],
)
def test_a_strangers_bitmap_ends_in_a_sentence(writer: SqliteWriter, session: Path, row: str) -> None:
    store(writer, 10)
    writer.close()
    connection = apsw.Connection(str(session))
    connection.execute(f"INSERT INTO removed VALUES{row}")
    connection.close()
    reader = open_reader(session, stranger=True)
    for question in (reader.removed, reader.bounds):
        with pytest.raises(UserError, match="is damaged"):
            question()
    reader.close()


def test_a_damaged_bitmap_does_not_keep_events_from_being_deleted(
    writer: SqliteWriter, open_log: Callable[[], SqliteWriter], session: Path, reader: SqliteReader
) -> None:
    store(writer, 10)
    writer.close()
    connection = apsw.Connection(str(session))
    connection.execute("INSERT INTO removed VALUES(0, x'00')")
    connection.close()
    assert delete(open_log(), [5]) == 1
    assert list(reader.removed()) == [5]
