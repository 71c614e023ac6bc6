"""The rows the view may paint, bounded: what was looked at last stays, whatever the length of the log.

A seq that the log was asked for and did not have is remembered too, else a hole would be asked for at every paint.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from eventmon.engine.requests import LogRow

DEFAULT_CAPACITY = 5_000


class RowCache:
    """Least recently used rows by seq, at most ``capacity``."""

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[int, LogRow | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, seq: int) -> LogRow | None:
        """The row, touched; None when it is not here or does not exist."""
        row = self._rows.get(seq)
        if row is not None:
            self._rows.move_to_end(seq)
        return row

    def is_absent(self, seq: int) -> bool:
        """Whether the log said that it has no such row."""
        return self._rows.get(seq, False) is None

    def missing(self, seqs: Iterable[int]) -> list[int]:
        """Those of which nothing is known, in the order given."""
        return [seq for seq in seqs if seq not in self._rows]

    def put(self, rows: Iterable[LogRow]) -> None:
        """Keep rows; the ones looked at longest ago leave."""
        for row in rows:
            self._rows[row.seq] = row
            self._rows.move_to_end(row.seq)
        self._shrink()

    def mark_absent(self, seqs: Iterable[int]) -> None:
        """Remember that the log has none of these; a row that is already here stays, it may still be in sight."""
        for seq in seqs:
            self._rows.setdefault(seq, None)
        self._shrink()

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()

    def _shrink(self) -> None:
        while len(self._rows) > self._capacity:
            self._rows.popitem(last=False)
