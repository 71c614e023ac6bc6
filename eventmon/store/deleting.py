"""Deleting chosen events for good: their rows, what they add to the histogram, and their bytes in the file.

SQLite leaves deleted content where it was until something else needs the place, and copies of rows where it moved
them. ``secure_delete`` writes zeros over it: always within pages that are written anyway, and for deletions in the
pages that become free too, for which retention would pay with every event. One kind of copy it forgets: where a page is
built anew because rows left it, the others are copied, and what lay there stays. So the rows of a slice are filled with
zeros where they are (a row of the same size is overwritten in place) before the first of them is taken out. Without
that 66 of 42,909 payloads left a piece, with it none, when deleted from the newest on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import apsw
import msgspec

from eventmon.store.histogram import Row, take_out
from eventmon.store.removed import add_removed, cut_removed
from eventmon.store.text import integer_of

SLICE_EVENTS = 500
SLICE_BYTES = 2 * 1024**2
"""A slice ends at whichever comes first, but deals with one event at least."""

_FIND = """SELECT seq, received, length(data) FROM events WHERE seq IN (SELECT value FROM json_each(?))
ORDER BY seq"""
_CONTENT = ("time", "type", "source", "id", "subject", "datacontenttype", "headers", "data")
_BLANK = f"""UPDATE events SET
{", ".join(f"{name} = iif({name} IS NULL, NULL, zeroblob(octet_length({name})))" for name in _CONTENT)}
WHERE seq IN (SELECT value FROM json_each(?))"""
_DELETE = "DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))"


def delete_slice(connection: apsw.Connection, seqs: Sequence[int]) -> tuple[int, int]:
    """Delete one slice of these events within the transaction that is open.

    Returns:
        How many were deleted, which the caller adds to the accounting, and how many seqs were dealt with.
    """
    some = seqs[:SLICE_EVENTS]
    found = {row[0]: row for row in _rows(connection, some)}
    rows: list[Row] = []
    size, dealt_with = 0, 0
    for seq in some:
        row = found.pop(seq, None)
        if row is not None:
            size += row[2]
            if rows and size > SLICE_BYTES:
                break
            rows.append(row)
        dealt_with += 1
    if rows:
        _delete(connection, rows)
    return len(rows), dealt_with


def _rows(connection: apsw.Connection, seqs: Sequence[int]) -> Iterator[Row]:
    for seq, received, size in connection.execute(_FIND, (_array(seqs),)):
        yield integer_of(seq), integer_of(received), integer_of(size)


def _delete(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    seqs = [seq for seq, _, _ in rows]
    with secure_delete(connection):
        connection.execute(_BLANK, (_array(seqs),))
        connection.execute(_DELETE, (_array(seqs),))
    take_out(connection, rows)
    add_removed(connection, seqs)
    cut_removed(connection)


@contextmanager
def secure_delete(connection: apsw.Connection) -> Iterator[None]:
    """Within it pages that become free are overwritten with zeros as well."""
    connection.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        leave_no_copies(connection)


def leave_no_copies(connection: apsw.Connection) -> None:
    """Overwrite what rows leave behind in a page when SQLite moves them; pages that become free stay as they are."""
    connection.execute("PRAGMA secure_delete = FAST")


def _array(seqs: Sequence[int]) -> str:
    return msgspec.json.encode(list(seqs)).decode()
