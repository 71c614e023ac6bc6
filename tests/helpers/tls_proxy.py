"""A proxy that ends TLS before a plain server, with certificates good and bad, all made for one test."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

from tests.helpers.free_port import LOOPBACK, free_port
from tests.helpers.tcp_proxy import CHUNK_BYTES, both_ways


class Authority:
    """A certificate authority; ``ca`` is the file that makes a client trust it."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.ca = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca))
        self._folder = folder

    def server_context(self, *names: str, asks_client: bool = False) -> ssl.SSLContext:
        """What a server of these names presents; ``asks_client`` lets only clients with our certificate in."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        if asks_client:
            self._authority.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client_certificate(self, name: str = "maria@shop.example") -> Path:
        """A file with the key and certificate of a client."""
        path = self._folder / "client.pem"
        self._authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(path))
        return path


class TlsProxy:
    """Ends TLS and carries to a plain server of this machine; use it with ``async with``.

    Attributes:
        port: where it listens, on 127.0.0.1.
    """

    def __init__(self, target: int, context: ssl.SSLContext) -> None:
        self.port = free_port()
        self._target = target
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._taken, LOOPBACK, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{LOOPBACK}:{self.port}"

    def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            await writer.start_tls(self._context)  # here, so that a handshake that hangs is ended with the rest
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target)
            with contextlib.closing(far_writer):
                await both_ways(_carry(reader, far_writer), _carry(far_reader, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK_BYTES):
        writer.write(chunk)
        await writer.drain()
