"""A session file read without an engine, for front ends that may not touch the store themselves.

The file may belong to a running engine; only committed events are read, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from eventmon.core.cloudevents import to_json
from eventmon.core.pattern import Pattern
from eventmon.engine.event_chunks import StartOfNewest, read_chunk
from eventmon.store.base import Bounds
from eventmon.store.open import open_reader


class SessionFile:
    """A session opened to look only.

    Raises:
        UserError: the file is no session, is damaged or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._reader = open_reader(path)
        self._uuid = self._reader.uuid()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    def documents(self, *, topics: Sequence[str] = (), last: int | None = None) -> Iterator[bytes]:
        """Events as JSON documents, ascending; the newest ``last`` of those that match when it is given."""
        patterns = [Pattern(text).text for text in topics]
        bounds = self._reader.bounds()
        first = bounds.first if last is None else self._start_of_newest(last, patterns, bounds)
        while first <= bounds.newest:
            chunk = read_chunk(self._reader, first, bounds.newest, patterns)
            for event in chunk.events:
                yield to_json(event, self._uuid)
            first = chunk.scanned_to + 1

    def count(self, topics: Sequence[str] = ()) -> int:
        """How many stored events match."""
        return self._reader.count(topics=[Pattern(text).text for text in topics])

    def _start_of_newest(self, wanted: int, patterns: Sequence[str], bounds: Bounds) -> int:
        search = StartOfNewest(wanted, topics=patterns, newest=bounds.newest, lowest=bounds.first)
        while (start := search.step(self._reader)) is None:
            continue
        return start
