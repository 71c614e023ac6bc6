"""One container of a Roaring bitmap: a set of numbers below 65,536, as other programs can read it too.

The format is the portable one of https://github.com/RoaringBitmap/RoaringFormatSpec, and pyroaring writes it. It is
read here in Python, because the bytes may come from a stranger and CRoaring trusts what is inside a container.
"""

from __future__ import annotations

import struct
import sys
from array import array
from operator import ge

from pyroaring import BitMap, BitMap64

VALUES = 1 << 16
"""How many different numbers a container can hold."""

LARGEST_BLOB = 8_300
"""Bytes; a container takes 8,192 at most, and its header few."""

_PLAIN, _WITH_RUNS = 12_346, 12_347
_BITMAP_BYTES = VALUES // 8
_LARGEST_ARRAY = 4_096


class BrokenBitmap(Exception):
    """The bytes are no bitmap; says why."""


def encode(values: BitMap) -> bytes:
    """A set of numbers below 65,536 in the portable format, in the smallest of the three kinds of container."""
    smallest = values.copy()
    smallest.run_optimize()
    return smallest.serialize()


def decode(blob: bytes) -> BitMap:
    """The set; BrokenBitmap when the bytes are no such set, down to the order of the numbers in it."""
    check(blob)
    return BitMap.deserialize(blob)


def decode_at(blob: bytes, offset: int) -> BitMap64:
    """The set with ``offset`` added to each number; BrokenBitmap as in ``decode``."""
    check(blob)
    return BitMap64.deserialize(struct.pack("<QI", 1, 0) + blob).shift(offset)


def check(blob: bytes) -> None:
    """BrokenBitmap when the bytes are no set of numbers below 65,536 in the portable format."""
    try:
        start, has_runs, count = _header(blob)
    except struct.error:
        raise BrokenBitmap("the header is cut off") from None
    body = blob[start:]
    if not count:
        found = len(body)
    elif has_runs:
        found = _count_of_runs(body)
    else:
        found = _count_of_array(body) if count <= _LARGEST_ARRAY else _count_of_bits(body)
    if found != count:
        raise BrokenBitmap("it does not hold as many numbers as it says")


def _header(blob: bytes) -> tuple[int, bool, int]:
    """Where the container begins, whether it is one of runs, and how many numbers it holds."""
    (cookie,) = struct.unpack_from("<I", blob)
    if cookie == _WITH_RUNS:
        runs, key, last = struct.unpack_from("<BHH", blob, 4)
        start, has_runs = 9, bool(runs & 1)
    elif cookie == _PLAIN:
        (containers,) = struct.unpack_from("<I", blob, 4)
        if not containers:
            return 8, False, 0
        key, last, start = struct.unpack_from("<HHI", blob, 8)
        has_runs = False
        if containers != 1 or start != 16:
            raise BrokenBitmap("it has more than one container")
    else:
        raise BrokenBitmap("it does not begin like a Roaring bitmap")
    if key:
        raise BrokenBitmap("it holds numbers over 65,535")
    return start, has_runs, last + 1


def _count_of_array(body: bytes) -> int:
    values = _numbers(body)
    if any(map(ge, values, values[1:])):
        raise BrokenBitmap("its numbers do not ascend")
    return len(values)


def _count_of_bits(body: bytes) -> int:
    if len(body) != _BITMAP_BYTES:
        raise BrokenBitmap("its bitmap has another length")
    return int.from_bytes(body).bit_count()


def _count_of_runs(body: bytes) -> int:
    numbers = _numbers(body)
    if not numbers or len(numbers) != 1 + 2 * numbers[0]:
        raise BrokenBitmap("its runs have another length")
    behind = count = 0
    for start, more in zip(numbers[1::2], numbers[2::2], strict=True):
        if start < behind or start + more >= VALUES:
            raise BrokenBitmap("its runs do not ascend")
        behind = start + more + 1
        count += more + 1
    return count


def _numbers(body: bytes) -> array[int]:
    """Numbers of 16 bits, least byte first."""
    if len(body) % 2:
        raise BrokenBitmap("it ends within a number")
    values = array("H", body)
    if sys.byteorder == "big":
        values.byteswap()
    return values
