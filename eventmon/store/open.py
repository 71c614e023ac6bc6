"""Opening a session: make it, lock it, refuse what is none, each with one sentence and the file left as it was."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from eventmon.core.errors import UserError
from eventmon.store.connection import cannot_read, cannot_store
from eventmon.store.errors import LogUnavailable
from eventmon.store.inspection import check_header, check_pages, check_schema
from eventmon.store.lock import WriterLock, default_lock_folder
from eventmon.store.migration import migrate
from eventmon.store.place import readable_place
from eventmon.store.reader import SqliteReader
from eventmon.store.schema import FORMAT, create_session
from eventmon.store.writer import SqliteWriter, Synchronous


def open_writer(path: Path, *, synchronous: Synchronous = "NORMAL", lock_folder: Path | None = None) -> SqliteWriter:
    """The one writer of the session at ``path``, which is made when it does not exist.

    A session of an older format is brought to the present one, after a copy was made beside it.

    Args:
        path: the session file.
        synchronous: NORMAL survives a killed process, FULL also a power cut.
        lock_folder: where the lock of the writer lies; all who may write one session have to use the same.

    Raises:
        NotASession: the file is something else, damaged, or of a newer format; it is left as it was.
        LogUnavailable: another Eventmon writes it, or it cannot be made or written.
    """
    try:
        _make_if_missing(path)
        version = check_header(path)
        _check_writable(path)
        lock = WriterLock(path, lock_folder or default_lock_folder())
    except OSError as error:
        raise cannot_store(path, error) from error
    try:
        older = migrate(path, version) if version < FORMAT else None
        return SqliteWriter(path, synchronous=synchronous, on_close=lock.release, older=older)
    except (apsw.Error, UnicodeDecodeError, OSError) as error:
        lock.release()
        raise cannot_store(path, error) from error
    except UserError:
        lock.release()
        raise


def _make_if_missing(path: Path) -> None:
    if path.exists() or "\0" in str(path):
        return
    if not path.parent.is_dir():
        raise LogUnavailable(f"There is no folder {path.parent} for the session {path.name}. Make the folder first.")
    with contextlib.suppress(FileExistsError):
        create_session(path)


def _check_writable(path: Path) -> None:
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise LogUnavailable(f"The session {path} lies on a read-only place. Open it to look only, or copy it.")


def open_reader(path: Path, *, stranger: bool = False, cache_folder: Path | None = None) -> SqliteReader:
    """A reading end of the session at ``path``, while it is written or at rest, on a read-only disk too.

    Args:
        path: the session file.
        stranger: the file comes from somebody else: it is opened so that it cannot be changed, and looked through
            for damage first.
        cache_folder: where a copy goes when the file cannot be read in place; the system's folder for temporary
            files when not given.

    Raises:
        NotASession: there is no such file, it is something else, damaged, or of a newer format.
        LogUnavailable: it cannot be read.
    """
    try:
        check_header(path)
        place = readable_place(path, stranger=stranger, cache_folder=cache_folder)
    except (apsw.Error, OSError) as error:
        raise cannot_read(path, error) from error
    try:
        check_schema(place.connection, path)
        if stranger:
            check_pages(place.connection, path)
        return SqliteReader(path, connection=place.connection, on_close=place.remove_copy)
    except (apsw.Error, UnicodeDecodeError) as error:
        place.close()
        raise cannot_read(path, error) from error
    except UserError:
        place.close()
        raise
