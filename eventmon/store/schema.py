"""The tables of a session file and how a new one is made.

Plain rows and nothing else: a secondary index on the events costs two thirds of the write rate and a full-text
index nineteen twentieths, so there is none, and no trigger or view either, which keeps the whitelist for files of
strangers short. ``docs/event-log-format.md`` describes every table and column for readers of other programs.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import apsw
import uuid_utils

from eventmon.store.errors import LogUnavailable

APPLICATION_ID = 0x45564D4E
"""The letters EVMN; stands in the header of every session file."""

FORMAT = 2
"""Version of the format, kept as SQLite's ``user_version``."""

EVENT_COLUMNS = (
    "seq",
    "topic_id",
    "received",
    "time",
    "type",
    "source",
    "id",
    "subject",
    "datacontenttype",
    "headers",
    "data",
)
"""Columns of ``events`` in the order in which they are written."""

TABLES: dict[str, str] = {
    "meta": """CREATE TABLE meta(
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) WITHOUT ROWID""",
    "topics": """CREATE TABLE topics(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  first_received INTEGER NOT NULL,
  last_received INTEGER NOT NULL,
  types TEXT NOT NULL
)""",
    "events": """CREATE TABLE events(
  seq INTEGER PRIMARY KEY,
  topic_id INTEGER NOT NULL,
  received INTEGER NOT NULL,
  time TEXT,
  type TEXT NOT NULL,
  source TEXT NOT NULL,
  id TEXT,
  subject TEXT,
  datacontenttype TEXT,
  headers TEXT,
  data BLOB NOT NULL
)""",
    "seconds": """CREATE TABLE seconds(
  second INTEGER PRIMARY KEY,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  first_seq INTEGER NOT NULL
)""",
    "gaps": """CREATE TABLE gaps(
  id INTEGER PRIMARY KEY,
  after_seq INTEGER NOT NULL,
  connection TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  reason TEXT NOT NULL
)""",
    "positions": """CREATE TABLE positions(
  connection TEXT NOT NULL,
  stream TEXT NOT NULL,
  position TEXT NOT NULL,
  PRIMARY KEY(connection, stream)
) WITHOUT ROWID""",
    "recent_ids": """CREATE TABLE recent_ids(
  seq INTEGER PRIMARY KEY,
  received INTEGER NOT NULL,
  digest BLOB NOT NULL
)""",
    "removed": """CREATE TABLE removed(
  block INTEGER PRIMARY KEY,
  seqs BLOB NOT NULL
)""",
    "forgotten": """CREATE TABLE forgotten(
  topic_id INTEGER PRIMARY KEY
)""",
    "accounting": """CREATE TABLE accounting(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  next_seq INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  not_recorded INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  pruned INTEGER NOT NULL
)""",
}
"""Every table of the format with the exact statement that made it; the check of strange files compares these."""

SINCE_2 = ("removed", "forgotten")
"""Tables that format 1 does not have."""

TABLES_OF = {1: {name: sql for name, sql in TABLES.items() if name not in SINCE_2}, FORMAT: TABLES}
"""The tables of every format that was released."""


def create_session(path: Path) -> None:
    """Make an empty session at ``path``, which must not exist, whole or not at all.

    The file is built under a hidden name and linked into place, so a crash never leaves half a session.

    Raises:
        LogUnavailable: the folder is read-only or full.
        FileExistsError: somebody else made the file meanwhile.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write_tables(draft)
        move_into_place(draft, path)
    except (apsw.Error, PermissionError) as error:
        raise LogUnavailable(
            f"The session {path} cannot be created: {error}. Check that the folder is writable and has space."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _write_tables(draft: Path) -> None:
    connection = apsw.Connection(str(draft))
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("BEGIN")
        for statement in TABLES.values():
            connection.execute(statement)
        connection.execute("INSERT INTO accounting VALUES(1, 1, 0, 0, 0, 0, 0)")
        connection.executemany(
            "INSERT INTO meta VALUES(?, ?)",
            [("uuid", str(uuid_utils.uuid7())), ("created", str(time.time_ns() // 1000))],
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def move_into_place(draft: Path, path: Path) -> None:
    """Give a finished file its name, unless somebody else has it: FileExistsError then."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)
