"""The writing end of a log: batches go into an open transaction with few large statements, commit makes it whole.

Every SQLite step gives up and retakes the interpreter's lock, so rows are inserted many at a time. Topic totals,
the histogram, accounting, gaps and positions are gathered in memory and written by the same commit as the events
they describe; a failure drops all of it together, so memory never disagrees with the file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import apsw
import msgspec

from eventmon.core.event import Event
from eventmon.store.ballast import Ballast
from eventmon.store.base import LogTotals, Retention, TopicTotals
from eventmon.store.checkpointer import Checkpointer
from eventmon.store.connection import READ_WRITE, cannot_read, cannot_store, connect, nothing
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.inspection import check_schema
from eventmon.store.reader import read_topics
from eventmon.store.retention import prune_slice, vacuum_slice
from eventmon.store.schema import EVENT_COLUMNS
from eventmon.store.text import encode_headers, integer_of, optional_text_of, storable, text_of
from eventmon.store.topic_ids import TopicIds

Answer = TypeVar("Answer")
Synchronous = Literal["NORMAL", "FULL"]

LARGEST_STATEMENT = 256
"""Rows of one INSERT; its text stays below the 16 KiB up to which apsw keeps statements prepared."""

HIGHEST_COUNT = 2**62
"""No log ever counts that far; a file that claims to would overflow SQLite's integers."""

_CLOSE_PATIENCE = 500
"""Milliseconds that closing waits for readers in the middle of a question."""

_COLUMNS = len(EVENT_COLUMNS)
_ROW = "(" + ",".join("?" * _COLUMNS) + ")"
_INSERTS = {
    rows: f"INSERT INTO events VALUES {','.join([_ROW] * rows)}"
    for rows in (LARGEST_STATEMENT >> shift for shift in range(LARGEST_STATEMENT.bit_length()))
}

_SECONDS = """INSERT INTO seconds VALUES(?, ?, ?, ?)
ON CONFLICT(second) DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes"""

_ACCOUNTING = """UPDATE accounting SET next_seq = ?, stored = ?, not_recorded = ?, duplicates = ?, dropped = ?,
pruned = ?"""


class SqliteWriter:
    """The one writer of a session file; implements ``LogWriter``. Used by one thread at a time."""

    def __init__(
        self, path: Path, *, synchronous: Synchronous = "NORMAL", on_close: Callable[[], None] = nothing
    ) -> None:
        self._path = path
        self._on_close = on_close
        self._closed = False
        self._identity = path.stat()
        self._connection = connect(path, READ_WRITE)
        try:
            self._prepare(synchronous)
        except BaseException:
            self._connection.close()
            raise
        self._forget()
        self._ballast = Ballast(path.absolute().parent)
        self._checkpointer = Checkpointer(path, self._connection)

    def _prepare(self, synchronous: Synchronous) -> None:
        check_schema(self._connection, self._path)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(f"PRAGMA synchronous = {synchronous}")
        self._uuid = text_of(self._connection.execute("SELECT value FROM meta WHERE key = 'uuid'").get)
        self._topics = TopicIds(self._connection)
        self._committed_next, self._totals = self._read_accounting()

    def _forget(self) -> None:
        self._next = self._committed_next
        self._pruned = 0
        self._seconds: dict[int, list[int]] = {}
        self._gaps: list[tuple[int, str, int, int, str]] = []
        self._positions: dict[tuple[str, str], str] = {}

    def _read_accounting(self) -> tuple[int, LogTotals]:
        row = self._connection.execute(
            "SELECT next_seq, stored, not_recorded, duplicates, dropped, pruned FROM accounting"
        ).fetchone()
        highest = self._connection.execute("SELECT max(seq) FROM events").get
        counts = list(map(integer_of, row or [-1]))
        if min(counts) < 0 or max(*counts, integer_of(highest)) > HIGHEST_COUNT:
            raise NotASession(f"The session {self._path} is damaged: it has lost its accounting. Start a new one.")
        next_seq, stored, not_recorded, duplicates, dropped, pruned = counts
        totals = LogTotals(
            stored=stored, not_recorded=not_recorded, duplicates=duplicates, dropped=dropped, pruned=pruned
        )
        return max(next_seq, integer_of(highest) + 1), totals

    @property
    def path(self) -> Path:
        """The session file."""
        return self._path

    @property
    def uuid(self) -> str:
        """Identity of the log."""
        return self._uuid

    @property
    def next_seq(self) -> int:
        """One above the newest committed event ever stored."""
        return self._committed_next

    @property
    def totals(self) -> LogTotals:
        """The accounting as of the last commit."""
        return self._totals

    def topics(self) -> list[TopicTotals]:
        """Every topic ever stored, as of the last commit.

        Raises:
            NotASession: the file is damaged.
        """
        return self._asked(lambda: read_topics(self._connection))

    def position(self, connection: str, stream: str) -> str | None:
        """The position committed last."""
        sql = "SELECT position FROM positions WHERE connection = ? AND stream = ?"
        return optional_text_of(self._asked(lambda: self._connection.execute(sql, (connection, stream)).get))

    def _asked(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except (apsw.Error, UnicodeDecodeError) as error:
            raise cannot_read(self._path, error) from error

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
        self._guarded(lambda: self._append(events))
        self._next += len(events)

    def _append(self, events: Sequence[Event]) -> None:
        self._begin()
        self._topics.admit(events)
        self._insert(self._rows(events))

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _rows(self, events: Sequence[Event]) -> list[object]:
        """All values of the batch, one after another, gathering topic totals and histogram on the way."""
        entries, changed = self._topics.young, self._topics.changed
        values: list[object] = []
        add = values.extend
        second, bar = -1, [0, 0, 0]
        for event in events:
            topic, received, data = event.topic, event.received, event.data
            size = len(data)
            entry = entries[topic]
            if not entry.events:
                entry.first_received = received
                changed[topic] = entry
            entry.events += 1
            entry.bytes += size
            entry.last_seq = event.seq
            entry.last_received = received
            if event.type not in entry.types:
                entry.note_type(event.type)
            if received // 1_000_000 != second:
                second = received // 1_000_000
                bar = self._seconds.setdefault(second, [0, 0, event.seq])
            bar[0] += 1
            bar[1] += size
            add(
                (
                    event.seq,
                    entry.id,
                    received,
                    event.time,
                    event.type,
                    event.source,
                    event.id,
                    event.subject,
                    event.datacontenttype,
                    encode_headers(event.headers) if event.headers else None,
                    data,
                )
            )
        return values

    def _insert(self, values: list[object]) -> None:
        start, left, rows = 0, len(values) // _COLUMNS, LARGEST_STATEMENT
        while left:
            while rows > left:
                rows >>= 1
            self._execute_insert(_INSERTS[rows], values[start : start + rows * _COLUMNS])
            start += rows * _COLUMNS
            left -= rows

    def _execute_insert(self, statement: str, values: list[object]) -> None:
        try:
            self._connection.execute(statement, values)
        except UnicodeEncodeError:
            safe = [storable(value) if isinstance(value, str) else value for value in values]
            self._connection.execute(statement, safe)

    def set_position(self, connection: str, stream: str, position: str) -> None:
        """Remember a resume position, with the next commit."""
        self._positions[connection, stream] = position

    def add_gap(self, connection: str, started: int, ended: int, reason: str) -> None:
        """Store a gap row behind the newest appended event, with the next commit."""
        self._gaps.append((self._next - 1, connection, started, ended, reason))

    def commit(self, *, not_recorded: int, duplicates: int, dropped: int) -> int:
        """Make everything since the last commit durable; returns the newest stored seq.

        Raises:
            LogUnavailable: nothing since the last commit is stored, neither events nor gaps nor positions;
                the caller hands them in again later.
        """
        totals = msgspec.structs.replace(
            self._totals,
            stored=self._totals.stored + self._next - self._committed_next,
            not_recorded=not_recorded,
            duplicates=duplicates,
            dropped=dropped,
            pruned=self._totals.pruned + self._pruned,
        )
        if self._connection.in_transaction or self._gaps or self._positions or totals != self._totals:
            self._guarded(lambda: self._write_commit(totals))
            self._committed_next, self._totals = self._next, totals
            self._topics.committed()
            self._forget()
        return self._committed_next - 1

    def _write_commit(self, totals: LogTotals) -> None:
        self._begin()
        self._topics.write_changes()
        run = self._connection.executemany
        run(_SECONDS, [(second, *bar) for second, bar in self._seconds.items()])
        run("INSERT INTO gaps(after_seq, connection, started, ended, reason) VALUES(?, ?, ?, ?, ?)", self._gaps)
        run(
            "INSERT INTO positions VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position",
            [(*key, position) for key, position in self._positions.items()],
        )
        self._write_accounting(self._next, totals)
        self._connection.execute("COMMIT")

    def _write_accounting(self, next_seq: int, totals: LogTotals) -> None:
        self._connection.execute(_ACCOUNTING, (next_seq, *msgspec.structs.astuple(totals)))

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        if self._connection.in_transaction:
            with contextlib.suppress(apsw.Error):  # a disk that fails here has failed before; nothing is committed
                self._connection.execute("ROLLBACK")
        self._topics.forget()
        self._forget()

    def size_bytes(self) -> int:
        """Bytes the log occupies on disk, with its write-ahead file."""
        sizes = 0
        for name in (self._path, self._path.with_name(self._path.name + "-wal")):
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
        removed = self._with_ballast(lambda: self._prune(retention, now))
        if not removed:
            self._ballast.take()
        return removed

    def _prune(self, retention: Retention, now: int) -> int:
        joined = self._connection.in_transaction
        self._begin()
        removed = prune_slice(self._connection, retention, now)
        if joined:
            self._pruned += removed
        elif removed:
            totals = msgspec.structs.replace(self._totals, pruned=self._totals.pruned + removed)
            self._write_accounting(self._committed_next, totals)
            self._connection.execute("COMMIT")
            self._totals = totals
        else:
            self._connection.execute("ROLLBACK")
        return removed

    def give_back_space(self) -> bool:
        """Return one slice of free pages to the file system; False when there are none.

        The file gets smaller with the next checkpoint, at the latest when the last slice has been returned.

        Raises:
            LogUnavailable: as in ``commit``.
        """
        given = self._with_ballast(lambda: vacuum_slice(self._connection))
        if given and not self._connection.pragma("freelist_count"):
            self._checkpointer.move_soon()
        return given

    def _with_ballast(self, work: Callable[[], Answer]) -> Answer:
        """Do the work; where the disk is full, once more with the space that was kept for this.

        Not once more when a batch was waiting for its commit: it is rolled back, and the caller has to learn that.
        """
        joined = self._connection.in_transaction
        try:
            return self._guarded(work)
        except LogUnavailable:
            if not self._ballast.held:
                raise
            self._ballast.give_up()
            self._checkpointer.move_now()
            if joined:
                raise
            return self._guarded(work)

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except (apsw.Error, UnicodeDecodeError) as error:
            self.rollback()
            raise cannot_store(self._path, error) from error

    def is_in_place(self) -> bool:
        """Whether the session file is still there under its name; False once it was renamed, replaced or deleted."""
        try:
            return os.path.samestat(self._path.stat(), self._identity)
        except OSError:
            return False

    def close(self) -> None:
        """Commit nothing more, fold the write-ahead file in, leave one file; harmless when called again."""
        if self._closed:
            return
        self._closed = True
        self.rollback()
        self._checkpointer.stop()
        self._connection.set_busy_timeout(_CLOSE_PATIENCE)
        with contextlib.suppress(apsw.Error):  # what is not folded in stays in the write-ahead file, which is whole
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._connection.close()
        self._ballast.give_up()
        self._on_close()
