"""Bytes into lines: one split a chunk, and never more than the longest allowed line in memory."""

from __future__ import annotations

MAX_LINE_BYTES = 64 * 1024**2


class LineSplitter:
    """Splits a stream of chunks at newlines; a carriage return before a newline belongs to it.

    Attributes:
        pending: bytes taken that belong to no line returned yet.
        skipped: lines left out because they were too long.
    """

    def __init__(self, longest: int = MAX_LINE_BYTES) -> None:
        """Make it; ``longest`` is in bytes."""
        self.pending = 0
        self.skipped = 0
        self._longest = longest
        self._begun = bytearray()

    def take(self, chunk: bytes) -> list[bytes]:
        """The lines that end in this chunk, without their ends; empty lines too."""
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if not lines:
            self._begin(rest)
            return lines
        if self.pending:
            self._begin(lines[0])
            lines[:1] = self.finish()
        if b"\r" in chunk or (lines and lines[0].endswith(b"\r")):
            lines = [line.removesuffix(b"\r") for line in lines]
        if rest:
            self._begin(rest)
        return lines

    def finish(self) -> list[bytes]:
        """The line that has begun, as it is; none when there is none or it is too long."""
        begun, self._begun = bytes(self._begun), bytearray()
        pending, self.pending = self.pending, 0
        if pending > self._longest:
            self.skipped += 1
            return []
        return [begun] if pending else []

    def _begin(self, piece: bytes) -> None:
        self.pending += len(piece)
        if self.pending > self._longest:
            self._begun = bytearray()
        else:
            self._begun += piece
