"""What tests of hubs get: a loop that has to end clean, and clients of one hub of each sort."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from tests.helpers.valkey import ValkeyServer
from tests.hub.rig import Clients, LocalClients, RedisClients

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def run() -> Run[Any]:
    """Run a coroutine to its end; no task may be left."""

    async def guarded(work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left

    return lambda work: asyncio.run(guarded(work))


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def valkey(shared_valkey: ValkeyServer) -> ValkeyServer:
    """An empty server, which a test must leave running."""
    with shared_valkey.client() as client:
        client.flushall()
    return shared_valkey


@pytest.fixture(params=["local", "redis"])
def clients(request: pytest.FixtureRequest) -> Callable[[], Any]:
    """Gives ``async with clients() as many``: as many clients of one hub as wanted, closed at the end."""
    server = request.getfixturevalue("valkey") if request.param == "redis" else None

    @asynccontextmanager
    async def opened() -> AsyncIterator[Clients]:
        many: Clients = LocalClients() if server is None else RedisClients(server.port)
        try:
            yield many
        finally:
            await many.close()

    return opened
