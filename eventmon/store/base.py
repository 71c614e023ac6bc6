"""What the engine asks of an event log, so that another backend needs no change above it.

A log has one writer (used by one thread) and any number of readers (each used by one thread at a time, in this
process or another). Only committed events are ever read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from eventmon.core.event import Event

if TYPE_CHECKING:
    from pyroaring import BitMap64


class LogTotals(msgspec.Struct, frozen=True, kw_only=True):
    """The persisted terms of the accounting law ``received = stored + not_recorded + duplicates + dropped``.

    ``pruned`` counts stored events that retention or deletion has removed since; it stands outside the law.
    """

    stored: int = 0
    not_recorded: int = 0
    duplicates: int = 0
    dropped: int = 0
    pruned: int = 0

    @property
    def received(self) -> int:
        """Every event ever handed to the engine that wrote this log, as of the last commit."""
        return self.stored + self.not_recorded + self.duplicates + self.dropped


class TopicTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What the log knows of one topic: counts of stored events and the seq of its last value.

    A topic that was ``forgotten`` is listed nowhere until an event comes for it.
    """

    topic: str
    events: int
    bytes: int
    last_seq: int
    first_received: int
    last_received: int
    types: tuple[str, ...] = ()
    forgotten: bool = False


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which a connection could not see its source.

    ``after_seq`` is the newest seq when the gap was stored: the gap's row stands after that event.
    Times are microseconds since the epoch.
    """

    id: int
    after_seq: int
    connection: str
    started: int
    ended: int
    reason: str


class LogRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One row as a table shows it: the payload cut to ``PREVIEW_BYTES``, its full length in ``size``.

    ``source``, ``id`` and ``subject`` are cut where a cell ends too.
    """

    seq: int
    received: int
    topic: str
    type: str
    size: int
    preview: bytes
    datacontenttype: str | None = None
    source: str = ""
    id: str | None = None
    subject: str | None = None


PREVIEW_BYTES = 512


class EventPart(msgspec.Struct, frozen=True, kw_only=True):
    """One event with a part of its payload in ``event.data``; ``size`` is the length of the whole payload."""

    event: Event
    size: int


class HistogramBar(msgspec.Struct, frozen=True, kw_only=True):
    """Events stored within one second; ``second`` counts from the Unix epoch."""

    second: int
    events: int
    bytes: int
    first_seq: int


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Lowest stored seq and the newest one ever given; both 0 for an empty log.

    ``events`` is how many there are; fewer than lie between the two when some were deleted, ``newest`` among them.
    """

    first: int
    newest: int
    events: int


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How much a log keeps, oldest events leave first. None means no limit."""

    max_bytes: int | None = 2 * 1024**3
    max_age_seconds: int | None = 30 * 24 * 3600


class RecentId(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """That an event with this id is stored: its seq, its arrival, and the digest of its source and id."""

    seq: int
    received: int
    digest: bytes


class WrittenLog(Protocol):
    """What the writing end of a log knows of what it has written."""

    @property
    def path(self) -> Path:
        """The session file."""

    @property
    def older(self) -> Path | None:
        """A copy of the session in the older format that it had when it was opened; None when it had none."""

    @property
    def uuid(self) -> str:
        """Identity of the log; part of derived event ids."""

    @property
    def next_seq(self) -> int:
        """The seq that the next event has to carry: one above the newest committed event ever stored."""

    @property
    def totals(self) -> LogTotals:
        """The accounting as of the last commit."""

    @property
    def first_seq(self) -> int:
        """The lowest stored seq; 0 for an empty log."""

    @property
    def removals(self) -> int:
        """A number that grows with every deletion, as of the last commit."""

    def topics(self) -> list[TopicTotals]:
        """Every topic ever stored, those deleted with their events left out."""

    def position(self, connection: str, stream: str) -> str | None:
        """The resume position committed last for a stream of a connection."""

    def recent_ids(self) -> list[RecentId]:
        """The ids remembered as of the last commit, oldest first."""

    def size_bytes(self) -> int:
        """Bytes the log occupies on disk, with its write-ahead file."""


class LogWriter(WrittenLog, Protocol):
    """The one writing end of a log. Not thread-safe: one thread owns it."""

    def append(self, events: Sequence[Event]) -> None:
        """Insert a batch into the open transaction; seqs must go on from the last one without a hole."""

    def set_position(self, connection: str, stream: str, position: str) -> None:
        """Remember where a stream has to be resumed, with the next commit."""

    def add_gap(self, connection: str, started: int, ended: int, reason: str) -> None:
        """Store a gap row behind the newest event, with the next commit."""

    def remember_ids(self, ids: Sequence[RecentId], oldest: int) -> None:
        """Remember ids of appended events, with the next commit, and forget those of events before ``oldest``."""

    def commit(self, *, not_recorded: int, duplicates: int, dropped: int) -> int:
        """Make everything since the last commit durable; returns the newest stored seq.

        The arguments are the engine's running totals, written in the same transaction.

        Raises:
            LogUnavailable: the disk is full or refuses; nothing since the last commit is stored and the
                transaction is rolled back. The caller keeps its batches and appends them again later.
        """

    def rollback(self) -> None:
        """Forget everything since the last commit."""

    def prune(self, retention: Retention, now: int) -> int:
        """Remove one slice of the oldest events over the limits (a few milliseconds of work).

        Returns:
            How many events were removed; 0 means that nothing is over the limits.
        """

    def delete(self, seqs: Sequence[int]) -> tuple[int, int]:
        """Delete one slice of these events for good (a few milliseconds of work); those that are gone are passed over.

        Returns:
            How many events were deleted, and how many of the seqs were dealt with, from the first on.
        """

    def forget_topics(self, names: Sequence[str], *, anew: bool) -> None:
        """List topics no more until an event comes for one, with the next commit; ``anew``: it then counts from 0."""

    def drop_topics(self, names: Sequence[str]) -> None:
        """Delete the names of topics that were forgotten, begin anew and have no events, with the next commit."""

    def give_back_space(self) -> bool:
        """Return one slice of free pages to the file system; False when there is nothing to be done."""

    def close(self) -> None:
        """Commit nothing more, fold the write-ahead file in, leave one file."""


class LogReader(Protocol):
    """A reading end of a log. Each instance is used by one thread at a time; short read transactions only."""

    def bounds(self) -> Bounds:
        """Lowest and highest stored seq."""

    def rows(self, first: int, count: int) -> list[LogRow]:
        """Rows with ``first <= seq``, ascending, at most ``count``."""

    def rows_at(self, seqs: Sequence[int]) -> list[LogRow]:
        """Rows of exactly these seqs, ascending, those that exist."""

    def newest_rows(self, count: int) -> list[LogRow]:
        """The newest ``count`` rows there are, ascending; deleted events are passed over."""

    def events(self, first: int, count: int, *, topics: Sequence[str] = ()) -> list[Event]:
        """Whole events with ``first <= seq``, ascending, at most ``count``; topic patterns narrow them (any)."""

    def event_part(self, seq: int, offset: int, limit: int) -> EventPart | None:
        """One event with at most ``limit`` bytes of its payload from ``offset`` on; None when it is not kept."""

    def newest_events(self, count: int, *, topics: Sequence[str] = ()) -> list[Event]:
        """The newest ``count`` whole events that match, ascending."""

    def count(self, *, topics: Sequence[str] = ()) -> int:
        """How many stored events match the topic patterns (any)."""

    def search(
        self,
        *,
        topics: Sequence[str],
        text: str,
        newest: int,
        oldest: int,
        slice_size: int = 5_000,
        hidden: Sequence[str] = (),
    ) -> Iterator[tuple[int, list[int]]]:
        """Seqs of events that match, newest first, slice by slice.

        Args:
            topics: topic patterns, any of which must match; empty for all.
            text: words that all must be contained in topic, type, source, subject or payload, whatever their
                case; a word with a leading ``-`` must not be; empty for all.
            newest: where the scan starts.
            oldest: where it ends.
            slice_size: how many seqs one step scans.
            hidden: patterns of topics that are left out.

        Yields:
            ``(scanned_to, hits)``: the lowest seq scanned so far and the hits of this slice, descending.
        """

    def removed(self) -> BitMap64:
        """Seqs above the lowest stored one whose events were deleted."""

    def removals(self) -> int:
        """A number that grows with every deletion; read before ``removed`` it is never newer than that."""

    def topics(self) -> list[TopicTotals]:
        """Every topic ever stored, those deleted with their events left out."""

    def gaps(self, after_id: int = 0) -> list[Gap]:
        """Gap rows stored since, in order."""

    def histogram(self, first_second: int, last_second: int) -> list[HistogramBar]:
        """Stored events per second, seconds without events left out."""

    def totals(self) -> LogTotals:
        """The accounting as of the last commit."""

    def close(self) -> None:
        """Give the connection back."""
