"""A search that runs slice by slice, newest first, and stays live: which slice comes next, and what is known so far.

No I/O and no clock: whoever drives it sends ``next_request`` and hands the answer to ``accept``. What was scanned is
always one unbroken range, so that "312 shown of the newest 100,000 events" is true at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass

from eventmon.engine.requests import Hits, Search
from eventmon.gui.models.log_filter import LogFilter

SEARCH_DEPTH = 100_000
SLICE = 20_000


@dataclass(frozen=True)
class Found:
    """What one answer brought: hits (ascending) of a range that now joins the scanned one, above or below."""

    newer: bool
    reached: int
    hits: list[int]


class LogSearch:
    """One filter running over a log that grows; at most one request is under way."""

    def __init__(self, wanted: LogFilter, *, newest: int, oldest: int, slice_size: int = SLICE) -> None:
        self.filter = wanted
        self._oldest = max(oldest, 1)
        self._slice = slice_size
        self._started_at = newest
        self.scanned_high = newest
        self.scanned_low = newest + 1
        self.stopped = False
        self._asked: Search | None = None
        self._asked_newer = False
        self._newer_target = 0
        self._newer_reached = 0
        self._newer_hits: list[int] = []
        self._newer_turn = False

    @property
    def scanned(self) -> int:
        """How many seqs have been looked at."""
        return max(self.scanned_high - self.scanned_low + 1, 0)

    @property
    def reaching(self) -> int:
        """The newest seq that has been looked at or is being looked at."""
        return max(self._newer_target, self.scanned_high)

    @property
    def complete(self) -> bool:
        """Whether the scan towards the past has come to its end."""
        return self.scanned_low <= self._oldest

    @property
    def running(self) -> bool:
        """Whether the scan towards the past goes on."""
        return not (self.complete or self.stopped)

    @property
    def progress(self) -> float:
        """Share of the scan towards the past that is done, 0 to 1."""
        whole = self._started_at - self._oldest + 1
        return 1.0 if whole <= 0 else min((self._started_at - self.scanned_low + 1) / whole, 1.0)

    @property
    def waiting(self) -> bool:
        """Whether a request is under way."""
        return self._asked is not None

    def behind(self, newest: int) -> int:
        """How many new events have not been looked at yet."""
        return max(newest - self.scanned_high, 0)

    def stop(self) -> None:
        """Scan no further into the past; new events are still searched."""
        self.stopped = True

    def reach(self, oldest: int) -> None:
        """Scan on into the past, down to ``oldest``."""
        self._oldest = max(oldest, 1)
        self.stopped = False

    def raise_oldest(self, first: int) -> None:
        """The log begins at ``first`` now: nothing below is worth a scan."""
        self._oldest = max(self._oldest, first)

    def next_request(self, newest: int) -> Search | None:
        """The slice to ask for now; None while one is under way or when there is nothing to scan.

        New events and the past take turns, so that neither waits for the other.
        """
        if self._asked is not None:
            return None
        newer_due = bool(self._newer_target) or newest > self.scanned_high
        if newer_due and (self._newer_turn or not self.running):
            return self._ask_newer(newest)
        if self.running:
            return self._ask(newer=False, newest=self.scanned_low - 1, oldest=self._oldest)
        return None

    def accept(self, answer: Hits) -> Found | None:
        """Take the answer to the last request; None while a slice of new events is not complete."""
        asked = self._asked
        assert asked is not None, "an answer without a request"
        self._asked = None
        self._newer_turn = not self._asked_newer
        reached = max(min(answer.scanned_to, asked.newest), asked.oldest)
        hits = [seq for seq in reversed(answer.seqs) if asked.oldest <= seq <= asked.newest]
        if not self._asked_newer:
            self.scanned_low = reached
            return Found(newer=False, reached=reached, hits=hits)
        self._newer_hits = hits + self._newer_hits
        return self._finish_newer(asked.oldest, reached)

    def forget_request(self) -> None:
        """The last request failed; it will be made again."""
        self._asked = None

    def _finish_newer(self, oldest: int, reached: int) -> Found | None:
        if reached > oldest:
            self._newer_turn = True
            self._newer_reached = reached
            return None
        found = Found(newer=True, reached=self._newer_target, hits=self._newer_hits)
        self.scanned_high, self._newer_target, self._newer_hits = self._newer_target, 0, []
        return found

    def _ask_newer(self, newest: int) -> Search:
        if not self._newer_target:
            self._newer_target = min(newest, self.scanned_high + self._slice)
            self._newer_reached = self._newer_target + 1
        return self._ask(newer=True, newest=self._newer_reached - 1, oldest=self.scanned_high + 1)

    def _ask(self, *, newer: bool, newest: int, oldest: int) -> Search:
        self._asked_newer = newer
        self._asked = Search(
            topics=list(self.filter.topics),
            text=self.filter.text,
            newest=newest,
            oldest=oldest,
            budget=self._slice,
            hidden=list(self.filter.hidden),
        )
        return self._asked
