"""Which seqs were deleted out of the middle: one Roaring bitmap for 65,536 seqs, in the table ``removed``.

Without it whoever shows the log would have to look for holes. Only what lies above the lowest stored seq is kept, so
the table stays as small as the log, and most logs have none of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import apsw
from pyroaring import BitMap, BitMap64

from eventmon.store.roaring import LARGEST_BLOB, VALUES, BrokenBitmap, decode, decode_at, encode
from eventmon.store.text import integer_of

MOST_BLOCKS = 20_000
"""Enough for a log of a billion events; a file that claims to have more would only fill the memory."""

_SHIFT = VALUES.bit_length() - 1
_LOW = VALUES - 1
_BLOB = f"CASE WHEN typeof(seqs) = 'blob' AND length(seqs) <= {LARGEST_BLOB} THEN seqs END"


def exists(connection: apsw.Connection) -> bool:
    """Whether the session has the table; those of format 1 have not."""
    return integer_of(connection.pragma("user_version")) > 1


def read_removed(connection: apsw.Connection) -> BitMap64:
    """All removed seqs.

    Raises:
        BrokenBitmap: the table holds something else, as the file of a stranger may.
    """
    if not exists(connection):
        return BitMap64()
    found = connection.execute(f"SELECT block, {_BLOB} FROM removed ORDER BY block LIMIT ?", (MOST_BLOCKS + 1,))
    parts = [decode_at(_bytes(blob), _block_number(block) << _SHIFT) for block, blob in found]
    if len(parts) > MOST_BLOCKS:
        raise BrokenBitmap("there are more deleted events in it than can be")
    while len(parts) > 1:  # adding one after another to a growing set would take a time that is quadratic
        parts = [BitMap64.union(*parts[start : start + 16]) for start in range(0, len(parts), 16)]
    return parts[0] if parts else BitMap64()


def newest_removed(connection: apsw.Connection) -> int:
    """The highest removed seq; 0 without one. BrokenBitmap as in ``read_removed``."""
    if not exists(connection):
        return 0
    row = connection.execute(f"SELECT block, {_BLOB} FROM removed ORDER BY block DESC LIMIT 1").fetchone()
    if row is None:
        return 0
    values = decode(_bytes(row[1]))
    return (_block_number(row[0]) << _SHIFT) + values.max() if values else 0


def add_removed(connection: apsw.Connection, seqs: Iterable[int]) -> None:
    """Note seqs as removed, within the open transaction."""
    blocks: defaultdict[int, list[int]] = defaultdict(list)
    for seq in seqs:
        blocks[seq >> _SHIFT].append(seq & _LOW)
    for block, values in blocks.items():
        _write(connection, block, _read(connection, block) | BitMap(values))


def cut_removed(connection: apsw.Connection) -> None:
    """Forget what lies below the lowest stored event, within the open transaction; everything when none is left."""
    lowest = connection.execute("SELECT min(block) FROM removed").get
    if lowest is None:
        return
    first = connection.execute("SELECT min(seq) FROM events").get
    if first is None:
        connection.execute("DELETE FROM removed")
        return
    block = integer_of(first) >> _SHIFT
    if integer_of(lowest) < block:
        connection.execute("DELETE FROM removed WHERE block < ?", (block,))
    values = _read(connection, block)
    if values and values.min() < (integer_of(first) & _LOW):
        values.remove_range(0, integer_of(first) & _LOW)
        _write(connection, block, values)


def _read(connection: apsw.Connection, block: int) -> BitMap:
    """One block; a damaged one counts as empty, because deleting has to go on."""
    blob = connection.execute(f"SELECT {_BLOB} FROM removed WHERE block = ?", (block,)).get
    try:
        return decode(_bytes(blob))
    except BrokenBitmap:
        return BitMap()


def _write(connection: apsw.Connection, block: int, values: BitMap) -> None:
    if values:
        connection.execute("INSERT OR REPLACE INTO removed VALUES(?, ?)", (block, encode(values)))
    else:
        connection.execute("DELETE FROM removed WHERE block = ?", (block,))


def _bytes(blob: object) -> bytes:
    if not isinstance(blob, bytes):
        raise BrokenBitmap("it holds no bitmap")
    return blob


def _block_number(block: object) -> int:
    number = integer_of(block)
    if not 0 <= number < 1 << (62 - _SHIFT):
        raise BrokenBitmap("it holds seqs that cannot be")
    return number
