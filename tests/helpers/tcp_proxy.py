"""A TCP proxy that does to a connection what networks do: cut, delay, cut to pieces, go silent, refuse.

Faults come from here and never from inside a connector, so that what is tested is what a user would meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Self, TypeVar

from tests.helpers.free_port import LOOPBACK, free_port

CHUNK_BYTES = 65_536
RESET = struct.pack("ii", 1, 0)
T = TypeVar("T")


class TcpProxy:
    """A proxy before a server of this machine; use it with ``async with``. Every switch acts at once.

    Attributes:
        port: where it listens, on 127.0.0.1.
        accepted: how many connections it has taken so far.
    """

    def __init__(self, target: int) -> None:
        """Make it; ``target`` is the server's port."""
        self.port = free_port()
        self.accepted = 0
        self._target = target
        self._seconds = 0.0
        self._piece = CHUNK_BYTES
        self._flows = asyncio.Event()
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self.pass_through()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_listening()
        self.cut()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections it holds."""
        return len(self._tasks)

    def pass_through(self) -> None:
        """Be as good as not there; what a black hole held goes on its way."""
        self._seconds, self._piece = 0.0, CHUNK_BYTES
        self._flows.set()
        self._listen()

    def delay(self, seconds: float) -> None:
        """Let every chunk wait, both ways."""
        self._seconds = seconds

    def dribble(self) -> None:
        """Send one byte at a time, both ways."""
        self._piece = 1

    def black_hole(self) -> None:
        """Accept, let nothing through and say nothing: a cable that was pulled."""
        self._flows.clear()

    def refuse(self) -> None:
        """Reset what is open and refuse what comes: a server that is not there."""
        self._stop_listening()
        self.cut()

    def cut(self) -> None:
        """Reset every connection, on both sides; new ones are taken."""
        for writer in self._writers:
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    def _listen(self) -> None:
        if self._listener is not None:
            return
        self._listener = socket.create_server((LOOPBACK, self.port), backlog=100)
        self._listener.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()

    def _accept(self) -> None:
        assert self._listener is not None
        client, _ = self._listener.accept()
        self.accepted += 1
        task = asyncio.get_running_loop().create_task(self._serve(client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: socket.socket) -> None:
        near = await asyncio.open_connection(sock=client)
        with self._closing(near[1]):
            await self._flows.wait()
            try:
                far = await asyncio.open_connection(LOOPBACK, self._target)
            except OSError:
                return
            with self._closing(far[1]):
                await both_ways(self._carry(near[0], far[1]), self._carry(far[0], near[1]))

    @contextlib.contextmanager
    def _closing(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self._seconds:
                await asyncio.sleep(self._seconds)
            rest = memoryview(chunk)
            while rest:
                await self._flows.wait()
                writer.write(rest[: self._piece])
                rest = rest[self._piece :]
                await writer.drain()
        await self._flows.wait()


class TcpProxyThread:
    """The same proxy on a loop of its own in a thread of its own, for tests whose loop is busy or elsewhere."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started: Future[TcpProxy] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="tcp-proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._proxy = self._started.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    @property
    def address(self) -> str:
        """``host:port``."""
        return self._proxy.address

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._proxy.port

    def do(self, action: Callable[[TcpProxy], T]) -> T:
        """Turn a switch and wait until it is turned: ``proxy.do(TcpProxy.cut)``."""
        assert self._loop is not None

        async def there() -> T:
            return action(self._proxy)

        return asyncio.run_coroutine_threadsafe(there(), self._loop).result()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        async with TcpProxy(self._target) as proxy:
            self._started.set_result(proxy)
            await self._ended.wait()


async def both_ways(*ways: Coroutine[None, None, None]) -> None:
    """Carry until either way ends or breaks; then the other one is given up."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
