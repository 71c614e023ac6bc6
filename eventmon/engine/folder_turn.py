"""One process at a time changes the files of a folder, so that what one has just written is never lost by another.

The folder itself is locked: a file that is replaced at each change cannot hold a lock, and a lock file would lie
about in folders that people keep in git. The system releases it however a process ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 5.0
NAP_SECONDS = 0.005
_NO_LOCKS = {errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL}


@contextmanager
def folder_turn(path: Path) -> Iterator[None]:
    """Hold the folder of a file, which is made when it is missing; call it in a thread that may wait.

    Raises:
        OSError: the folder cannot be had, or another program holds it for too long.
    """
    folder = path.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Wait for the lock; on file systems without locks there is none to have."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError("another program holds its folder") from None
            time.sleep(NAP_SECONDS)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            return
        else:
            return
