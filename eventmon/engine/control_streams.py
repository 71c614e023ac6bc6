"""The reading half of the HTTP API: events as JSON lines, and the live stream as Server-Sent Events.

Both read the committed log by seq, one bounded chunk at a time, and wait for the client before the next. So a slow
reader holds one chunk and nothing queues up for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from eventmon.core.cloudevents import to_json
from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.engine.control_problems import Refused
from eventmon.engine.event_chunks import StartOfNewest, read_chunk
from eventmon.store.base import LogReader

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

JSON_LINES_TYPE = "application/jsonl"
LIVE_EDGE = 2_000
"""Events so near to the newest are a short read; whatever lies further back must not hold up the window's rows."""
EVENT_STREAM_TYPE = "text/event-stream"


class Encoded(msgspec.Struct, frozen=True, kw_only=True):
    """A chunk of events as JSON documents with their seqs; everything up to ``scanned_to`` was looked at."""

    documents: list[tuple[int, bytes]]
    scanned_to: int


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which events a client asked for: patterns (any; none for all) and where to begin and end."""

    topics: tuple[str, ...] = ()
    after: int | None = None
    limit: int | None = None
    last: int | None = None


def selection_of(request: web.Request) -> Selection:
    """The query parameters topic (repeatable), after, limit and last.

    Raises:
        UserError: a malformed pattern or number; Refused 422 for ``where``.
    """
    if "where" in request.query:
        raise Refused(422, "This version has no `where` filter. Use `topic` with a pattern.")
    topics = tuple(Pattern(text).text for text in request.query.getall("topic", []))
    after, limit, last = (_number(request, name) for name in ("after", "limit", "last"))
    return Selection(topics=topics, after=after, limit=limit, last=last)


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise UserError(f"`{name}` has to be a whole number of 0 or more.")
    return int(text)


class LogStreams:
    """Handlers of GET events, count and stream over one engine."""

    def __init__(self, engine: Engine, *, heartbeat_seconds: float) -> None:
        self._engine = engine
        self._heartbeat_seconds = heartbeat_seconds
        self._running: set[asyncio.Task[object]] = set()

    async def get_events(self, request: web.Request) -> web.StreamResponse:
        """Stored events as JSON lines, ascending, up to the newest at the time of asking."""
        chosen = selection_of(request)
        newest = self._engine.newest_committed
        first = await self._first_seq(chosen, newest)
        response = web.StreamResponse(headers={"Content-Type": JSON_LINES_TYPE})
        await response.prepare(request)
        with _cut_off_on_failure(request):
            await self._write_lines(response, first, newest, chosen)
        return response

    async def get_count(self, request: web.Request) -> web.Response:
        """How many stored events match the patterns."""
        topics = selection_of(request).topics
        count = await self._engine.search(lambda reader: reader.count(topics=topics))
        return web.json_response({"count": count})

    async def get_stream(self, request: web.Request) -> web.StreamResponse:
        """Events from now on (or after ``after`` or Last-Event-ID) as Server-Sent Events, until the client goes."""
        chosen = selection_of(request)
        scanned = _resume_position(request, chosen)
        if scanned is None:
            scanned = self._engine.newest_committed
        response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM_TYPE, "Cache-Control": "no-store"})
        await response.prepare(request)
        with self._ended_with_the_engine(), _cut_off_on_failure(request):
            await self._follow(response, scanned, chosen.topics)
        return response

    async def end_streams(self) -> None:
        """End every live stream, so that a stopping engine need not wait for its readers."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @contextlib.contextmanager
    def _ended_with_the_engine(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            yield
        finally:
            self._running.discard(task)

    async def _write_lines(self, response: web.StreamResponse, first: int, newest: int, chosen: Selection) -> None:
        left = newest if chosen.limit is None else chosen.limit
        async for chunk in self._chunks(first, newest, chosen.topics):
            documents = chunk.documents[:left]
            left -= len(documents)
            if documents:
                await response.write(b"".join(document + b"\n" for _, document in documents))
            if not left:
                return

    async def _follow(self, response: web.StreamResponse, scanned: int, topics: tuple[str, ...]) -> None:
        loop = asyncio.get_running_loop()
        await response.write(b": following\n\n")
        quiet_since = loop.time()
        while True:
            newest = self._engine.newest_committed
            async for chunk in self._chunks(scanned + 1, newest, topics):
                if chunk.documents:
                    await response.write(b"".join(_server_event(seq, document) for seq, document in chunk.documents))
                    quiet_since = loop.time()
            scanned = max(scanned, newest)
            if loop.time() - quiet_since >= self._heartbeat_seconds:
                await response.write(b": heartbeat\n\n")
                quiet_since = loop.time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._engine.wait_newer(scanned), self._heartbeat_seconds)

    async def _first_seq(self, chosen: Selection, newest: int) -> int:
        lowest = (await self._engine.read(lambda reader: reader.bounds())).first
        first = max(lowest, (chosen.after or 0) + 1)
        if chosen.last is None:
            return first
        search = StartOfNewest(chosen.last, topics=chosen.topics, newest=newest, lowest=first)
        while (start := await self._engine.search(search.step)) is None:
            continue
        return start

    async def _chunks(self, first: int, newest: int, topics: tuple[str, ...]) -> AsyncIterator[Encoded]:
        while first <= newest:
            log_uuid = self._engine.log_uuid
            work = partial(_read_encoded, first=first, newest=newest, topics=topics, log_uuid=log_uuid)
            read = self._engine.read if newest - first < LIVE_EDGE else self._engine.search
            chunk = await read(work)
            yield chunk
            first = chunk.scanned_to + 1


def _read_encoded(reader: LogReader, *, first: int, newest: int, topics: tuple[str, ...], log_uuid: str) -> Encoded:
    chunk = read_chunk(reader, first, newest, topics)
    documents = [(event.seq, to_json(event, log_uuid)) for event in chunk.events]
    return Encoded(documents=documents, scanned_to=chunk.scanned_to)


@contextlib.contextmanager
def _cut_off_on_failure(request: web.Request) -> Iterator[None]:
    """A failure after the first byte can only be told by an answer without an end, never by a shorter one.

    A client that has gone is no failure.
    """
    try:
        yield
    except (UserError, ConnectionError):
        if request.transport is not None:
            request.transport.abort()


def _resume_position(request: web.Request, chosen: Selection) -> int | None:
    """The seq after which the stream goes on; None for from now on."""
    last_event_id = request.headers.get("Last-Event-ID")
    if last_event_id is None:
        return chosen.after
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 18):
        raise UserError("Last-Event-ID has to be the seq of an event of this log.")
    return int(last_event_id)


def _server_event(seq: int, document: bytes) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (seq, document)
