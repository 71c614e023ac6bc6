"""Where reading of one stream stands, and what was removed from it before it was read. No I/O.

Ids of entries only grow, so the id read last is both the place to go on from and the key against reading twice. Since
Redis 7 a stream also counts the entries ever added (``entries-added``); we count those read, and where both stand at
the same id the difference is exactly what trimming or deleting took away unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EntryId = tuple[int, int]
ZERO: EntryId = (0, 0)


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What the server says of a stream.

    Attributes:
        last: id of the entry added last, even if it was removed since.
        added: how many entries were ever added; None from servers before Redis 7.
        first: id of the oldest entry there is; None when it is empty.
        newest: id of the newest entry there is; None when it is empty.
    """

    last: EntryId
    added: int | None
    first: EntryId | None
    newest: EntryId | None


class StreamPlace:
    """The place in one stream.

    Attributes:
        id: everything up to this entry has been read; ids read later are greater.
        count: how many entries were ever added up to there; None while not known.
    """

    def __init__(self, position: EntryId = ZERO, count: int | None = None) -> None:
        self.id = position
        self.count = count
        self._gone = False
        self._checkpoint: tuple[EntryId, int] | None = None

    @classmethod
    def from_text(cls, text: str) -> StreamPlace:
        """The place that ``text`` gave once; a text that is none means the beginning."""
        name, _, count = text.partition(" ")
        return cls(entry_id(name), int(count) if count.isdecimal() else None)

    def text(self) -> str:
        """The place as it is stored with the events: ``ID`` or ``ID COUNT``."""
        return id_text(self.id) if self.count is None else f"{id_text(self.id)} {self.count}"

    def took(self, names: Sequence[bytes]) -> str:
        """Entries of these ids were read, in order: what turned out to be missing before them, in a sentence.

        Mostly that is nothing, so only the last id is looked at unless there is something to compare.
        """
        self.id = entry_id(names[-1])
        if self.count is not None:
            self.count += len(names)
        if self._checkpoint is None or self.id < self._checkpoint[0]:
            return ""
        beyond = sum(1 for name in names if entry_id(name) > self._checkpoint[0])
        return self._settle(self._checkpoint[1] + beyond)

    def look(self, info: StreamInfo | None, *, first: bool) -> str:
        """Compare with what the server says: what is missing, in a sentence; mostly nothing.

        Args:
            info: None when the stream does not exist.
            first: this is the first look since the connection was established, so the server may have been restarted.
        """
        if info is None:
            self._forget()
            return ""
        lost = self._turned_back(info, first=first)
        if info.newest is None or info.newest <= self.id:
            self.id = max(self.id, info.last)  # nothing is left to be read up to there
        self._checkpoint = None if info.added is None else (info.last, info.added)
        if self._checkpoint is not None and self.id >= info.last:
            return lost or self._settle(self._checkpoint[1])
        return lost

    def _forget(self) -> None:
        """The stream is not there: whatever it will hold is new."""
        if self.id > ZERO:
            self._gone = True
        self.id, self.count, self._checkpoint = ZERO, 0, None

    def _turned_back(self, info: StreamInfo, *, first: bool) -> str:
        if self._gone:
            self._gone = False
            return "It was deleted and begun anew; what was removed before it was read is missing."
        if info.last < self.id and first:
            self.id, self.count = info.last, info.added
            return "The server has gone back to an earlier state; what was lost there may be missing."
        if info.last < self.id:
            self.id, self.count = ZERO, 0
            return "It was deleted and begun anew; what was removed before it was read is missing."
        if info.added is not None and self.count is not None and info.added < self.count:
            self.count = None
            return "It was begun anew or went back to an earlier state; entries may be missing."
        if first and info.added is None and info.first is not None and info.first > self.id > ZERO:
            return "It was trimmed beyond the place where reading stopped; entries may be missing."
        return ""

    def _settle(self, added: int) -> str:
        """Everything added up to our id is known to be so many."""
        self._checkpoint = None
        known, self.count = self.count, added
        missing = 0 if known is None else added - known
        if missing <= 0:
            return ""
        entries = "1 entry was" if missing == 1 else f"{missing:,} entries were"
        return f"{entries} removed before they could be read."


def entry_id(text: str | bytes) -> EntryId:
    """An id as two numbers; ``(0, 0)`` for what is none."""
    name = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    milliseconds, _, number = name.partition("-")
    if not milliseconds.isdecimal() or (number and not number.isdecimal()):
        return ZERO
    return int(milliseconds), int(number or 0)


def id_text(entry: EntryId) -> str:
    """An id as the server writes it."""
    return f"{entry[0]}-{entry[1]}"
