"""The addresses of the HTTP API: one table that the control socket and the server for browsers both mount.

What only this machine's owner may ask (the requests of a viewer window) is not among them; see ``control``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from eventmon.core.event import Event
from eventmon.engine.control_answers import json_answer
from eventmon.engine.control_ingest import IngestAnswer, events_from, topic_from_path
from eventmon.engine.control_observers import ObserverRoutes
from eventmon.engine.control_streams import LogStreams
from eventmon.engine.http_client import EVENTS_PATH
from eventmon.engine.requests import ListConnections

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

MAX_BODY_BYTES = 96 << 20
"""One event of 64 MiB in base64, with its attributes."""
PARSED_AT_ONCE_BYTES = 32 << 10
HEARTBEAT_SECONDS = 15.0
STREAM_PATH = "/api/v1/stream"
HEALTH_PATH = "/healthz"


class ApiRoutes:
    """The HTTP API of one engine, for one listener of its own."""

    def __init__(
        self, engine: Engine, *, heartbeat_seconds: float = HEARTBEAT_SECONDS, kinds: Collection[str] | None = None
    ) -> None:
        """Make them; ``kinds`` are the kinds of observers that may be attached and changed, None for all."""
        self._engine = engine
        self._streams = LogStreams(engine, heartbeat_seconds=heartbeat_seconds)
        self._observers = ObserverRoutes(engine, kinds=kinds)

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.post(EVENTS_PATH, self._post_events),
            web.post(EVENTS_PATH + "/{topic:(?s:.*)}", self._post_events),
            web.get(EVENTS_PATH, self._streams.get_events),
            web.get("/api/v1/count", self._streams.get_count),
            web.get(STREAM_PATH, self._streams.get_stream),
            web.get("/api/v1/topics", self._get_topics),
            web.get("/api/v1/stats", self._get_stats),
            web.get("/api/v1/connections", self._get_connections),
            *self._observers.routes(),
            web.get(HEALTH_PATH, self._get_health),
        ]

    async def end_streams(self) -> None:
        """End every live stream, so that a stopping listener need not wait for its readers."""
        await self._streams.end_streams()

    async def _post_events(self, request: web.Request) -> web.Response:
        _, named, raw_topic = request.rel_url.raw_path.partition(EVENTS_PATH + "/")
        topic = topic_from_path(raw_topic) if named else None
        events = await _parsed(await request.read(), request.headers, topic)
        accepted = await self._engine.accept(events)
        answer = IngestAnswer(
            accepted=accepted.accepted,
            duplicates=accepted.duplicates,
            not_recorded=accepted.not_recorded,
            seq=accepted.first_seq if len(events) == 1 else None,
        )
        return json_answer(answer, status=202)

    async def _get_topics(self, request: web.Request) -> web.Response:
        return json_answer(self._engine.topics())

    async def _get_stats(self, request: web.Request) -> web.Response:
        return json_answer(self._engine.stats())

    async def _get_connections(self, request: web.Request) -> web.Response:
        return json_answer(await self._engine.answer(ListConnections()))

    async def _get_health(self, request: web.Request) -> web.Response:
        return json_answer({"status": "ok"})


async def _parsed(body: bytes, headers: Mapping[str, str], topic: str | None) -> list[Event]:
    """The events of a body; a large one is parsed beside the loop, which has connections to serve."""
    if len(body) <= PARSED_AT_ONCE_BYTES:
        return events_from(body, headers, topic)
    return await asyncio.to_thread(events_from, body, headers, topic)
