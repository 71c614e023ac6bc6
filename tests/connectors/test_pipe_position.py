"""Positions: which file was read is told by device, inode and content, and rotated files are put in order."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from eventmon.connectors.pipe_position import (
    Position,
    find,
    find_rewritten,
    fingerprint,
    identity,
    next_after,
    position_from,
    rotated,
)

LINES = b"".join(b"2026-11-03T12:00:%02d order %d paid\n" % (second, second) for second in range(60))


def position_in(path: Path, offset: int) -> Position:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        status = os.fstat(descriptor)
        return Position(
            path=str(path),
            device=status.st_dev,
            inode=status.st_ino,
            offset=offset,
            fingerprint=fingerprint(descriptor, offset),
            read=1,
        )
    finally:
        os.close(descriptor)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "shop.log"
    path.write_bytes(LINES)
    return path


def test_a_position_survives_being_stored_and_what_is_none_is_none(log: Path) -> None:
    position = position_in(log, 100)
    assert position_from(position.text()) == position
    for other in (None, "", "{}", "[]", '{"path":1}', "\0"):
        assert position_from(other) is None


def test_the_file_is_found_where_it_is_and_where_it_was_moved_to(log: Path) -> None:
    position = position_in(log, 500)
    assert find(position) == str(log)
    log.rename(f"{log}.1")
    log.write_bytes(b"new\n")
    assert find(position) == f"{log}.1"
    Path(f"{log}.1").rename(f"{log}.2")
    assert find(position) == f"{log}.2"
    Path(f"{log}.2").unlink()
    assert find(position) is None
    assert find_rewritten(position) is None


def test_a_copy_is_found_by_its_content_when_enough_was_read(log: Path) -> None:
    position, early = position_in(log, 500), position_in(log, 40)
    shutil.copyfile(log, f"{log}.1")
    os.truncate(log, 0)
    assert find(position) == f"{log}.1"
    assert find(early) is None
    assert find_rewritten(early) == str(log)


@pytest.mark.parametrize("changed_at", [0, 700, 1990])
def test_other_content_under_the_same_inode_is_not_taken_for_the_file(log: Path, changed_at: int) -> None:
    position = position_in(log, 2000)
    with log.open("r+b") as file:
        file.seek(changed_at)
        file.write(b"#")
    told = changed_at < 1024 or changed_at >= 2000 - 256
    assert (find(position) is None) == told


def test_a_file_that_is_shorter_than_what_was_read_is_not_taken_for_it(log: Path) -> None:
    position = position_in(log, 500)
    os.truncate(log, 499)
    assert find(position) is None


def test_rotated_files_are_listed_oldest_first_without_strangers(log: Path) -> None:
    for suffix in (
        ".10",
        ".2",
        ".1",
        "-20261102",
        "-20261103",
        ".gz",
        ".1.gz",
        ".bak",
        "2",
        ".2026-11-01",
        "-20261101.xz",
    ):
        Path(f"{log}{suffix}").touch()
    Path(f"{log}.3").mkdir()
    names = [os.path.basename(path).removeprefix("shop.log") for path in rotated(str(log))]
    assert names == ["-20261102", "-20261103", ".2026-11-01", ".10", ".2", ".1"]
    assert rotated(str(log.parent / "missing" / "shop.log")) == []


def test_after_a_rotated_file_comes_the_next_newer_one_and_last_the_path_itself(log: Path) -> None:
    paths = [f"{log}.3", f"{log}.2", f"{log}.1"]
    for path in paths:
        Path(path).touch()
    order = [paths[0]]
    while order[-1] != str(log):
        inode = os.stat(order[-1])
        order.append(next_after(str(log), inode.st_dev, inode.st_ino))
    assert order == [*paths, str(log)]
    assert next_after(str(log), 0, 0) == str(log)


def test_a_named_pipe_beside_the_file_is_never_opened(log: Path) -> None:
    position = position_in(log, 500)
    log.unlink()
    os.mkfifo(f"{log}.1")
    os.mkfifo(log)
    assert find(position) is None
    assert identity(str(log)) is not None
