"""A session of an older format is read as it is, and recorded into after a copy was made beside it.

``sessions/format-1.eventmon`` was recorded by the last version that wrote format 1: 61 orders, the first 10 pruned, a
gap, a position and a remembered id.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from eventmon.store.base import Bounds, LogTotals
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.open import open_reader, open_writer
from tests.store.conftest import commit, orders, store

FORMAT_1 = Path(__file__).parent / "sessions" / "format-1.eventmon"
TOTALS = LogTotals(stored=61, pruned=10)


@pytest.fixture
def old(session: Path) -> Path:
    """A session of format 1."""
    shutil.copyfile(FORMAT_1, session)
    return session


def format_of(path: Path) -> int:
    connection = apsw.Connection(f"file:{path}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        return int(connection.pragma("user_version"))
    finally:
        connection.close()


@pytest.mark.parametrize("stranger", [False, True])
def test_an_older_format_is_read_as_it_is(old: Path, stranger: bool) -> None:
    before = old.read_bytes()
    reader = open_reader(old, stranger=stranger)
    assert (reader.bounds(), reader.count()) == (Bounds(first=11, newest=61, events=51), 51)
    assert (len(reader.removed()), reader.removals(), reader.totals()) == (0, 0, TOTALS)
    assert reader.events(1, 49) == orders(11, 49)
    assert [topic.forgotten for topic in reader.topics()] == [False] * 3
    reader.close()
    assert old.read_bytes() == before


def test_an_older_format_is_brought_to_this_one_after_a_copy(old: Path, tmp_path: Path) -> None:
    writer = open_writer(old, lock_folder=tmp_path / "locks")
    copy = tmp_path / "shop.format-1.eventmon"
    assert writer.older == copy
    assert (writer.next_seq, writer.totals, writer.position("prod", "orders")) == (62, TOTALS, "1-0")
    assert writer.delete([20, 21]) == (2, 2)
    store(writer, 5)
    writer.close()
    assert (format_of(old), format_of(copy)) == (2, 1)
    for path, events in ((old, 54), (copy, 51)):
        reader = open_reader(path, stranger=True)
        assert reader.bounds().events == events
        assert len(reader.gaps()) == 1
        reader.close()
    assert open_again(old, tmp_path) is None


def open_again(session: Path, tmp_path: Path) -> Path | None:
    writer = open_writer(session, lock_folder=tmp_path / "locks")
    writer.close()
    return writer.older


def test_a_copy_never_takes_the_place_of_another_file(old: Path, tmp_path: Path) -> None:
    taken = tmp_path / "shop.format-1.eventmon"
    taken.write_bytes(b"precious")
    assert open_again(old, tmp_path) == tmp_path / "shop.format-1-2.eventmon"
    assert taken.read_bytes() == b"precious"


def test_what_a_crash_left_in_the_tail_of_an_older_format_is_kept(old: Path, tmp_path: Path) -> None:
    connection = apsw.Connection(str(old))
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("UPDATE accounting SET dropped = 7")
    tail = old.with_name(old.name + "-wal").read_bytes()
    main = old.read_bytes()
    connection.close()
    old.write_bytes(main)
    old.with_name(old.name + "-wal").write_bytes(tail)
    writer = open_writer(old, lock_folder=tmp_path / "locks")
    assert writer.totals.dropped == 7
    copy = writer.older
    writer.close()
    assert copy is not None
    reader = open_reader(copy)
    assert reader.totals().dropped == 7
    reader.close()


def test_without_a_copy_nothing_is_changed(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> int:
        raise LogUnavailable(f"The session cannot be saved as {target}: the disk is full. Free some space.")

    monkeypatch.setattr("eventmon.store.migration.copy_session", refuse)
    before = old.read_bytes()
    with pytest.raises(LogUnavailable, match=r"has the older format 1; .* the disk is full"):
        open_writer(old, lock_folder=tmp_path / "locks")
    assert old.read_bytes() == before
    monkeypatch.undo()
    assert open_again(old, tmp_path) is not None


@pytest.mark.parametrize("statement", ["CREATE TABLE removed(x)", "DROP TABLE gaps", "CREATE VIEW v AS SELECT 1"])
def test_a_strange_file_of_an_older_format_is_refused_and_not_migrated(
    old: Path, tmp_path: Path, statement: str
) -> None:
    connection = apsw.Connection(str(old))
    connection.execute(statement)
    connection.close()
    with pytest.raises(NotASession, match="does not hold the tables"):
        open_writer(old, lock_folder=tmp_path / "locks")
    with pytest.raises(NotASession, match="does not hold the tables"):
        open_reader(old)
    assert [path.name for path in tmp_path.glob("*.eventmon")] == [old.name]
    assert format_of(old) == 1


def test_a_file_of_this_format_without_its_tables_is_refused(old: Path, tmp_path: Path) -> None:
    connection = apsw.Connection(str(old))
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(NotASession, match="does not hold the tables"):
        open_writer(old, lock_folder=tmp_path / "locks")


def test_a_reader_goes_on_while_the_session_is_migrated(old: Path, tmp_path: Path) -> None:
    reader = open_reader(old)
    assert len(reader.removed()) == 0
    writer = open_writer(old, lock_folder=tmp_path / "locks")
    writer.delete([30])
    writer.append(orders(62, 1))
    commit(writer)
    assert (list(reader.removed()), reader.removals(), reader.bounds().events) == ([30], 1, 51)
    reader.close()
    writer.close()
