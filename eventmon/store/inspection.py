"""Is this file a session, and a sound one? Asked before anything in it is believed.

The whitelist is exact: the tables of the format with the very statements that make them, and nothing else. So no
trigger, view, virtual table, generated column or extra index of a stranger ever runs here.
"""

from __future__ import annotations

import time
from pathlib import Path

import apsw

from eventmon.store.connection import READ_ONLY, cannot_read, connect
from eventmon.store.errors import NotASession
from eventmon.store.schema import APPLICATION_ID, FORMAT, TABLES_OF

CHECK_SECONDS = 0.5
"""How long pages are looked through; a file of some 300 MB is done by then, of a bigger one the first part."""

STEPS_BETWEEN_LOOKS = 1_000
"""SQLite instructions between two looks at the clock."""

_OBJECTS = {
    number: {("table", name, statement) for name, statement in tables.items()}
    | {("index", "sqlite_autoindex_topics_1", None)}
    for number, tables in TABLES_OF.items()
}


def check_header(path: Path) -> int:
    """Make sure that the file says to be a session of a format that is known here, and say which; touches nothing.

    The header is read through SQLite, with ``immutable`` so that neither locks nor files appear beside it; opening
    the file by other means would drop the locks that SQLite holds on it.

    Raises:
        NotASession: it does not.
        LogUnavailable: it cannot be read.
    """
    if path.is_dir():
        raise NotASession(f"{path} is a folder, no session. Choose an .eventmon file.")
    if not path.exists():
        raise NotASession(f"There is no session {path}. Check the name.")
    if not path.is_file():
        raise NotASession(f"{path} is no ordinary file, so it is no session. Choose an .eventmon file.")
    if path.stat().st_size == 0:
        raise NotASession(f"{path} is an empty file, no session. Delete it, or choose another name.")
    application, version = _identity(path)
    if application != APPLICATION_ID:
        raise NotASession(f"{path} is no Eventmon session. Choose an .eventmon file.")
    if version > FORMAT:
        raise NotASession(
            f"The session {path} has format {version}; this Eventmon reads format {FORMAT}. "
            "Open it with a newer Eventmon."
        )
    if version not in TABLES_OF:
        raise NotASession(f"The session {path} is damaged: there is no format {version}. Open a copy from a backup.")
    return version


def _identity(path: Path) -> tuple[int, int]:
    try:
        connection = connect(path, READ_ONLY, immutable=True)
        # The newest pages may still be in the write-ahead file, and then this one is shorter than its header says.
        # SQLite would call that damage; with this switch it goes on, and the header is all that is read here.
        connection.execute("PRAGMA writable_schema = ON")
        try:
            return _number(connection, "application_id"), _number(connection, "user_version")
        finally:
            connection.close()
    except apsw.NotADBError:
        return 0, 0
    except apsw.Error as error:
        raise cannot_read(path, error) from error


def _number(connection: apsw.Connection, pragma: str) -> int:
    value = connection.pragma(pragma)
    return value if isinstance(value, int) else 0


def check_schema(connection: apsw.Connection, path: Path) -> None:
    """Make sure that the file holds exactly the tables of its format.

    Raises:
        NotASession: something is missing or does not belong there.
        apsw.Error, UnicodeDecodeError: it cannot be read.
    """
    found = {(type, name, sql) for type, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema")}
    expected = _OBJECTS.get(_number(connection, "user_version"), _OBJECTS[FORMAT])
    strange = sorted(str(name) for _, name, _ in found ^ expected)
    if strange:
        raise NotASession(
            f"The session {path} is not opened: it does not hold the tables of a session, see {strange[0]!r:.80}. "
            "Ask for a copy that Eventmon has exported."
        )


def check_pages(connection: apsw.Connection, path: Path, seconds: float = CHECK_SECONDS) -> None:
    """Look for damage in the pages of the file, for ``seconds`` at most.

    Raises:
        NotASession: there is some; the sentence says what.
        apsw.Error, UnicodeDecodeError: it cannot be read.
    """
    found = "ok"
    with_deadline(connection, seconds)
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").get)
    except apsw.InterruptError:  # the time is over and no damage was seen so far
        found = "ok"
    finally:
        connection.set_progress_handler(None)
    if found != "ok":
        what = " ".join(found.split())
        raise NotASession(f"The session {path} is damaged ({what:.200}). Open a copy from a backup.")


def with_deadline(connection: apsw.Connection, seconds: float) -> None:
    """Interrupt the connection's statements from ``seconds`` on; until the handler is taken away."""
    deadline = time.monotonic() + seconds

    def is_over() -> bool:
        return time.monotonic() > deadline

    connection.set_progress_handler(is_over, STEPS_BETWEEN_LOOKS)
