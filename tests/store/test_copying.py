"""A copy of a session is complete as of one moment, and whole or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eventmon.store import copying
from eventmon.store.copying import copy_session
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.open import open_reader, open_writer
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import store
from tests.store.test_disk_full import fill_the_disk, small_files  # noqa: F401 - a fixture


def test_a_copy_of_a_session_that_is_written_holds_all_that_was_committed(
    writer: SqliteWriter, session: Path, tmp_path: Path
) -> None:
    store(writer, 2_000)
    target = tmp_path / "friday.eventmon"
    size = copy_session(session, target)
    store(writer, 10)
    assert size == target.stat().st_size
    copied = open_reader(target, stranger=True)
    assert copied.bounds().newest == 2_000
    assert copied.totals() == open_totals(session, stored=2_000)
    assert copied.events(1, 3) == open_reader(session).events(1, 3)
    assert copied.uuid() == open_reader(session).uuid()
    copied.close()
    assert sorted(entry.name for entry in tmp_path.glob("*friday*")) == ["friday.eventmon"]


def open_totals(session: Path, *, stored: int) -> object:
    """The accounting of a session, as it was when so many were stored."""
    import msgspec

    return msgspec.structs.replace(open_reader(session).totals(), stored=stored)


def test_a_copy_can_be_recorded_into(writer: SqliteWriter, session: Path, tmp_path: Path) -> None:
    store(writer, 100)
    target = tmp_path / "friday.eventmon"
    copy_session(session, target)
    again = open_writer(target, lock_folder=tmp_path)
    assert again.next_seq == 101
    store(again, 10)
    again.close()


def test_a_file_that_is_there_is_never_replaced(writer: SqliteWriter, session: Path, tmp_path: Path) -> None:
    store(writer, 10)
    target = tmp_path / "friday.eventmon"
    target.write_bytes(b"somebody's")
    with pytest.raises(LogUnavailable, match="a file of that name"):
        copy_session(session, target)
    with pytest.raises(LogUnavailable, match="a file of that name"):
        copy_session(session, session)
    assert target.read_bytes() == b"somebody's"
    dangling = tmp_path / "link.eventmon"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(LogUnavailable, match="a file of that name"):
        copy_session(session, dangling)


def test_a_file_that_appears_meanwhile_is_not_replaced(
    writer: SqliteWriter, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(writer, 10)
    target = tmp_path / "friday.eventmon"
    write = copying._write_copy

    def write_and_be_overtaken(path: Path, draft: Path) -> None:
        write(path, draft)
        target.write_bytes(b"somebody's")

    monkeypatch.setattr(copying, "_write_copy", write_and_be_overtaken)
    with pytest.raises(LogUnavailable, match="a file of that name"):
        copy_session(session, target)
    assert target.read_bytes() == b"somebody's"
    assert not list(tmp_path.glob(".*friday*"))


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_is_a_sentence_and_leaves_nothing_behind(
    writer: SqliteWriter, session: Path, tmp_path: Path
) -> None:
    from tests.store.conftest import commit, order

    for _ in range(40):
        writer.append([order(writer.next_seq, topic="exports", data=os.urandom(100_000))])
        commit(writer)
    fill_the_disk()
    target = tmp_path / "friday.eventmon"
    with pytest.raises(LogUnavailable, match="the disk is full"):
        copy_session(session, target)
    assert not list(tmp_path.glob("*friday*"))
    assert not list(tmp_path.glob(".*friday*"))


def test_places_that_cannot_be_are_sentences(
    writer: SqliteWriter, reader: SqliteReader, session: Path, tmp_path: Path
) -> None:
    with pytest.raises(LogUnavailable, match="there is no folder"):
        copy_session(session, tmp_path / "missing" / "friday.eventmon")
    with pytest.raises(LogUnavailable, match="NUL"):
        copy_session(session, tmp_path / "fri\0day.eventmon")
    with pytest.raises(NotASession):
        copy_session(tmp_path / "nothing.eventmon", tmp_path / "friday.eventmon")
