"""How the engine answers questions about stored events, each in a thread beside its loop; see ``answers``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.event_reading import event_detail
from eventmon.engine.scanning import search_slice
from eventmon.store.base import Gap, HistogramBar, LogReader, LogRow

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

MAX_ROWS = 1_000
MAX_HISTOGRAM_SECONDS = 31 * 86_400


class ReadingAnswers:
    """Answers requests that read the log of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.ReadRows: self._read_rows,
            requests.ReadRowsAt: self._read_rows_at,
            requests.ReadNewestRows: self._read_newest_rows,
            requests.ReadEvent: self._read_event,
            requests.Search: self._search,
            requests.ReadGaps: self._read_gaps,
            requests.ReadHistogram: self._read_histogram,
        }

    async def _read_rows(self, request: requests.ReadRows) -> requests.Rows:
        count = max(0, min(request.count, MAX_ROWS))
        return await self._engine.read(lambda reader: _rows(reader, reader.rows(request.first, count)))

    async def _read_rows_at(self, request: requests.ReadRowsAt) -> requests.Rows:
        seqs = request.seqs[:MAX_ROWS]
        return await self._engine.read(lambda reader: _rows(reader, reader.rows_at(seqs)))

    async def _read_newest_rows(self, request: requests.ReadNewestRows) -> requests.Rows:
        count = max(0, min(request.count, MAX_ROWS))
        return await self._engine.read(lambda reader: _rows(reader, reader.newest_rows(count)))

    async def _read_event(self, request: requests.ReadEvent) -> requests.EventDetail:
        return await event_detail(self._engine, request)

    async def _search(self, request: requests.Search) -> requests.Hits:
        return await self._engine.search(lambda reader: search_slice(reader, request))

    async def _read_gaps(self, request: requests.ReadGaps) -> list[Gap]:
        return await self._engine.read(lambda reader: reader.gaps(request.after_id))

    async def _read_histogram(self, request: requests.ReadHistogram) -> list[HistogramBar]:
        first = max(request.first_second, request.last_second - MAX_HISTOGRAM_SECONDS)
        return await self._engine.read(lambda reader: reader.histogram(first, request.last_second))


def _rows(reader: LogReader, rows: list[LogRow]) -> requests.Rows:
    bounds = reader.bounds()
    return requests.Rows(rows=rows, first_seq=bounds.first, newest_seq=bounds.newest)
