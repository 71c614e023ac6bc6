"""Where a file was read up to, and how to find that file again after it was rotated, copied or replaced.

A device and an inode name a file while it exists; inodes are used again, so a hash of what was read tells whether it
is still the same content. The hash also finds the copy that a copy-and-truncate rotation leaves behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator

import msgspec

_HEAD_BYTES = 1024
_TAIL_BYTES = 256
_ENOUGH_TO_TELL = 64
"""A copy is told by its content alone; with fewer bytes read that would be a guess."""
_NUMBER = re.compile(r"\.(\d{1,5})\Z")
_DATE = re.compile(r"[.\-_]\d[\d\-_.T:]{5,}\Z")


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a file.

    Attributes:
        path: the path that is followed; the file itself may have another by now.
        device: of the file.
        inode: of the file.
        offset: bytes read up to the end of the last line delivered.
        fingerprint: of the content before the offset, see ``fingerprint``.
        read: when, in microseconds since the epoch.
    """

    path: str
    device: int
    inode: int
    offset: int
    fingerprint: str
    read: int

    def text(self) -> str:
        """The form in which it is stored."""
        return msgspec.json.encode(self).decode()


def position_from(text: str | None) -> Position | None:
    """A stored position, or None when there is none that can be read."""
    try:
        return None if text is None else msgspec.json.decode(text, type=Position)
    except msgspec.DecodeError:
        return None


def fingerprint(descriptor: int, offset: int) -> str:
    """A hash of the first 1,024 and the last 256 bytes before an offset; empty for the beginning."""
    if not offset:
        return ""
    digest = hashlib.blake2b(os.pread(descriptor, min(offset, _HEAD_BYTES), 0), digest_size=8)
    start = max(0, offset - _TAIL_BYTES)
    digest.update(os.pread(descriptor, offset - start, start))
    return digest.hexdigest()


def find(position: Position) -> str | None:
    """The path at which the file of a position lies now: the followed path, a rotated file or a copy of it.

    Raises:
        OSError: a file with the right inode cannot be read, so that nothing can be said yet.
    """
    same = (position.device, position.inode)
    others = []
    for path in (position.path, *rotated(position.path)):
        if identity(path) != same:
            others.append(path)
        elif _holds(path, position):
            return path
    if position.offset < _ENOUGH_TO_TELL:
        return None
    return next((path for path in others if _may_hold(path, position)), None)


def find_rewritten(position: Position) -> str | None:
    """Where the file of a position lies now, whatever it holds; None when it is gone."""
    same = (position.device, position.inode)
    return next((path for path in (position.path, *rotated(position.path)) if identity(path) == same), None)


def rotated(path: str) -> list[str]:
    """Rotated files of a path, oldest first: ``name.2 name.1`` or ``name-20261102 name-20261103``; none compressed."""
    ranks = [(rank, found) for found in _siblings(path) if (rank := _rank(path, found)) is not None]
    return [found for _, found in sorted(ranks)]


def next_after(path: str, device: int, inode: int) -> str:
    """The file to read when the one with this inode is read to its end: the next newer rotated one, else ``path``."""
    files = rotated(path)
    for number, found in enumerate(files):
        if identity(found) == (device, inode):
            newer = [other for other in files[number + 1 :] if _style(path, other) == _style(path, found)]
            return newer[0] if newer else path
    return path


def identity(path: str) -> tuple[int, int] | None:
    """Device and inode of what lies at a path; None when nothing does."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _siblings(path: str) -> Iterator[str]:
    name = os.path.basename(path)
    try:
        with os.scandir(os.path.dirname(path)) as entries:
            for entry in entries:
                if entry.name.startswith(name) and entry.name != name and entry.is_file():
                    yield entry.path
    except OSError:
        return


def _style(path: str, found: str) -> str:
    suffix = found[len(path) :]
    return "number" if _NUMBER.match(suffix) else "date" if _DATE.match(suffix) else ""


def _rank(path: str, found: str) -> tuple[int, int, str] | None:
    """Sorts from old to new within a style; None for what is no rotated file."""
    suffix = found[len(path) :]
    match _style(path, found):
        case "number":
            return 1, -int(suffix[1:]), suffix
        case "date":
            return 0, 0, suffix
        case _:
            return None


def _holds(path: str, position: Position) -> bool:
    """Whether a file has the content that was read, and at least as much of it; OSError when it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    try:
        enough = os.fstat(descriptor).st_size >= position.offset
        return enough and fingerprint(descriptor, position.offset) == position.fingerprint
    finally:
        os.close(descriptor)


def _may_hold(path: str, position: Position) -> bool:
    try:
        return _holds(path, position)
    except OSError:
        return False
