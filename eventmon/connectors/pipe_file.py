"""The connection that follows a file: looks and parses in a worker thread, delivers on the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from eventmon.connectors.base import Feed
from eventmon.connectors.pipe_events import LineParser
from eventmon.connectors.pipe_follow import FileFollower, NamedPipeError, NotAFileError, Step
from eventmon.connectors.pipe_position import Position, position_from
from eventmon.core.clock import now_microseconds
from eventmon.core.event import Event

STREAM = "file"
SOON_SECONDS = 0.02
"""After a chunk that was not full: lets lines gather, so that a slow writer does not cost a turn a line."""
IDLE_SECONDS = 0.1
RETRY_SECONDS = 0.5
_T = TypeVar("_T")


class FileConnection:
    """One followed file. A file that is missing or may not be read is waited for."""

    def __init__(
        self,
        path: str,
        feed: Feed,
        parser: LineParser,
        *,
        start: Literal["start", "end"],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Make it; no I/O."""
        self._path = path
        self._feed = feed
        self._parser = parser
        self._start = start
        self._sleep = sleep
        self._committed: tuple[int, int, int] | None = None
        self._reported = ""

    async def run(self) -> None:
        """Follow the file until cancelled; returns when a named pipe lies at its path."""
        stored = position_from(self._feed.position(STREAM))
        follower = FileFollower(self._path, start=self._start, stored=stored)
        try:
            while (pause := await self._turn(follower)) is not None:
                await self._sleep(pause)
        finally:
            follower.close()

    async def _turn(self, follower: FileFollower) -> float | None:
        """One step; returns how long to wait before the next, None when there is none for this connection."""
        try:
            step, events = await in_thread(lambda: self._look(follower))
        except NamedPipeError:
            return None
        except OSError as error:
            self._report(*unreadable(self._path, error))
            return RETRY_SECONDS
        self._feed.status("waiting" if step.waiting else "connected", step.waiting or self._path)
        for since, reason in step.gaps:
            self._feed.gap(since, now_microseconds(), reason)
            self._feed.problem("warning", reason)
        await self._deliver(events, step.position)
        report_oddities(self._feed, self._parser, step.skipped)
        if step.more:
            return 0.0
        return SOON_SECONDS if events else IDLE_SECONDS

    def _look(self, follower: FileFollower) -> tuple[Step, list[Event]]:
        step = follower.step()
        return step, self._parser.parse(step.lines)

    async def _deliver(self, events: list[Event], position: Position | None) -> None:
        place = None if position is None else (position.device, position.inode, position.offset)
        if position is not None and (events or place != self._committed):
            await self._feed.deliver(events, {STREAM: position.text()})
            self._committed = place
        elif events:
            await self._feed.deliver(events)

    def _report(self, phase: str, sentence: str) -> None:
        if phase == "failed" and sentence != self._reported:
            self._feed.problem("error", sentence)
        self._reported = sentence
        self._feed.status(phase, sentence)


def unreadable(path: str, error: OSError) -> tuple[str, str]:
    """The phase of a connection whose path cannot be read, and why in plain words."""
    match error:
        case FileNotFoundError():
            return "waiting", f"{path} does not exist yet. It is read as soon as it appears."
        case PermissionError():
            return "failed", f"{path} may not be read by this user. Change its permissions; it is tried again."
        case IsADirectoryError():
            return "failed", f"{path} is a folder. Name a file in it."
        case NotADirectoryError():
            return "failed", f"{path} lies below something that is no folder. Correct the path."
        case NotAFileError():
            return "failed", f"{path} is neither a file nor a named pipe. Name one that is."
    return "failed", f"{path} cannot be read: {error.strerror or error}. It is tried again."


def report_oddities(feed: Feed, parser: LineParser, skipped: int) -> None:
    """Tell of lines that were too long, or no JSON where JSON was expected."""
    if skipped:
        feed.problem("warning", "A line longer than 64 MiB was left out. Write shorter lines.")
    if parser.not_json:
        parser.not_json = 0
        feed.problem("warning", "Lines that are no JSON were taken as text. Use format=auto if that is meant.")


async def in_thread(work: Callable[[], _T]) -> _T:
    """Run work in a thread; a cancellation waits for it, so that what it uses can be closed afterwards."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        future.exception()  # looked at, so that asyncio does not complain that nobody did
        raise
