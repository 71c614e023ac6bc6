"""A connector to a broker that lives in the test: what it does next is put into a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Any, ClassVar

import msgspec

from eventmon.connectors.base import (
    BrowseSlice,
    Capabilities,
    Connection,
    ConnectionFault,
    Connector,
    ConnectorConfig,
    Feed,
    Found,
    Sent,
    Statistics,
    Subscription,
)
from eventmon.connectors.url import (
    Authority,
    config_from,
    query_of,
    split_authority,
    split_url,
    written_authority,
)
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.fields import field

Step = Callable[[Feed], Awaitable[None]]

CHANNELS = ("created", "paid", "shipped")


class OrdersConfig(ConnectorConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``orders://[user[:password]@]host?channels=a,b``.

    Attributes:
        host: where the shop is.
    """

    host: str = "localhost"
    user: Annotated[str, field("User")] = ""
    password: Annotated[str, field("Password", secret=True)] = ""
    channels: Annotated[tuple[str, ...], field("Channels", "What to watch.")] = ()


class OrdersConnection(Connection):
    """Runs the steps that its broker hands out."""

    def __init__(self, broker: OrdersBroker, config: OrdersConfig, feed: Feed) -> None:
        self._broker = broker
        self._feed = feed
        self.config = config
        self.watched = set(config.channels)
        self.retries = 0

    async def run(self) -> None:
        self._feed.status("connected")
        while True:
            step = await self._broker.steps.get()
            if step is None:
                return
            await step(self._feed)
            self._broker.steps.task_done()

    async def publish(self, event: Event) -> Sent:
        if event.data == b"refuse":
            raise UserError("The broker refuses this. Send something else.")
        self._broker.published.append(event)
        return self._broker.sent

    async def subscribe(self, names: Collection[Subscription]) -> None:
        if any(each.name == "forbidden" for each in names):
            raise UserError("The broker forbids this channel. Watch another one.")
        self.watched |= {each.name for each in names}

    async def unsubscribe(self, names: Collection[Subscription]) -> None:
        self.watched -= {each.name for each in names}

    def retry_now(self) -> None:
        self.retries += 1
        self._feed.status("connecting")
        self._feed.status("connected", "It is back.")

    def statistics(self) -> Statistics:
        return Statistics(interruptions=self._broker.interruptions)


class OrdersBroker(Connector):
    """A connector; every connection of it takes its steps from ``steps`` (None ends the source)."""

    scheme: ClassVar[str] = "orders"
    title: ClassVar[str] = "Orders"
    config_type: ClassVar[type[ConnectorConfig]] = OrdersConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        publishes=True, subscribes=True, resumes=True, selects=True, tests=True, browses=True
    )

    def __init__(self) -> None:
        self.steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self.published: list[Event] = []
        self.sent = Sent(returns=True)
        self.interruptions = 2
        self.opened: list[OrdersConnection] = []
        self.password: str | None = None
        """The only one that is right when it is tested; None for any."""
        self.answering = asyncio.Event()
        self.answering.set()

    def parse_url(self, url: str) -> OrdersConfig:
        parts = split_url(url)
        who = split_authority(parts.authority or "")
        return config_from(OrdersConfig, parts.parameters, host=who.host, user=who.user, password=who.password)

    def default_name(self, config: Any) -> str:
        return "shop"

    def url_of(self, config: OrdersConfig) -> str:
        who = Authority(config.user, config.password, config.host, None)
        return f"{self.scheme}://{written_authority(who)}{query_of(config, leave_out=('host', 'user', 'password'))}"

    def is_local(self, config: OrdersConfig) -> bool:
        return not config.host.endswith(".example")

    def open(self, config: OrdersConfig, feed: Feed) -> Connection:
        self.opened.append(OrdersConnection(self, config, feed))
        return self.opened[-1]

    def subscriptions(self, config: OrdersConfig) -> frozenset[Subscription]:
        return frozenset(Subscription(kind="channel", name=name) for name in config.channels)

    def with_subscriptions(self, config: OrdersConfig, names: Collection[Subscription]) -> OrdersConfig:
        return msgspec.structs.replace(config, channels=tuple(sorted(each.name for each in names)))

    async def probe(self, config: OrdersConfig) -> str:
        await self.answering.wait()
        self._require_password(config)
        return "Orders 1.0 answered."

    async def browse(self, config: OrdersConfig, cursor: str = "") -> BrowseSlice:
        await self.answering.wait()
        self._require_password(config)
        at = int(cursor or 0)
        found = Found(subscription=Subscription(kind="channel", name=CHANNELS[at]), note="3 orders")
        more = str(at + 1) if at + 1 < len(CHANNELS) else ""
        return BrowseSlice(found=[found], cursor=more, looked_at=1, total=len(CHANNELS))

    def _require_password(self, config: OrdersConfig) -> None:
        if self.password not in (None, config.password):
            raise ConnectionFault("The password is wrong. Correct it.", field="password", retry=False)


class Listener(OrdersBroker):
    """The same, for a protocol that only receives."""

    scheme: ClassVar[str] = "listen"
    capabilities: ClassVar[Capabilities] = Capabilities(subscribes=True)
