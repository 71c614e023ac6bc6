"""How the conformance tests run a source as another program would, and what a source can do at all."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from eventmon.connectors.base import Connection, Connector, Subscription
from eventmon.connectors.registry import CONNECTORS
from tests.connectors.feed import RememberingFeed
from tests.connectors.running import running

MOUNT = "shop"
Listener = Callable[[int], list[bytes]]
"""Gives the payloads that came natively, once there are so many."""


class Harness(ABC):
    """One source; use it with ``async with``. The traits say which tests apply.

    Attributes:
        scheme: the connector's entry in the table.
        kind: of names that are watched, in the connector's word.
        produces: a test decides what it sends.
        names: names of the protocol decide the topic.
        keeps: what is sent while nobody watches is there when the connection goes on.
        interrupts: its connection can be lost and come back.
        drops: it can be told to drop a reader that is too slow.
        selects: names can be added and removed one by one.
        publishes: what is published comes back.
    """

    scheme: ClassVar[str]
    kind: ClassVar[str] = ""
    produces: ClassVar[bool] = False
    names: ClassVar[bool] = False
    keeps: ClassVar[bool] = False
    interrupts: ClassVar[bool] = False
    drops: ClassVar[bool] = False
    selects: ClassVar[bool] = False
    publishes: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        """Make it; ``folder`` is for its files."""
        self.folder = folder
        self.connector: Connector = CONNECTORS[self.scheme]()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:  # noqa: B027 - some have nothing to run
        """Run the source."""

    async def stop(self) -> None:  # noqa: B027 - nor to end
        """End it."""

    @abstractmethod
    def url(self, names: Sequence[bytes]) -> str:
        """The URL that watches these native names."""

    def some_names(self, count: int) -> list[bytes]:
        """Up to so many names to produce to; one when the source has no names."""
        return [b"orders:region-%d:created" % number for number in range(count if self.names else 1)]

    def topic(self, name: bytes) -> str:
        """The topic that events of a native name are expected at."""
        raise NotImplementedError

    def native(self, topic: str) -> bytes:
        """The native name that a topic of the connection means."""
        raise NotImplementedError

    def subscription(self, name: bytes) -> Subscription:
        """What to subscribe to for a native name."""
        raise NotImplementedError

    def carries(self, payload: bytes) -> bool:
        """Whether the source can carry a payload at all."""
        return True

    def produce(self, name: bytes, payloads: Sequence[bytes]) -> None:
        """Send payloads as another program would; returns when the source has them."""
        raise NotImplementedError

    def listening(self, name: bytes) -> AbstractContextManager[Listener]:
        """Receive what comes to a native name as another program would."""
        raise NotImplementedError

    def cut(self) -> None:
        """Break the connection; a new one can be had at once."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Break the connection and let no new one be had."""
        raise NotImplementedError

    def silence(self) -> None:
        """Let nothing through any more without a word."""
        raise NotImplementedError

    def drop_slow_readers(self) -> None:
        """Let little wait for a reader before it is dropped."""
        raise NotImplementedError

    def dribble(self) -> None:
        """Let one byte through at a time."""
        raise NotImplementedError

    def delay(self) -> None:
        """Hold up everything a little."""
        raise NotImplementedError

    def resume(self) -> None:
        """End an interruption or a silence."""
        raise NotImplementedError

    def held(self) -> int:
        """How many connections the source holds at the moment."""
        return 0

    def open(self, feed: RememberingFeed, names: Sequence[bytes]) -> Connection:
        """A connection that watches native names and does not run yet."""
        config: Any = self.connector.parse_url(self.url(names))
        return self.connector.open(config, feed)

    @asynccontextmanager
    async def connected(self, feed: RememberingFeed, names: Sequence[bytes]) -> AsyncIterator[Connection]:
        """A connection that is up, closed at the end of the block."""
        connection = self.open(feed, names)
        async with running(connection) as task:
            up = asyncio.ensure_future(feed.until(lambda: feed.phase == "connected"))
            await asyncio.wait([task, up], return_when=asyncio.FIRST_COMPLETED)
            if not up.done():
                up.cancel()
                raise AssertionError(f"the connection ended: {feed.statuses}")
            up.result()
            yield connection
