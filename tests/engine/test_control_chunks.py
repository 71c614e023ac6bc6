"""Chunks of the log: bounded in number and bytes, complete, and the same whatever the way to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eventmon.core.event import Event
from eventmon.engine import event_chunks
from eventmon.engine.event_chunks import CHUNK_EVENTS, StartOfNewest, read_chunk
from eventmon.store.base import LogReader
from eventmon.store.open import open_reader, open_writer

CHUNK_BYTES = 40_000
TOPICS = ("orders/eu", "orders/us", "payments", "firmware")


def write_log(path: Path, sizes: Sequence[int]) -> None:
    writer = open_writer(path)
    writer.append(
        [
            Event(topic=TOPICS[seq % 4], data=bytes(size), seq=seq, received=1_795_442_848_000_000 + seq)
            for seq, size in enumerate(sizes, 1)
        ]
    )
    writer.commit(not_recorded=0, duplicates=0, dropped=0)
    writer.close()


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LogReader]:
    """3,000 small events with a few large ones between."""
    monkeypatch.setattr(event_chunks, "CHUNK_BYTES", CHUNK_BYTES)
    path = tmp_path / "mixed.eventmon"
    write_log(path, [CHUNK_BYTES * 3 // 4 if number % 500 < 3 else 40 for number in range(3_000)])
    reader = open_reader(path)
    yield reader
    reader.close()


def chunks(reader: LogReader, topics: Sequence[str]) -> list[list[Event]]:
    found = []
    first, newest = 1, reader.bounds().newest
    while first <= newest:
        chunk = read_chunk(reader, first, newest, topics)
        assert chunk.scanned_to >= first
        assert all(first <= event.seq <= chunk.scanned_to for event in chunk.events)
        found.append(chunk.events)
        first = chunk.scanned_to + 1
    return found


@pytest.mark.parametrize("topics", [(), ("orders/#",), ("payments", "firmware"), ("sensors",)])
def test_chunks_are_bounded_and_together_complete(
    mixed: LogReader, monkeypatch: pytest.MonkeyPatch, topics: tuple[str, ...]
) -> None:
    monkeypatch.setattr(event_chunks, "SLICE_SEQS", 700)
    found = chunks(mixed, topics)
    assert [event for chunk in found for event in chunk] == mixed.events(1, 10_000, topics=topics)
    for chunk in found:
        assert len(chunk) <= CHUNK_EVENTS
        assert len(chunk) <= 1 or sum(len(event.data) for event in chunk) <= CHUNK_BYTES


def test_what_is_newer_than_asked_for_is_left_out(mixed: LogReader) -> None:
    assert [event.seq for event in read_chunk(mixed, 7, 9).events] == [7, 8, 9]
    assert [event.seq for event in read_chunk(mixed, 7, 9, ("payments", "orders/+")).events] == [8, 9]


@pytest.mark.parametrize("topics", [(), ("payments",), ("sensors",)])
@pytest.mark.parametrize("wanted", [0, 1, 5, 700, 750, 751, 10_000])
def test_the_newest_matches_begin_where_counting_them_says(
    mixed: LogReader, monkeypatch: pytest.MonkeyPatch, topics: tuple[str, ...], wanted: int
) -> None:
    monkeypatch.setattr(event_chunks, "SLICE_SEQS", 700)
    search = StartOfNewest(wanted, topics=topics, newest=3_000, lowest=1)
    while (start := search.step(mixed)) is None:
        continue
    assert mixed.events(start, 10_000, topics=topics) == (mixed.newest_events(wanted, topics=topics) if wanted else [])
