"""The demo: a small shop that sells all day, so that Eventmon can be tried without any server.

What happens is decided by the seed and the rate alone; when it happens by a clock, with gentle waves.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, ClassVar

import msgspec
from msgspec.structs import force_setattr

from eventmon.connectors.base import Capabilities, Connection, Connector, ConnectorConfig, Feed
from eventmon.connectors.demo_shop import Shop
from eventmon.connectors.url import config_from, query_of, split_url
from eventmon.core.clock import now_microseconds
from eventmon.core.cloudevents import format_time
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.fields import field

TICK_SECONDS = 0.015
LONGEST_CATCH_UP_SECONDS = 0.25
LARGEST_BATCH = 1_000
"""Events made without letting others run: well under 4 ms."""


class DemoConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the demo.

    Attributes:
        rate: events a second, on average.
        seed: the same seed and rate give the same events in the same order.
    """

    rate: Annotated[float, field("Events a second", "On average."), msgspec.Meta(ge=0.1, le=1_000_000)] = 200.0
    seed: Annotated[int, field("Seed", "The same seed and rate give the same events.")] = 1


class DemoConnector(Connector):
    """``demo://?rate=200&seed=1``."""

    scheme: ClassVar[str] = "demo"
    title: ClassVar[str] = "Demo shop"
    icon: ClassVar[str] = "circle-play"
    example: ClassVar[str] = "demo://?rate=200&seed=1"
    config_type: ClassVar[type[ConnectorConfig]] = DemoConfig
    capabilities: ClassVar[Capabilities] = Capabilities(subscribes=True)

    def parse_url(self, url: str) -> DemoConfig:
        """Settings from a URL; UserError names what is wrong with it."""
        parts = split_url(url)
        if parts.authority or parts.path.strip("/"):
            raise UserError("The demo has no address. Write demo:// or demo://?rate=200&seed=1.")
        return config_from(DemoConfig, parts.parameters)

    def default_name(self, config: ConnectorConfig) -> str:
        """``demo``."""
        return "demo"

    def url_of(self, config: ConnectorConfig) -> str:
        """The URL."""
        return "demo://" + query_of(config)

    def open(self, config: DemoConfig, feed: Feed) -> Connection:
        """A shop that is not open yet."""
        return DemoConnection(config, feed)


class DemoConnection(Connection):
    """One running demo: a batch a tick of about 15 ms, as many events as the clock says."""

    def __init__(
        self,
        config: DemoConfig,
        feed: Feed,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], int] = now_microseconds,
    ) -> None:
        """Make it; ``monotonic`` in seconds, ``now`` in microseconds since the epoch."""
        self._rate = config.rate
        self._feed = feed
        self._monotonic = monotonic
        self._sleep = sleep
        self._now = now
        self._shop = Shop(feed.name, seed=config.seed, heartbeat_every=max(1, round(config.rate)))

    async def run(self) -> None:
        """Sell until cancelled; after a stall at most a quarter of a second of events is caught up."""
        self._feed.status("connected", "A shop that sells all day.")
        started = last = self._monotonic()
        arrived = self._now()
        owed = 1.0
        while True:
            for size in _batches(int(owed)):
                events = self._shop.events(size, time=format_time(self._now()))
                arrived = _spread(events, arrived, self._now())
                await self._feed.deliver(events)
                await asyncio.sleep(0)
            owed %= 1.0
            await self._sleep(max(TICK_SECONDS, (1.0 - owed) / (self._rate * 1.2)))
            current = self._monotonic()
            elapsed = min(current - last, max(LONGEST_CATCH_UP_SECONDS, 1.0 / self._rate))
            owed += elapsed * self._rate * wave(current - started)
            last = current


def wave(seconds: float) -> float:
    """How busy the shop is at a time since its opening: 0.8 to 1.2, one on average, so that plots live."""
    return 1.0 + 0.14 * math.sin(seconds * math.tau / 47) + 0.06 * math.sin(seconds * math.tau / 7.3)


def _spread(events: Sequence[Event], since: int, until: int) -> int:
    """Let events of one tick arrive evenly between two instants, as customers do; returns the later one."""
    step = max(0, until - since) / len(events)
    for number, event in enumerate(events, 1):
        force_setattr(event, "received", since + int(number * step))
    return max(since, until)


def _batches(total: int) -> list[int]:
    full, rest = divmod(total, LARGEST_BATCH)
    return [LARGEST_BATCH] * full + [rest] * bool(rest)
