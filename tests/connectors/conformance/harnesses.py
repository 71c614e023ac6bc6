"""The sources of the conformance tests, by entry of the table of connectors; one for each way a connector watches."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from eventmon.connectors.base import Subscription
from eventmon.connectors.names import item_of, native_name, topic_path
from tests.connectors.conformance.harness import MOUNT, Harness, Listener
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.tls_proxy import Authority, TlsProxy
from tests.helpers.valkey import ValkeyServer

SEPARATOR = ":"


class DemoShop(Harness):
    """The demo makes its own events."""

    scheme = "demo"

    def url(self, names: Sequence[bytes]) -> str:
        return "demo://?rate=5000"


class FollowedFile(Harness):
    """Lines that are appended to a file; it has one name for all, and a line cannot hold its own end."""

    scheme = "pipe"
    produces = True
    keeps = True

    async def start(self) -> None:
        (self.folder / "shop.log").touch()

    def url(self, names: Sequence[bytes]) -> str:
        return f"pipe://{self.folder}/shop.log?format=text"

    def topic(self, name: bytes) -> str:
        return f"{MOUNT}/lines"

    def carries(self, payload: bytes) -> bool:
        return b"\n" not in payload and not payload.endswith(b"\r") and payload != b""

    def produce(self, name: bytes, payloads: Sequence[bytes]) -> None:
        with (self.folder / "shop.log").open("ab") as file:
            file.writelines(payload + b"\n" for payload in payloads)


class _Redis(Harness):
    """A Valkey of its own behind a proxy; what is produced goes past the proxy."""

    scheme = "redis"
    produces = names = interrupts = publishes = True
    parameter: ClassVar[str]

    async def start(self) -> None:
        self.server = ValkeyServer(pubsub_buffer="512mb")
        await self.server.start_async()
        self.client: Any = self.server.client()
        self._target = await self._start_target()
        self.proxy = TcpProxy(self._target)
        await self.proxy.__aenter__()

    async def stop(self) -> None:
        await self.proxy.__aexit__(None, None, None)
        await self._stop_target()
        self.client.close()
        self.server.dispose()

    async def _start_target(self) -> int:
        return self.server.port

    async def _stop_target(self) -> None:
        pass

    def url(self, names: Sequence[bytes]) -> str:
        items = quote(",".join(self.subscription(name).name for name in names), safe=",")
        return f"{self.scheme}://{self.proxy.address}?{self.parameter}={items}"

    def subscription(self, name: bytes) -> Subscription:
        return Subscription(kind=self.kind, name=item_of(name))

    def topic(self, name: bytes) -> str:
        return f"{MOUNT}/{topic_path(name, SEPARATOR)}"

    def native(self, topic: str) -> bytes:
        return native_name(topic.removeprefix(f"{MOUNT}/"), SEPARATOR)

    def cut(self) -> None:
        self.proxy.cut()

    def interrupt(self) -> None:
        self.proxy.refuse()

    def silence(self) -> None:
        self.proxy.black_hole()

    def dribble(self) -> None:
        self.proxy.dribble()

    def delay(self) -> None:
        self.proxy.delay(0.02)

    def resume(self) -> None:
        self.proxy.pass_through()

    def held(self) -> int:
        return self.proxy.open


class Channels(_Redis):
    """Channels by name."""

    kind = "channel"
    parameter = "channels"
    selects = drops = True

    def subscription(self, name: bytes) -> Subscription:
        return Subscription(kind=self.kind, name=item_of(_literal(name)))

    def produce(self, name: bytes, payloads: Sequence[bytes]) -> None:
        with self.client.pipeline(transaction=False) as pipeline:
            for payload in payloads:
                pipeline.publish(name, payload)
            pipeline.execute()

    def drop_slow_readers(self) -> None:
        self.client.config_set("client-output-buffer-limit", "pubsub 1mb 0 0")

    @contextmanager
    def listening(self, name: bytes) -> Iterator[Listener]:
        with self.client.pubsub() as subscriber:
            subscriber.subscribe(name)
            assert subscriber.get_message(timeout=10)["type"] == "subscribe"
            yield lambda count: [subscriber.get_message(timeout=10)["data"] for _ in range(count)]


class Patterns(Channels):
    """All channels by one pattern."""

    selects = False

    def url(self, names: Sequence[bytes]) -> str:
        return f"{self.scheme}://{self.proxy.address}?channels=*"


class Streams(_Redis):
    """Streams."""

    kind = "stream"
    parameter = "streams"
    selects = keeps = True

    def produce(self, name: bytes, payloads: Sequence[bytes]) -> None:
        with self.client.pipeline(transaction=False) as pipeline:
            for payload in payloads:
                pipeline.xadd(name, {b"data": payload})
            pipeline.execute()

    @contextmanager
    def listening(self, name: bytes) -> Iterator[Listener]:
        before = self.client.xlen(name)
        yield lambda count: [fields[b"data"] for _, fields in self.client.xrange(name)[before : before + count]]


class _OverTls(_Redis):
    """The same, encrypted behind the faults of the proxy."""

    scheme = "rediss"

    async def _start_target(self) -> int:
        self._authority = Authority(self.folder)
        self._tls = TlsProxy(self.server.port, self._authority.server_context("127.0.0.1"))
        await self._tls.__aenter__()
        return self._tls.port

    async def _stop_target(self) -> None:
        await self._tls.__aexit__(None, None, None)

    def url(self, names: Sequence[bytes]) -> str:
        return f"{super().url(names)}&ca={self._authority.ca}"


class ChannelsOverTls(_OverTls, Channels):
    """Channels by name, encrypted."""


class StreamsOverTls(_OverTls, Streams):
    """Streams, encrypted."""


HARNESSES: dict[str, list[type[Harness]]] = {
    "demo": [DemoShop],
    "pipe": [FollowedFile],
    "redis": [Channels, Patterns, Streams],
    "rediss": [ChannelsOverTls, StreamsOverTls],
}


def sources(*traits: str) -> pytest.MarkDecorator:
    """Parametrise a test by ``source``: every harness that has all these traits."""
    found = [pytest.param(source, id=f"{source.scheme}-{source.__name__}") for source in _having(traits)]
    return pytest.mark.parametrize("source", found)


async def with_each(work: Callable[[Harness], Awaitable[None]], folder: Path, *traits: str) -> None:
    """Do what has to wait long with every harness that has these traits, all at the same time."""

    async def one(source: type[Harness]) -> None:
        own = folder / f"{source.scheme}-{source.__name__}"
        own.mkdir()
        async with source(own) as shop:
            await work(shop)

    async with asyncio.TaskGroup() as group:
        for source in _having(traits):
            group.create_task(one(source))


def _having(traits: Sequence[str]) -> list[type[Harness]]:
    every = [source for harnesses in HARNESSES.values() for source in harnesses]
    return [source for source in every if all(getattr(source, trait) for trait in traits)]


def _literal(name: bytes) -> bytes:
    """A channel's name written so that it is no pattern; nothing changes in one that looks like none."""
    return re.sub(rb"([*?\[\]\\^])", rb"\\\1", name) if re.search(rb"[*?\[]", name) else name
