"""A connector to a broker that lives in the test: what it does next is put into a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from eventmon.connectors.base import Capabilities, Connection, ConnectorConfig, Feed
from eventmon.core.errors import UserError
from eventmon.core.event import Event

Step = Callable[[Feed], Awaitable[None]]


class OrdersConfig(ConnectorConfig, frozen=True):
    """``orders://secret@host``."""

    host: str


class OrdersConnection:
    """Runs the steps that its broker hands out."""

    def __init__(self, broker: OrdersBroker, feed: Feed) -> None:
        self._broker = broker
        self._feed = feed

    async def run(self) -> None:
        self._feed.status("connected")
        while True:
            step = await self._broker.steps.get()
            if step is None:
                return
            await step(self._feed)
            self._broker.steps.task_done()

    async def publish(self, event: Event) -> None:
        if event.data == b"refuse":
            raise UserError("The broker refuses this. Send something else.")
        self._broker.published.append(event)


class OrdersBroker:
    """A connector; every connection of it takes its steps from ``steps`` (None ends the source)."""

    scheme: ClassVar[str] = "orders"
    title: ClassVar[str] = "Orders"
    config_type: ClassVar[type[ConnectorConfig]] = OrdersConfig
    capabilities: ClassVar[Capabilities] = Capabilities(publishes=True, subscribes=True, resumes=True)

    def __init__(self) -> None:
        self.steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self.published: list[Event] = []

    def parse_url(self, url: str) -> ConnectorConfig:
        return OrdersConfig(host=url.rpartition("@")[2])

    def default_name(self, config: ConnectorConfig) -> str:
        return "shop"

    def shown_url(self, config: ConnectorConfig) -> str:
        assert isinstance(config, OrdersConfig)
        return f"orders://***@{config.host}"

    def open(self, config: Any, feed: Feed) -> Connection:
        return OrdersConnection(self, feed)


class Listener(OrdersBroker):
    """The same, for a protocol that only receives."""

    scheme: ClassVar[str] = "listen"
    capabilities: ClassVar[Capabilities] = Capabilities(subscribes=True)
