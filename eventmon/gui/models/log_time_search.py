"""Which event came first at or after a moment: a binary search over the log, one row a step.

No index on arrival times exists or is needed: fifty million events take 27 steps. Seqs that the log does not hold are
jumped over. No I/O: whoever drives it sends ``next_request`` and hands the answer to ``accept``.
"""

from __future__ import annotations

from eventmon.engine.requests import LogRow, ReadRows, Rows
from eventmon.gui.models import log_destination
from eventmon.gui.models.log_destination import ToAgo, ToClock, ToMoment

NOTHING_HERE = "No event is shown here yet."

NO_CALENDAR = "The newest event came in no year that a calendar holds. Go to a seq instead."


class TimeSearch:
    """One search; ends with ``found`` or with a ``sentence`` why there is none."""

    def __init__(
        self, destination: ToMoment | ToClock | ToAgo, *, first: int, newest: int, now: int, utc: bool
    ) -> None:
        self._destination = destination
        self._low, self._high = first, newest
        self._now, self._utc = now, utc
        self._newest_row: LogRow | None = None
        self._moment: int | None = None
        self._asked = 0
        self.found: int | None = None
        self.sentence = "" if newest >= first else NOTHING_HERE

    @property
    def done(self) -> bool:
        """Whether it has come to its end."""
        return bool(self.sentence) or (self.found is not None and self._low > self._high)

    def next_request(self) -> ReadRows | None:
        """The row to look at next: the newest, the first, then the middle of what is left."""
        if self.done:
            return None
        if self._newest_row is None:
            self._asked = self._high
        elif self._moment is None:
            self._asked = self._low
        else:
            self._asked = (self._low + self._high) // 2
        return ReadRows(first=self._asked, count=1)

    def accept(self, answer: Rows) -> None:
        """Take the row that was asked for."""
        row = answer.rows[0] if answer.rows else None
        if self._newest_row is None:
            self._take_newest(row)
        elif self._moment is None:
            self._take_first(row, self._newest_row)
        else:
            self._narrow(row, self._moment)

    def _take_newest(self, row: LogRow | None) -> None:
        self._newest_row = row
        if row is None:
            self.sentence = NOTHING_HERE

    def _take_first(self, row: LogRow | None, newest: LogRow) -> None:
        first = row or newest
        try:
            moment = log_destination.moment_of(self._destination, now=self._now, newest=newest.received, utc=self._utc)
        except OverflowError:
            self.sentence = NO_CALENDAR
            return
        self._moment = moment
        if not first.received <= moment <= newest.received:
            self.sentence = log_destination.outside_times(moment, first.received, newest.received, self._utc)
        else:
            self.found = newest.seq

    def _narrow(self, row: LogRow | None, moment: int) -> None:
        if row is not None and row.received < moment:
            self._low = row.seq + 1
            return
        if row is not None:
            self.found = min(row.seq, self.found or row.seq)
        self._high = self._asked - 1
