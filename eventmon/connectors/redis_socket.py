"""A plain connection to a Redis server for channels: bytes through the library's parser, without its bookkeeping.

At 100,000 messages a second the client library's pub/sub costs seven times what ``hiredis.Reader`` costs on a stream
(measured), so the messages of channels come this way. Protocol: RESP2.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import hiredis

from eventmon.connectors import redis_faults
from eventmon.connectors.base import ConnectionFault
from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_faults import PATIENCE_SECONDS, plain_words

CHUNK_BYTES = 128 * 1024
BUFFER_BYTES = 1024**2


class RedisSocket:
    """One connection that has been let in.

    Attributes:
        heard: when the server was last heard, in seconds of the monotonic clock.
    """

    def __init__(self, config: RedisConfig, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._config = config
        self._reader = reader
        self._writer = writer
        self._parser = hiredis.Reader()
        self._early: deque[Any] = deque()
        self._answered = False
        self.heard = time.monotonic()

    @classmethod
    async def open(cls, config: RedisConfig) -> RedisSocket:
        """Connect and log in.

        Raises:
            ConnectionFault: why that is not possible.
        """
        with plain_words(config):
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection(
                    config.host, config.port, ssl=tls_context(config), limit=BUFFER_BYTES
                )
                opened = cls(config, reader, writer)
                try:
                    await opened._log_in()
                except BaseException:
                    opened.close()
                    raise
        return opened

    def send(self, *words: str | bytes) -> None:
        """Send a command; its reply comes among those that are read."""
        self._writer.write(hiredis.pack_command(words))  # type: ignore[arg-type]  # its stub knows one word only

    async def read(self) -> list[Any]:
        """The next replies, as many as have come, at least one.

        Raises:
            ConnectionFault: the server closed the connection, or what came is not its protocol.
        """
        with plain_words(self._config):
            while True:
                replies = self._parsed()
                if replies:
                    return replies
                data = await self._reader.read(CHUNK_BYTES)
                if not data:
                    raise redis_faults.closed(self._config, early=not self._answered)
                self.heard, self._answered = time.monotonic(), True
                self._parser.feed(data)

    def close(self) -> None:
        """Close it at once; nothing is waited for."""
        self._writer.transport.abort()

    def _parsed(self) -> list[Any]:
        replies = list(self._early)
        self._early.clear()
        gets = self._parser.gets
        while (reply := gets()) is not False:
            replies.append(reply)
        return replies

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
