"""Taking events out of the table ``seconds``, whether retention or a deletion has removed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import apsw
import msgspec

from eventmon.store.text import integer_of

NEAR = 10_000
"""Seqs within which the next event of the same second is looked for; clocks that jump may scatter a second."""

Row = tuple[int, int, int]
"""``(seq, received, size)`` of an event that was removed."""

_LESSEN = "UPDATE seconds SET events = events - ?, bytes = bytes - ? WHERE second = ?"
_DROP = "DELETE FROM seconds WHERE second = ? AND events <= 0"
_LEFT = "SELECT second, first_seq FROM seconds WHERE second IN (SELECT value FROM json_each(?))"
_SAME_SECOND = "SELECT seq FROM events WHERE seq BETWEEN ? AND ? AND received BETWEEN ? AND ? ORDER BY seq LIMIT 1"
_NEXT = "SELECT min(seq) FROM events WHERE seq > ?"


def take_out(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    """Count these events, which are no longer stored, no more, within the open transaction."""
    events: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    for _, received, size in rows:
        events[received // 1_000_000] += 1
        sizes[received // 1_000_000] += size
    connection.executemany(_LESSEN, [(number, sizes[second], second) for second, number in events.items()])
    connection.executemany(_DROP, [(second,) for second in events])
    gone = {seq for seq, _, _ in rows}
    left = connection.execute(_LEFT, (msgspec.json.encode(list(events)).decode(),)).fetchall()
    moved = [
        (_next_of(connection, second, first), second)
        for second, first in (map(integer_of, row) for row in left)
        if first in gone
    ]
    connection.executemany("UPDATE seconds SET first_seq = ? WHERE second = ?", moved)


def _next_of(connection: apsw.Connection, second: int, first: int) -> int:
    """The lowest seq above ``first`` of an event that arrived in the same second."""
    begin = second * 1_000_000
    found = connection.execute(_SAME_SECOND, (first + 1, first + NEAR, begin, begin + 999_999)).get
    return integer_of(found if found is not None else connection.execute(_NEXT, (first,)).get)
