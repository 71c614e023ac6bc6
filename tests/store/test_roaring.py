"""Containers come back as they were, other programs can read them, and bytes that are none are refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyroaring import BitMap, BitMap64

from eventmon.store.roaring import LARGEST_BLOB, VALUES, BrokenBitmap, decode, decode_at, encode

FEW = st.sets(st.integers(0, VALUES - 1), max_size=60)
RANGES = st.lists(st.tuples(st.integers(0, VALUES - 1), st.integers(1, VALUES)), min_size=1, max_size=8)


def of_ranges(ranges: list[tuple[int, int]]) -> set[int]:
    return {value for start, length in ranges for value in range(start, min(VALUES, start + length))}


SETS = FEW | RANGES.map(of_ranges) | st.integers(2, 9).map(lambda step: set(range(0, VALUES, step)))


@given(values=SETS, block=st.integers(0, 2**45))
@example(values=set(range(VALUES)), block=0)
@example(values=set(range(0, VALUES, 16)), block=1)
@example(values=set(range(0, VALUES, 15)), block=1)
def test_a_set_comes_back(values: set[int], block: int) -> None:
    blob = encode(BitMap(values))
    assert len(blob) <= LARGEST_BLOB
    assert set(decode(blob)) == set(BitMap.deserialize(blob)) == values
    assert set(BitMap64.deserialize(decode_at(blob, block * VALUES).serialize())) == {
        block * VALUES + v for v in values
    }


@given(
    values=SETS.filter(bool), cut=st.integers(1, 40), change=st.binary(min_size=1, max_size=4), place=st.integers(0, 99)
)
def test_whatever_is_accepted_is_sound(values: set[int], cut: int, change: bytes, place: int) -> None:
    """CRoaring reads what was let through, and says the same after writing it again."""
    blob = encode(BitMap(values))
    at = place * len(blob) // 100
    for damaged in (blob[:-cut], blob + change, blob[:at] + change + blob[at + len(change) :]):
        with contextlib.suppress(BrokenBitmap):
            found = decode(damaged)
            assert set(decode(encode(found))) == set(found)
            assert list(found) == sorted(set(found))
            assert len(damaged) == len(blob)


@pytest.mark.parametrize("length", range(18))
def test_a_header_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(BrokenBitmap):
        decode(encode(BitMap([4_711]))[:length])


def test_numbers_of_another_container_are_refused() -> None:
    for values in ([VALUES], [1, VALUES + 1]):
        with pytest.raises(BrokenBitmap):
            decode(BitMap(values).serialize())


def test_an_empty_set_is_one() -> None:
    assert set(decode(encode(BitMap()))) == set()
