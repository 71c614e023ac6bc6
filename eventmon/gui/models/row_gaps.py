"""The gap rows of a view: all gaps that are known, in their order, and which of them stand among the events shown.

There are few, so their places are found by bisection over the events and nothing is kept for each row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from eventmon.engine.requests import Gap
from eventmon.gui.models.row_range import EventRange


class GapRows:
    """Gaps among the events of a range. A gap stands after the event ``after_seq``, or where that event would be.

    Attributes:
        first: the first gap shown, counted among those known.
        end: the one behind the last gap shown.
    """

    def __init__(self, events: EventRange) -> None:
        self._events = events
        self._gaps: list[Gap] = []
        self._after: list[int] = []
        self._hidden = 0
        self.measure()

    def among(self, events: EventRange, hidden: int | None) -> GapRows:
        """The same gaps among other events, without the first ``hidden``; None leaves out as many as here."""
        other = GapRows(events)
        other._gaps, other._after = list(self._gaps), list(self._after)
        other._hidden = self._hidden if hidden is None else hidden
        other.measure()
        return other

    @property
    def known(self) -> int:
        """How many are known, shown or not."""
        return len(self._gaps)

    @property
    def shown(self) -> int:
        """How many are shown."""
        return self.end - self.first

    def measure(self) -> None:
        """Find anew which are shown, after the range has changed: those with ``low - 1 <= after_seq <= high``."""
        self.first = max(bisect_left(self._after, self._events.low - 1), self._hidden)
        self.end = max(bisect_right(self._after, self._events.high), self.first)

    def __getitem__(self, number: int) -> Gap:
        return self._gaps[number]

    def row(self, number: int) -> int:
        """The row of a gap that is shown."""
        return self._events.up_to(self._after[number]) + number - self.first

    def next_from(self, row: int) -> int:
        """The first gap shown in this row or below it; ``end`` when there is none."""
        return self.first + bisect_left(range(self.first, self.end), row, key=self.row)

    def before_event(self, seq: int) -> int:
        """How many are shown above an event."""
        return bisect_left(self._after, seq, self.first, self.end) - self.first

    def joining_below(self, high: int) -> int:
        """How many come into view when the range reaches up to ``high``."""
        return max(bisect_right(self._after, high, self.end) - self.end, 0)

    def joining_above(self, low: int) -> int:
        """How many come into view when the range reaches down to ``low``."""
        return self.first - max(bisect_left(self._after, low - 1, 0, self.first), self._hidden)

    def leaving(self, low: int) -> int:
        """How many leave when the range begins at ``low``."""
        return bisect_left(self._after, low - 1, self.first, self.end) - self.first

    def row_for(self, gap: Gap) -> int | None:
        """Where a new gap would stand; None when it lies outside the view."""
        place = self._place_of(gap)
        outside = place < self._hidden or not self._events.low - 1 <= gap.after_seq <= self._events.high
        return None if outside else self._events.up_to(gap.after_seq) + place - self.first

    def add(self, gap: Gap) -> None:
        """Know of a gap; it is shown as soon as the range covers it."""
        place = self._place_of(gap)
        self._hidden += place < self._hidden
        self._gaps.insert(place, gap)
        self._after.insert(place, gap.after_seq)
        self.measure()

    def _place_of(self, gap: Gap) -> int:
        place = bisect_right(self._after, gap.after_seq)
        while place and self._after[place - 1] == gap.after_seq and self._gaps[place - 1].id > gap.id:
            place -= 1
        return place
