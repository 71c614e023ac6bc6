"""Letting the oldest events go, a slice at a time, so that recording never waits long.

Deletion only frees pages inside the file; giving them back to the file system is a second, separate step for idle
moments. The size limit looks at used pages, so that free pages waiting for the second step are not counted twice.
"""

from __future__ import annotations

import apsw

from eventmon.store.base import Retention
from eventmon.store.histogram import Row, take_out
from eventmon.store.removed import cut_removed
from eventmon.store.text import integer_of

SLICE_EVENTS = 500
SLICE_BYTES = 2 * 1024**2
"""A slice ends at whichever comes first, but holds one event at least: 1-3 ms of work."""

SLICE_PAGES = 128
"""Free pages given back at once."""

ROW_OVERHEAD = 40
"""Bytes of a row besides its payload, roughly; only decides how many rows one slice takes."""


def prune_slice(connection: apsw.Connection, retention: Retention, now: int) -> int:
    """Delete one slice of the oldest events over the limits, within the transaction that is open.

    Returns:
        How many events were removed; the caller adds them to the accounting.
    """
    rows = _oldest_over_limits(connection, retention, now)
    if not rows:
        return 0
    last_seq = rows[-1][0]
    connection.execute("DELETE FROM events WHERE seq <= ?", (last_seq,))
    take_out(connection, rows)
    cut_removed(connection)
    connection.execute("DELETE FROM gaps WHERE after_seq < ? AND id < (SELECT max(id) FROM gaps)", (last_seq,))
    return len(rows)


def _oldest_over_limits(connection: apsw.Connection, retention: Retention, now: int) -> list[Row]:
    """The events to remove."""
    excess = 0 if retention.max_bytes is None else used_bytes(connection) - retention.max_bytes
    horizon = 0 if retention.max_age_seconds is None else now - retention.max_age_seconds * 1_000_000
    found = connection.execute("SELECT seq, received, length(data) FROM events ORDER BY seq LIMIT ?", (SLICE_EVENTS,))
    rows: list[Row] = []
    freed = 0
    for seq, *others in found:
        received, size = map(integer_of, others)
        if (freed >= excess and received >= horizon) or (rows and freed + size > SLICE_BYTES):
            break
        rows.append((seq, received, size))
        freed += size + ROW_OVERHEAD
    return rows


def used_bytes(connection: apsw.Connection) -> int:
    """Bytes of the pages in use, wherever they lie."""
    pages, free, size = (integer_of(connection.pragma(name)) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size


def vacuum_slice(connection: apsw.Connection) -> bool:
    """Give one slice of free pages back; whether there were any. The file shrinks with the next checkpoint."""
    if not connection.pragma("freelist_count"):
        return False
    connection.execute(f"PRAGMA incremental_vacuum({SLICE_PAGES})").fetchall()
    return True
