"""The follower step by step: where it begins, what it waits for, and which sentences a loss gets."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.pipe_follow import (
    QUIET_SECONDS,
    WATCHED_SECONDS,
    FileFollower,
    NamedPipeError,
    NotAFileError,
    Step,
)
from eventmon.connectors.pipe_position import Position

LINES = [b"2026-11-03T12:00:%02d order %d paid" % (second, second) for second in range(60)]


class Watch:
    """A follower with a clock that is moved by hand; it keeps what a connection would keep."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.time = 0.0
        self.wall = 1_000
        self.lines: list[bytes] = []
        self.gaps: list[tuple[int, str]] = []
        self.position: Position | None = None
        self.follower = FileFollower(str(path), monotonic=lambda: self.time, now=lambda: self.wall, **options)

    def look(self) -> Step:
        step = self.follower.step()
        self.lines += step.lines
        self.gaps += step.gaps
        self.position = step.position or self.position
        return step

    def look_until_quiet(self) -> None:
        for _ in range(20):
            self.look()
            self.time += QUIET_SECONDS / 4


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "shop.log"
    path.write_bytes(b"".join(line + b"\n" for line in LINES[:20]))
    return path


@pytest.fixture
def watches() -> Any:
    opened: list[Watch] = []

    def make(path: Path, **options: Any) -> Watch:
        opened.append(Watch(path, **options))
        return opened[-1]

    yield make
    for watch in opened:
        watch.follower.close()


def append(path: Path, *lines: bytes, end: bytes = b"\n") -> None:
    with path.open("ab") as file:
        file.write(b"\n".join(lines) + end)


def test_a_file_is_read_from_its_start_in_chunks_and_then_followed(log: Path, watches: Any) -> None:
    watch = watches(log, chunk_bytes=100)
    assert watch.look().more
    watch.look_until_quiet()
    assert watch.lines == LINES[:20]
    append(log, LINES[20])
    assert watch.look().lines == [LINES[20]]
    assert watch.look() == Step(position=watch.position)
    assert watch.position.offset == log.stat().st_size
    assert watch.gaps == []


def test_from_the_end_only_what_comes_later_is_read_with_the_line_that_was_begun(log: Path, watches: Any) -> None:
    append(log, b"begun", end=b"")
    watch = watches(log, start="end")
    watch.look()
    append(log, b" and ended", LINES[21])
    watch.look()
    assert watch.lines == [b"begun and ended", LINES[21]]


def test_from_the_end_of_a_file_that_is_one_endless_line(tmp_path: Path, watches: Any) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"x" * 3_000_000)
    watch = watches(log, start="end")
    watch.look()
    append(log, b"end", LINES[0])
    watch.look()
    assert watch.lines == [b"end", LINES[0]]


def test_a_file_that_appears_later_is_read_whole_even_from_the_end(tmp_path: Path, watches: Any) -> None:
    log = tmp_path / "shop.log"
    watch = watches(log, start="end")
    with pytest.raises(FileNotFoundError):
        watch.look()
    append(log, *LINES[:3])
    watch.look()
    assert watch.lines == LINES[:3]


def test_a_line_without_end_waits_and_its_position_stays_before_it(log: Path, watches: Any) -> None:
    size = log.stat().st_size
    append(log, b"half", end=b"")
    watch = watches(log)
    watch.look_until_quiet()
    assert watch.lines == LINES[:20]
    assert watch.position.offset == size
    append(log, b" whole")
    watch.look()
    assert watch.lines[-1] == b"half whole"


def test_a_restart_goes_on_where_the_last_commit_was(log: Path, watches: Any) -> None:
    first = watches(log, chunk_bytes=100)
    first.look()
    second = watches(log, stored=first.position, start="end")
    second.look_until_quiet()
    assert first.lines + second.lines == LINES[:20]


def test_a_position_of_another_path_is_not_used(log: Path, tmp_path: Path, watches: Any) -> None:
    other = tmp_path / "mail.log"
    shutil.copyfile(log, other)
    first = watches(log)
    first.look()
    second = watches(other, stored=first.position)
    second.look()
    assert second.lines == LINES[:20]
    assert second.gaps == []


def test_a_renamed_file_is_read_to_its_end_before_the_next_one(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look_until_quiet()
    append(log, LINES[20], b"half", end=b"")
    log.rename(f"{log}.1")
    append(log, LINES[22])
    watch.look()
    append(Path(f"{log}.1"), b" and its other half", end=b"")
    watch.look_until_quiet()
    assert watch.lines == [*LINES[:21], b"half and its other half", LINES[22]]
    assert watch.gaps == []


def test_late_lines_of_a_rotated_file_still_come_for_a_minute(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look()
    log.rename(f"{log}.1")
    log.touch()
    watch.look_until_quiet()
    append(Path(f"{log}.1"), LINES[20], b"half", end=b"")
    watch.look()
    assert watch.lines == LINES[:21]
    watch.time += WATCHED_SECONDS
    watch.look()
    assert watch.lines == [*LINES[:21], b"half"]
    append(Path(f"{log}.1"), LINES[22])
    watch.look_until_quiet()
    assert LINES[22] not in watch.lines


def test_files_rotated_while_nobody_watched_are_read_in_order(log: Path, watches: Any) -> None:
    first = watches(log, chunk_bytes=100)
    first.look()
    for number in range(3):
        for old in sorted(log.parent.glob("shop.log.*"), reverse=True):
            old.rename(f"{log}.{int(old.suffix[1:]) + 1}")
        log.rename(f"{log}.1")
        append(log, LINES[20 + number])
    second = watches(log, stored=first.position)
    second.look_until_quiet()
    assert first.lines + second.lines == LINES[:23]
    assert second.gaps == []


def test_a_truncated_file_is_begun_anew_with_a_gap(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.wall = 2_000
    watch.look()
    watch.wall = 9_000
    os.truncate(log, 0)
    append(log, LINES[30])
    watch.look_until_quiet()
    assert watch.lines == [*LINES[:20], LINES[30]]
    ((since, reason),) = watch.gaps
    assert since == 2_000
    assert reason == f"{log} was cut short or written anew: lines that had not been read by then may be missing."


def test_a_truncated_file_that_has_grown_past_the_old_offset_is_noticed(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look_until_quiet()
    os.truncate(log, 0)
    append(log, *LINES[20:60])
    watch.look_until_quiet()
    assert watch.lines == LINES
    assert len(watch.gaps) == 1


def test_content_of_the_same_size_in_its_place_is_noticed(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look_until_quiet()
    with log.open("r+b") as file:
        file.write(b"".join(line.replace(b"paid", b"lost") + b"\n" for line in LINES[:20]))
    watch.look_until_quiet()
    assert watch.lines[20:] == [line.replace(b"paid", b"lost") for line in LINES[:20]]


def test_what_was_copied_away_before_a_truncation_is_read_from_the_copy(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look_until_quiet()
    append(log, LINES[20], LINES[21])
    shutil.copyfile(log, f"{log}.1")
    os.truncate(log, 0)
    append(log, LINES[22])
    watch.look_until_quiet()
    assert watch.lines == LINES[:23]
    assert [reason for _, reason in watch.gaps] == [
        f"{log} was copied to {log}.1 and cut short: lines written between the two may be missing."
    ]


def test_the_same_holds_for_a_copy_made_while_nobody_watched(log: Path, watches: Any) -> None:
    first = watches(log)
    first.look()
    append(log, LINES[20])
    shutil.copyfile(log, f"{log}.1")
    os.truncate(log, 0)
    append(log, LINES[21])
    second = watches(log, stored=first.position)
    second.look_until_quiet()
    assert second.lines == LINES[20:22]
    assert len(second.gaps) == 1


def test_a_file_that_was_replaced_while_nobody_watched_is_a_gap(log: Path, watches: Any) -> None:
    first = watches(log)
    first.look()
    (log.parent / "keeps-its-inode").hardlink_to(log)
    log.unlink()
    append(log, LINES[30])
    second = watches(log, stored=first.position)
    second.look_until_quiet()
    assert second.lines == [LINES[30]]
    assert [reason for _, reason in second.gaps] == [
        f"{log} was replaced while it was not followed, and the old file is gone: its last lines may be missing."
    ]


def test_a_deleted_file_is_waited_for_and_its_last_line_delivered_when_it_is_replaced(log: Path, watches: Any) -> None:
    watch = watches(log)
    append(log, b"no end", end=b"")
    watch.look()
    log.unlink()
    assert watch.look().waiting == f"{log} was removed. A new file there is read as soon as it appears."
    append(log, LINES[30])
    watch.look_until_quiet()
    assert watch.lines == [*LINES[:20], b"no end", LINES[30]]
    assert watch.look().waiting == ""


def test_the_position_moves_to_a_new_file_before_its_first_line(log: Path, watches: Any) -> None:
    watch = watches(log)
    watch.look()
    log.unlink()
    watch.look()
    log.touch()
    watch.look_until_quiet()
    assert (watch.position.inode, watch.position.offset) == (log.stat().st_ino, 0)


def test_a_folder_a_pipe_and_a_device_are_not_opened(tmp_path: Path, watches: Any) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, kind in ((tmp_path, IsADirectoryError), (pipe, NamedPipeError), (Path("/dev/null"), NotAFileError)):
        with pytest.raises(kind):
            watches(path).look()


def test_a_file_that_fails_is_opened_again_where_it_was(
    log: Path, watches: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watches(log, chunk_bytes=100)
    watch.look()

    def broken(*arguments: object) -> bytes:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken_disk:
        broken_disk.setattr(os, "pread", broken)
        for _ in range(3):
            with pytest.raises(OSError, match="Input/output"):
                watch.look()
    watch.look_until_quiet()
    assert watch.lines == LINES[:20]
    assert watch.gaps == []


def test_an_overlong_line_is_counted_and_the_next_one_comes(tmp_path: Path, watches: Any) -> None:
    log = tmp_path / "shop.log"
    with log.open("wb") as file:
        for _ in range(65):
            file.write(b"x" * 1024**2)
        file.write(b"\n" + LINES[0] + b"\n")
    watch = watches(log, chunk_bytes=4 * 1024**2)
    skipped = [watch.look().skipped for _ in range(18)]
    assert sum(skipped) == 1
    assert watch.lines == [LINES[0]]
