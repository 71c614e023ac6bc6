"""Which event or gap stands in which row of the log view, without a list of rows.

A log of fifty million events opens at once because a row is computed: an unfiltered view is a range of seqs, a
filtered one a roaring bitmap whose n-th element is the n-th row. The few gap rows between them are found by bisection.
Every question costs O(log n), every change says beforehand how many rows it brings, so that a Qt model can announce it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from pyroaring import BitMap64

from eventmon.engine.requests import Gap

Item = int | Gap
"""What a row shows: the event with this seq, or a gap."""


class EventRange:
    """The events shown: all seqs of ``low..high``, or only the hits among them; the n-th of them in O(log n)."""

    def __init__(self, low: int, high: int, hits: Iterable[int] | None) -> None:
        self.low = low
        self.high = max(high, low - 1)
        self._hits: BitMap64 | None = None if hits is None else BitMap64(hits)
        self.count = self._count()

    @property
    def filtered(self) -> bool:
        """Whether only hits are shown."""
        return self._hits is not None

    def __contains__(self, seq: int) -> bool:
        return self.low <= seq <= self.high and (self._hits is None or seq in self._hits)

    def up_to(self, seq: int) -> int:
        """How many have this seq or a lower one."""
        seq = min(seq, self.high)
        if seq < self.low:
            return 0
        return seq - self.low + 1 if self._hits is None else self._hits.rank(seq)

    def seqs(self, first: int, count: int) -> Sequence[int]:
        """The seqs from the ``first``-th on; they must exist."""
        if self._hits is None:
            return range(self.low + first, self.low + first + count)
        if count == 1:
            return (self._hits[first],)
        return list(self._hits[first : first + count])

    def added(self, low: int, high: int, hits: Sequence[int]) -> int:
        """How many ``widen`` would add."""
        if self._hits is not None:
            return len(hits)
        return max(self.low - low, 0) + max(high - self.high, 0)

    def widen(self, low: int, high: int, hits: Sequence[int]) -> None:
        """Reach further; a filtered range takes ``hits`` of the new part."""
        self.low, self.high = min(low, self.low), max(high, self.high)
        if self._hits is not None:
            self._hits.update(hits)
        self.count = self._count()

    def raise_low(self, low: int) -> None:
        """Let go of what is below."""
        if self._hits is not None:
            self._hits.remove_range(0, low)
        self.low, self.high = low, max(self.high, low - 1)
        self.count = self._count()

    def _count(self) -> int:
        return self.high - self.low + 1 if self._hits is None else len(self._hits)


class RowMap:
    """Rows of a view over ``low <= seq <= high``, oldest first.

    With ``hits`` only those seqs are shown, else all of the range. A gap stands after the event ``after_seq``, or
    where that event would be; it is shown while ``low - 1 <= after_seq <= high``.
    """

    def __init__(self, low: int = 1, high: int = 0, *, hits: Iterable[int] | None = None) -> None:
        self._range = EventRange(low, high, hits)
        self._gaps: list[Gap] = []
        self._after: list[int] = []
        self._hidden_gaps = 0
        self._measure()

    def __len__(self) -> int:
        return self._length

    @property
    def low(self) -> int:
        """The lowest seq that may be shown."""
        return self._range.low

    @property
    def high(self) -> int:
        """The highest seq that may be shown; ``low - 1`` when there is none."""
        return self._range.high

    @property
    def filtered(self) -> bool:
        """Whether only hits are shown."""
        return self._range.filtered

    @property
    def events(self) -> int:
        """How many of the rows are events."""
        return self._range.count

    def sibling(
        self, low: int, high: int, hits: Iterable[int] | None = None, *, hidden_gaps: int | None = None
    ) -> RowMap:
        """A map of another range or other hits that knows the same gaps.

        It leaves out the first ``hidden_gaps`` of them; without that, the same ones as here.
        """
        other = RowMap(low, high, hits=hits)
        other._gaps, other._after = list(self._gaps), list(self._after)
        other._hidden_gaps = self._hidden_gaps if hidden_gaps is None else hidden_gaps
        other._measure()
        return other

    @property
    def known_gaps(self) -> int:
        """How many gaps are known, shown or not."""
        return len(self._gaps)

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────

    def item(self, row: int) -> Item:
        """What stands in a row; IndexError outside."""
        if not 0 <= row < self._length:
            raise IndexError(row)
        return self.items(row, 1)[0]

    def items(self, first: int, count: int) -> list[Item]:
        """What stands in the rows from ``first`` on, at most ``count``; rows outside are left out."""
        row, end = max(first, 0), min(first + count, self._length)
        if row >= end:
            return []
        found: list[Item] = []
        gap = self._gaps_before(row)
        while row < end:
            gap_row = self._gap_row(gap) if gap < self._last_gap else end
            if gap_row == row:
                found.append(self._gaps[gap])
                gap, row = gap + 1, row + 1
            else:
                stop = min(gap_row, end)
                found.extend(self._range.seqs(row - (gap - self._first_gap), stop - row))
                row = stop
        return found

    def row_of(self, seq: int) -> int | None:
        """The row of an event, None when it is not shown."""
        return self.row_at_or_after(seq) if seq in self._range else None

    def row_at_or_after(self, seq: int) -> int:
        """The row of the first event with this seq or a higher one; ``len`` when there is none."""
        before = self._range.up_to(seq - 1)
        if before == self._range.count:
            return self._length
        next_seq = self._range.seqs(before, 1)[0]
        gaps = bisect_left(self._after, next_seq, self._first_gap, self._last_gap) - self._first_gap
        return before + gaps

    def seqs_between(self, first: int, last: int) -> range:
        """The range of seqs from the first event in these rows to the last; empty when they are all gaps."""
        first, last = max(first, 0), min(last, self._length - 1)
        before = first - (self._gaps_before(first) - self._first_gap)
        upto = last + 1 - (self._gaps_before(last + 1) - self._first_gap)
        if before >= upto:
            return range(0)
        return range(self._range.seqs(before, 1)[0], self._range.seqs(upto - 1, 1)[0] + 1)

    def seq_before(self, seq: int) -> int | None:
        """The event shown next above, whatever gaps lie between; None for the first."""
        before = self._range.up_to(seq - 1)
        return self._range.seqs(before - 1, 1)[0] if before else None

    def events_after(self, seq: int) -> int:
        """How many events above a seq are shown."""
        return self._range.count - self._range.up_to(seq)

    def newest_seqs(self, count: int) -> Sequence[int]:
        """The last ``count`` events shown, ascending."""
        first = max(self._range.count - count, 0)
        return self._range.seqs(first, self._range.count - first)

    # ── changes: each with the number of rows it brings or takes ─────────────────────────────────────────────────

    def rows_to_grow(self, high: int, hits: Sequence[int] = ()) -> int:
        """How many rows ``grow`` would add at the bottom."""
        events = self._range.added(self._range.low, high, hits)
        return events + max(bisect_right(self._after, high, self._last_gap) - self._last_gap, 0)

    def grow(self, high: int, hits: Sequence[int] = ()) -> None:
        """Let the range reach up to ``high``; a filtered map shows ``hits`` of the new part."""
        self._range.widen(self._range.low, high, hits)
        self._measure()

    def rows_to_drop(self, low: int) -> int:
        """How many rows ``raise_low`` would take away at the top."""
        if low <= self._range.low:
            return 0
        gaps = bisect_left(self._after, low - 1, self._first_gap, self._last_gap) - self._first_gap
        return self._range.up_to(low - 1) + gaps

    def raise_low(self, low: int) -> None:
        """Show nothing below ``low`` any more."""
        if low > self._range.low:
            self._range.raise_low(low)
            self._measure()

    def rows_to_reach(self, low: int, hits: Sequence[int] = ()) -> int:
        """How many rows ``lower_low`` would add at the top."""
        events = self._range.added(low, self._range.high, hits)
        return events + self._first_gap - max(bisect_left(self._after, low - 1, 0, self._first_gap), self._hidden_gaps)

    def lower_low(self, low: int, hits: Sequence[int] = ()) -> None:
        """Let the range reach down to ``low``; a filtered map shows ``hits`` of the new part."""
        self._range.widen(low, self._range.high, hits)
        self._measure()

    def row_for_gap(self, gap: Gap) -> int | None:
        """Where ``add_gap`` would put a gap; None when it lies outside the view."""
        place = self._place_of(gap)
        outside = place < self._hidden_gaps or not self._range.low - 1 <= gap.after_seq <= self._range.high
        return None if outside else self._range.up_to(gap.after_seq) + place - self._first_gap

    def add_gap(self, gap: Gap) -> None:
        """Know of a gap; it is shown as soon as the range covers it."""
        place = self._place_of(gap)
        self._hidden_gaps += place < self._hidden_gaps
        self._gaps.insert(place, gap)
        self._after.insert(place, gap.after_seq)
        self._measure()

    # ── inner arithmetic ─────────────────────────────────────────────────────────────────────────────────────────

    def _measure(self) -> None:
        self._first_gap = max(bisect_left(self._after, self._range.low - 1), self._hidden_gaps)
        self._last_gap = max(bisect_right(self._after, self._range.high), self._first_gap)
        self._length = self._range.count + self._last_gap - self._first_gap

    def _gap_row(self, gap: int) -> int:
        return self._range.up_to(self._after[gap]) + gap - self._first_gap

    def _gaps_before(self, row: int) -> int:
        return self._first_gap + bisect_left(range(self._first_gap, self._last_gap), row, key=self._gap_row)

    def _place_of(self, gap: Gap) -> int:
        place = bisect_right(self._after, gap.after_seq)
        while place and self._after[place - 1] == gap.after_seq and self._gaps[place - 1].id > gap.id:
            place -= 1
        return place
