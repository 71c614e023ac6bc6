"""The events among the rows of a view: all of a range of seqs, or those of a bitmap, the n-th of them in O(log n)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyroaring import BitMap64

from eventmon.gui.models.row_holes import NO_HOLES, Holes


class EventRange:
    """The events shown: all that ``low..high`` holds, or only the hits among them.

    Attributes:
        low: the lowest seq that may be shown.
        high: the highest one; ``low - 1`` when there is none.
        filtered: whether only hits are shown.
        count: how many are shown.
        holes: the seqs that hold no event any more.
    """

    def __init__(self, low: int, high: int, hits: Iterable[int] | None, holes: Holes = NO_HOLES) -> None:
        self.low = low
        self.high = max(high, low - 1)
        self.filtered = hits is not None
        self.holes = holes
        self._seqs: BitMap64 | None = None
        if hits is not None:
            self._seqs = holes.take_from(BitMap64(hits))
        elif holes:
            self._seqs = holes.live(low, high)
        self.count = self._count()

    def __contains__(self, seq: int) -> bool:
        return self.low <= seq <= self.high and (self._seqs is None or seq in self._seqs)

    def with_holes(self, holes: Holes) -> EventRange:
        """The same range with less events in it."""
        return EventRange(self.low, self.high, self._seqs if self.filtered else None, holes)

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────

    def up_to(self, seq: int) -> int:
        """How many have this seq or a lower one."""
        seq = min(seq, self.high)
        if seq < self.low:
            return 0
        return seq - self.low + 1 if self._seqs is None else self._seqs.rank(seq)

    def after(self, seq: int) -> int:
        """How many have a higher seq."""
        return self.count - self.up_to(seq)

    def before(self, seq: int) -> int | None:
        """The event next below a seq, whatever gaps lie between; None for the first."""
        number = self.up_to(seq - 1)
        return self.seqs(number - 1, 1)[0] if number else None

    def newest(self, count: int) -> Sequence[int]:
        """The last ``count``, ascending."""
        first = max(self.count - count, 0)
        return self.seqs(first, self.count - first)

    def seqs(self, first: int, count: int) -> Sequence[int]:
        """The seqs from the ``first``-th on; they must exist."""
        if self._seqs is None:
            return range(self.low + first, self.low + first + count)
        if count == 1:
            return (self._seqs[first],)
        return list(self._seqs[first : first + count])

    def left_out(self) -> int:
        """How many events of the range are not shown."""
        return self.holes.events_between(self.low, self.high) - self.count if self.filtered else 0

    # ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def added(self, low: int, high: int, hits: Sequence[int]) -> int:
        """How many ``widen`` would add."""
        if self.filtered:
            return len(self.holes.without(hits))
        below = self.holes.events_between(low, self.low - 1)
        return below + self.holes.events_between(self.high + 1, high)

    def widen(self, low: int, high: int, hits: Sequence[int]) -> None:
        """Reach further; a filtered range takes ``hits`` of the new part."""
        if self.filtered:
            assert self._seqs is not None
            self._seqs.update(self.holes.without(hits))
        elif self._seqs is not None:
            self._seqs |= self.holes.live(low, self.low - 1)
            self._seqs |= self.holes.live(self.high + 1, high)
        self.low, self.high = min(low, self.low), max(high, self.high)
        self.count = self._count()

    def raise_low(self, low: int) -> None:
        """Let go of what is below."""
        if self._seqs is not None:
            self._seqs.remove_range(0, low)
        self.low, self.high = low, max(self.high, low - 1)
        self.count = self._count()

    def _count(self) -> int:
        return self.high - self.low + 1 if self._seqs is None else len(self._seqs)
