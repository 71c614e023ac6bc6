"""Disk space kept in hand, because on a full disk even DELETE fails: it has to write the write-ahead file first.

The space belongs to a file without a name in the session's folder (so it lies on the same disk): nothing is left
beside the session, and the system frees it when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

SIZE = 8 * 1024**2
"""Enough to fold in a write-ahead file of usual length (5 MB) and to write a few slices of deletions."""


class Ballast:
    """Space that can be given up once and taken again when there is plenty."""

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        self._folder = folder
        self._size = size
        self._descriptor = -1
        self.take()

    @property
    def held(self) -> bool:
        """Whether there is space to give up."""
        return self._descriptor >= 0

    def take(self) -> None:
        """Take the space unless it is held or the disk would be left with little; failing is no error."""
        if self.held:
            return
        with contextlib.suppress(OSError):
            if _free_bytes(self._folder) < 4 * self._size:
                return
            self._descriptor = _nameless_file(self._folder)
            try:
                os.posix_fallocate(self._descriptor, 0, self._size)
            except OSError:
                self.give_up()

    def give_up(self) -> None:
        """Return the space to the disk."""
        if self.held:
            os.close(self._descriptor)
            self._descriptor = -1


def _free_bytes(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def _nameless_file(folder: Path) -> int:
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError:  # a file system that knows no nameless files
        descriptor, name = tempfile.mkstemp(prefix=".eventmon-", dir=folder)
        os.unlink(name)
        return descriptor
