"""What a request has to be before it reaches a handler: one small check after the other, the cheapest first.

The order matters: the host and the origin are looked at before any token, so that a page of a stranger in the user's
own browser learns nothing, and no body is read before its sender has shown a token.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Final, Literal

from aiohttp import HttpVersion11, hdrs, typedefs, web

from eventmon.engine.control_ingest import BATCH, STRUCTURED
from eventmon.engine.control_problems import Refused
from eventmon.engine.control_routes import HEALTH_PATH
from eventmon.engine.tokens import Tokens
from eventmon.web.guarded_connection import GuardedConnection
from eventmon.web.host_names import HTTP_PORT, HTTPS_PORT, url_of
from eventmon.web.limits import BODY_SECONDS, BODY_SECONDS_A_MIB, LARGE_BODIES, LARGE_BODY_BYTES, Rates
from eventmon.web.session import Sessions

Scope = Literal["view", "ingest"]
SESSION_PATH: Final = "/api/v1/session"
PAGE_PATH: Final = "/"
OPEN_PATHS: Final = frozenset({PAGE_PATH, HEALTH_PATH})
"""Static, the same for everybody, so without a token."""
READING: Final = frozenset({"GET", "HEAD"})
WRITTEN_TYPES: Final = frozenset({"application/json", STRUCTURED, BATCH})
MIB: Final = 1 << 20


class Guard:
    """The checks of one server."""

    def __init__(
        self, names: tuple[str, ...], port: int, *, tls: bool, tokens: Tokens, sessions: Sessions, rates: Rates
    ) -> None:
        """Make it; ``names`` are those under which the server may be reached, in lower case."""
        usual = HTTPS_PORT if tls else HTTP_PORT
        self._origins = {url_of(name, port, tls=tls) for name in names}
        self._hosts = {origin.partition("://")[2] for origin in self._origins}
        if port == usual:
            self._hosts |= {f"{host}:{port}" for host in self._hosts}
        self._tokens = tokens
        self._sessions = sessions
        self._rates = rates
        self._large_bodies = asyncio.Semaphore(LARGE_BODIES)

    def use_tokens(self, tokens: Tokens) -> None:
        """From now on only these."""
        self._tokens = tokens
        self._sessions.use_tokens(tokens)

    def middlewares(self) -> list[typedefs.Middleware]:
        """The checks, the outermost first."""
        checks = (
            _check_shape,
            self._check_rate,
            self._check_host,
            self._check_origin,
            self._check_access,
            _check_content_type,
        )
        return [*map(_as_middleware, checks), self._read_in_time]

    async def _check_rate(self, request: web.Request) -> None:
        """Count it by its token, or by its address; what is wrong with it is said to few who ask too often."""
        scope = self._scope_of(request)
        if scope is None:
            self._rates.count_stranger(_connection_of(request).address)
        else:
            self._rates.count_known(scope)

    async def _check_host(self, request: web.Request) -> None:
        given = request.headers.getall(hdrs.HOST, [])
        if len(given) != 1 or given[0].lower() not in self._hosts:
            raise Refused(421, "This server does not go by that name. Use the address that Eventmon shows.")

    async def _check_origin(self, request: web.Request) -> None:
        given = request.headers.getall(hdrs.ORIGIN, [])
        if given and (len(given) != 1 or given[0].lower() not in self._origins):
            raise Refused(403, "Pages of other origins get no answer here.")

    async def _check_access(self, request: web.Request) -> None:
        scope = self._scope_of(request)
        if scope is not None:
            _connection_of(request).prove()
        if request.path in OPEN_PATHS and request.method in READING:
            return
        if scope is None:
            raise Refused(401, "This needs a token. `eventmon token` prints it where Eventmon runs.")
        wanted = _wanted_scope(request)
        if scope != wanted:
            raise Refused(403, f"This needs the token of the scope {wanted}; the one given is for {scope}.")

    def _scope_of(self, request: web.Request) -> Scope | None:
        """What the token opens, else the cookie, which only ever opens what is read."""
        given = request.headers.getall(hdrs.AUTHORIZATION, [])
        if given:
            return self._scope_of_token(given[0]) if len(given) == 1 else None
        if request.method in READING and self._sessions.is_open(request):
            return "view"
        return None

    def _scope_of_token(self, authorization: str) -> Scope | None:
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer":
            return None
        given = token.strip().encode("utf-8", "surrogateescape")
        is_view = hmac.compare_digest(given, self._tokens.view.encode())
        is_ingest = hmac.compare_digest(given, self._tokens.ingest.encode())
        return "view" if is_view else "ingest" if is_ingest else None

    @web.middleware
    async def _read_in_time(self, request: web.Request, handler: typedefs.Handler) -> web.StreamResponse:
        """Read the body before the handler asks for it, with a deadline, and few large ones at once."""
        if request.method in READING or not request.can_read_body:
            return await handler(request)
        length = request.content_length
        if length is not None and length > request.client_max_size:
            raise web.HTTPRequestEntityTooLarge(request.client_max_size, length)
        if length is not None and length <= LARGE_BODY_BYTES:
            await _read_body(request)
            return await handler(request)
        async with self._large_bodies:
            await _read_body(request)
            return await handler(request)


def _connection_of(request: web.Request) -> GuardedConnection:
    connection = request.protocol
    assert isinstance(connection, GuardedConnection)
    return connection


def _as_middleware(check: Callable[[web.Request], Awaitable[None]]) -> typedefs.Middleware:
    @web.middleware
    async def checked(request: web.Request, handler: typedefs.Handler) -> web.StreamResponse:
        await check(request)
        return await handler(request)

    return checked


async def _check_shape(request: web.Request) -> None:
    """Refuse what proxies and servers are known to understand differently, and what could unfold to gigabytes."""
    headers = request.headers
    if hdrs.CONTENT_LENGTH in headers and hdrs.TRANSFER_ENCODING in headers:
        raise Refused(400, "A request has either Content-Length or Transfer-Encoding. Leave one out.")
    if len(headers.getall(hdrs.CONTENT_LENGTH, [])) > 1:
        raise Refused(400, "A request has one Content-Length. Leave the others out.")
    if headers.get(hdrs.TRANSFER_ENCODING, "chunked").lower() != "chunked" or (
        hdrs.TRANSFER_ENCODING in headers and request.version < HttpVersion11
    ):
        raise Refused(400, "The only Transfer-Encoding is chunked, and HTTP/1.0 has none. Leave it out.")
    if not request.raw_path.startswith("/"):
        raise Refused(400, "The first line has to name a path that begins with a slash.")
    if headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise Refused(415, "Send the body as it is, without Content-Encoding.")


async def _check_content_type(request: web.Request) -> None:
    """What writes has to be something that a page of a stranger cannot send without asking first."""
    if request.method in READING or request.method == "DELETE" or "ce-specversion" in request.headers:
        return
    if request.content_type.lower() not in WRITTEN_TYPES:
        raise Refused(415, f"Send {', '.join(sorted(WRITTEN_TYPES))}, or a CloudEvent with ce-* headers.")


def _wanted_scope(request: web.Request) -> Scope:
    return "view" if request.method in READING or request.path == SESSION_PATH else "ingest"


async def _read_body(request: web.Request) -> None:
    """Read it whole; it may take ten seconds and one more for each MiB that came.

    Raises:
        Refused: 408, it came too slowly.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    reading = loop.create_task(request.read(), name="server: body")
    try:
        while not reading.done():
            came = request.content.total_bytes / MIB
            left = started + BODY_SECONDS + came * BODY_SECONDS_A_MIB - loop.time()
            if left <= 0:
                raise Refused(408, "The body came too slowly. Send it faster, or in parts.")
            await asyncio.wait({reading}, timeout=left)
        await reading
    finally:
        reading.cancel()
