"""The control socket: the HTTP API of a running engine on a Unix socket that only its owner can open.

Every front end outside this process comes through here: the command line, a viewer window, the hand-over of a
second start. It is guarded by the file mode 0600, so it needs no token.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

import eventmon
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.control_ingest import IngestAnswer, events_from, topic_from_path
from eventmon.engine.control_observers import ObserverRoutes
from eventmon.engine.control_problems import problems_middleware
from eventmon.engine.control_streams import LogStreams
from eventmon.engine.http_client import EVENTS_PATH
from eventmon.engine.instances import Instance
from eventmon.engine.requests import AnyRequest, ListConnections

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

JSON_TYPE = "application/json"
MSGPACK_TYPE = "application/vnd.msgpack"
MAX_BODY_BYTES = 96 << 20
"""One event of 64 MiB in base64, with its attributes."""
PARSED_AT_ONCE_BYTES = 32 << 10
SHUTDOWN_SECONDS = 2.0
HEARTBEAT_SECONDS = 15.0

REQUEST_DECODER: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(AnyRequest)


class ControlServer:
    """Serves one engine on its profile's socket, on the loop that calls ``start``."""

    def __init__(self, engine: Engine, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._engine = engine
        self._streams = LogStreams(engine, heartbeat_seconds=heartbeat_seconds)
        self._runner: web.AppRunner | None = None

    @property
    def socket_path(self) -> Path:
        """Where it listens."""
        return self._engine.paths.socket_path

    async def start(self) -> None:
        """Listen.

        Raises:
            UserError: another engine answers there, or the socket cannot be made.
        """
        listening = _bind(self.socket_path)
        runner = web.AppRunner(
            self._application(), access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await runner.setup()
        await web.SockSite(runner, listening).start()
        self._runner = runner

    async def stop(self) -> None:
        """End the streams, let running answers finish, remove the socket. Harmless when not started."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self.socket_path.unlink(missing_ok=True)
        await self._streams.end_streams()
        await runner.cleanup()

    def _application(self) -> web.Application:
        answer_errors = problems_middleware(partial(self._engine.problems.report, "error", "control"))
        application = web.Application(middlewares=[answer_errors], client_max_size=MAX_BODY_BYTES)
        application.router.add_routes(
            [
                web.post(EVENTS_PATH, self._post_events),
                web.post(EVENTS_PATH + "/{topic:.*}", self._post_events),
                web.get(EVENTS_PATH, self._streams.get_events),
                web.get("/api/v1/count", self._streams.get_count),
                web.get("/api/v1/stream", self._streams.get_stream),
                web.get("/api/v1/topics", self._get_topics),
                web.get("/api/v1/stats", self._get_stats),
                web.get("/api/v1/connections", self._get_connections),
                *ObserverRoutes(self._engine).routes(),
                web.get("/api/v1/instance", self._get_instance),
                web.get("/healthz", self._get_health),
                web.post("/api/v1/engine", self._post_engine),
            ]
        )
        return application

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
        return _json(answer, status=202)

    async def _post_engine(self, request: web.Request) -> web.Response:
        try:
            asked = REQUEST_DECODER.decode(await request.read())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UserError(f"This request is not understood ({error}). Use one version on both sides.") from error
        answer = await self._engine.answer(asked)
        return web.Response(body=msgspec.msgpack.encode(answer), content_type=MSGPACK_TYPE)

    async def _get_topics(self, request: web.Request) -> web.Response:
        return _json(self._engine.topics())

    async def _get_stats(self, request: web.Request) -> web.Response:
        return _json(self._engine.stats())

    async def _get_connections(self, request: web.Request) -> web.Response:
        return _json(await self._engine.answer(ListConnections()))

    async def _get_instance(self, request: web.Request) -> web.Response:
        engine = self._engine
        session = engine.options.session or engine.paths.default_session
        return _json(
            Instance(
                role=engine.options.role,
                pid=os.getpid(),
                version=eventmon.__version__,
                session=str(session.absolute()),
            )
        )

    async def _get_health(self, request: web.Request) -> web.Response:
        return _json({"status": "ok"})


async def _parsed(body: bytes, headers: Mapping[str, str], topic: str | None) -> list[Event]:
    """The events of a body; a large one is parsed beside the loop, which has connections to serve."""
    if len(body) <= PARSED_AT_ONCE_BYTES:
        return events_from(body, headers, topic)
    return await asyncio.to_thread(events_from, body, headers, topic)


def _json(document: object, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(document), content_type=JSON_TYPE)


def _bind(path: Path) -> socket.socket:
    """A bound socket with mode 0600, not yet listening: nobody can reach it before the mode is set."""
    if _answers(path):
        raise UserError("Eventmon is running already for this profile. Use it, or name another --profile.")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        path.chmod(0o600)
    except OSError as error:
        listening.close()
        raise UserError(
            f"The control socket {path} cannot be made ({error.strerror}). Check the folder or set EVENTMON_HOME."
        ) from error
    listening.setblocking(False)
    return listening


def _answers(path: Path) -> bool:
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(str(path))
    except OSError:
        return False
    finally:
        probe.close()
    return True
