"""A copy of a session in another file: complete as of one moment, compact, and whole or not there at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from eventmon.store.connection import READ_WRITE, connect
from eventmon.store.errors import LogUnavailable
from eventmon.store.inspection import check_header
from eventmon.store.place import readable_place
from eventmon.store.schema import move_into_place

ENDING = ".eventmon"


def copy_session(path: Path, target: Path) -> int:
    """Write what is committed in the session at ``path`` to ``target``, which must not exist; the copy's bytes.

    It may take minutes and can run in any thread while the session is written: it has a connection of its own.

    Raises:
        LogUnavailable: the target exists, its folder does not, or the disk is full.
        NotASession: there is no session at ``path``.
    """
    if "\0" in str(target):
        raise LogUnavailable("A file name cannot contain NUL. Choose another name.")
    if not target.parent.is_dir():
        raise _refused(target, f"there is no folder {target.parent}", "Make the folder first.")
    if os.path.lexists(target):
        raise _refused(target, "there is a file of that name", "Choose another name.")
    check_header(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        _write_copy(path, draft)
        move_into_place(draft, target)
        return target.stat().st_size
    except FileExistsError as error:
        raise _refused(target, "there is a file of that name", "Choose another name.") from error
    except (apsw.FullError, apsw.IOError) as error:
        raise _refused(target, "the disk is full or fails", "Free some space, or choose another disk.") from error
    except (apsw.Error, OSError) as error:
        raise _refused(target, f"the disk does not take it ({error})", "Choose another place.") from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                draft.with_name(draft.name + ending).unlink()


def _write_copy(path: Path, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    place = readable_place(path, stranger=False, cache_folder=None)
    try:
        place.connection.execute("VACUUM INTO ?", (str(draft),))
    finally:
        place.close()
    copy = connect(draft, READ_WRITE)
    try:
        copy.execute("PRAGMA journal_mode = WAL")
    finally:
        copy.close()
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def _refused(target: Path, why: str, remedy: str) -> LogUnavailable:
    return LogUnavailable(f"The session cannot be saved as {target}: {why}. {remedy}")
