"""Seqs that hold no event any more, because their events were deleted out of the middle of the log.

A log without any costs nothing: only where there are holes does a view map its rows through a bitmap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyroaring import BitMap64

FIRST_STEP = 256


class Holes:
    """The deleted seqs of one moment; never changed, a later moment has its own."""

    def __init__(self, seqs: Iterable[int] = ()) -> None:
        self._seqs = seqs if isinstance(seqs, BitMap64) else BitMap64(seqs)

    def __contains__(self, seq: int) -> bool:
        return seq in self._seqs

    def __bool__(self) -> bool:
        return bool(self._seqs)

    def between(self, low: int, high: int) -> int:
        """How many there are, both ends included."""
        return int(self._seqs.range_cardinality(max(low, 0), high + 1)) if high >= low else 0

    def events_between(self, low: int, high: int) -> int:
        """How many seqs hold an event, both ends included."""
        return max(high - low + 1, 0) - self.between(low, high)

    def live(self, low: int, high: int) -> BitMap64:
        """The seqs that hold an event, both ends included."""
        seqs = BitMap64()
        if high >= low:
            seqs.add_range(low, high + 1)
            if self.between(low, high):
                seqs -= self._seqs
        return seqs

    def without(self, seqs: Sequence[int]) -> Sequence[int]:
        """Those that hold an event still."""
        return [seq for seq in seqs if seq not in self._seqs] if self._seqs else seqs

    def take_from(self, seqs: BitMap64) -> BitMap64:
        """The same for a bitmap."""
        return seqs - self._seqs

    def newest_live(self, low: int, high: int, count: int) -> Sequence[int]:
        """The last ``count`` seqs of a range that hold an event, ascending."""
        first = max(high - count + 1, low)
        if not self.between(first, high):
            return range(first, high + 1)
        step = max(count, FIRST_STEP)
        while self.events_between(first, high) < count and first > low:
            first, step = max(first - step, low), 2 * step
        live = self.live(first, high)
        return list(live[max(len(live) - count, 0) :])


NO_HOLES = Holes()
