"""Questions to a Redis server before it is connected: does it answer as these settings want, and what does it hold."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import redis.exceptions
from redis.asyncio import Redis

from eventmon.connectors.base import BrowseSlice, ConnectionFault, Found, Subscription
from eventmon.connectors.names import item_of, native_of
from eventmon.connectors.redis import CHANNEL, STREAM, RedisConfig, channel_item
from eventmon.connectors.redis_client import client_of
from eventmon.connectors.redis_faults import PATIENCE_SECONDS, fault_of, plain_words
from eventmon.connectors.redis_globs import is_pattern
from eventmon.connectors.redis_socket import RedisSocket

MOST_CHANNELS = 10_000
SCAN_COUNT = 1_000
SLICE_SECONDS = 0.4
_SCAN = "scan:"


async def probe(config: RedisConfig) -> str:
    """What answered, in a sentence.

    Raises:
        ConnectionFault: it cannot be used with these settings; the field to mend is named.
    """
    began = time.monotonic()
    opened = await RedisSocket.open(config)
    took = time.monotonic() - began
    opened.close()
    async with _client(config) as client:
        name = await _server_name(client)
        await _require_streams(client, config)
    await _require_channels(config)
    return f"{name} at {config.where} answered in {took * 1000:.0f} ms."


async def browse(config: RedisConfig, cursor: str) -> BrowseSlice:
    """The channels that have subscribers, then the streams, found by SCAN for at most half a second a slice."""
    async with _client(config) as client:
        if not cursor:
            return await _channels(client)
        return await _streams(client, int(cursor.removeprefix(_SCAN) or 0))


@contextlib.asynccontextmanager
async def _client(config: RedisConfig) -> AsyncIterator[Redis]:
    client = client_of(config)
    try:
        with plain_words(config):
            async with asyncio.timeout(2 * PATIENCE_SECONDS):
                yield client
    finally:
        await client.aclose()


async def _server_name(client: Redis) -> str:
    try:
        server = await client.info("server")
    except redis.exceptions.NoPermissionError:
        await client.ping()
        return "A Redis server"
    if "valkey_version" in server:
        return f"Valkey {server['valkey_version']}"
    return f"Redis {server.get('redis_version', '')}".strip()


async def _require_streams(client: Redis, config: RedisConfig) -> None:
    """Each stream is one, or does not exist yet."""
    for item in config.streams:
        try:
            await client.xrevrange(native_of(item), count=1)
        except redis.exceptions.ResponseError as error:
            fault = fault_of(error, config)
            field = "streams" if fault.field in ("", "user", "streams") else fault.field
            raise ConnectionFault(f"{item}: {fault}", field=field, retry=False) from error


async def _require_channels(config: RedisConfig) -> None:
    """The user may listen to the channels."""
    if not config.channels:
        return
    opened = await RedisSocket.open(config)
    try:
        names = [native_of(item) for item in config.channels]
        for name in names:
            opened.send("PSUBSCRIBE" if is_pattern(name) else "SUBSCRIBE", name)
        confirmed = 0
        with plain_words(config):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while confirmed < len(names):
                    for reply in await opened.read():
                        if isinstance(reply, Exception):
                            raise ConnectionFault(str(fault_of(reply, config)), field="channels", retry=False)
                        confirmed += reply[0] in (b"subscribe", b"psubscribe")
    finally:
        opened.close()


async def _channels(client: Redis) -> BrowseSlice:
    names = sorted(await client.pubsub_channels())[:MOST_CHANNELS]
    listeners: list[Any] = await client.pubsub_numsub(*names) if names else []
    found = [
        Found(
            subscription=Subscription(kind=CHANNEL, name=channel_item(name)),
            note="1 subscriber" if count == 1 else f"{count:,} subscribers",
        )
        for name, count in zip(listeners[::2], listeners[1::2], strict=True)
    ]
    return BrowseSlice(found=found, cursor=f"{_SCAN}0", looked_at=len(names), total=await client.dbsize())


async def _streams(client: Redis, cursor: int) -> BrowseSlice:
    """Go on scanning; a cursor of 0 begins and, as an answer, ends it: that is how the protocol has it."""
    names: list[bytes] = []
    looked_at = 0
    until = time.monotonic() + SLICE_SECONDS
    while True:
        reply: Any = await client.scan(cursor, count=SCAN_COUNT, _type="STREAM")
        cursor = int(reply[0])
        names += reply[1]
        looked_at += SCAN_COUNT
        if not cursor or time.monotonic() >= until:
            break
    lengths = await _lengths(client, names)
    found = [
        Found(
            subscription=Subscription(kind=STREAM, name=item_of(name)),
            note="1 entry" if length == 1 else f"{length:,} entries",
        )
        for name, length in zip(names, lengths, strict=True)
    ]
    total = await client.dbsize()
    return BrowseSlice(
        found=found, cursor=f"{_SCAN}{cursor}" if cursor else "", looked_at=min(looked_at, total), total=total
    )


async def _lengths(client: Redis, names: list[bytes]) -> list[int]:
    """How long streams are; one that has gone meanwhile is 0 long."""
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.xlen(name)
    replies = await pipeline.execute(raise_on_error=False)
    return [reply if isinstance(reply, int) else 0 for reply in replies]
