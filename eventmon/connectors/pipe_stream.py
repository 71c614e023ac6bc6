"""The connection that reads standard input or a named pipe: a chunk a turn, whole lines, no position to go back to.

Nothing is set on the descriptor that others share: a terminal stays as it is, readiness is asked of the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import stat
import sys
from collections.abc import Awaitable, Callable

from eventmon.connectors.base import Connection, Feed
from eventmon.connectors.pipe_events import LineParser
from eventmon.connectors.pipe_file import IDLE_SECONDS, in_thread, report_oddities
from eventmon.connectors.pipe_lines import LineSplitter
from eventmon.connectors.pipe_position import identity
from eventmon.core.errors import UserError
from eventmon.core.event import Event

CHUNK_BYTES = 256 * 1024
PIPE_BYTES = 1024**2
SMALL_BYTES = 16 * 1024
"""Less than this is parsed on the loop at once, and a little time is given for more to gather."""
GATHER_SECONDS = 0.01


class StandardInput(Connection):
    """Standard input, read to its end."""

    def __init__(self, feed: Feed, parser: LineParser, *, descriptor: int | None = None) -> None:
        """Make it; ``descriptor`` stands in for that of standard input."""
        self._feed = feed
        self._lines = _Lines(feed, parser)
        self._descriptor = descriptor

    async def run(self) -> None:
        """Read until the input ends.

        Raises:
            UserError: standard input is closed or cannot be read.
        """
        descriptor = _standard_input() if self._descriptor is None else self._descriptor
        self._feed.status("connected", "standard input")
        try:
            reader = _Reader(descriptor)
            while chunk := await reader.read():
                await self._lines.take(chunk)
        except OSError as error:
            raise UserError(f"Standard input cannot be read: {error.strerror}. Start Eventmon with another.") from error
        await self._lines.finish()
        self._feed.status("closed", "end of input")


class NamedPipe:
    """A FIFO: one writer after the other, until cancelled or until something else lies at its path."""

    def __init__(
        self, path: str, feed: Feed, parser: LineParser, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Make it; no I/O."""
        self._path = path
        self._feed = feed
        self._lines = _Lines(feed, parser)
        self._sleep = sleep

    async def run(self) -> None:
        """Read until the pipe is removed or replaced.

        Raises:
            OSError: it cannot be opened or read.
        """
        idle = f"No program writes to {self._path} at the moment."
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            reader = _Reader(descriptor)
            status = os.fstat(descriptor)
            self._feed.status("waiting", idle)
            while True:
                if chunk := await reader.read():
                    self._feed.status("connected", self._path)
                    await self._lines.take(chunk)
                    continue
                await self._lines.finish()
                if identity(self._path) != (status.st_dev, status.st_ino):
                    return
                self._feed.status("waiting", idle)
                await self._sleep(IDLE_SECONDS)
        finally:
            os.close(descriptor)


class _Lines:
    """Chunks into delivered events."""

    def __init__(self, feed: Feed, parser: LineParser) -> None:
        self._feed = feed
        self._parser = parser
        self._splitter = LineSplitter()

    async def take(self, chunk: bytes) -> None:
        """Deliver the lines that end in a chunk."""
        if len(chunk) < SMALL_BYTES:
            events = self._parser.parse(self._splitter.take(chunk))
        else:
            events = await in_thread(lambda: self._parser.parse(self._splitter.take(chunk)))
        await self._deliver(events)
        if len(chunk) < SMALL_BYTES:
            await asyncio.sleep(GATHER_SECONDS)

    async def finish(self) -> None:
        """Deliver a last line without end."""
        await self._deliver(self._parser.parse(self._splitter.finish()))

    async def _deliver(self, events: list[Event]) -> None:
        if events:
            await self._feed.deliver(events)
        report_oddities(self._feed, self._parser, self._splitter.skipped)
        self._splitter.skipped = 0


class _Reader:
    """Reads a descriptor without blocking the loop, whatever it is."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        mode = os.fstat(descriptor).st_mode
        self._in_thread = stat.S_ISREG(mode)
        if stat.S_ISFIFO(mode):
            with contextlib.suppress(OSError, AttributeError):  # a larger pipe makes larger batches; it works without
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    async def read(self) -> bytes:
        """The next bytes; none at the end, and none from a pipe that nobody writes to."""
        while True:
            if self._in_thread:
                return await in_thread(lambda: os.read(self._descriptor, CHUNK_BYTES))
            await self._ready()
            with contextlib.suppress(BlockingIOError):
                return os.read(self._descriptor, CHUNK_BYTES)

    async def _ready(self) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(self._descriptor, _wake, ready)
        except PermissionError:  # a device such as /dev/null is always ready and cannot be waited for
            self._in_thread = True
            return
        try:
            await ready
        finally:
            loop.remove_reader(self._descriptor)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _standard_input() -> int:
    """Its descriptor; UserError when the process was started without one."""
    if sys.__stdin__ is None:
        raise UserError("Standard input is closed. Send lines to it, as in: journalctl -f | eventmon -")
    return 0
