"""Follows a growing file through rotation, truncation and deletion: the files alone, without loop or thread.

A file that was renamed is read to its end before the next one is opened, and watched for a while longer, since its
writer may still have it open. What was read is hashed, so a file that was cut short and grew again is noticed.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import structs

from eventmon.connectors.pipe_lines import LineSplitter
from eventmon.connectors.pipe_position import Position, find, find_rewritten, fingerprint, identity, next_after
from eventmon.core.clock import now_microseconds

CHUNK_BYTES = 256 * 1024
QUIET_SECONDS = 1.0
"""How long a rotated file must not grow before the next one is begun."""
WATCHED_SECONDS = 60.0
"""How long a rotated file is watched for late lines after that."""
_BACKWARDS_BYTES = 1024**2


class Step(msgspec.Struct):
    """What one look at the files brought.

    Attributes:
        lines: whole lines, in order.
        position: where reading goes on once the lines are stored; None when nothing is open.
        more: more can be read at once.
        waiting: why nothing can come, in plain words; empty while a file is followed.
        gaps: since when (microseconds since the epoch) lines may be missing, and why.
        skipped: lines left out because they were too long.
    """

    lines: list[bytes] = msgspec.field(default_factory=list)
    position: Position | None = None
    more: bool = False
    waiting: str = ""
    gaps: list[tuple[int, str]] = msgspec.field(default_factory=list)
    skipped: int = 0


class FileFollower:
    """Reads one path for ever, a chunk a step. Not for several threads at once."""

    def __init__(
        self,
        path: str,
        *,
        start: Literal["start", "end"] = "start",
        stored: Position | None = None,
        chunk_bytes: int = CHUNK_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], int] = now_microseconds,
    ) -> None:
        """Make it; nothing is opened yet.

        Args:
            path: absolute.
            start: where to begin when nothing is stored.
            stored: the position committed last; one of another path is not used.
            chunk_bytes: most bytes read in a step.
            monotonic: a clock in seconds, for waiting.
            now: microseconds since the epoch, for gaps.
        """
        self.path = path
        self._start = start
        self._stored = stored if stored is not None and stored.path == path else None
        self._chunk_bytes = chunk_bytes
        self._monotonic = monotonic
        self._now = now
        self._file: _OpenFile | None = None
        self._former: _OpenFile | None = None
        self._former_splitter = LineSplitter()
        self._former_since = 0.0
        self._left: tuple[int, int] | None = None
        self._splitter = LineSplitter()
        self._quiet_since = 0.0
        self._rotated = False
        self._last_read = now()

    def step(self) -> Step:
        """Read a chunk, or find out what became of the file.

        Raises:
            OSError: the file is missing or cannot be read; the next step tries again.
        """
        step = Step()
        file = self._file or self._open(step)
        try:
            chunk = file.read(self._chunk_bytes)
        except OSError:
            self._open_anew(file)
            raise
        if chunk is None:
            self._open_anew(file)
            step.more = True
        elif chunk:
            self._last_read = self._now()
            self._quiet_since = self._monotonic()
            step.lines += self._splitter.take(chunk)
            step.more = len(chunk) == self._chunk_bytes
            step.position = self._position(file)
        else:
            self._at_end(file, step)
        step.skipped, self._splitter.skipped = self._splitter.skipped, 0
        return step

    def close(self) -> None:
        """Close the files."""
        for file in (self._file, self._former):
            if file is not None:
                file.close()
        self._file = self._former = None

    def _open(self, step: Step) -> _OpenFile:
        path, offset = self._first(step) if self._left is None else (next_after(self.path, *self._left), 0)
        try:
            file = _OpenFile(path, offset)
        except FileNotFoundError:
            self._start = "start"  # what appears from now on is new
            raise
        if offset < 0:
            file.go_to_last_line()
        if offset <= 0:
            step.lines += self._splitter.finish()  # what was read of a line in a file that is no more
        self._file, self._left, self._stored = file, None, None
        self._rotated = False
        self._quiet_since = self._monotonic()
        step.position = self._position(file)
        return file

    def _first(self, step: Step) -> tuple[str, int]:
        """Where to begin, or to go on after a truncation; the offset -1 stands for the last line."""
        stored = self._stored
        if stored is None:
            return self.path, -1 if self._start == "end" else 0
        found = find(stored)
        if found is None:
            return self._without_what_was_read(stored, step)
        if found != self.path and identity(found) != (stored.device, stored.inode):
            step.gaps.append((stored.read, _copied(stored.path, found)))
        return found, stored.offset

    def _without_what_was_read(self, stored: Position, step: Step) -> tuple[str, int]:
        """The file as it was read is nowhere: it was truncated, or removed."""
        rewritten = find_rewritten(stored)
        if rewritten is not None:
            step.gaps.append((stored.read, _truncated(stored.path)))
        elif identity(self.path) is not None:
            step.gaps.append((stored.read, _replaced(stored.path)))
        return rewritten or self.path, 0

    def _at_end(self, file: _OpenFile, step: Step) -> None:
        step.lines += self._late_lines()
        step.position = self._position(file)
        current = identity(self.path)
        if current == file.identity:
            return
        if not self._rotated:
            self._rotated, self._quiet_since = True, self._monotonic()
        if next_after(self.path, *file.identity) != self.path:
            self._finish(file, step)
        elif current is None:
            step.waiting = f"{self.path} was removed. A new file there is read as soon as it appears."
        elif self._monotonic() - self._quiet_since >= QUIET_SECONDS:
            self._finish(file, step)

    def _finish(self, file: _OpenFile, step: Step) -> None:
        """Leave a rotated file; its last line may lack its end."""
        step.lines += self._leave_former() + self._splitter.finish()
        step.position = self._position(file)
        step.more = True
        self._former, self._former_since = file, self._monotonic()
        self._file, self._left = None, file.identity

    def _late_lines(self) -> list[bytes]:
        """Lines that the file before the current one got after it was left."""
        if self._former is None:
            return []
        chunk = self._former.read(self._chunk_bytes)
        if chunk:
            self._former_since = self._monotonic()
            return self._former_splitter.take(chunk)
        if chunk is None or self._monotonic() - self._former_since >= WATCHED_SECONDS:
            return self._leave_former()
        return []

    def _leave_former(self) -> list[bytes]:
        if self._former is not None:
            self._former.close()
            self._former = None
        return self._former_splitter.finish()

    def _open_anew(self, file: _OpenFile) -> None:
        """The file holds something else than what was read, or fails: look for its place as after a start."""
        self._stored = file.place(self.path, read=self._last_read)
        self._file = None
        file.close()

    def _position(self, file: _OpenFile) -> Position:
        offset = file.offset - self._splitter.pending
        place = file.place(self.path, read=self._now())
        return structs.replace(place, offset=offset, fingerprint=fingerprint(file.descriptor, offset))


class _OpenFile:
    """A file that is read by offset and tells when what was read is no longer in it.

    Attributes:
        descriptor: of the open file.
        identity: device and inode.
        offset: how far it was read.
    """

    def __init__(self, path: str, offset: int) -> None:
        """Open it at an offset; OSError when it is missing, may not be read or is no regular file."""
        _require_file(path)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        status = os.fstat(self.descriptor)
        self.identity = (status.st_dev, status.st_ino)
        self.offset = max(offset, 0)
        self._seen = fingerprint(self.descriptor, self.offset)

    def place(self, followed: str, read: int = 0) -> Position:
        """How far it was read, with the fingerprint of what was read then, whatever the file holds now."""
        device, inode = self.identity
        return Position(
            path=followed, device=device, inode=inode, offset=self.offset, fingerprint=self._seen, read=read
        )

    def go_to_last_line(self) -> None:
        """Set the offset to the beginning of the line that is being written, or to the end after a whole line."""
        size = os.fstat(self.descriptor).st_size
        start = max(0, size - _BACKWARDS_BYTES)
        found = os.pread(self.descriptor, size - start, start).rfind(b"\n")
        self.offset = start + found + 1 if found >= 0 or start == 0 else size
        self._seen = fingerprint(self.descriptor, self.offset)

    def read(self, size: int) -> bytes | None:
        """The next bytes, none at the end; None when the file was cut short or written anew."""
        if os.fstat(self.descriptor).st_size < self.offset:
            return None
        chunk = os.pread(self.descriptor, size, self.offset)
        if fingerprint(self.descriptor, self.offset) != self._seen:
            return None
        if chunk:
            self.offset += len(chunk)
            self._seen = fingerprint(self.descriptor, self.offset)
        return chunk

    def close(self) -> None:
        """Close it."""
        os.close(self.descriptor)


class NotAFileError(OSError):
    """There is something at the path that is neither a file nor a folder."""


class NamedPipeError(NotAFileError):
    """There is a named pipe at the path."""


def _require_file(path: str) -> None:
    """OSError for all but a regular file. Asked before opening: to open a pipe and close it would harm its writer."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(path)
    if stat.S_ISFIFO(mode):
        raise NamedPipeError(path)
    if not stat.S_ISREG(mode):
        raise NotAFileError(path)


def _replaced(path: str) -> str:
    return f"{path} was replaced while it was not followed, and the old file is gone: its last lines may be missing."


def _truncated(path: str) -> str:
    return f"{path} was cut short or written anew: lines that had not been read by then may be missing."


def _copied(path: str, copy: str) -> str:
    return f"{path} was copied to {copy} and cut short: lines written between the two may be missing."
