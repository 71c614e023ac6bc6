"""What an observer has done: counters that keep both laws at every instant, the newest latencies, the last error.

``matched`` is not counted but summed from its terms, so that the law cannot be broken between two statements.
"""

from __future__ import annotations

from array import array

from eventmon.core.event import Event

LATENCIES_KEPT = 512


class ObserverTally:
    """The counters of one observer; they outlive pauses and edits.

    Attributes:
        delivered: events taken without an error.
        failed: events on which it raised or took too long.
        dropped: events that it was not given: no room, a pause, a cycle.
        pending: events in its queue and the one it works on.
        failures_in_a_row: since the last event that it took.
        last_error: what went wrong last; empty for nothing.
        last_error_seq: with which event.
    """

    def __init__(self) -> None:
        self.delivered = 0
        self.failed = 0
        self.dropped = 0
        self.pending = 0
        self.failures_in_a_row = 0
        self.last_error = ""
        self.last_error_seq = 0
        self._latencies = array("q")
        self._next = 0

    def deliver(self, seconds: float) -> None:
        """Count an event that was taken within so many seconds."""
        self.delivered += 1
        self.failures_in_a_row = 0
        microseconds = max(1, round(seconds * 1e6))
        if len(self._latencies) < LATENCIES_KEPT:
            self._latencies.append(microseconds)
        else:
            self._latencies[self._next] = microseconds
            self._next = (self._next + 1) % LATENCIES_KEPT

    def fail(self, event: Event, text: str) -> None:
        """Count an event on which it failed."""
        self.failed += 1
        self.failures_in_a_row += 1
        self.last_error = text
        self.last_error_seq = event.seq

    def recall(self, *, delivered: int, failed: int, dropped: int, last_error: str, last_error_seq: int) -> None:
        """Go on from what was counted in an earlier run of the program."""
        self.delivered += delivered
        self.failed += failed
        self.dropped += dropped
        self.last_error = self.last_error or last_error
        self.last_error_seq = self.last_error_seq or last_error_seq

    def reset(self, *, dropped: int) -> None:
        """Count from 0; what waits stays. ``dropped`` is what ``dropped`` begins with."""
        self.delivered = self.failed = 0
        self.dropped = dropped
        self.last_error, self.last_error_seq = "", 0
        self._latencies = array("q")
        self._next = 0

    def percentiles(self) -> tuple[int, int]:
        """Median and 99th percentile of the newest latencies, microseconds; 0 before the first."""
        if not self._latencies:
            return 0, 0
        ordered = sorted(self._latencies)
        last = len(ordered) - 1
        return ordered[round(last * 0.5)], ordered[round(last * 0.99)]
