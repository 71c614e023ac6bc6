"""The thread that owns the log's writing end: it takes what waits, commits it as a group, and says so once.

Committing costs the same for one event as for a thousand, so commits are at least ``COMMIT_INTERVAL`` apart and
whatever arrived meanwhile goes into one transaction. When the disk refuses, every batch is kept and stored again
later: a seq that was given is never lost and leaves no hole.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.store.base import LogTotals, LogWriter, RecentId, Retention
from eventmon.store.errors import LogUnavailable

COMMIT_INTERVAL = 0.015
IDLE_INTERVAL = 1.0
RETRY_FIRST = 0.2
RETRY_LAST = 2.0
CLOSE_GRACE = 3.0
DELETE_AT_ONCE = 500
"""Events of one deletion between two commits; the store may take fewer where they are large."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNote:
    """A gap row to be stored; times in microseconds since the epoch."""

    connection: str
    started: int
    ended: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdsNote:
    """Ids to be remembered, of events of the same load; those of events before the seq ``oldest`` are forgotten."""

    ids: Sequence[RecentId]
    oldest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetNote:
    """Topics that are no longer listed.

    ``anew``: they count from 0 when they come back; ``drop``: their events are deleted, so their names go too.
    """

    topics: Sequence[str]
    anew: bool = False
    drop: bool = False

    def carry_out(self, writer: LogWriter) -> None:
        """Put it into the open transaction."""
        if self.drop:
            writer.drop_topics(self.topics)
        else:
            writer.forget_topics(self.topics, anew=self.anew)


@dataclass(slots=True, kw_only=True)
class Load:
    """What goes to the log together.

    Attributes:
        events: with their seqs, going on from the load before.
        size: bytes of all payloads.
        positions: (connection, stream, position) as they are after these events.
        gap: a gap row that stands behind these events.
        ids: which of these events' ids are to be remembered.
        forget: topics that are forgotten after these events.
        terms: running totals of events not recorded, duplicates and dropped.
        more: the next load belongs to the same batch and is committed with this one.
    """

    events: Sequence[Event] = ()
    size: int = 0
    positions: Sequence[tuple[str, str, str]] = ()
    gap: GapNote | None = None
    ids: IdsNote | None = None
    forget: ForgetNote | None = None
    terms: tuple[int, int, int] = (0, 0, 0)
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the writer thread tells the engine after a commit, or when its state changed.

    Attributes:
        events: events committed since the report before.
        size: bytes of their payloads.
        gaps: gap rows committed since.
        first: lowest stored seq; 0 for an empty log.
        newest: newest committed seq.
        removals: grows with every deletion.
        totals: the accounting as persisted.
        log_bytes: size of the log on disk.
        blocked: why nothing can be stored now, empty when all is well.
    """

    events: int
    size: int
    gaps: int
    first: int
    newest: int
    removals: int
    totals: LogTotals
    log_bytes: int
    blocked: str = ""


class WriterThread:
    """Runs a ``LogWriter`` in a thread of its own. ``put`` and ``position`` may be called from any thread."""

    def __init__(
        self,
        writer: LogWriter,
        *,
        on_report: Callable[[Report], object],
        retention: Retention,
        clock: Callable[[], int],
    ) -> None:
        """Make it; ``on_report`` is called in the writer thread, ``clock`` gives microseconds since the epoch."""
        self._writer = writer
        self._on_report = on_report
        self._retention = retention
        self._clock = clock
        self._using = threading.Lock()
        self._waiting: deque[Load] = deque()
        self._held: list[Load] = []
        self._deletions: deque[_Deletion] = deque()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._blocked = ""
        self._retry_after = RETRY_FIRST
        self._last_commit = 0.0
        self._next_prune = 0.0
        self._told_size = 0
        self._newest = writer.next_seq - 1
        self._first_seq = 0
        self._file = _identity(writer.path)
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, load: Load) -> None:
        """Queue a load; the caller bounds how much is queued by the reports it gets."""
        self._waiting.append(load)
        if not self._wake.is_set():
            self._wake.set()

    def delete(self, seqs: Sequence[int]) -> Future[int]:
        """Delete events for good, a slice between two commits; how many were still there.

        The future fails with ``UserError`` when the log refuses or closes; what was deleted before stays deleted.
        """
        deletion = _Deletion(seqs)
        self._deletions.append(deletion)
        self._wake.set()
        return deletion.done

    def position(self, connection: str, stream: str) -> str | None:
        """The resume position committed last; waits for at most one commit."""
        with self._using:
            return self._writer.position(connection, stream)

    def close(self, within: float = 6.0) -> bool:
        """Commit what waits, close the log and end the thread; False when that took longer than ``within`` seconds."""
        self._closing.set()
        self._wake.set()
        self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._wait_for_work():
                self._wake.clear()
                self._store()
            else:
                self._look_after_file()
            self._delete()
            self._prune()
        self._finish()

    def _wait_for_work(self) -> bool:
        """Wait until something is to be stored and its time has come; False when an idle interval went by."""
        if self._blocked and self._held:
            self._closing.wait(self._retry_after)
            return True
        if not self._wake.wait(IDLE_INTERVAL):
            return False
        self._closing.wait(max(0.0, self._last_commit + COMMIT_INTERVAL - time.monotonic()))
        return True

    def _store(self) -> bool:
        """Append and commit everything that waits; False when the log refused and it is all kept."""
        while self._waiting:
            self._held.append(self._waiting.popleft())
        whole = self._whole_batches()
        if not whole:
            return True
        try:
            self._require_file()
            self._append_and_commit(whole)
        except LogUnavailable as error:
            self._block(str(error))
            return False
        except Exception as error:  # border: whatever a log back end raises must not lose what it was given
            _logger.exception("The log failed in a way it should not.")
            self._block(f"The log cannot be written ({type(error).__name__}: {error}). Recording is paused.")
            return False
        del self._held[: len(whole)]
        self._retry_after = RETRY_FIRST
        self._blocked = ""
        self._report(whole)
        return True

    def _whole_batches(self) -> list[Load]:
        """What may be committed now: everything up to the end of the last batch that is complete."""
        end = len(self._held)
        while end and self._held[end - 1].more:
            end -= 1
        return self._held[:end]

    def _append_and_commit(self, loads: Sequence[Load]) -> None:
        writer = self._writer
        with self._using:
            for load in loads:
                if load.events:
                    writer.append(load.events)
                for connection, stream, position in load.positions:
                    writer.set_position(connection, stream, position)
                if load.gap is not None:
                    gap = load.gap
                    writer.add_gap(gap.connection, gap.started, gap.ended, gap.reason)
                if load.ids is not None:
                    writer.remember_ids(load.ids.ids, load.ids.oldest)
                if load.forget is not None:
                    load.forget.carry_out(writer)
            not_recorded, duplicates, dropped = loads[-1].terms
            self._newest = writer.commit(not_recorded=not_recorded, duplicates=duplicates, dropped=dropped)
        self._last_commit = time.monotonic()

    def _report(self, loads: Sequence[Load] = ()) -> None:
        with self._using:
            first, removals, totals = self._first(), self._writer.removals, self._writer.totals
        self._told_size = self._size()
        self._on_report(
            Report(
                events=sum(len(load.events) for load in loads),
                size=sum(load.size for load in loads),
                gaps=sum(load.gap is not None for load in loads),
                first=first,
                newest=self._newest,
                removals=removals,
                totals=totals,
                log_bytes=self._told_size,
                blocked=self._blocked,
            )
        )

    def _first(self) -> int:
        try:
            self._first_seq = self._writer.first_seq
        except UserError as error:  # a disk that fails; the next commit says so
            _logger.info("The lowest stored event cannot be read now: %s", error)
        return self._first_seq

    def _size(self) -> int:
        try:
            with self._using:
                return self._writer.size_bytes()
        except OSError:
            return 0

    def _block(self, sentence: str) -> None:
        with self._using:
            self._writer.rollback()
        if self._blocked:
            self._retry_after = min(RETRY_LAST, self._retry_after * 2)
        if sentence != self._blocked:
            self._blocked = sentence
            self._report()

    def _require_file(self) -> None:
        path = self._writer.path
        if _identity(path) != self._file:
            raise LogUnavailable(
                f"The session file {path} was moved, replaced or deleted. Recording is paused; put the file back."
            )

    def _look_after_file(self) -> None:
        try:
            self._require_file()
        except LogUnavailable as error:
            self._block(str(error))
            return
        if self._blocked:
            self._blocked = ""
            self._report()

    def _delete(self) -> None:
        """Delete what was asked for, slice by slice, until there is something to store; one slice at least."""
        while self._deletions and not self._closing.is_set():
            deletion = self._deletions[0]
            try:
                self._require_file()
                with self._using:
                    deletion.go_on(self._writer)
            except LogUnavailable as error:
                deletion.error = error
            except Exception as error:  # border: as in _store
                _logger.exception("The log failed in a way it should not.")
                deletion.error = LogUnavailable(f"The events cannot be deleted ({type(error).__name__}: {error}).")
            if deletion.is_over:
                self._deletions.popleft()
                self._report()
                deletion.end()
            if self._waiting:
                break
        if self._deletions:
            self._wake.set()

    def _prune(self) -> None:
        """Remove the oldest events over the limits, slice by slice, until there is something to store."""
        if self._blocked or self._closing.is_set() or time.monotonic() < self._next_prune:
            return
        removed = 0
        try:
            while True:
                with self._using:
                    slice_removed = self._writer.prune(self._retention, self._clock())
                    more = bool(slice_removed) or self._writer.give_back_space()
                removed += slice_removed
                if not more:
                    self._next_prune = time.monotonic() + IDLE_INTERVAL
                if not more or self._wake.is_set() or self._closing.is_set():
                    break
        except LogUnavailable as error:
            _logger.info("Old events cannot be removed now: %s", error)
        if removed or self._size() != self._told_size:  # space may go back long after the events went
            self._report()

    def _finish(self) -> None:
        until = time.monotonic() + CLOSE_GRACE
        while not self._store() and time.monotonic() < until:
            time.sleep(RETRY_FIRST)
        for deletion in self._deletions:
            deletion.error = LogUnavailable("The engine has stopped before all events were deleted. Start it again.")
            deletion.end()
        lost = sum(len(load.events) for load in self._held)
        if lost:
            _logger.error("%d events that were not acknowledged could not be stored: %s", lost, self._blocked)
        with self._using:
            self._writer.close()


class _Deletion:
    """Events to be deleted, and how far that has come."""

    def __init__(self, seqs: Sequence[int]) -> None:
        self.done: Future[int] = Future()
        self.error: UserError | None = None
        self._seqs = seqs
        self._start = 0
        self._deleted = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do, or nothing can be done."""
        return self.error is not None or self._start >= len(self._seqs)

    def go_on(self, writer: LogWriter) -> None:
        """Delete one slice."""
        if not self.is_over:
            deleted, dealt_with = writer.delete(self._seqs[self._start : self._start + DELETE_AT_ONCE])
            self._start += dealt_with
            self._deleted += deleted

    def end(self) -> None:
        """Tell whoever waits, if somebody still does."""
        if not self.done.set_running_or_notify_cancel():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self._deleted)


def _identity(path: os.PathLike[str]) -> tuple[int, int] | None:
    """What tells this file from another of the same name; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
