"""The write-ahead file stays short without holding up the writer, and nothing of it is ever lost."""

from __future__ import annotations

import threading
from pathlib import Path

import apsw
import pytest

from eventmon.store.checkpointer import LIMIT_PAGES
from eventmon.store.open import open_reader
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import commit, order, store


def longest_write_ahead(writer: SqliteWriter, session: Path, commits: int) -> int:
    """Store a megabyte a commit and watch the file."""
    longest = 0
    for _ in range(commits):
        writer.append([order(writer.next_seq, data=bytes(1_000_000))])
        commit(writer)
        longest = max(longest, session.with_name(session.name + "-wal").stat().st_size)
    return longest


def test_the_write_ahead_file_is_bounded_at_full_speed(writer: SqliteWriter, session: Path) -> None:
    assert longest_write_ahead(writer, session, 100) < LIMIT_PAGES * 4_200 + 2_000_000


@pytest.mark.usefixtures("reader")
def test_it_starts_over_while_a_reader_is_open(writer: SqliteWriter, session: Path) -> None:
    assert longest_write_ahead(writer, session, 100) < LIMIT_PAGES * 4_200 + 2_000_000


def test_a_reader_in_the_middle_of_a_question_keeps_what_it_sees(
    writer: SqliteWriter, reader: SqliteReader, session: Path
) -> None:
    store(writer, 1_000)
    rows = reader._connection.execute("SELECT seq FROM events ORDER BY seq")
    first = next(rows)
    longest_write_ahead(writer, session, 20)
    assert [first, *rows] == [(seq,) for seq in range(1, 1_001)]
    assert reader.bounds().newest == 1_020


def test_the_thread_ends_with_the_writer(writer: SqliteWriter) -> None:
    store(writer, 10)
    assert "log-checkpoint" in [thread.name for thread in threading.enumerate()]
    writer.close()
    assert "log-checkpoint" not in [thread.name for thread in threading.enumerate()]


def test_everything_is_in_the_file_itself_after_closing(writer: SqliteWriter, session: Path) -> None:
    store(writer, 5_000)
    writer.close()
    reader = open_reader(session, stranger=True)  # immutable: the file alone
    assert reader.bounds().newest == 5_000
    reader.close()


def test_closing_does_not_wait_for_ever_for_a_reader(writer: SqliteWriter, reader: SqliteReader, session: Path) -> None:
    store(writer, 100)
    rows = reader._connection.execute("SELECT seq FROM events ORDER BY seq")
    next(rows)
    store(writer, 100)
    writer.close()
    assert len(list(rows)) == 99
    with pytest.raises(apsw.ConnectionClosedError):
        writer._connection.pragma("page_count")
    assert reader.bounds().newest == 200
