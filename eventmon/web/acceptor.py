"""Takes connections in, and bounds those whose TLS handshake is not done, which the library does not see yet."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable

from eventmon.web.limits import ARRIVING, HEAD_SECONDS

PAUSE_SECONDS = 0.2
"""After a failed accept: no file descriptor is free, and one may be soon."""
SEND_BUFFER_BYTES = 1 << 17
"""What the system may hold of an answer that nobody reads; by itself it would take megabytes."""
_logger = logging.getLogger(__name__)


class Acceptor:
    """Accepts on one listening socket, which it closes in the end."""

    def __init__(
        self,
        listening: socket.socket,
        make: Callable[[], asyncio.Protocol],
        *,
        tls: ssl.SSLContext | None,
        most_arriving: int = ARRIVING,
    ) -> None:
        """Make it; ``make`` gives the protocol of a new connection."""
        self._listening = listening
        self._make = make
        self._tls = tls
        self._most_arriving = most_arriving
        self._arriving: dict[asyncio.Task[None], None] = {}
        self._accepting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._accepting = asyncio.get_running_loop().create_task(self._accept(), name="server: accept")

    async def stop(self) -> None:
        """Accept no more, and drop those that are arriving."""
        tasks = [*self._arriving, *([self._accepting] if self._accepting else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listening.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listening)
            except OSError as error:
                _logger.warning("A connection could not be accepted: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self._arrive(connection)

    def _arrive(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if len(self._arriving) >= self._most_arriving:
            oldest = next(iter(self._arriving))
            del self._arriving[oldest]
            oldest.cancel()
        task = asyncio.get_running_loop().create_task(self._connect(connection), name="server: handshake")
        self._arriving[task] = None
        task.add_done_callback(lambda done: self._arriving.pop(done, None))

    async def _connect(self, connection: socket.socket) -> None:
        patience = HEAD_SECONDS if self._tls is not None else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._make,
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=patience,
                ssl_shutdown_timeout=patience,
            )
        except OSError:
            return  # no TLS, or gone before it was done: nobody to tell
