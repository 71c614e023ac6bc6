"""SQLite connections as the log uses them, and what SQLite's errors mean to people."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import apsw

from eventmon.store.errors import LogUnavailable, NotASession

BUSY_MILLISECONDS = 5_000

READ_ONLY = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
READ_WRITE = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI


def nothing() -> None:
    """What closing does besides, unless somebody asked for more."""


def connect(path: Path, flags: int, *, immutable: bool = False) -> apsw.Connection:
    """A connection that trusts nothing it finds in the file's schema.

    Raises:
        apsw.Error: whatever SQLite says; ``path`` must exist.
    """
    address = f"file:{quote(str(path.absolute()))}" + ("?immutable=1" if immutable else "")
    connection = apsw.Connection(address, flags=flags)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def cannot_store(path: Path, error: Exception) -> LogUnavailable:
    """The sentence for a write that failed."""
    if isinstance(error, apsw.FullError):
        reason, remedy = "the disk is full", "Free some space; recording goes on by itself."
    elif isinstance(error, apsw.ReadOnlyError):
        reason, remedy = "the file is read-only", "Make it writable or choose another session."
    elif isinstance(error, apsw.BusyError | apsw.LockedError):
        reason, remedy = "another program holds the file locked", "Close that program."
    elif isinstance(error, apsw.CorruptError | apsw.NotADBError):
        reason, remedy = f"the file is damaged ({_one_line(error)})", "Keep a copy of it and start a new session."
    else:
        reason, remedy = f"the disk does not take it ({_one_line(error)})", "Check the disk and its free space."
    return LogUnavailable(f"Events cannot be stored in {path}: {reason}. {remedy}")


def cannot_read(path: Path, error: Exception) -> LogUnavailable | NotASession:
    """The sentence for a read that failed."""
    passing = apsw.BusyError | apsw.LockedError | apsw.IOError | apsw.CantOpenError | apsw.FullError | OSError
    if isinstance(error, passing):
        return LogUnavailable(
            f"The session {path} cannot be read now ({_one_line(error)}). Try again, or check the disk."
        )
    return NotASession(
        f"The session {path} is damaged ({_one_line(error)}). Open a copy from a backup, or start a new session."
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
