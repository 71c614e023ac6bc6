"""What is to be deleted, counting it, and deleting it slice by slice; no I/O, so that each step is tested by itself.

Both go from the newest event that stood there when the counting began down to the first, and ask for the same in the
same words: what was counted is exactly what goes. Whoever drives them sends ``next_request`` and hands the answer on.
"""

from __future__ import annotations

from dataclasses import dataclass

from eventmon.core.pattern import THE_REST
from eventmon.engine.frame import LogStatus
from eventmon.engine.requests import Deleted, DeleteEvents, Hits, Search
from eventmon.gui import formatting
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_filter import TOPIC_PREFIX, LogFilter


@dataclass(frozen=True, kw_only=True)
class DeletionScope:
    """Which events are meant.

    Attributes:
        key: ``filter``, ``topic`` or ``all``.
        detail: the filter as it is typed, the topic, or the name of the session.
        topics: patterns of topics, any of them; empty for all.
        text: words as in the filter bar.
        hidden: patterns of topics whose events stay.
    """

    key: str
    detail: str
    topics: tuple[str, ...] = ()
    text: str = ""
    hidden: tuple[str, ...] = ()


def filter_scope(wanted: LogFilter) -> DeletionScope:
    """What a filter shows: muted topics are not shown, so their events stay."""
    words = [*(f"{TOPIC_PREFIX}{pattern}" for pattern in wanted.topics), wanted.text]
    return DeletionScope(
        key="filter",
        detail=" ".join(filter(None, words)),
        topics=wanted.topics,
        text=wanted.text,
        hidden=wanted.hidden,
    )


def topic_scope(pattern: str) -> DeletionScope:
    """A topic and all below it, by the pattern of both."""
    return DeletionScope(key="topic", detail=pattern.removesuffix(f"/{THE_REST}"), topics=(pattern,))


def session_scope(name: str) -> DeletionScope:
    """Everything that the session holds."""
    return DeletionScope(key="all", detail=name)


class EventCount:
    """Counts the events of a scope.

    Attributes:
        scope: which events are meant.
        newest: the newest event when the counting began; what comes later does not count.
        found: how many events were found until now.
        first: the oldest one found; 0 for none.
        last: the newest one found; 0 for none.
    """

    def __init__(self, scope: DeletionScope, status: LogStatus) -> None:
        self.scope = scope
        self.newest = status.newest_seq
        self._oldest = max(status.first_seq, 1)
        self._reached = self.newest + 1 if status.events else self._oldest
        self.found = self.first = self.last = 0
        if scope.key == "all" and status.events:
            self.found, self.first, self.last = status.events, self._oldest, self.newest
            self._reached = self._oldest  # the log itself says how many

    @property
    def done(self) -> bool:
        """Whether all of the log was looked at."""
        return self._reached <= self._oldest

    @property
    def progress(self) -> float:
        """Share that was looked at, 0 to 1."""
        whole = self.newest - self._oldest + 1
        return 1.0 if whole <= 0 else min((self.newest - self._reached + 1) / whole, 1.0)

    def next_request(self) -> Search | None:
        """The slice to look at next; None at the end."""
        if self.done:
            return None
        scope = self.scope
        return Search(
            topics=list(scope.topics),
            text=scope.text,
            hidden=list(scope.hidden),
            newest=self._reached - 1,
            oldest=self._oldest,
        )

    def accept(self, answer: Hits) -> None:
        """Take the answer to the last request."""
        if answer.seqs:
            self.found += len(answer.seqs)
            self.last = self.last or answer.seqs[0]
            self.first = answer.seqs[-1]
        self._reached = min(answer.scanned_to, self._reached - 1)


class EventDeletion:
    """Deletes what was counted.

    Attributes:
        counted: what is to be deleted.
        deleted: how many events are gone.
    """

    def __init__(self, counted: EventCount) -> None:
        self.counted = counted
        self.deleted = 0
        self.stopped = False
        self._reached = counted.last + 1 if counted.found else counted.first

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.stopped or self._reached <= self.counted.first

    @property
    def progress(self) -> float:
        """Share that was dealt with, 0 to 1."""
        whole = self.counted.last - self.counted.first + 1
        return min((self.counted.last - self._reached + 1) / whole, 1.0)

    def stop(self) -> None:
        """Delete no more; what is gone is gone."""
        self.stopped = True

    def next_request(self) -> DeleteEvents | None:
        """The slice to delete next; None at the end."""
        if self.done:
            return None
        scope = self.counted.scope
        return DeleteEvents(
            topics=list(scope.topics),
            text=scope.text,
            hidden=list(scope.hidden),
            newest=self._reached - 1,
            oldest=self.counted.first,
        )

    def accept(self, answer: Deleted) -> None:
        """Take the answer to the last request."""
        self.deleted += answer.events
        self._reached = min(answer.scanned_to, self._reached - 1)


def deleted_sentence(deletion: EventDeletion) -> str:
    """What was deleted in the end."""
    done, wanted = deletion.deleted, deletion.counted.found
    if deletion.stopped and done < wanted:
        return f"Stopped: {formatting.count(done)} of {log_texts.events(wanted)} were deleted."
    return f"{log_texts.events(done)} {'was' if done == 1 else 'were'} deleted."


def time_range(first: int, last: int, utc: bool) -> str:
    """From when to when, in microseconds since the epoch; the day once when it is the same."""
    begins, ends = (f"{formatting.day(us, utc)} {formatting.clock(us, utc)}" for us in (first, last))
    if first == last:
        return begins
    same_day = formatting.day(first, utc) == formatting.day(last, utc)
    return f"{begins} – {formatting.clock(last, utc) if same_day else ends}"
