"""The server for browsers and other machines: the HTTP API over TCP, and the page.

Everything that promises.md lists for HTTP over TCP is put together here: the routes are the engine's own, the
checks of ``guard`` stand before them, and every connection is a ``GuardedConnection``.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import typedefs, web

from eventmon.engine.control_problems import problems_middleware
from eventmon.engine.control_routes import MAX_BODY_BYTES, STREAM_PATH, ApiRoutes
from eventmon.engine.http_client import EVENTS_PATH
from eventmon.engine.serving import Listener, ServerAddress
from eventmon.engine.tokens import Tokens
from eventmon.web.acceptor import Acceptor
from eventmon.web.certificate import tls_of
from eventmon.web.counters_stream import CountersStream
from eventmon.web.guard import PAGE_PATH, READING, SESSION_PATH, Guard
from eventmon.web.guarded_connection import GuardedConnection
from eventmon.web.headers import add_safe_headers
from eventmon.web.host_names import listening_socket, names_of, require_permitted, url_of
from eventmon.web.limits import Door, Rates, Seats
from eventmon.web.metrics import METRICS_PATH, MetricsRoute
from eventmon.web.openapi import OPENAPI_PATH, get_openapi
from eventmon.web.page import get_page, page
from eventmon.web.session import Sessions

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

COUNTERS_PATH: Final = "/api/v1/counters"
STREAMING_PATHS: Final = frozenset({COUNTERS_PATH, STREAM_PATH, EVENTS_PATH})
HARMLESS_KINDS: Final = frozenset({"counter", "alert", "publish"})
"""Observers that may be attached from afar: none that runs a command, writes a file or calls an address."""
SHUTDOWN_SECONDS: Final = 2.0


async def start_listener(engine: Engine, address: ServerAddress, tokens: Tokens) -> Listener:
    """Listen, on the running loop.

    Raises:
        UserError: that address is not permitted so, or cannot be listened on, or the certificate cannot be used.
    """
    require_permitted(address)
    names = names_of(address)
    tls, fingerprint = await asyncio.to_thread(tls_of, address, names, engine.paths)
    await asyncio.to_thread(page)
    listening = listening_socket(address)
    server = PageServer(engine, names, listening.getsockname()[1], tokens, tls=tls is not None)
    await server.start(listening, tls)
    server.fingerprint = fingerprint
    return server


class PageServer:
    """One server that listens.

    Attributes:
        url: its address, as a browser takes it.
        fingerprint: SHA-256 of its certificate; empty without TLS.
    """

    def __init__(self, engine: Engine, names: tuple[str, ...], port: int, tokens: Tokens, *, tls: bool) -> None:
        self.url = url_of(names[0], port, tls=tls)
        self.fingerprint = ""
        self._engine = engine
        self._api = ApiRoutes(engine, kinds=HARMLESS_KINDS)
        self._door = Door()
        self._seats = Seats()
        self._sessions = Sessions(tokens, port, secure=tls, seconds=time.time)
        rates = Rates(time.monotonic)
        self._guard = Guard(names, port, tls=tls, tokens=tokens, sessions=self._sessions, rates=rates)
        self._counters = CountersStream(engine, self._sessions)
        self._runner: web.AppRunner | None = None
        self._acceptor: Acceptor | None = None

    @property
    def viewers(self) -> int:
        """How many pages are open."""
        return self._counters.viewers

    def use_tokens(self, tokens: Tokens) -> None:
        """From now on only these; whoever came in with others has to leave."""
        self._guard.use_tokens(tokens)
        self._door.end_known()

    async def start(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Answer whoever connects to a socket, which is closed in the end."""
        runner = web.AppRunner(self._application(), handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        server = runner.server
        assert server is not None
        loop = asyncio.get_running_loop()
        self._runner = runner
        self._acceptor = Acceptor(listening, lambda: GuardedConnection(server, self._door, loop), tls=tls)
        self._acceptor.start()

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        if self._acceptor is None or self._runner is None:
            return
        await self._acceptor.stop()
        await self._counters.close()
        await self._api.end_streams()
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        report = partial(self._engine.problems.report, "error", "server")
        application = web.Application(
            middlewares=[problems_middleware(report), *self._guard.middlewares(), self._seat_streams],
            client_max_size=MAX_BODY_BYTES,
        )
        application.on_response_prepare.append(add_safe_headers)
        application.router.add_routes(
            [
                *self._api.routes(),
                web.get(COUNTERS_PATH, self._counters.get_counters),
                web.post(SESSION_PATH, self._post_session),
                web.get(METRICS_PATH, MetricsRoute(self._engine).get_metrics),
                web.get(OPENAPI_PATH, get_openapi),
                web.get(PAGE_PATH, get_page),
            ]
        )
        return application

    @web.middleware
    async def _seat_streams(self, request: web.Request, handler: typedefs.Handler) -> web.StreamResponse:
        if request.path not in STREAMING_PATHS or request.method not in READING:
            return await handler(request)
        if request.method != "GET":
            raise web.HTTPMethodNotAllowed(request.method, ["GET"])  # a stream without a body would never end
        with self._seats.taking():
            return await handler(request)

    async def _post_session(self, request: web.Request) -> web.Response:
        """The page's cookie for the view token in the header."""
        response = web.Response(status=204)
        self._sessions.open(response)
        return response
