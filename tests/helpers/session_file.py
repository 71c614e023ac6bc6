"""A session that nobody writes, read as another program would: plain SQLite, after an integrity check."""

from __future__ import annotations

from pathlib import Path

import apsw


def stored_events(log: Path) -> tuple[int, int]:
    """How many events it holds and the highest seq; without a hole both are the same, as seqs begin at 1."""
    connection = apsw.Connection(str(log))
    try:
        assert connection.execute("PRAGMA integrity_check").get == "ok"
        assert connection.execute("SELECT coalesce(min(seq), 1) FROM events").get == 1
        count: int = connection.execute("SELECT count(*) FROM events").get
        return count, connection.execute("SELECT coalesce(max(seq), 0) FROM events").get
    finally:
        connection.close()
