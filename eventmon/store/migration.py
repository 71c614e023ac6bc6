"""Bringing a session of an older format to the one of this version, after a copy was made beside it.

Each step is one transaction that sets ``user_version`` too, so a crash leaves either format whole.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

from eventmon.store.connection import READ_WRITE, connect
from eventmon.store.copying import copy_session
from eventmon.store.errors import LogUnavailable
from eventmon.store.inspection import check_schema
from eventmon.store.schema import FORMAT, SINCE_2, TABLES


def migrate(path: Path, version: int) -> Path:
    """Bring a session of format ``version`` to the present one; where the copy as it was before lies.

    Whoever calls it holds the lock of the writer.

    Raises:
        LogUnavailable: there is no room for the copy, or no permission; the session is as it was.
        NotASession: the file does not hold the tables of its format.
    """
    connection = connect(path, READ_WRITE)
    try:
        check_schema(connection, path)
        copy = _copied(path, version)
        connection.execute("BEGIN IMMEDIATE")
        for table in SINCE_2:
            connection.execute(TABLES[table])
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
        return copy
    finally:
        connection.close()


def _copied(path: Path, version: int) -> Path:
    target = _free_name(path, version)
    try:
        copy_session(path, target)
    except LogUnavailable as error:
        raise LogUnavailable(
            f"The session {path} has the older format {version}; it is changed once a copy is kept. {error}"
        ) from error
    return target


def _free_name(path: Path, version: int) -> Path:
    """A name beside the session that nothing has, such as ``shop.format-1.eventmon``."""
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        name = path.with_name(f"{path.stem}.format-{version}{again}{path.suffix}")
        if not name.exists():
            return name
    raise AssertionError("count() ends never")
