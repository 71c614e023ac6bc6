"""Lines out of chunks: wherever the chunks are cut, each line comes once and whole, and memory stays bounded."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from eventmon.connectors.pipe_lines import LineSplitter

texts = st.lists(st.sampled_from([b"a", b"order 1204", b"\n", b"\r", b"\r\n", b"\0", "é".encode()])).map(b"".join)


def cut(text: bytes, sizes: list[int]) -> list[bytes]:
    chunks = []
    for size in sizes:
        chunks.append(text[:size])
        text = text[size:]
    return [chunk for chunk in [*chunks, text] if chunk]


@given(texts, st.lists(st.integers(1, 5)))
def test_lines_are_the_same_wherever_chunks_are_cut(text: bytes, sizes: list[int]) -> None:
    splitter = LineSplitter()
    lines = []
    taken = 0
    for chunk in cut(text, sizes):
        lines += splitter.take(chunk)
        taken += len(chunk)
        assert splitter.pending == taken - (text.rfind(b"\n", 0, taken) + 1)
    *ended, rest = text.split(b"\n")
    assert lines == [line.removesuffix(b"\r") for line in ended]
    assert splitter.finish() == ([rest] if rest else [])
    assert splitter.pending == 0


def test_a_line_that_is_too_long_is_left_out_and_counted() -> None:
    splitter = LineSplitter(longest=10)
    assert splitter.take(b"0123456789\n01234") == [b"0123456789"]
    assert splitter.take(b"567890") == []
    assert splitter.take(b"1\nshort\n") == [b"short"]
    assert splitter.skipped == 1
    assert splitter.take(b"x" * 11) == []
    assert splitter.finish() == []
    assert splitter.skipped == 2
    assert splitter.take(b"next\n") == [b"next"]


def test_an_endless_line_takes_no_memory() -> None:
    splitter = LineSplitter(longest=1024**2)
    chunk = b"x" * 65_536
    tracemalloc.start()
    try:
        for _ in range(640):
            splitter.take(chunk)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024**2
    finally:
        tracemalloc.stop()
    assert splitter.pending == 640 * 65_536
