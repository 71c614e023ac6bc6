"""Whole events of a log in bounded chunks: however many or large the events, one chunk of them is in memory.

Each step is one short read transaction over at most ``SLICE_SEQS`` seqs, so a scan for a rare topic neither blocks
a reader for long nor keeps the write-ahead file from being reset. The sizes are looked at before payloads are read.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from eventmon.core.event import Event
from eventmon.store.base import LogReader, LogRow

CHUNK_EVENTS = 512
CHUNK_BYTES = 1 << 20
"""Payload bytes in one chunk; a single larger event makes a chunk of its own."""
SLICE_SEQS = 20_000


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Events in ascending order; everything up to ``scanned_to`` has been looked at."""

    events: list[Event]
    scanned_to: int


def read_chunk(reader: LogReader, first: int, newest: int, topics: Sequence[str] = ()) -> Chunk:
    """The next events with ``first <= seq <= newest`` that match any of the topic patterns (all when there are none).

    Callers go on from ``scanned_to + 1``; a chunk without events says only that this stretch holds none.
    """
    if topics:
        return _read_matching(reader, first, newest, topics)
    rows = [row for row in reader.rows(first, CHUNK_EVENTS) if row.seq <= newest]
    if not rows:
        return Chunk(events=[], scanned_to=newest)
    fitting = rows[: _how_many_fit(rows)]
    return Chunk(events=_up_to(fitting[-1].seq, reader.events(first, len(fitting))), scanned_to=fitting[-1].seq)


class StartOfNewest:
    """Finds where the newest ``wanted`` matches begin, one slice a step, so that each step is a short transaction."""

    def __init__(self, wanted: int, *, topics: Sequence[str], newest: int, lowest: int) -> None:
        self._missing = wanted
        self._topics = topics
        self._high = newest
        self._lowest = lowest

    def step(self, reader: LogReader) -> int | None:
        """Scan one slice; the seq to begin at once it is known, None when there is more to scan."""
        if self._missing == 0:
            return self._high + 1
        if self._high < self._lowest:
            return self._lowest
        low = max(self._lowest, self._high - SLICE_SEQS + 1)
        seqs = _matching_seqs(reader, low, self._high, self._topics)
        if len(seqs) >= self._missing:
            return seqs[-self._missing]
        self._missing -= len(seqs)
        self._high = low - 1
        return None


def _matching_seqs(reader: LogReader, first: int, last: int, topics: Sequence[str]) -> list[int]:
    """Seqs of matches, ascending; the range is at most one slice."""
    found = reader.search(topics=topics, text="", newest=last, oldest=first, slice_size=SLICE_SEQS)
    return sorted(seq for _, seqs in found for seq in seqs)


def _read_matching(reader: LogReader, first: int, newest: int, topics: Sequence[str]) -> Chunk:
    last = min(newest, first + SLICE_SEQS - 1)
    seqs = _matching_seqs(reader, first, last, topics)
    rows = reader.rows_at(seqs[:CHUNK_EVENTS])
    read_to = last if len(seqs) <= CHUNK_EVENTS else seqs[CHUNK_EVENTS - 1]
    if not rows:
        return Chunk(events=[], scanned_to=read_to)
    fitting = rows[: _how_many_fit(rows)]
    scanned_to = read_to if len(fitting) == len(rows) else fitting[-1].seq
    events = reader.events(fitting[0].seq, len(fitting), topics=topics)
    return Chunk(events=_up_to(scanned_to, events), scanned_to=scanned_to)


def _up_to(last: int, events: Sequence[Event]) -> list[Event]:
    """Without those behind, which are read when events before them were deleted since their rows were read."""
    return [event for event in events if event.seq <= last]


def _how_many_fit(rows: Sequence[LogRow]) -> int:
    """How many of the first rows stay within the chunk's bytes; at least one."""
    total = 0
    for number, row in enumerate(rows):
        total += row.size
        if total > CHUNK_BYTES and number:
            return number
    return len(rows)
