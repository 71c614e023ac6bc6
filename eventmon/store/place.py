"""Where a session is read: in place if that is possible, else from a copy.

A session in WAL mode needs files beside it. On a read-only disk there can be none; then the file alone is opened as
immutable, but only if no write-ahead file with content lies beside it, because that would hide the newest events.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import apsw

from eventmon.store.connection import READ_ONLY, READ_WRITE, connect


class Place:
    """An open connection for reading, and the copy it reads, if it is one."""

    def __init__(self, connection: apsw.Connection, copy_folder: Path | None = None) -> None:
        self.connection = connection
        self._copy_folder = copy_folder

    def remove_copy(self) -> None:
        """Delete the copy, once the connection is closed."""
        if self._copy_folder is not None:
            shutil.rmtree(self._copy_folder, ignore_errors=True)

    def close(self) -> None:
        """Close the connection and delete the copy."""
        self.connection.close()
        self.remove_copy()


def readable_place(path: Path, *, stranger: bool, cache_folder: Path | None) -> Place:
    """Open the session for reading, so that nothing is left beside it that was not there before.

    An own session is opened writable and told to refuse changes: only such a connection can tidy up the files
    beside it when it is the last one.

    Raises:
        apsw.Error, OSError: it cannot be read, or not copied.
    """
    has_newer = _holds_something(_beside(path, "-wal"))
    if not has_newer and (stranger or not os.access(path.parent, os.W_OK)):
        return Place(connect(path, READ_ONLY, immutable=True))
    try:
        return Place(_proven(connect(path, READ_ONLY if stranger else READ_WRITE)))
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError):
        return _copied(path, cache_folder)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _proven(connection: apsw.Connection) -> apsw.Connection:
    """The connection, if it can read its file; some obstacles show only then."""
    try:
        connection.pragma("schema_version")
    except apsw.Error:
        connection.close()
        raise
    return connection


def _copied(path: Path, cache_folder: Path | None) -> Place:
    folder = Path(tempfile.mkdtemp(prefix="eventmon-copy-", dir=cache_folder))
    try:
        for ending in ("", "-wal"):
            if _beside(path, ending).exists():
                shutil.copyfile(_beside(path, ending), folder / (path.name + ending))
        return Place(_proven(connect(folder / path.name, READ_WRITE)), folder)
    except (apsw.Error, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        raise
