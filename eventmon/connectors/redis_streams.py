"""Streams of Redis, only watched: XREAD from a place of our own, so that nothing is taken from anybody.

The place after each batch is committed together with its events, so a crash on either side neither loses an entry nor
stores one twice. Once a second the streams are compared with what the server says of them: what was trimmed or
deleted before it could be read becomes a gap row.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import redis.exceptions
from redis.asyncio import Redis

from eventmon.connectors.base import ConnectionFault, Feed
from eventmon.connectors.names import native_of, topic_path
from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_client import answer_to, pairs
from eventmon.connectors.redis_events import event_of_entry
from eventmon.connectors.redis_faults import fault_of
from eventmon.connectors.redis_place import StreamInfo, StreamPlace, entry_id, id_text
from eventmon.core.clock import now_microseconds
from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic

T = TypeVar("T")

MOST_ENTRIES = 1_000
FIRST_ENTRIES = 16
MOST_BYTES = 8 * 1024**2
"""Of one reply: the number of entries asked for follows their size."""
BLOCK_MILLISECONDS = 500
LOOK_SECONDS = 1.0
MOST_LOOKS = 100
"""Streams that are compared with the server at a time."""


class Watched:
    """One stream that is watched.

    Attributes:
        item: as it stands in the list of streams.
        position_key: the name its position is stored under, with the server, as ids of another mean nothing here.
        key: its native name.
        topic: of its events.
        place: where reading stands; None while that could not be found out.
        looked: when it was last compared with the server, microseconds since the epoch.
        fault: why it cannot be read; None when it can.
    """

    def __init__(self, item: str, mount: str, config: RedisConfig) -> None:
        self.item = item
        self.position_key = f"{config.source} {item}"
        self.key = native_of(item)
        self.topic = f"{mount}/{topic_path(self.key, config.separator)}"
        self.place: StreamPlace | None = None
        self.looked = 0
        self.fault: UserError | None = None


class StreamSession:
    """One connection's time with the streams."""

    def __init__(
        self,
        config: RedisConfig,
        feed: Feed,
        client: Redis,
        *,
        now: Callable[[], int] = now_microseconds,
    ) -> None:
        """Make it.

        Args:
            config: where the server is.
            feed: takes the events and keeps the positions.
            client: talks to the server; whoever made it closes it.
            now: microseconds since the epoch.
        """
        self._config = config
        self._source = config.source
        self._feed = feed
        self._client = client
        self._now = now
        self._watched: dict[bytes, Watched] = {}
        self._delivering = asyncio.Lock()
        self._entries = FIRST_ENTRIES
        self._next_look = 0.0
        self._turn = 0

    @property
    def readable(self) -> int:
        """How many streams can be read."""
        return sum(watched.fault is None for watched in self._watched.values())

    async def add(self, items: Collection[str]) -> None:
        """Find the place in more streams, and watch them from there.

        Raises:
            ConnectionFault: the server is lost, or not one of the streams can be read.
        """
        fresh = [Watched(item, self._feed.name, self._config) for item in items]
        await self._look_at(fresh, first=True)
        self._watched.update({watched.key: watched for watched in fresh})
        await self._feed.deliver([], {watched.position_key: watched.place.text() for watched in fresh if watched.place})
        faults = [watched.fault for watched in fresh if watched.fault is not None]
        if faults and len(faults) == len(fresh):
            raise faults[0]

    async def remove(self, items: Collection[str]) -> None:
        """Watch streams no more; none of their entries is delivered once this returns."""
        async with self._delivering:
            for item in items:
                self._watched.pop(native_of(item), None)

    async def run(self) -> None:
        """Read until the connection breaks.

        Raises:
            ConnectionFault: how it broke.
        """
        while True:
            await self._look_when_due()
            reading = {
                key: watched.place for key, watched in self._watched.items() if watched.place and not watched.fault
            }
            if reading:
                await self._take(await self._read(reading))
            else:
                await answer_to(self._client.ping(), self._config)
                await asyncio.sleep(BLOCK_MILLISECONDS / 1000)

    async def _read(self, reading: dict[bytes, StreamPlace]) -> list[Any]:
        ids = [id_text(place.id) for place in reading.values()]
        try:
            places: dict[Any, Any] = dict(zip(reading, ids, strict=True))
            reply: Any = await answer_to(
                self._client.xread(places, count=self._entries, block=BLOCK_MILLISECONDS), self._config
            )
        except ConnectionFault as fault:
            if not isinstance(fault.__cause__, redis.exceptions.ResponseError):
                raise
            await self._look_at(list(self._watched.values()), first=False)
            if self.readable == len(reading):  # it is none of the streams by itself
                raise
            return []
        return reply or []

    async def _take(self, reply: list[Any]) -> None:
        size = 0
        for key, entries in reply:
            async with self._delivering:
                watched = self._watched.get(key)
                if watched is None or watched.place is None:
                    continue
                topic, source = watched.topic, self._source
                events = [event_of_entry(topic, name, fields, source) for name, fields in entries]
                lost = watched.place.took([name for name, _ in entries])
                await self._feed.deliver(events, {watched.position_key: watched.place.text()})
                size += sum(len(event.data) for event in events)
                self._say_lost(watched, lost)
        self._adapt(size, sum(len(entries) for _, entries in reply))

    def _adapt(self, size: int, entries: int) -> None:
        """Ask for as many entries as make a reply of bearable size; slowly more, at once less."""
        if entries:
            bearable = MOST_BYTES // max(1, size // entries)
            self._entries = max(1, min(MOST_ENTRIES, bearable, self._entries * 4))

    async def _look_when_due(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        everyone = list(self._watched.values())
        begin = self._turn % max(1, len(everyone))
        part = (everyone + everyone)[begin : begin + min(len(everyone), MOST_LOOKS)]
        self._turn = begin + len(part)
        await self._look_at(part, first=False)

    async def _look_at(self, streams: list[Watched], *, first: bool) -> None:
        """Compare streams with what the server says of them, and find the place in those that have none."""
        pipeline = self._client.pipeline(transaction=False)
        for watched in streams:
            pipeline.xinfo_stream(watched.key)
        replies = await answer_to(pipeline.execute(raise_on_error=False), self._config)
        for watched, reply in zip(streams, replies, strict=True):
            before = watched.fault
            watched.fault = self._fault_of(watched, reply)
            if watched.fault is None:
                await self._judge(watched, reply, first=first)
            elif before is None or str(before) != str(watched.fault):
                self._feed.problem("warning", f"The stream {watched.item} cannot be read. {watched.fault}")

    def _fault_of(self, watched: Watched, reply: Any) -> UserError | None:
        try:
            validate_topic(watched.topic)
        except UserError as error:
            return error
        if not isinstance(reply, redis.exceptions.RedisError) or _is_missing(reply) or _is_unasked(reply):
            return None
        return fault_of(reply, self._config)

    async def _judge(self, watched: Watched, reply: Any, *, first: bool) -> None:
        known = not isinstance(reply, redis.exceptions.RedisError)
        info = _info(reply) if known else None
        if watched.place is None:
            watched.place = self._stored(watched) or await self._begin(watched, info)
        if known or _is_missing(reply):
            self._say_lost(watched, watched.place.look(info, first=first))
            watched.looked = self._now()

    def _say_lost(self, watched: Watched, lost: str) -> None:
        if lost:
            now = self._now()
            self._feed.gap(watched.looked or now, now, f"Stream {watched.item}: {lost}")

    def _stored(self, watched: Watched) -> StreamPlace | None:
        stored = self._feed.position(watched.position_key)
        return StreamPlace.from_text(stored) if stored else None

    async def _begin(self, watched: Watched, info: StreamInfo | None) -> StreamPlace:
        """Where a stream is begun that was never read."""
        start = self._config.start
        if start == "start":
            return StreamPlace()
        if start != "new":
            return StreamPlace(entry_id(start))
        if info is not None:
            return StreamPlace(info.last, info.added)
        newest: Any = await answer_to(self._client.xrevrange(watched.key, count=1), self._config)
        return StreamPlace(entry_id(newest[0][0])) if newest else StreamPlace()


def _info(reply: list[Any]) -> StreamInfo:
    named = pairs(reply)
    oldest, newest = named.get(b"first-entry"), named.get(b"last-entry")
    return StreamInfo(
        last=entry_id(named.get(b"last-generated-id", b"")),
        added=named.get(b"entries-added"),
        first=entry_id(oldest[0]) if oldest else None,
        newest=entry_id(newest[0]) if newest else None,
    )


def _is_missing(reply: object) -> bool:
    return isinstance(reply, redis.exceptions.ResponseError) and "no such key" in str(reply)


def _is_unasked(reply: object) -> bool:
    """Whether the user may not ask about streams, which is no reason not to read them."""
    return isinstance(reply, redis.exceptions.NoPermissionError) and "xinfo" in str(reply)
