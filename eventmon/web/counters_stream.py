"""The live stream of the page: frames, not events, made once for all viewers.

One ticker asks the engine four times a second while anybody looks, and encodes one message. Each viewer waits for
it and writes it; one that is slow misses some and then gets everything anew. So the cost depends neither on the rate
of events nor much on the number of viewers.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from eventmon.core.clock import MICROSECONDS
from eventmon.core.errors import UserError
from eventmon.engine.control_streams import EVENT_STREAM_TYPE
from eventmon.engine.frame import MAX_TOPICS_A_FRAME, ConnectionStatus, Frame
from eventmon.engine.requests import ReadHistogram, ReadNewestRows, TakeFrame
from eventmon.web.board import Board
from eventmon.web.page_frame import PageConnection, PageEvent, PageFrame, page_connection, page_event, page_hub
from eventmon.web.session import Sessions

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

TICK_SECONDS: Final = 0.25
QUIET_TICKS: Final = 20
"""A frame goes out at least so often, though nothing changed: silence means that the connection is lost."""
EVENTS_EVERY: Final = 2
"""Ticks between two looks at the newest events."""
NEWEST_EVENTS: Final = 40
HISTORY_SECONDS: Final = 300
MOST_TAKES: Final = 2
"""Frames of the engine in one tick, while topics are left over."""


class CountersStream:
    """Serves the page's frames. Lives on the engine's loop."""

    def __init__(self, engine: Engine, sessions: Sessions, *, tick_seconds: float = TICK_SECONDS) -> None:
        self._engine = engine
        self._sessions = sessions
        self._tick_seconds = tick_seconds
        self._viewers: set[asyncio.Task[object]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._starts = 0
        self._start_over()

    @property
    def viewers(self) -> int:
        """How many look."""
        return len(self._viewers)

    async def get_counters(self, request: web.Request) -> web.StreamResponse:
        """Everything at once, then what changes, as Server-Sent Events, until the client goes."""
        response = web.StreamResponse(headers={"Content-Type": EVENT_STREAM_TYPE})
        if self._sessions.is_open(request):
            self._sessions.open(response)  # a screen that looks for months stays in
        await response.prepare(request)
        task = asyncio.current_task()
        assert task is not None
        self._viewers.add(task)
        self._keep_ticking()
        try:
            await self._follow(response)
        except ConnectionError:
            pass  # the viewer has gone
        finally:
            self._viewers.discard(task)
        return response

    async def close(self) -> None:
        """End every viewer's stream and the ticker."""
        tasks = [*self._viewers, *([self._ticking] if self._ticking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, response: web.StreamResponse) -> None:
        seen = -1
        while True:
            await self._newer_than(seen)
            missed = self._number != seen + 1
            seen = self._number
            await response.write(await self._whole_message() if missed else self._message)

    async def _newer_than(self, seen: int) -> None:
        async with self._news:
            while self._number <= max(seen, 0):
                await self._news.wait()

    def _keep_ticking(self) -> None:
        if self._ticking is None or self._ticking.done():
            self._start_over()  # at once, or the viewer would be shown what was there when the last one left
            self._ticking = asyncio.get_running_loop().create_task(self._tick(), name="server: frames of the page")

    async def _tick(self) -> None:
        """Make frames while somebody looks."""
        while self._viewers:
            started = asyncio.get_running_loop().time()
            with contextlib.suppress(UserError):  # the engine stops, or a reader failed: the next tick will tell
                await self._make_frame()
            spent = asyncio.get_running_loop().time() - started
            await asyncio.sleep(max(self._tick_seconds - spent, self._tick_seconds / 4))

    def _start_over(self) -> None:
        self._starts += 1
        self._viewer = f"page-{id(self)}-{self._starts}"  # a new one is told everything
        self._board = Board()
        self._number = 0
        self._ticks = 0
        self._quiet = 0
        self._message = b""
        self._whole = b""
        self._whole_number = -1
        self._frame: PageFrame | None = None
        self._events: list[PageEvent] = []
        self._newest_read = (-1, -1)
        self._connections: list[PageConnection] = []
        self._statuses: list[ConnectionStatus] = []

    async def _make_frame(self) -> None:
        """Ask the engine, and tell the viewers when something changed or they would begin to wonder."""
        taken = await self._take()
        events = await self._newer_events(taken)
        connections = self._changed_connections(taken)
        changed, gone = self._board.changes()
        frame = PageFrame(
            number=self._number + 1,
            taken=taken.taken,
            session=taken.log.name,
            accounting=taken.accounting,
            rate=round(taken.rate, 2),
            observers=taken.observers,
            failed=taken.failed,
            blocked=taken.log.blocked,
            known=self._engine.bus.statistics().topics,
            topics=changed,
            gone=gone,
            events=events,
            connections=connections,
            hub=page_hub(taken.hub),
        )
        self._ticks += 1
        if self._says_nothing_new(frame):
            return
        self._quiet = 0
        self._frame = frame
        self._message = _server_event(frame)
        async with self._news:
            self._number = frame.number
            self._news.notify_all()

    async def _take(self) -> Frame:
        for _ in range(MOST_TAKES):
            taken = await self._engine.answer(TakeFrame(viewer=self._viewer))
            self._board.forget(taken.forgotten)
            self._board.take(taken.topics)
            if taken.connections is not None:
                self._statuses = taken.connections
            if len(taken.topics) < MAX_TOPICS_A_FRAME // 2:
                break
        return taken

    async def _newer_events(self, taken: Frame) -> list[PageEvent] | None:
        """The newest events, when there are newer ones or some were deleted; looked at every other tick."""
        newest = (taken.log.newest_seq, taken.log.removals)
        if newest == self._newest_read or self._ticks % EVENTS_EVERY:
            return None
        answer = await self._engine.answer(ReadNewestRows(count=NEWEST_EVENTS))
        known = {event.seq: event for event in self._events}
        self._events = [known.get(row.seq) or page_event(row) for row in reversed(answer.rows)]
        self._newest_read = newest
        return self._events

    def _changed_connections(self, taken: Frame) -> list[PageConnection] | None:
        connections = [page_connection(status) for status in self._statuses]
        if connections == self._connections and self._number:
            return None
        self._connections = connections
        return connections

    def _says_nothing_new(self, frame: PageFrame) -> bool:
        if self._frame is None:
            return False
        self._quiet += 1
        before = msgspec.structs.replace(
            self._frame, number=frame.number, taken=frame.taken, topics=[], gone=[], events=None, connections=None
        )
        return frame == before and self._quiet < QUIET_TICKS

    async def _whole_message(self) -> bytes:
        """Everything, encoded once for all that come at the same time."""
        frame = self._frame
        assert frame is not None
        if self._whole_number != frame.number:
            history = await self._history(frame.taken)
            whole = msgspec.structs.replace(
                frame,
                whole=True,
                topics=self._board.topics,
                gone=[],
                events=self._events,
                connections=self._connections,
                history=history,
            )
            self._whole = _server_event(whole)
            self._whole_number = frame.number
        return self._whole

    async def _history(self, taken: int) -> list[int]:
        last = taken // MICROSECONDS - 1
        first = last - HISTORY_SECONDS + 1
        bars = await self._engine.answer(ReadHistogram(first_second=first, last_second=last))
        events = dict.fromkeys(range(first, last + 1), 0) | {bar.second: bar.events for bar in bars}
        return list(events.values())


def _server_event(frame: PageFrame) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(frame)
