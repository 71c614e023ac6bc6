"""Which event or gap stands in which row of the log view, without a list of rows.

A log of fifty million events opens at once because a row is computed: an unfiltered view is a range of seqs, a
filtered one, or one of a log with holes, a roaring bitmap whose n-th element is the n-th row. The few gap rows between
them are found by bisection. Every question costs O(log n), every change says beforehand how many rows it brings, so
that a Qt model can announce it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eventmon.engine.requests import Gap
from eventmon.gui.models.row_gaps import GapRows
from eventmon.gui.models.row_holes import NO_HOLES, Holes
from eventmon.gui.models.row_range import EventRange

Item = int | Gap
"""What a row shows: the event with this seq, or a gap."""


class RowMap:
    """Rows of a view over ``low <= seq <= high``, oldest first.

    With ``hits`` only those seqs are shown, else all of the range that hold an event.

    Attributes:
        shown: the events among the rows.
        gaps: the gaps between them.
    """

    def __init__(
        self, low: int = 1, high: int = 0, *, hits: Iterable[int] | None = None, holes: Holes = NO_HOLES
    ) -> None:
        self.shown = EventRange(low, high, hits, holes)
        self.gaps = GapRows(self.shown)

    def __len__(self) -> int:
        return self.shown.count + self.gaps.shown

    @property
    def low(self) -> int:
        """The lowest seq that may be shown."""
        return self.shown.low

    @property
    def high(self) -> int:
        """The highest seq that may be shown; ``low - 1`` when there is none."""
        return self.shown.high

    @property
    def events(self) -> int:
        """How many of the rows are events."""
        return self.shown.count

    def sibling(
        self, low: int, high: int, hits: Iterable[int] | None = None, *, hidden_gaps: int | None = None
    ) -> RowMap:
        """A map of another range or other hits that knows the same holes and gaps.

        It leaves out the first ``hidden_gaps`` of the gaps; without that, the same ones as here.
        """
        return self._among(EventRange(low, high, hits, self.shown.holes), hidden_gaps)

    def with_holes(self, holes: Holes) -> RowMap:
        """The same rows without the events that were deleted meanwhile."""
        return self._among(self.shown.with_holes(holes), None)

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────

    def item(self, row: int) -> Item:
        """What stands in a row; IndexError outside."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        return self.items(row, 1)[0]

    def items(self, first: int, count: int) -> list[Item]:
        """What stands in the rows from ``first`` on, at most ``count``; rows outside are left out."""
        row, end = max(first, 0), min(first + count, len(self))
        if row >= end:
            return []
        found: list[Item] = []
        gaps, gap = self.gaps, self.gaps.next_from(row)
        while row < end:
            gap_row = gaps.row(gap) if gap < gaps.end else end
            if gap_row == row:
                found.append(gaps[gap])
                gap, row = gap + 1, row + 1
            else:
                stop = min(gap_row, end)
                found.extend(self.shown.seqs(row - (gap - gaps.first), stop - row))
                row = stop
        return found

    def row_of(self, seq: int) -> int | None:
        """The row of an event, None when it is not shown."""
        return self.row_at_or_after(seq) if seq in self.shown else None

    def row_at_or_after(self, seq: int) -> int:
        """The row of the first event with this seq or a higher one; ``len`` when there is none."""
        before = self.shown.up_to(seq - 1)
        if before == self.shown.count:
            return len(self)
        return before + self.gaps.before_event(self.shown.seqs(before, 1)[0])

    def seqs_between(self, first: int, last: int) -> range:
        """The range of seqs from the first event in these rows to the last; empty when they are all gaps."""
        first, last = max(first, 0), min(last, len(self) - 1)
        before = first - (self.gaps.next_from(first) - self.gaps.first)
        upto = last + 1 - (self.gaps.next_from(last + 1) - self.gaps.first)
        if before >= upto:
            return range(0)
        return range(self.shown.seqs(before, 1)[0], self.shown.seqs(upto - 1, 1)[0] + 1)

    def events_in(self, first: int, last: int) -> int:
        """How many of these rows are events."""
        gaps = self.gaps.next_from(last + 1) - self.gaps.next_from(first)
        return max(last - first + 1 - gaps, 0)

    # ── changes: each with the number of rows it brings or takes ─────────────────────────────────────────────────

    def rows_to_grow(self, high: int, hits: Sequence[int] = ()) -> int:
        """How many rows ``grow`` would add at the bottom."""
        return self.shown.added(self.shown.low, high, hits) + self.gaps.joining_below(high)

    def grow(self, high: int, hits: Sequence[int] = ()) -> None:
        """Let the range reach up to ``high``; a filtered map shows ``hits`` of the new part."""
        self.shown.widen(self.shown.low, high, hits)
        self.gaps.measure()

    def rows_to_drop(self, low: int) -> int:
        """How many rows ``raise_low`` would take away at the top."""
        return self.shown.up_to(low - 1) + self.gaps.leaving(low) if low > self.shown.low else 0

    def raise_low(self, low: int) -> None:
        """Show nothing below ``low`` any more."""
        if low > self.shown.low:
            self.shown.raise_low(low)
            self.gaps.measure()

    def rows_to_reach(self, low: int, hits: Sequence[int] = ()) -> int:
        """How many rows ``lower_low`` would add at the top."""
        return self.shown.added(low, self.shown.high, hits) + self.gaps.joining_above(low)

    def lower_low(self, low: int, hits: Sequence[int] = ()) -> None:
        """Let the range reach down to ``low``; a filtered map shows ``hits`` of the new part."""
        self.shown.widen(low, self.shown.high, hits)
        self.gaps.measure()

    def _among(self, events: EventRange, hidden_gaps: int | None) -> RowMap:
        other = RowMap()
        other.shown, other.gaps = events, self.gaps.among(events, hidden_gaps)
        return other
