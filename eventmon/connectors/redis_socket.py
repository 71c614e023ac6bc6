"""A plain connection to a Redis server for channels: bytes go from the socket straight into the library's parser.

At 100,000 messages a second the client library's pub/sub costs seven times what ``hiredis.Reader`` costs, and an
``asyncio.StreamReader`` between copies everything twice more (both measured). Protocol: RESP2.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Self

import hiredis

from eventmon.connectors import redis_faults
from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_faults import PATIENCE_SECONDS, plain_words

CHUNK_BYTES = 128 * 1024
MOST_FED_BYTES = 256 * 1024
"""So much may wait in the parser before the socket is held back: well under 4 ms of messages."""

_NOTHING = object()


class _Wire(asyncio.BufferedProtocol):
    """Feeds the parser and holds the socket back while nobody takes what it holds.

    Attributes:
        parser: of the replies.
        heard: when bytes came last, in seconds of the monotonic clock; 0.0 before the first.
        ended: nothing will come any more.
        error: why, when that was no orderly end.
    """

    def __init__(self) -> None:
        self.parser = hiredis.Reader(notEnoughData=_NOTHING)
        self.heard = 0.0
        self.ended = False
        self.error: Exception | None = None
        self._chunk = memoryview(bytearray(CHUNK_BYTES))  # asyncio's TLS takes slices of it, which must be no copies
        self._fed = 0
        self._held = False
        self._more: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is up."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the socket writes to."""
        return self._chunk

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes have come."""
        self.parser.feed(self._chunk, 0, nbytes)  # type: ignore[arg-type]  # its stub knows no other buffers
        self.heard = time.monotonic()
        self._fed += nbytes
        if self._fed > MOST_FED_BYTES and not self._held:
            self._held = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The other side has ended."""
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is down."""
        self.ended, self.error = True, exc
        self._wake()

    def take(self) -> list[Any]:
        """The replies that are whole; the socket may go on."""
        replies = list(iter(self.parser.gets, _NOTHING))
        self._fed = 0
        if self._held and not self.ended:
            self._held = False
            self.transport.resume_reading()
        return replies

    async def more(self) -> None:
        """Return when something has come, or the end."""
        if self._fed or self.ended:
            return
        self._more = asyncio.get_running_loop().create_future()
        try:
            await self._more
        finally:
            self._more = None

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)


class RedisSocket:
    """One connection that has been let in."""

    def __init__(self, config: RedisConfig, wire: _Wire) -> None:
        self._config = config
        self._wire = wire
        self._early: deque[Any] = deque()

    @classmethod
    async def open(cls, config: RedisConfig) -> Self:
        """Connect and log in.

        Raises:
            ConnectionFault: why that is not possible.
        """
        with plain_words(config):
            async with asyncio.timeout(PATIENCE_SECONDS):
                _, wire = await asyncio.get_running_loop().create_connection(
                    _Wire, config.host, config.port, ssl=tls_context(config)
                )
                opened = cls(config, wire)
                try:
                    await opened._log_in()
                except BaseException:
                    opened.close()
                    raise
        return opened

    @property
    def heard(self) -> float:
        """When the server was last heard, in seconds of the monotonic clock."""
        return self._wire.heard

    def send(self, *words: str | bytes) -> None:
        """Send a command; its reply comes among those that are read."""
        self._wire.transport.write(hiredis.pack_command(words))  # type: ignore[arg-type]  # its stub knows one word only

    async def read(self) -> list[Any]:
        """The next replies, as many as have come, at least one.

        Raises:
            ConnectionFault: the server closed the connection, or what came is not its protocol.
        """
        wire = self._wire
        with plain_words(self._config):
            while True:
                replies = wire.take()
                if self._early:
                    replies, self._early = [*self._early, *replies], deque()
                if replies:
                    return replies
                if wire.ended:
                    raise wire.error or redis_faults.closed(self._config, early=not wire.heard)
                await wire.more()

    def close(self) -> None:
        """Close it at once; nothing is waited for."""
        self._wire.transport.abort()

    async def _log_in(self) -> None:
        config = self._config
        if config.password or config.user:
            who = (config.user, config.password) if config.user else (config.password,)
            await self._require("AUTH", *who)
        await self._require("PING")

    async def _require(self, *words: str) -> None:
        self.send(*words)
        while not self._early:
            self._early.extend(await self.read())
        reply = self._early.popleft()
        if isinstance(reply, hiredis.ReplyError) and not forbids_ping(reply):
            raise redis_faults.of_reply(str(reply), self._config)


def forbids_ping(reply: hiredis.ReplyError) -> bool:
    """Whether the server says that the user may not ping, by which it has shown that it is alive."""
    return "NOPERM" in str(reply) and "'ping'" in str(reply)


def tls_context(config: RedisConfig) -> ssl.SSLContext | None:
    """How the connection is encrypted; None for not at all.

    Raises:
        ConnectionFault: a file of certificates cannot be used.
    """
    if not config.tls:
        return None
    context = ssl.create_default_context()
    if config.ca:
        _load("ca", config.ca, lambda: context.load_verify_locations(cafile=config.ca))
    if config.cert:
        _load("cert", config.cert, lambda: context.load_cert_chain(config.cert, config.key))
    if not config.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load(field: str, path: str, load: Callable[[], None]) -> None:
    try:
        load()
    except OSError as error:  # ssl.SSLError is one
        reason = "no PEM file that fits" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConnectionFault(f"{path} cannot be used ({reason}). Check the file.", field=field, retry=False) from error
