"""One connection of the server, with the deadlines and bounds that the server library leaves open.

The library parses and answers; this class watches what happens below: how long headers take, how many bytes they
have, how long an answer stays unread, and what is said when bytes are no request.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from eventmon.engine.control_problems import problem
from eventmon.web.headers import SAFE, raw_problem
from eventmon.web.limits import (
    HEAD_BYTES,
    HEAD_SECONDS,
    HEADERS,
    IDLE_SECONDS,
    LINE_BYTES,
    LINGER_SECONDS,
    UNREAD_SECONDS,
    Door,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.web_request import BaseRequest

NO_REQUEST = "This is no request that can be answered. Check its first line, its headers and their sizes."
TOO_SLOW = "The headers took too long. Send them at once."
TOO_LONG = "The headers are too long. Send fewer and shorter ones."


class GuardedConnection(RequestHandler):
    """Made by the acceptor for each connection. ``idle`` and ``end`` are what the door sees of it."""

    __slots__ = ("_answered", "_door", "_head_bytes", "_head_timer", "_refused", "_unread_timer", "_wire")

    def __init__(self, server: web.Server, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        """Make it; the library's own figures are set here, all in one place."""
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=IDLE_SECONDS,
            access_log=None,  # type: ignore[arg-type]  # the library takes None, as its own runner passes it
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=HEADERS,
            lingering_time=LINGER_SECONDS,
            read_bufsize=32_768,
            auto_decompress=False,
        )
        self._door = door
        self._answered = 0
        self._head_bytes = 0
        self._refused = False
        self._wire: asyncio.Transport | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether no request of it is being answered."""
        return self._request_count <= self._answered

    @property
    def address(self) -> str:
        """Who is at the other end."""
        peer = self.peername
        return str(peer[0]) if isinstance(peer, tuple) and peer else ""

    def end(self) -> None:
        """Close it, whatever it does."""
        if self._wire is not None:
            self._wire.abort()

    def prove(self) -> None:
        """It showed a valid token; Refused when too many did."""
        self._door.prove(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, or turn it away when all places are taken by clients that are being answered."""
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport
        if self._door.admit(self):
            self._await_head()
        else:
            self._refuse(503, "Too many clients are connected. Try again later.")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give its place back."""
        self._door.leave(self)
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Let the library parse, and watch whether headers come to their end."""
        if self._refused:
            return
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._head_came()
        elif data and self.idle:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(431, TOO_LONG)
            elif self._head_timer is None:
                self._await_head()

    def pause_writing(self) -> None:
        """The client does not read: it may do so for a while."""
        super().pause_writing()
        if self._unread_timer is None:
            self._unread_timer = self._loop.call_later(UNREAD_SECONDS, self.end)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    async def _handle_request(
        self,
        request: BaseRequest,
        start_time: float | None,
        request_handler: Callable[[BaseRequest], Awaitable[web.StreamResponse]],
    ) -> tuple[web.StreamResponse, bool]:
        """Count what is answered; not every answer of the library comes through a middleware."""
        try:
            return await super()._handle_request(request, start_time, request_handler)
        finally:
            self._answered += 1
            self._head_bytes = 0  # the next headers may come

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is said when bytes are no request, or a failure came past every border; nothing of it is echoed."""
        if status >= 500:
            self.log_exception("A request could not be answered", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer was sent already")
        self._refused = True
        answer = problem(status, NO_REQUEST if status < 500 else "Eventmon failed while answering.")
        answer.force_close()
        answer.headers.update(SAFE)
        return answer

    def log_exception(self, *args: Any, **more: Any) -> None:
        """Say what is our own fault; that a client went away in the middle of something is none."""
        if self.transport is not None:
            super().log_exception(*args, **more)

    def _await_head(self) -> None:
        self._head_timer = self._loop.call_later(HEAD_SECONDS, self._head_late)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        self._head_timer = None
        if not self.idle:
            return
        if self._head_bytes:
            self._refuse(408, TOO_SLOW)
        else:
            self.end()  # it never said a word, so no answer is expected

    def _refuse(self, status: int, sentence: str) -> None:
        self._refused = True
        if self._wire is not None:
            self._wire.write(raw_problem(status, sentence))
        self.force_close()

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._unread_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._unread_timer = None
