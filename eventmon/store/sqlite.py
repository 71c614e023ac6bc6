"""The SQLite log under one name: ``SqliteWriter`` and ``SqliteReader``."""

from __future__ import annotations

from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter

__all__ = ["SqliteReader", "SqliteWriter"]
