"""A full disk stops recording, loses nothing, and can still be mended from inside."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventmon.store.ballast import Ballast
from eventmon.store.base import Retention
from eventmon.store.errors import LogUnavailable
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, orders, store


@pytest.fixture
def small_files() -> Iterator[None]:
    """Files of this process cannot grow over 3 MB, which SQLite meets like a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill_the_disk() -> None:
    """From now on until the end of the test."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def free_the_disk() -> None:
    """Space has returned."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def store_until_full(writer: SqliteWriter) -> None:
    """Store big orders, one a commit, until the disk refuses."""
    for _ in range(100):
        writer.append([order(writer.next_seq, topic="exports", data=bytes(100_000))])
        commit(writer)


@pytest.mark.usefixtures("small_files")
def test_nothing_acknowledged_is_lost_and_recording_goes_on(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 100)
    fill_the_disk()
    with pytest.raises(LogUnavailable, match="Events cannot be stored"):
        store_until_full(writer)
    acknowledged = writer.next_seq - 1
    assert acknowledged > 100
    for _ in range(3):
        with pytest.raises(LogUnavailable):
            store_until_full(writer)
    assert reader.bounds().newest == writer.next_seq - 1 >= acknowledged
    free_the_disk()
    store(writer, 10)
    assert reader.bounds().events == writer.next_seq - 1 == writer.totals.stored
    assert sum(topic.events for topic in reader.topics()) == writer.totals.stored


@pytest.mark.usefixtures("small_files")
def test_a_log_that_met_a_full_disk_is_whole_when_opened_again(
    writer: SqliteWriter, session: Path, tmp_path: Path
) -> None:
    fill_the_disk()
    with pytest.raises(LogUnavailable):
        store_until_full(writer)
    newest = writer.next_seq - 1
    free_the_disk()
    writer.close()
    script = (
        "import sys; from pathlib import Path; from eventmon.store.open import open_reader\n"
        "reader = open_reader(Path(sys.argv[1]), stranger=True); print(reader.bounds().newest)"
    )
    seen = subprocess.run([sys.executable, "-c", script, str(session)], capture_output=True, text=True, check=True)
    assert int(seen.stdout) == newest


class FullDisk:
    """A writer's disk that refuses to write until the ballast has been given up."""

    def __init__(self, writer: SqliteWriter, ballast: Ballast) -> None:
        self._ballast = ballast
        writer._connection.set_commit_hook(self._refuses)
        self.refused = 0

    def _refuses(self) -> bool:
        self.refused += self._ballast.held
        return self._ballast.held


def test_pruning_works_from_the_ballast(writer: SqliteWriter, reader: SqliteReader) -> None:
    store(writer, 600)
    disk = FullDisk(writer, writer._upkeep.ballast)
    assert writer.prune(Retention(max_bytes=0), START) == 500
    assert disk.refused == 1
    assert (reader.bounds().first, writer.totals.pruned) == (501, 500)


def test_a_batch_waiting_for_its_commit_is_not_lost_silently_by_pruning(writer: SqliteWriter) -> None:
    store(writer, 600)
    writer.append(orders(601, 5))
    writer._connection.set_authorizer(lambda operation, *_: 1 if operation == 9 else 0)  # refuses DELETE
    with pytest.raises(LogUnavailable):
        writer.prune(Retention(max_bytes=0), START)
    writer._connection.set_authorizer(None)
    assert writer.next_seq == 601
    writer.append(orders(601, 5))
    assert commit(writer) == 605


def test_ballast_takes_room_on_the_disk_and_leaves_no_name(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path, 1_000_000)
    assert ballast.held
    assert os.listdir(tmp_path) == []
    assert os.fstat(ballast._descriptor).st_blocks * 512 >= 1_000_000
    ballast.give_up()


def test_ballast_is_given_up_once_and_taken_again(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path, 1_000_000)
    held = []
    for change in (ballast.take, ballast.give_up, ballast.give_up, ballast.take, ballast.take, ballast.give_up):
        change()
        held.append(ballast.held)
    assert held == [True, False, False, True, True, False]


def test_ballast_is_not_taken_from_the_last_space(tmp_path: Path) -> None:
    state = os.statvfs(tmp_path)
    assert not Ballast(tmp_path, state.f_bavail * state.f_frsize // 2).held


@pytest.mark.usefixtures("small_files")
def test_without_room_there_is_no_ballast_and_no_error(tmp_path: Path) -> None:
    fill_the_disk()
    assert not Ballast(tmp_path, 4_000_000).held
    assert os.listdir(tmp_path) == []


def test_a_file_system_without_nameless_files_leaves_no_name_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def without_nameless(path: str, flags: int, *more: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not supported")
        return real_open(path, flags, *more)

    monkeypatch.setattr(os, "open", without_nameless)
    ballast = Ballast(tmp_path, 100_000)
    assert ballast.held
    assert os.listdir(tmp_path) == []
    ballast.give_up()
