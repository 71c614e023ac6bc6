"""The writing end of a log: batches go into an open transaction with few large statements, commit makes it whole.

Topic totals, the histogram, accounting, gaps, positions and ids are gathered in memory and written by the same commit
as the events they describe; a failure drops all of it together, so memory never disagrees with the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from eventmon.core.event import Event
from eventmon.store.ballast import Ballast
from eventmon.store.base import RecentId, Retention
from eventmon.store.checkpointer import Checkpointer
from eventmon.store.committed import CommittedLog
from eventmon.store.connection import READ_WRITE, connect, nothing
from eventmon.store.deleting import leave_no_copies, secure_delete
from eventmon.store.event_rows import EventRows
from eventmon.store.inspection import check_schema
from eventmon.store.upkeep import Upkeep

Synchronous = Literal["NORMAL", "FULL"]

_CLOSE_PATIENCE = 500
"""Milliseconds that closing waits for readers in the middle of a question."""


class SqliteWriter(CommittedLog):
    """The one writer of a session file; implements ``LogWriter``. Used by one thread at a time."""

    def __init__(
        self,
        path: Path,
        *,
        synchronous: Synchronous = "NORMAL",
        on_close: Callable[[], None] = nothing,
        older: Path | None = None,
    ) -> None:
        self._on_close = on_close
        self._closed = False
        connection = connect(path, READ_WRITE)
        try:
            check_schema(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            leave_no_copies(connection)
            super().__init__(connection, path, older)
        except BaseException:
            connection.close()
            raise
        self._rows = EventRows(connection)
        self._next = self.next_seq
        self._upkeep = Upkeep(
            self._transaction,
            self._accounting,
            Checkpointer(path, connection),
            Ballast(path.absolute().parent),
            self._rows.flush,
        )

    def _forget(self) -> None:
        super()._forget()
        self._rows.forget()
        self._next = self.next_seq

    def append(self, events: Sequence[Event]) -> None:
        """Insert a batch into the open transaction.

        Raises:
            ValueError: the seqs do not go on from the last one; a fault of the caller, nothing is changed.
            LogUnavailable: as in ``commit``; everything since the last commit is forgotten.
        """
        if not events:
            return
        if events[0].seq != self._next or events[-1].seq != self._next + len(events) - 1:
            raise ValueError(f"the batch starts at seq {events[0].seq}, the log goes on at {self._next}")

        def insert() -> None:
            self._transaction.begin()
            self._rows.append(events)

        self._transaction.run(insert)
        self._next += len(events)

    def set_position(self, connection: str, stream: str, position: str) -> None:
        """Remember a resume position, with the next commit."""
        self._notes.set_position(connection, stream, position)

    def add_gap(self, connection: str, started: int, ended: int, reason: str) -> None:
        """Store a gap row behind the newest appended event, with the next commit."""
        self._notes.add_gap(self._next - 1, connection, started, ended, reason)

    def remember_ids(self, ids: Sequence[RecentId], oldest: int) -> None:
        """Remember ids of appended events and forget those before the seq ``oldest``, with the next commit."""
        self._notes.remember_ids(ids, oldest)

    def commit(self, *, not_recorded: int, duplicates: int, dropped: int) -> int:
        """Make everything since the last commit durable; returns the newest stored seq.

        Raises:
            LogUnavailable: nothing since the last commit is stored, neither events nor gaps nor positions;
                the caller hands them in again later.
        """
        before = self._accounting.totals
        totals = msgspec.structs.replace(
            before,
            stored=before.stored + self._next - self._accounting.next_seq,
            not_recorded=not_recorded,
            duplicates=duplicates,
            dropped=dropped,
            pruned=before.pruned + self._accounting.pruned,
        )

        def write() -> None:
            self._transaction.begin()
            self._rows.write_sums()
            self._notes.write()
            self._accounting.write(self._next, totals)
            self._transaction.commit()

        if self._transaction.is_open or self._notes or totals != before:
            self._transaction.run(write)
            self._accounting.committed(self._next, totals)
            self._rows.committed()
            self._notes.forget()
        return self._next - 1

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._transaction.rollback()

    def size_bytes(self) -> int:
        """Bytes the log occupies on disk, with its write-ahead file."""
        sizes = 0
        for name in (self.path, self.path.with_name(self.path.name + "-wal")):
            if name.exists():
                sizes += name.stat().st_size
        return sizes

    def prune(self, retention: Retention, now: int) -> int:
        """Remove one slice of the oldest events over the limits; ``now`` in microseconds since the epoch.

        Works on a full disk too, from the space kept for it. While a batch waits for its commit the removal
        becomes part of that commit.

        Returns:
            How many events were removed; 0 means that nothing is over the limits.

        Raises:
            LogUnavailable: as in ``commit``.
        """
        return self._upkeep.prune(retention, now)

    def delete(self, seqs: Sequence[int]) -> tuple[int, int]:
        """Delete one slice of these events for good; seqs whose events are gone are passed over.

        Like ``prune`` it joins the commit that a batch is waiting for.

        Returns:
            How many events were deleted, and how many of the seqs were dealt with, from the first on.

        Raises:
            LogUnavailable: as in ``commit``.
        """
        return self._upkeep.delete(seqs)

    def forget_topics(self, names: Sequence[str], *, anew: bool) -> None:
        """List topics no more until an event comes for one, with the next commit; ``anew``: it then counts from 0.

        Raises:
            LogUnavailable: as in ``commit``.
        """

        def forget() -> None:
            self._transaction.begin()
            self._rows.forget_topics(names, anew=anew)

        self._transaction.run(forget)

    def drop_topics(self, names: Sequence[str]) -> None:
        """Delete the names of topics that were forgotten, begin anew and have no events, with the next commit.

        Raises:
            LogUnavailable: as in ``commit``.
        """

        def drop() -> None:
            self._transaction.begin()
            with secure_delete(self._connection):
                self._accounting.deleted += self._rows.drop_topics(names)

        self._transaction.run(drop)

    def give_back_space(self) -> bool:
        """Return one slice of free pages to the file system; False when there is nothing to be done.

        The file gets smaller with the next checkpoint, at the latest when the last slice has been returned.

        Raises:
            LogUnavailable: as in ``commit``.
        """
        return self._upkeep.give_back_space()

    def close(self) -> None:
        """Commit nothing more, fold the write-ahead file in, leave one file; harmless when called again."""
        if self._closed:
            return
        self._closed = True
        self.rollback()
        self._upkeep.checkpointer.stop()
        self._connection.set_busy_timeout(_CLOSE_PATIENCE)
        with contextlib.suppress(apsw.Error):  # what is not folded in stays in the write-ahead file, which is whole
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._connection.close()
        self._upkeep.ballast.give_up()
        self._on_close()
