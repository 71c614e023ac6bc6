"""Opening a session: make it, lock it, refuse what is none, each with one sentence and the file left as it was."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw

from eventmon.store.connection import READ_ONLY, cannot_read, cannot_store, connect
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.lock import WriterLock, default_lock_folder
from eventmon.store.reader import SqliteReader
from eventmon.store.schema import APPLICATION_ID, FORMAT, create_session
from eventmon.store.writer import SqliteWriter, Synchronous


def open_writer(path: Path, *, synchronous: Synchronous = "NORMAL", lock_folder: Path | None = None) -> SqliteWriter:
    """The one writer of the session at ``path``, which is made when it does not exist.

    Args:
        path: the session file.
        synchronous: NORMAL survives a killed process, FULL also a power cut.
        lock_folder: where the lock of the writer lies; all who may write one session have to use the same.

    Raises:
        NotASession: the file is something else, damaged, or of a newer format; it is left as it was.
        LogUnavailable: another Eventmon writes it, or it cannot be made or written.
    """
    if not path.exists():
        _check_folder(path)
        with contextlib.suppress(FileExistsError):
            create_session(path)
    check_header(path)
    lock = WriterLock(path, lock_folder or default_lock_folder())
    try:
        return SqliteWriter(path, synchronous=synchronous, on_close=lock.release)
    except apsw.Error as error:
        lock.release()
        raise cannot_store(path, error) from error
    except LogUnavailable:
        lock.release()
        raise


def open_reader(path: Path) -> SqliteReader:
    """A reading end of the session at ``path``.

    Raises:
        NotASession: there is no such file, it is something else, damaged, or of a newer format.
        LogUnavailable: it cannot be read.
    """
    check_header(path)
    try:
        return SqliteReader(path)
    except apsw.Error as error:
        raise cannot_read(path, error) from error


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise LogUnavailable(f"There is no folder {path.parent} for the session {path.name}. Make the folder first.")


def check_header(path: Path) -> None:
    """Make sure that the file says to be a session of a format that is known here; touches nothing.

    The header is read through SQLite, with ``immutable`` so that neither locks nor files appear beside it; opening
    the file by other means would drop the locks that SQLite holds on it.

    Raises:
        NotASession: it does not.
    """
    if path.is_dir():
        raise NotASession(f"{path} is a folder, no session. Choose an .eventmon file.")
    if not path.exists():
        raise NotASession(f"There is no session {path}. Check the name.")
    if path.stat().st_size == 0:
        raise NotASession(f"{path} is an empty file, no session. Delete it, or choose another name.")
    try:
        connection = connect(path, READ_ONLY, immutable=True)
        try:
            application, version = connection.pragma("application_id"), connection.pragma("user_version")
        finally:
            connection.close()
    except apsw.NotADBError:
        application, version = None, 0
    except apsw.Error as error:
        raise cannot_read(path, error) from error
    if application != APPLICATION_ID:
        raise NotASession(f"{path} is no Eventmon session. Choose an .eventmon file.")
    if version != FORMAT:
        raise NotASession(
            f"The session {path} has format {version}, and this Eventmon reads format {FORMAT}. "
            "Open it with a newer Eventmon."
        )
