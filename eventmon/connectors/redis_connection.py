"""One connection to a Redis server: channels and streams under one lifeline, and what is published to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING

from eventmon.connectors.base import Connection, ConnectionFault, Feed, Sent, Statistics, Subscription
from eventmon.connectors.names import item_of, native_name
from eventmon.connectors.reconnect import Lifeline
from eventmon.connectors.redis import CHANNEL, STREAM, RedisConfig
from eventmon.connectors.redis_channels import ChannelSession
from eventmon.connectors.redis_client import client_of, in_time
from eventmon.connectors.redis_events import fields_of, message_of
from eventmon.connectors.redis_faults import plain_words
from eventmon.connectors.redis_group import GroupSession
from eventmon.connectors.redis_socket import RedisSocket
from eventmon.connectors.redis_streams import StreamSession
from eventmon.core.event import Event

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisConnection(Connection):
    """Watches channels by a socket of its own and streams by the client library; either one's loss is the loss."""

    def __init__(self, config: RedisConfig, feed: Feed) -> None:
        self._config = config
        self._feed = feed
        self._channels = set(config.channels)
        self._streams = set(config.streams)
        self._life = Lifeline(feed, missing=self._missing)
        self._listening: ChannelSession | None = None
        self._reading: StreamSession | GroupSession | None = None
        self._publisher: Redis | None = None

    async def run(self) -> None:
        """Watch until cancelled.

        Raises:
            ConnectionFault: trying again makes no sense; the sentence says why.
        """
        try:
            await self._life.run(self._session)
        finally:
            if self._publisher is not None:
                await self._publisher.aclose()

    async def publish(self, event: Event) -> Sent:
        """XADD to a stream that is watched, PUBLISH to anything else.

        Raises:
            ConnectionFault: the server cannot be reached or refuses.
        """
        structured = self._config.envelope == "cloudevents"
        name = native_name(event.topic.partition("/")[2], self._config.separator)
        with plain_words(self._config):
            client = self._publishing()
            if item_of(name) in self._streams:
                fields = fields_of(event, binary=structured)
                await in_time(client.xadd(name, dict(zip(fields[::2], fields[1::2], strict=True))))
                return Sent(returns=True)
            receivers = await in_time(client.publish(name, message_of(event, structured=structured)))
        covered = self._listening is not None and self._listening.subscriptions.covers(name)
        return Sent(returns=covered, receivers=receivers)

    async def subscribe(self, names: Collection[Subscription]) -> None:
        """Watch more channels and streams; when the server cannot be reached now, as soon as it can be.

        Raises:
            ConnectionFault: the server refuses.
        """
        channels, streams = _by_kind(names)
        fresh_channels, fresh_streams = channels - self._channels, streams - self._streams
        if self._listening is not None:
            await self._listening.subscribe(fresh_channels)
        self._channels |= fresh_channels
        if self._reading is not None and fresh_streams:
            await self._reading.add(fresh_streams)
        self._streams |= fresh_streams

    async def unsubscribe(self, names: Collection[Subscription]) -> None:
        """Watch channels and streams no more: once this returns none of their events is delivered."""
        channels, streams = _by_kind(names)
        self._channels -= channels
        self._streams -= streams
        if self._reading is not None:
            await self._reading.remove(streams)
        if self._listening is not None:
            with contextlib.suppress(ConnectionFault):  # a connection that is lost delivers nothing either
                await self._listening.unsubscribe(channels)

    def retry_now(self) -> None:
        """Try at once instead of waiting."""
        self._life.hurry()

    def statistics(self) -> Statistics:
        """What was done since the connection was opened."""
        return Statistics(
            interruptions=self._life.interruptions,
            subscriptions=len(self._channels) + len(self._streams),
        )

    async def _session(self) -> None:
        """Connect, subscribe, read until something breaks."""
        async with self._open_sessions() as (listening, reading):
            await listening.begin(self._channels)
            await reading.add(self._streams)
            self._life.established(self._summary())
            self._listening, self._reading = listening, reading
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(listening.run(), name=f"{self._feed.name}: channels")
                    group.create_task(reading.run(), name=f"{self._feed.name}: streams")
            except BaseExceptionGroup as errors:
                raise _first(errors) from errors
            finally:
                self._listening = self._reading = None

    @contextlib.asynccontextmanager
    async def _open_sessions(self) -> AsyncIterator[tuple[ChannelSession, StreamSession | GroupSession]]:
        config, feed = self._config, self._feed
        opened = await RedisSocket.open(config)
        try:
            client = client_of(config)
            try:
                kind = GroupSession if config.take else StreamSession
                listening = ChannelSession(config, feed, opened, seen=self._life.seen)
                yield listening, kind(config, feed, client)
            finally:
                await client.aclose()
        finally:
            opened.close()

    def _publishing(self) -> Redis:
        if self._publisher is None:
            self._publisher = client_of(self._config)
        return self._publisher

    def _summary(self) -> str:
        parts = [
            f"{len(names)} {word if len(names) == 1 else word + 's'}"
            for names, word in ((self._channels, CHANNEL), (self._streams, STREAM))
            if names
        ]
        return f"Watching {' and '.join(parts)}." if parts else "Nothing is watched."

    def _missing(self) -> str:
        """What an interruption means for what is watched."""
        channels = "What was published to its channels meanwhile was not seen."
        streams = "Its streams went on where they had stopped; nothing of them is missing."
        return " ".join([channels] * bool(self._channels) + [streams] * bool(self._streams))


def _by_kind(names: Collection[Subscription]) -> tuple[set[str], set[str]]:
    return {name.name for name in names if name.kind == CHANNEL}, {name.name for name in names if name.kind == STREAM}


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one of several errors at once that decides: what is no fault, else one after which no try makes sense."""
    return min(errors.exceptions, key=lambda error: isinstance(error, ConnectionFault) and 1 + error.retry)
