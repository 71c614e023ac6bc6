"""Events as rows: many in one statement, with topic totals and the histogram gathered on the way.

Every SQLite step gives up and retakes the interpreter's lock, so rows are inserted many at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from eventmon.core.event import Event
from eventmon.store.schema import EVENT_COLUMNS
from eventmon.store.text import encode_headers, storable
from eventmon.store.topic_ids import TopicIds

LARGEST_STATEMENT = 256
"""Rows of one INSERT; its text stays below the 16 KiB up to which apsw keeps statements prepared."""

_COLUMNS = len(EVENT_COLUMNS)
_ROW = "(" + ",".join("?" * _COLUMNS) + ")"
_INSERTS = {
    rows: f"INSERT INTO events VALUES {','.join([_ROW] * rows)}"
    for rows in (LARGEST_STATEMENT >> shift for shift in range(LARGEST_STATEMENT.bit_length()))
}

_SECONDS = """INSERT INTO seconds VALUES(?, ?, ?, ?)
ON CONFLICT(second) DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes"""


class EventRows:
    """Writes events and, before the commit, what they add to topics and seconds."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._topics = TopicIds(connection)
        self._seconds: dict[int, list[int]] = {}

    def forget(self) -> None:
        """Go back to what is committed."""
        self._topics.forget()
        self._seconds = {}

    def append(self, events: Sequence[Event]) -> None:
        """Insert events, which have their seqs, within the open transaction."""
        self._topics.admit(events)
        self._insert(self._values(events))

    def write_sums(self) -> None:
        """Add what the open transaction brought to the rows of ``topics`` and ``seconds``."""
        self._topics.write_changes()
        self._connection.executemany(_SECONDS, [(second, *bar) for second, bar in self._seconds.items()])

    def flush(self) -> None:
        """Have the file say what was appended within the open transaction, for those who go on with these rows."""
        self.write_sums()
        self.committed()

    def forget_topics(self, names: Sequence[str], *, anew: bool) -> None:
        """Mark topics as forgotten within the open transaction."""
        self.flush()
        self._topics.forget_topics(names, anew=anew)

    def drop_topics(self, names: Sequence[str]) -> int:
        """Delete the rows of forgotten topics without events within the open transaction; how many these were."""
        self.flush()
        return self._topics.drop(names)

    def committed(self) -> None:
        """What was written is durable, or as good as that: begin to gather anew."""
        self._topics.committed()
        self._seconds = {}

    def _values(self, events: Sequence[Event]) -> list[object]:
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
