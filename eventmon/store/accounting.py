"""The one row that says where every event went, as the file has it and as the open transaction will leave it."""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec

from eventmon.store.base import LogTotals
from eventmon.store.errors import NotASession
from eventmon.store.text import integer_of

HIGHEST_COUNT = 2**62
"""No log ever counts that far; a file that claims to would overflow SQLite's integers."""

_READ = "SELECT next_seq, stored, not_recorded, duplicates, dropped, pruned FROM accounting"
_WRITE = """UPDATE accounting SET next_seq = ?, stored = ?, not_recorded = ?, duplicates = ?, dropped = ?,
pruned = ?"""


class StoredAccounting:
    """What the log has counted.

    Attributes:
        next_seq: what the next event gets, as committed.
        totals: the counts as committed.
        pruned: events removed within the open transaction.
    """

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Read it; NotASession when the file has lost it."""
        self._connection = connection
        self.next_seq, self.totals = _read(connection, path)
        self.pruned = 0

    def forget(self) -> None:
        """Go back to what is committed."""
        self.pruned = 0

    def write(self, next_seq: int, totals: LogTotals) -> None:
        """Write within the open transaction."""
        self._connection.execute(_WRITE, (next_seq, *msgspec.structs.astuple(totals)))

    def committed(self, next_seq: int, totals: LogTotals) -> None:
        """What was written is durable."""
        self.next_seq, self.totals = next_seq, totals
        self.pruned = 0


def _read(connection: apsw.Connection, path: Path) -> tuple[int, LogTotals]:
    row = connection.execute(_READ).fetchone()
    highest = connection.execute("SELECT max(seq) FROM events").get
    counts = list(map(integer_of, row or [-1]))
    if min(counts) < 0 or max(*counts, integer_of(highest)) > HIGHEST_COUNT:
        raise NotASession(f"The session {path} is damaged: it has lost its accounting. Start a new one.")
    next_seq, stored, not_recorded, duplicates, dropped, pruned = counts
    totals = LogTotals(stored=stored, not_recorded=not_recorded, duplicates=duplicates, dropped=dropped, pruned=pruned)
    return max(next_seq, integer_of(highest) + 1), totals
