"""Clients of hubs, instances on them, and edits as people make them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import msgspec

from eventmon.connectors.redis import RedisConfig
from eventmon.engine.hub_server import HubServer
from eventmon.hub.base import OBSERVER, Hub, HubEdit, InstanceInfo, Key, Presence
from eventmon.hub.follower import Follower
from eventmon.hub.local import LocalHub
from eventmon.hub.redis import RedisHub
from eventmon.hub.replica import Replica
from tests.helpers.free_port import LOOPBACK

NOON = 1_780_000_000_000_000
_numbers = itertools.count(1)


class Clients(Protocol):
    """Gives clients of one hub."""

    def new(self) -> Hub: ...

    async def close(self) -> None: ...


class LocalClients:
    """All are the one hub itself."""

    def __init__(self, **settings: Any) -> None:
        self._hub = LocalHub(**settings)

    def new(self) -> Hub:
        return self._hub

    async def close(self) -> None:
        await self._hub.close()


class RedisClients:
    """Each has a connection of its own."""

    def __init__(self, port: int, **settings: Any) -> None:
        self._port = port
        self._settings = settings
        self._made: list[RedisHub] = []

    def new(self) -> RedisHub:
        self._made.append(redis_hub(self._port, **self._settings))
        return self._made[-1]

    async def close(self) -> None:
        for hub in self._made:
            await hub.close()


def redis_hub(port: int, *, kept_changes: int = 10_000, **config: Any) -> RedisHub:
    """A client of the hub at a port of this machine."""
    return RedisHub(HubServer(RedisConfig(host=LOOPBACK, port=port, **config)), kept_changes=kept_changes)


class MemoryShelf:
    """Small files that last as long as the test."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, data: bytes) -> None:
        self.files[name] = data


def edit(name: str, content: dict[str, Any] | None, expected: int | None = 0, **changes: Any) -> HubEdit:
    """An edit of an observer, made by Maria."""
    return HubEdit(
        **{
            "id": f"edit-{next(_numbers)}",
            "kind": OBSERVER,
            "name": name,
            "content": content,
            "expected": expected,
            "by": "marias-desk",
            "at": NOON,
            **changes,
        }
    )


def counter(pattern: str = "orders/#", **settings: Any) -> dict[str, Any]:
    """What a counter says."""
    return {"kind": "counter", "pattern": pattern, "settings": settings}


def instance(identity: str = "desk", **changes: Any) -> InstanceInfo:
    """A running Eventmon."""
    return InstanceInfo(
        **{
            "id": identity,
            "run": f"{identity}-run",
            "place": f"{identity}:/home/maria",
            "host": f"{identity}.example",
            "pid": 4711,
            "version": "1.0",
            "role": "serve",
            "since": NOON,
            **changes,
        }
    )


def presence(identity: str = "desk", revision: int = 1, report: bytes = b"{}", **changes: Any) -> Presence:
    return Presence(info=instance(identity, **changes), revision=revision, report=report)


class Watcher:
    """A listener that remembers what it was told."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()
        self.told = asyncio.Event()
        self.revision = 1
        self.reported = b"{}"
        self.others: list[InstanceInfo] = []

    def changed(self, keys: set[Key]) -> None:
        self.keys |= keys
        self._tell()

    def status_changed(self) -> None:
        self._tell()

    def identity_taken(self, other: InstanceInfo) -> InstanceInfo:
        self.others.append(other)
        return msgspec.structs.replace(other, id=f"{other.id}-2", run="fresh", place="copy")

    def report(self) -> tuple[int, bytes]:
        return self.revision, self.reported

    def _tell(self) -> None:
        self.told.set()
        self.told = asyncio.Event()


class Instance:
    """A follower with its copy and its listener, running."""

    def __init__(self, hub: Hub, shelf: MemoryShelf, name: str, **settings: Any) -> None:
        self.shelf = shelf
        self.watcher = Watcher()
        self.replica = Replica(shelf, **settings)
        self.follower = Follower(hub, self.replica, instance(name), listener=self.watcher, wait=lambda _down: 0.01)

    async def put(self, name: str, content: dict[str, Any] | None, **changes: Any) -> Any:
        """Edit what is here, or what was seen."""
        seen = changes.pop("seen", None)
        return await self.follower.edit(edit(name, content, **changes), seen=seen)

    def view(self) -> dict[str, dict[str, Any]]:
        """The observers as they are here."""
        return {entry.name: entry.content for entry in self.replica.of_kind(OBSERVER)}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds, looking whenever the instance is told something."""
        async with asyncio.timeout(20):
            while not condition():
                await self.watcher.told.wait()

    async def connected(self) -> None:
        await self.until(lambda: self.follower.phase == "connected")


@asynccontextmanager
async def living(
    hub: Hub, name: str = "desk", shelf: MemoryShelf | None = None, **settings: Any
) -> AsyncIterator[Instance]:
    """An instance for the length of a block."""
    one = Instance(hub, shelf or MemoryShelf(), name, **settings)
    task = asyncio.ensure_future(one.follower.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await one.follower.leave()
    assert task.cancelled(), task.exception()
