"""One writer a session: a lock that ends with the process, however it ends.

SQLite keeps its own locks on the session file, and POSIX drops those when the process closes any other descriptor
of that file. So the file itself is never touched here: a file in a lock folder, named by the session's device and
inode (and so the same under every path), is locked instead. The folder belongs to the user, not to a profile,
because two profiles must not write one session either.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from eventmon.store.errors import LogUnavailable


def default_lock_folder() -> Path:
    """The folder of this user's locks on this machine; emptied by the system when the user logs out."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "eventmon-locks"
    return Path(tempfile.gettempdir()) / f"eventmon-locks-{os.getuid()}"


def _make_own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.lstat().st_uid != os.getuid():
        raise LogUnavailable(f"The folder {folder} belongs to somebody else, so no lock can be kept there. Remove it.")


class WriterLock:
    """Held by the one writer of a session until ``release`` or the end of the process.

    Raises:
        LogUnavailable: another writer, in this process or elsewhere, holds it.
    """

    def __init__(self, session: Path, folder: Path) -> None:
        identity = session.stat()
        _make_own_folder(folder)
        self._file = folder / f"{identity.st_dev:x}-{identity.st_ino:x}.lock"
        self._descriptor = self._take(session)
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def _take(self, session: Path) -> int:
        while True:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(descriptor, 20).decode(errors="replace")
                os.close(descriptor)
                raise LogUnavailable(
                    f"The session {session} is already being recorded by another Eventmon (process {holder or '?'}). "
                    "Close that one first, or choose another session."
                ) from None
            if self._is_current(descriptor):
                return descriptor
            os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        """Whether the locked file still has its name: the holder before may have removed it meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._file.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let the next writer in; harmless when called again."""
        if self._descriptor >= 0:
            with contextlib.suppress(FileNotFoundError):
                self._file.unlink()
            os.close(self._descriptor)
            self._descriptor = -1
