"""Channels and patterns of Redis: which messages are delivered, each once, and the loop that reads them.

A message on a channel that several of our subscriptions match is sent by the server once for each of them. The
subscription responsible for a channel is the exact one, else the first pattern that matches; the copies of the
others are left out. What counts is what the server has confirmed, in the order in which it speaks, so a subscription
that is added or removed while messages flow loses none and repeats none.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

import hiredis

from eventmon.connectors import redis_faults
from eventmon.connectors.base import Feed
from eventmon.connectors.names import native_of, topic_path
from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_events import CLOUD_EVENT, MESSAGE_TYPE, event_of_message
from eventmon.connectors.redis_globs import is_pattern, pattern_of
from eventmon.connectors.redis_socket import RedisSocket, forbids_ping
from eventmon.core.clock import now_microseconds
from eventmon.core.event import Event

PING_SECONDS = 1.0
SILENCE_SECONDS = 3.0
"""Silence for so long after a ping: with the second before the ping, a dead server is noticed within five."""
SMALL_EVENTS = 64
"""Fewer events than this in one chunk: a little time is given for more to gather."""
GATHER_SECONDS = 0.005
NAMES_A_COMMAND = 1_000
MAX_ROUTES = 100_000

_CONFIRMATIONS = {b"subscribe": True, b"psubscribe": True, b"unsubscribe": False, b"punsubscribe": False}
_MESSAGES = (b"message", b"pmessage")


class Routes(dict[bytes, str | None]):
    """Topic of each channel for one subscription; None when another one is responsible for the channel."""

    def __init__(self, route: Callable[[bytes], str | None]) -> None:
        super().__init__()
        self._route = route

    def __missing__(self, channel: bytes) -> str | None:
        if len(self) >= MAX_ROUTES:
            self.clear()
        topic = self[channel] = self._route(channel)
        return topic


class Subscriptions:
    """What the server has confirmed, and which of it is responsible for a channel."""

    def __init__(self, topic_of: Callable[[bytes], str]) -> None:
        self._topic_of = topic_of
        self._exact: set[bytes] = set()
        self._patterns: dict[bytes, re.Pattern[bytes]] = {}
        self.routes: dict[bytes, Routes] = {}
        self.direct = Routes(topic_of)

    def __len__(self) -> int:
        return len(self._exact) + len(self._patterns)

    def confirm(self, kind: bytes, name: bytes) -> None:
        """The server says that a subscription has begun or ended."""
        begun = _CONFIRMATIONS[kind]
        if kind[:1] == b"p":
            if begun:
                self._patterns[name] = pattern_of(name)
            else:
                self._patterns.pop(name, None)
        elif begun:
            self._exact.add(name)
        else:
            self._exact.discard(name)
        self.routes = {pattern: Routes(self._router(pattern)) for pattern in self._patterns}

    def covers(self, channel: bytes) -> bool:
        """Whether a message on this channel comes to us."""
        return channel in self._exact or any(pattern.fullmatch(channel) for pattern in self._patterns.values())

    def _router(self, pattern: bytes) -> Callable[[bytes], str | None]:
        def route(channel: bytes) -> str | None:
            if channel in self._exact:
                return None
            first = next((glob for glob, compiled in self._patterns.items() if compiled.fullmatch(channel)), pattern)
            return self._topic_of(channel) if first == pattern else None

        return route


class _Waiting:
    """A command that was sent and is not yet confirmed name by name."""

    def __init__(self, names: int) -> None:
        self.names = names
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: BaseException) -> None:
        """Tell whoever waits, if somebody does."""
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # nobody has to wait


class ChannelSession:
    """One connection's time: subscribes, then reads messages until something breaks."""

    def __init__(
        self,
        config: RedisConfig,
        feed: Feed,
        opened: RedisSocket,
        *,
        seen: Callable[[int], None],
    ) -> None:
        """Make it.

        Args:
            config: where the server is.
            feed: takes the events.
            opened: a connection that has been let in; the session closes it.
            seen: told until when everything has been received.
        """
        self._config = config
        self._feed = feed
        self._socket = opened
        self._seen = seen
        self._waiting: deque[_Waiting] = deque()
        self._confirmed: list[_Waiting] = []
        self._early: list[Event] = []
        self._pinged: tuple[float, int] | None = None
        self._next_ping = time.monotonic() + PING_SECONDS
        mount = feed.name
        self.subscriptions = Subscriptions(lambda channel: f"{mount}/{topic_path(channel, config.separator)}")

    async def begin(self, items: Collection[str]) -> None:
        """Watch channels and patterns before anything is delivered; what comes meanwhile is kept for ``run``.

        Raises:
            ConnectionFault: the server refuses, or the connection broke.
        """
        sent = self._send("SUBSCRIBE", items)
        while self._waiting:
            self._early += self._events(await self._read())
        self._release()
        for command in sent:
            await command.done

    async def run(self) -> None:
        """Read until the connection breaks.

        Raises:
            ConnectionFault: how it broke.
        """
        try:
            await self._deliver(self._early)
            while True:
                replies = await self._read()
                await self._deliver(self._events(replies))
                self._release()
                if len(replies) < SMALL_EVENTS:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._socket.close()
            for command in (*self._waiting, *self._confirmed):
                command.fail(redis_faults.closed(self._config))

    async def subscribe(self, items: Collection[str]) -> None:
        """Watch more channels and patterns while ``run`` reads; returns when the server has confirmed all of them.

        Raises:
            ConnectionFault: it refuses, or the connection broke meanwhile.
        """
        for command in self._send("SUBSCRIBE", items):
            await command.done

    async def unsubscribe(self, items: Collection[str]) -> None:
        """Watch them no more; returns when what came before the server's word has been delivered."""
        for command in self._send("UNSUBSCRIBE", items):
            await command.done

    def _send(self, verb: str, items: Collection[str]) -> list[_Waiting]:
        """Send a verb for names, exact ones and patterns apart, so many a command."""
        names = list(map(native_of, items))
        sent = []
        for word, group in (
            (verb, [name for name in names if not is_pattern(name)]),
            (f"P{verb}", [name for name in names if is_pattern(name)]),
        ):
            for start in range(0, len(group), NAMES_A_COMMAND):
                part = group[start : start + NAMES_A_COMMAND]
                self._socket.send(word, *part)
                sent.append(_Waiting(len(part)))
        self._waiting.extend(sent)
        return sent

    async def _deliver(self, events: list[Event]) -> None:
        if events:
            await self._feed.deliver(events)

    async def _read(self) -> list[Any]:
        """The next replies; a server that is silent while we listen is asked whether it lives."""
        listening = time.monotonic()
        while True:
            self._ping()
            try:
                async with asyncio.timeout(max(0.0, self._next_ping - time.monotonic())):
                    return await self._socket.read()
            except TimeoutError:
                if self._pinged is not None:  # otherwise it is time to ping
                    now = time.monotonic()
                    if now - max(self._socket.heard, self._pinged[0], listening) >= SILENCE_SECONDS:
                        raise redis_faults.silent(self._config) from None
                    self._next_ping = now + PING_SECONDS

    def _ping(self) -> None:
        now = time.monotonic()
        if self._pinged is None and now >= self._next_ping:
            self._pinged = (now, now_microseconds())
            self._next_ping = now + PING_SECONDS
            self._socket.send("PING")

    def _events(self, replies: list[Any]) -> list[Event]:
        """The events among replies; what is no message is taken note of.

        A chunk that holds messages of patterns alone, as one under load does, is read in one pass (0.6 against 1.0 µs
        an event): anything else in it does not fit the pass and sends the chunk through the slow one, from its start.
        """
        routes, source = self.subscriptions.routes, self._config.source
        try:
            return [
                event_of_message(topic, payload, source)
                if payload.find(CLOUD_EVENT) >= 0
                else Event(topic=topic, data=payload, type=MESSAGE_TYPE, source=source)
                for _, pattern, channel, payload in replies
                if (topic := routes[pattern][channel]) is not None
            ]
        except (TypeError, ValueError, KeyError):
            return self._events_one_by_one(replies)

    def _events_one_by_one(self, replies: list[Any]) -> list[Event]:
        events: list[Event] = []
        add, source, direct = events.append, self._config.source, self.subscriptions.direct
        routes = self.subscriptions.routes
        for reply in replies:
            kind = reply[0] if type(reply) is list else None
            if kind == b"pmessage":
                topic = routes[reply[1]][reply[2]]
                if topic is not None:
                    add(event_of_message(topic, reply[3], source))
            elif kind == b"message":
                add(event_of_message(direct[reply[1]], reply[2], source))  # type: ignore[arg-type]  # never None here
            else:
                self._note(reply, kind)
                routes = self.subscriptions.routes
        return events

    def _note(self, reply: Any, kind: bytes | None) -> None:
        """Take what is no message: confirmations, the answer to a ping, refusals."""
        if kind in _CONFIRMATIONS:
            self.subscriptions.confirm(kind, reply[1])
            if self._waiting:
                self._waiting[0].names -= 1
                if self._waiting[0].names <= 0:
                    self._confirmed.append(self._waiting.popleft())
        elif isinstance(reply, hiredis.ReplyError) and not forbids_ping(reply):
            fault = redis_faults.of_reply(str(reply), self._config)
            if not self._waiting:
                raise fault
            self._waiting.popleft().fail(fault)
        elif self._pinged is not None:
            self._seen(self._pinged[1])
            self._pinged = None

    def _release(self) -> None:
        """Tell those who wait, now that everything up to the server's word is delivered."""
        for waiting in self._confirmed:
            if not waiting.done.done():
                waiting.done.set_result(None)
        self._confirmed.clear()
