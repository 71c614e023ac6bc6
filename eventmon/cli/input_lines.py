"""Lines of standard input in batches: all that has arrived goes at once, so a slow writer is not held back.

A thread reads ahead into a bounded queue while the last batch is being committed.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import BinaryIO

from eventmon.core.errors import UserError

READ_BYTES = 1 << 16
CHUNKS_AHEAD = 16
MAX_LINE_BYTES = 64 << 20


def line_batches(source: BinaryIO) -> Iterator[list[bytes]]:
    """Non-empty lines without their ends, in batches, until the source ends.

    Raises:
        UserError: a line is longer than an event may be.
    """
    chunks: queue.Queue[bytes] = queue.Queue(CHUNKS_AHEAD)
    threading.Thread(target=_read_ahead, args=(source, chunks), name="standard-input", daemon=True).start()
    unfinished: list[bytes] = []
    while True:
        chunk, ended = _all_waiting(chunks)
        *complete, rest = chunk.split(b"\n")
        if complete:
            complete[0] = b"".join([*unfinished, complete[0]])
            unfinished = []
        unfinished.append(rest)
        _require_line_size(unfinished)
        if ended:
            complete.append(b"".join(unfinished))
        if lines := [line for raw in complete if (line := raw.removesuffix(b"\r"))]:
            yield lines
        if ended:
            return


def _read_ahead(source: BinaryIO, chunks: queue.Queue[bytes]) -> None:
    """Hand over what arrives; an empty chunk is the end."""
    read = getattr(source, "read1", source.read)
    chunk = b"start"
    while chunk:
        try:
            chunk = read(READ_BYTES)
        except (OSError, ValueError):
            chunk = b""  # closed under us: the end
        chunks.put(chunk)


def _all_waiting(chunks: queue.Queue[bytes]) -> tuple[bytes, bool]:
    """Everything that has been read, at least one chunk; and whether the source has ended."""
    parts = [chunks.get()]
    while parts[-1] and len(parts) < CHUNKS_AHEAD:
        try:
            parts.append(chunks.get_nowait())
        except queue.Empty:
            break
    return b"".join(parts), not parts[-1]


def _require_line_size(unfinished: list[bytes]) -> None:
    if sum(map(len, unfinished)) > MAX_LINE_BYTES:
        raise UserError(
            f"A line is longer than {MAX_LINE_BYTES >> 20} MiB, the most that one event may hold. Split it."
        )
