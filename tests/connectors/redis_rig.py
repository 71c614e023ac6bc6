"""Connections of the Redis connector to real servers, as its tests open them."""

from __future__ import annotations

import redis

from eventmon.connectors.base import Connection, Connector, Feed
from eventmon.connectors.redis import RedisConfig, RedisConnector
from tests.connectors.feed import RememberingFeed
from tests.helpers.valkey import ValkeyServer


def config_at(
    port: int, query: str = "", *, who: str = "", scheme: str = "redis", host: str = "127.0.0.1"
) -> RedisConfig:
    """Settings for a server on this machine."""
    return RedisConnector().parse_url(f"{scheme}://{who}{host}:{port}?{query}")


def opened(server: ValkeyServer, query: str, feed: Feed, *, who: str = "") -> Connection:
    """A connection that does not run yet."""
    connector: Connector = RedisConnector()
    return connector.open(config_at(server.port, query, who=who), feed)


async def connected(feed: RememberingFeed, times: int = 1) -> None:
    """Return when the connection has been established so often."""
    await feed.until(lambda: [phase for phase, _ in feed.statuses].count("connected") >= times)


def add(client: redis.Redis, *numbers: int, stream: str = "audit", **options: int) -> list[str]:
    """Add entries with these numbers to a stream; their ids."""
    return [client.xadd(stream, {"data": str(number)}, **options).decode() for number in numbers]  # type: ignore[union-attr, arg-type]


def numbers(feed: RememberingFeed) -> list[int]:
    """The numbers that have come."""
    return [int(event.data) for event in feed.events]
