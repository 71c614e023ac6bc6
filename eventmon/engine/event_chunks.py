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
    return Chunk(events=reader.events(first, len(fitting)), scanned_to=fitting[-1].seq)


def slice_back(reader: LogReader, newest: int, oldest: int, topics: Sequence[str]) -> tuple[int, list[int]]:
    """Seqs that match between ``newest`` and at most ``SLICE_SEQS`` below it, descending, and how far it came."""
    low = max(oldest, newest - SLICE_SEQS + 1)
    found = reader.search(topics=topics, text="", newest=newest, oldest=low, slice_size=SLICE_SEQS)
    return low, [seq for _, seqs in found for seq in seqs]


def _read_matching(reader: LogReader, first: int, newest: int, topics: Sequence[str]) -> Chunk:
    last = min(newest, first + SLICE_SEQS - 1)
    _, descending = slice_back(reader, last, first, topics)
    rows = reader.rows_at(sorted(descending)[:CHUNK_EVENTS])
    if not rows:
        return Chunk(events=[], scanned_to=last)
    fitting = rows[: _how_many_fit(rows)]
    complete = len(fitting) == len(descending)
    events = reader.events(fitting[0].seq, len(fitting), topics=topics)
    return Chunk(events=events, scanned_to=last if complete else fitting[-1].seq)


def _how_many_fit(rows: Sequence[LogRow]) -> int:
    """How many of the first rows stay within the chunk's bytes; at least one."""
    total = 0
    for number, row in enumerate(rows):
        total += row.size
        if total > CHUNK_BYTES and number:
            return number
    return len(rows)
