"""Streams of Redis read as a member of a consumer group, for who asks for it: entries are taken and acknowledged.

Every connect first drains what was handed to us and never acknowledged (id 0), because a reply that was lost on the
way leaves entries pending without any error; then come new ones. An entry is acknowledged after its commit alone, and
one that comes again is known by its id. Entries that other members left pending for a minute are claimed.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Collection
from typing import Any

from redis.asyncio import Redis

from eventmon.connectors.base import ConnectionFault, Feed
from eventmon.connectors.names import native_of, topic_path
from eventmon.connectors.redis import RedisConfig
from eventmon.connectors.redis_client import answer_to
from eventmon.connectors.redis_events import event_of_entry

MOST_ENTRIES = 500
BLOCK_MILLISECONDS = 500
SWEEP_SECONDS = 30.0
IDLE_MILLISECONDS = 60_000
OLDEST = "0"
NEVER_DELIVERED = ">"


class GroupSession:
    """One connection's time as a member of a group; the same interface as ``StreamSession``."""

    def __init__(self, config: RedisConfig, feed: Feed, client: Redis) -> None:
        """Make it; ``client`` is closed by whoever made it."""
        self._config = config
        self._feed = feed
        self._client = client
        self._consumer = f"eventmon-{socket.gethostname()}-{feed.name}"
        self._items: dict[bytes, str] = {}
        self._undrained: set[bytes] = set()
        self._next_sweep = 0.0
        self._delivering = asyncio.Lock()

    @property
    def readable(self) -> int:
        """How many streams are read."""
        return len(self._items)

    async def add(self, items: Collection[str]) -> None:
        """Become a member for more streams; a group that is not there is made, the stream never."""
        keys = {native_of(item): item for item in items}
        self._items.update(keys)
        self._undrained.update(keys)

    async def remove(self, items: Collection[str]) -> None:
        """Read streams no more; none of their entries is delivered once this returns."""
        async with self._delivering:
            for item in items:
                self._items.pop(native_of(item), None)

    async def run(self) -> None:
        """Read until the connection breaks.

        Raises:
            ConnectionFault: how it broke.
        """
        while True:
            there = await self._join()
            await self._drain(there)
            await self._sweep(there)
            if there:
                for key, entries in await self._read(dict.fromkeys(there, NEVER_DELIVERED), BLOCK_MILLISECONDS):
                    await self._take(key, entries)
            else:
                await asyncio.sleep(BLOCK_MILLISECONDS / 1000)

    async def _join(self) -> list[bytes]:
        """The streams that exist and have the group."""
        return [key for key in list(self._items) if key not in self._undrained or await self._is_member(key)]

    async def _is_member(self, key: bytes) -> bool:
        if not await answer_to(self._client.exists(key), self._config):
            return False
        start = {"new": "$", "start": OLDEST}.get(self._config.start, self._config.start)
        try:
            await answer_to(self._client.xgroup_create(key, self._config.group, id=start), self._config)
        except ConnectionFault as fault:
            if "BUSYGROUP" not in str(fault.__cause__):
                raise
        return True

    async def _drain(self, keys: Collection[bytes]) -> None:
        """Take what was handed to us before and never acknowledged."""
        for key in self._undrained.intersection(keys):
            after = OLDEST
            while entries := dict(await self._read({key: after}, None)).get(key):
                await self._take(key, entries)
                after = entries[-1][0].decode()
            self._undrained.discard(key)

    async def _sweep(self, keys: Collection[bytes]) -> None:
        """Claim what other members have left pending."""
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP_SECONDS
        for key in keys:
            reply: Any = await answer_to(
                self._client.xautoclaim(key, self._config.group, self._consumer, IDLE_MILLISECONDS, count=MOST_ENTRIES),
                self._config,
            )
            await self._take(key, reply[1])

    async def _read(self, keys: dict[bytes, str], block: int | None) -> list[Any]:
        streams: dict[Any, Any] = dict(keys)
        reply: Any = await answer_to(
            self._client.xreadgroup(self._config.group, self._consumer, streams, count=MOST_ENTRIES, block=block),
            self._config,
        )
        return reply or []

    async def _take(self, key: bytes, entries: list[Any]) -> None:
        """Store entries, then acknowledge them; those without fields were deleted meanwhile and only acknowledged."""
        async with self._delivering:
            item = self._items.get(key)
            if item is None or not entries:
                return
            topic = f"{self._feed.name}/{topic_path(key, self._config.separator)}"
            events = [
                event_of_entry(topic, name, fields, self._config.source, f"{item}@{name.decode()}")
                for name, fields in entries
                if fields is not None
            ]
            await self._feed.deliver_once(events)
            await answer_to(self._client.xack(key, self._config.group, *[name for name, _ in entries]), self._config)
