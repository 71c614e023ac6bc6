"""The reading end of a log: rows by seq, never by OFFSET, each question in one short transaction.

A read transaction that stays open would keep the write-ahead file from being reset, so every method takes what it
needs and ends. Columns may hold any type, because SQLite lets a stranger's file do so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import apsw
import msgspec
from pyroaring import BitMap64

from eventmon.core.event import Event
from eventmon.store.accounting import read_removals
from eventmon.store.base import PREVIEW_BYTES, Bounds, EventPart, Gap, HistogramBar, LogRow, LogTotals, TopicTotals
from eventmon.store.connection import READ_WRITE, connect, nothing
from eventmon.store.questions import Questions
from eventmon.store.removed import exists, newest_removed, read_removed
from eventmon.store.search import AMONG, condition_of, prepare, slices
from eventmon.store.text import bytes_of, decode_headers, integer_of, optional_text_of, text_of
from eventmon.store.topic_filter import TopicFilter
from eventmon.store.topic_ids import decode_types, read_forgotten

LONGEST_NAME = 513
"""Characters of an attribute in a row: one more than a cell shows, so that it can tell that more follows."""

_ROW = f"""SELECT seq, received, name, type, length(data), substr(data, 1, {PREVIEW_BYTES}), datacontenttype,
substr(source, 1, {LONGEST_NAME}), substr(events.id, 1, {LONGEST_NAME}), substr(subject, 1, {LONGEST_NAME})
FROM events LEFT JOIN topics ON topics.id = topic_id"""

_EVENT = """SELECT seq, received, name, time, type, source, events.id, subject, datacontenttype, headers, data
FROM events LEFT JOIN topics ON topics.id = topic_id"""


_ATTRIBUTES = """SELECT seq, received, name, time, type, source, events.id, subject, datacontenttype, headers,
octet_length(data)
FROM events LEFT JOIN topics ON topics.id = topic_id WHERE seq = ?"""


def read_topics(connection: apsw.Connection) -> list[TopicTotals]:
    """Every topic ever stored, those deleted with their events left out."""
    forgotten = read_forgotten(connection) if exists(connection) else set()
    rows = connection.execute(
        "SELECT id, name, events, bytes, last_seq, first_received, last_received, types FROM topics ORDER BY id"
    )
    return [
        TopicTotals(
            topic=text_of(name),
            events=integer_of(events),
            bytes=integer_of(size),
            last_seq=integer_of(last_seq),
            first_received=integer_of(first),
            last_received=integer_of(last),
            types=decode_types(types),
            forgotten=id in forgotten,
        )
        for id, name, events, size, last_seq, first, last, types in rows
    ]


class SqliteReader:
    """A reading end of a session file; implements ``LogReader``. Used by one thread at a time."""

    def __init__(
        self, path: Path, *, connection: apsw.Connection | None = None, on_close: Callable[[], None] = nothing
    ) -> None:
        self._connection = connect(path, READ_WRITE) if connection is None else connection
        self._on_close = on_close
        self._connection.execute("PRAGMA query_only = ON")
        prepare(self._connection)
        self._topic_filter = TopicFilter(self._connection)
        self._questions = Questions(path, self._connection)

    def bounds(self) -> Bounds:
        """Lowest and highest stored seq."""
        return self._questions.ask(_bounds)

    def removed(self) -> BitMap64:
        """Seqs above the lowest stored one whose events were deleted."""
        return self._questions.ask(read_removed)

    def removals(self) -> int:
        """A number that grows with every deletion; read before ``removed`` it is never newer than that."""
        return self._questions.ask(read_removals)

    def rows(self, first: int, count: int) -> list[LogRow]:
        """Rows with ``first <= seq``, ascending, at most ``count``."""
        return _log_rows(self._questions.rows(f"{_ROW} WHERE seq >= ? ORDER BY seq LIMIT ?", first, max(0, count)))

    def rows_at(self, seqs: Sequence[int]) -> list[LogRow]:
        """Rows of exactly these seqs, ascending, those that exist."""
        wanted = msgspec.json.encode(sorted(set(seqs))).decode()
        return _log_rows(
            self._questions.rows(f"{_ROW} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq", wanted)
        )

    def newest_rows(self, count: int) -> list[LogRow]:
        """The newest ``count`` rows there are, ascending; deleted events are passed over."""
        return _log_rows(self._questions.rows(f"{_ROW} ORDER BY seq DESC LIMIT ?", max(0, count)))[::-1]

    def events(self, first: int, count: int, *, topics: Sequence[str] = ()) -> list[Event]:
        """Whole events with ``first <= seq``, ascending, at most ``count``; topic patterns narrow them (any)."""
        return self._events("seq >= ?", (first,), "ASC", count, topics)

    def event_part(self, seq: int, offset: int, limit: int) -> EventPart | None:
        """One event with at most ``limit`` bytes of its payload from ``offset`` on; None when it is not kept.

        The payload is read as a stream: ``substr`` would first load all of it.
        """
        return self._questions.ask(lambda connection: _event_part(connection, seq, max(0, offset), max(0, limit)))

    def newest_events(self, count: int, *, topics: Sequence[str] = ()) -> list[Event]:
        """The newest ``count`` whole events that match, ascending."""
        return self._events("TRUE", (), "DESC", count, topics)[::-1]

    def _events(
        self, where: str, values: tuple[int, ...], order: str, count: int, topics: Sequence[str]
    ) -> list[Event]:
        narrowed = f" AND {AMONG}" if topics else ""
        among = (self._matching(topics),) if topics else ()
        found = self._questions.rows(
            f"{_EVENT} WHERE {where}{narrowed} ORDER BY seq {order} LIMIT ?", *values, *among, max(0, count)
        )
        return [_event(row) for row in found]

    def count(self, *, topics: Sequence[str] = ()) -> int:
        """How many stored events match the topic patterns (any).

        Immediate until something was pruned, because topics count what they ever held; a scan afterwards.
        """
        if not topics:
            return self.bounds().events
        among = self._matching(topics)
        if self.totals().pruned:
            (number,) = self._questions.one(f"SELECT count(*) FROM events WHERE {AMONG}", among)
        else:
            (number,) = self._questions.one(
                "SELECT sum(events) FROM topics WHERE id IN (SELECT value FROM json_each(?))", among
            )
        return integer_of(number)

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
        """Seqs of events that match, newest first, slice by slice; see ``LogReader.search``.

        Raises:
            UserError: one of the topic patterns is none.
        """
        condition = self._questions.ask(lambda _: condition_of(self._topic_filter, topics, text, hidden))
        return slices(self._questions.rows, condition, newest, oldest, slice_size)

    def topics(self) -> list[TopicTotals]:
        """Every topic ever stored, those deleted with their events left out."""
        return self._questions.ask(read_topics)

    def gaps(self, after_id: int = 0) -> list[Gap]:
        """Gap rows stored since, in order."""
        found = self._questions.rows(
            "SELECT id, after_seq, connection, started, ended, reason FROM gaps WHERE id > ? ORDER BY id", after_id
        )
        return [
            Gap(
                id=integer_of(id),
                after_seq=integer_of(after_seq),
                connection=text_of(connection),
                started=integer_of(started),
                ended=integer_of(ended),
                reason=text_of(reason),
            )
            for id, after_seq, connection, started, ended, reason in found
        ]

    def histogram(self, first_second: int, last_second: int) -> list[HistogramBar]:
        """Stored events per second, seconds without events left out."""
        found = self._questions.rows(
            "SELECT second, events, bytes, first_seq FROM seconds WHERE second BETWEEN ? AND ? ORDER BY second",
            first_second,
            last_second,
        )
        return [
            HistogramBar(
                second=integer_of(second), events=integer_of(events), bytes=integer_of(size), first_seq=integer_of(seq)
            )
            for second, events, size, seq in found
        ]

    def totals(self) -> LogTotals:
        """The accounting as of the last commit."""
        row = self._questions.one("SELECT stored, not_recorded, duplicates, dropped, pruned FROM accounting")
        stored, not_recorded, duplicates, dropped, pruned = map(integer_of, row)
        return LogTotals(
            stored=stored, not_recorded=not_recorded, duplicates=duplicates, dropped=dropped, pruned=pruned
        )

    def uuid(self) -> str:
        """Identity of the log."""
        return text_of(self._questions.one("SELECT value FROM meta WHERE key = 'uuid'")[0])

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
        self._on_close()

    def _matching(self, topics: Sequence[str]) -> str:
        return self._questions.ask(lambda _: self._topic_filter.matching(topics))


def _bounds(connection: apsw.Connection) -> Bounds:
    with connection:  # all reads see the same moment
        first, newest = (integer_of(connection.execute(f"SELECT {end}(seq) FROM events").get) for end in ("min", "max"))
        if not newest or not first:
            return Bounds(first=0, newest=0, events=0)
        newest = max(newest, newest_removed(connection))
        events = integer_of(connection.execute("SELECT stored - pruned FROM accounting").get)
    return Bounds(first=first, newest=newest, events=max(1, min(events, newest - first + 1)))


def _event_part(connection: apsw.Connection, seq: int, offset: int, limit: int) -> EventPart | None:
    part = None
    with connection:  # both reads see the same moment
        for row in connection.execute(_ATTRIBUTES, (seq,)).fetchall():
            size = integer_of(row[-1])
            data = _bytes_of(connection, seq, min(offset, size), limit)
            part = EventPart(event=_event((*row[:-1], data)), size=size)
    return part


def _bytes_of(connection: apsw.Connection, seq: int, offset: int, limit: int) -> bytes:
    """Bytes of a payload; a value that is neither text nor bytes, as a stranger's file may hold, has none."""
    try:
        payload = connection.blob_open("main", "events", "data", seq, False)
    except apsw.SQLError:
        return b""
    try:
        payload.seek(offset)
        return payload.read(limit)
    finally:
        payload.close()


def _log_rows(found: list[tuple[object, ...]]) -> list[LogRow]:
    return [
        LogRow(
            seq=integer_of(seq),
            received=integer_of(received),
            topic=text_of(topic),
            type=text_of(type),
            size=integer_of(size),
            preview=bytes_of(preview)[:PREVIEW_BYTES],
            datacontenttype=optional_text_of(content_type),
            source=text_of(source),
            id=optional_text_of(id),
            subject=optional_text_of(subject),
        )
        for seq, received, topic, type, size, preview, content_type, source, id, subject in found
    ]


def _event(row: tuple[object, ...]) -> Event:
    seq, received, topic, time, type, source, id, subject, content_type, headers, data = row
    return Event(
        seq=integer_of(seq),
        received=integer_of(received),
        topic=text_of(topic),
        time=optional_text_of(time),
        type=text_of(type),
        source=text_of(source),
        id=optional_text_of(id),
        subject=optional_text_of(subject),
        datacontenttype=optional_text_of(content_type),
        headers=decode_headers(headers),
        data=bytes_of(data),
    )
