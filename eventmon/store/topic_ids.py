"""Which row of ``topics`` a topic has, and what changed there since the last commit.

A bounded cache, not a whole map: a million topics would cost some 250 MB here, while a batch that misses is looked
up with one statement. Two generations approximate "least recently used" without any work on a hit of the young one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw
import msgspec

from eventmon.core.event import Event
from eventmon.store.text import integer_of, storable, text_of

GENERATION = 20_000
"""Topics in one generation; two are kept, some 8 MB together with names of usual length."""

MAX_TYPES = 16
"""Event types remembered for one topic; more say little and cost a rewrite each."""

MAX_TYPE_LENGTH = 200

_LOOKUP_AT_ONCE = 500
_UPSERT_AT_ONCE = 64

_UPSERT = """INSERT INTO topics(id, name, events, bytes, last_seq, first_received, last_received, types) VALUES {rows}
ON CONFLICT(id) DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes,
last_seq = excluded.last_seq, first_received = iif(events, first_received, excluded.first_received),
last_received = excluded.last_received, types = excluded.types"""

_FORGET = "INSERT OR IGNORE INTO forgotten SELECT id FROM topics WHERE name = ?"
_BEGIN_ANEW = """UPDATE topics SET events = 0, bytes = 0, last_seq = 0, first_received = 0, last_received = 0,
types = '[]' WHERE name = ?"""
_FORGET_NO_MORE = "DELETE FROM forgotten WHERE NOT EXISTS (SELECT 1 FROM topics WHERE id = topic_id)"
_DROP = "DELETE FROM topics WHERE name = ? AND events = 0 AND id IN (SELECT topic_id FROM forgotten)"


class TopicEntry:
    """One topic: its row id, the types seen, and what the open transaction adds."""

    __slots__ = ("bytes", "events", "first_received", "id", "last_received", "last_seq", "types")

    def __init__(self, id: int, types: tuple[str, ...]) -> None:
        self.id = id
        self.types = types
        self.events = 0
        self.bytes = 0
        self.last_seq = 0
        self.first_received = 0
        self.last_received = 0

    def note_type(self, type: str) -> None:
        """Remember one more type, unless there are enough."""
        if len(self.types) < MAX_TYPES and len(type) <= MAX_TYPE_LENGTH:
            self.types = (*self.types, type)


class TopicIds:
    """Cache of topic rows for the one writer of a log."""

    def __init__(self, connection: apsw.Connection, generation: int = GENERATION) -> None:
        self._connection = connection
        self._generation = generation
        self._old: dict[str, TopicEntry] = {}
        self.young: dict[str, TopicEntry] = {}
        self.changed: dict[str, TopicEntry] = {}
        self._next_id = 0
        self._forgotten: set[int] | None = None

    def __len__(self) -> int:
        return len(self.young) + len(self._old)

    def _new_id(self) -> int:
        if not self._next_id:
            self._next_id = integer_of(self._connection.execute("SELECT max(id) FROM topics").get) + 1
        self._next_id += 1
        return self._next_id - 1

    def forget(self) -> None:
        """Go back to what is committed."""
        self.young.clear()
        self._old.clear()
        self.changed.clear()
        self._next_id = 0
        self._forgotten = None

    def admit(self, events: Sequence[Event]) -> None:
        """Bring the topic of every event into ``young``; new topics get an id."""
        young = self.young
        missing = {event.topic for event in events if event.topic not in young}
        if not missing:
            return
        unknown: list[str] = []
        for name in missing:
            entry = self._old.pop(name, None)
            if entry is None:
                unknown.append(name)
            else:
                young[name] = entry
        self._load(unknown)
        for event in events:
            if event.topic not in young:
                young[event.topic] = TopicEntry(self._new_id(), ())

    def _load(self, names: list[str]) -> None:
        for start in range(0, len(names), _LOOKUP_AT_ONCE):
            some = names[start : start + _LOOKUP_AT_ONCE]
            marks = ",".join("?" * len(some))
            found = self._connection.execute(
                f"SELECT name, id, types FROM topics WHERE name IN ({marks})", [storable(name) for name in some]
            )
            for name, id, types in found:
                self.young[text_of(name)] = TopicEntry(id, decode_types(types))

    def write_changes(self) -> None:
        """Add what the open transaction brought to the rows of ``topics``."""
        changed = list(self.changed.items())
        for start in range(0, len(changed), _UPSERT_AT_ONCE):
            some = changed[start : start + _UPSERT_AT_ONCE]
            sql = _UPSERT.format(rows=",".join(["(?,?,?,?,?,?,?,?)"] * len(some)))
            self._connection.execute(sql, list(_flat_rows(some)))
        if self._forgotten is None:
            self._forgotten = read_forgotten(self._connection)
        if self._forgotten:
            self._take_back({entry.id for entry in self.changed.values()} & self._forgotten)

    def _take_back(self, ids: set[int]) -> None:
        """Topics that were forgotten have events again."""
        self._connection.executemany("DELETE FROM forgotten WHERE topic_id = ?", [(id,) for id in ids])
        self._forgotten = (self._forgotten or set()) - ids

    def forget_topics(self, names: Sequence[str], *, anew: bool) -> None:
        """Mark topics as forgotten; ``anew``: they count from 0 when they come back."""
        stored = [(storable(name),) for name in names]
        self._connection.executemany(_FORGET, stored)
        if anew:
            self._connection.executemany(_BEGIN_ANEW, stored)
        self.forget()

    def drop(self, names: Sequence[str]) -> int:
        """Delete the rows of topics that were forgotten, begin anew and have had no event since; how many."""
        before = self._connection.total_changes()
        self._connection.executemany(_DROP, [(storable(name),) for name in names])
        dropped = self._connection.total_changes() - before
        self._connection.execute(_FORGET_NO_MORE)
        self.forget()
        return dropped

    def committed(self) -> None:
        """The changes are durable: count from zero again and let the least used topics go."""
        for entry in self.changed.values():
            entry.events = entry.bytes = 0
        self.changed.clear()
        if len(self.young) > self._generation:
            self._old = self.young
            self.young = {}


def read_forgotten(connection: apsw.Connection) -> set[int]:
    """Ids of the topics that are not listed until an event comes for them."""
    return {integer_of(id) for (id,) in connection.execute("SELECT topic_id FROM forgotten")}


def _flat_rows(entries: Iterable[tuple[str, TopicEntry]]) -> Iterable[object]:
    for name, entry in entries:
        yield entry.id
        yield storable(name)
        yield entry.events
        yield entry.bytes
        yield entry.last_seq
        yield entry.first_received
        yield entry.last_received
        yield encode_types(entry.types)


def encode_types(types: tuple[str, ...]) -> str:
    """Types as the JSON array that is stored; what cannot be encoded is shown with a replacement sign."""
    try:
        return msgspec.json.encode(types).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode([type.encode(errors="replace").decode() for type in types]).decode()


def decode_types(stored: object) -> tuple[str, ...]:
    """Types from a stored JSON array; empty when the value is none, as in a file somebody else wrote."""
    try:
        return msgspec.json.decode(stored, type=tuple[str, ...]) if isinstance(stored, str | bytes) else ()
    except (msgspec.DecodeError, UnicodeError):
        return ()
