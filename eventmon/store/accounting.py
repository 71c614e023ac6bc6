"""The one row that says where every event went, as the file has it and as the open transaction will leave it."""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec

from eventmon.store.base import LogTotals
from eventmon.store.errors import NotASession
from eventmon.store.text import integer_of, text_of

HIGHEST_COUNT = 2**62
"""No log ever counts that far; a file that claims to would overflow SQLite's integers."""

LONGEST_COUNT = 18
"""Digits of a count that is kept as text."""

_READ = "SELECT next_seq, stored, not_recorded, duplicates, dropped, pruned FROM accounting"
_WRITE = """UPDATE accounting SET next_seq = ?, stored = ?, not_recorded = ?, duplicates = ?, dropped = ?,
pruned = ?"""
_WRITE_REMOVALS = "INSERT INTO meta VALUES('removals', ?) ON CONFLICT DO UPDATE SET value = excluded.value"


def read_removals(connection: apsw.Connection) -> int:
    """A number that grows with every deletion; 0 before the first."""
    text = text_of(connection.execute("SELECT value FROM meta WHERE key = 'removals'").get)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_COUNT else 0


class StoredAccounting:
    """What the log has counted.

    Attributes:
        next_seq: what the next event gets, as committed.
        totals: the counts as committed.
        removals: grows with every deletion, as committed.
        pruned: events removed within the open transaction, by retention or deletion.
        deleted: by how much ``removals`` grows with it.
    """

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Read it; NotASession when the file has lost it."""
        self._connection = connection
        self.next_seq, self.totals = _read(connection, path)
        self.removals = read_removals(connection)
        self.pruned = self.deleted = 0

    def forget(self) -> None:
        """Go back to what is committed."""
        self.pruned = self.deleted = 0

    def write(self, next_seq: int, totals: LogTotals) -> None:
        """Write within the open transaction."""
        self._connection.execute(_WRITE, (next_seq, *msgspec.structs.astuple(totals)))
        if self.deleted:
            self._connection.execute(_WRITE_REMOVALS, (str(self.removals + self.deleted),))

    def committed(self, next_seq: int, totals: LogTotals) -> None:
        """What was written is durable."""
        self.next_seq, self.totals = next_seq, totals
        self.removals += self.deleted
        self.forget()


def _read(connection: apsw.Connection, path: Path) -> tuple[int, LogTotals]:
    row = connection.execute(_READ).fetchone()
    highest = connection.execute("SELECT max(seq) FROM events").get
    counts = list(map(integer_of, row or [-1]))
    if min(counts) < 0 or max(*counts, integer_of(highest)) > HIGHEST_COUNT:
        raise NotASession(f"The session {path} is damaged: it has lost its accounting. Start a new one.")
    next_seq, stored, not_recorded, duplicates, dropped, pruned = counts
    totals = LogTotals(stored=stored, not_recorded=not_recorded, duplicates=duplicates, dropped=dropped, pruned=pruned)
    return max(next_seq, integer_of(highest) + 1), totals
