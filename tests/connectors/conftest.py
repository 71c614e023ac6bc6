"""What connector tests get: a loop that has to end clean, and a check that no thread outlives its test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import pytest
import redis

from eventmon.connectors.base import Connection
from tests.connectors.running import running
from tests.helpers.valkey import ValkeyServer

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]
Running = Callable[[Connection], AbstractAsyncContextManager["asyncio.Task[None]"]]


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not leaked


@pytest.fixture
def client(server: ValkeyServer) -> Iterator[redis.Redis]:
    """A client of the test's own server."""
    with server.client() as client:
        yield client


@pytest.fixture
def run() -> Run[Any]:
    """Run a coroutine to its end; no task and no executor thread may be left."""

    async def guarded(work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left

    return lambda work: asyncio.run(guarded(work))


@pytest.fixture(name="running")
def running_fixture() -> Running:
    """A connection that runs for the length of a block and is cancelled at its end; an error of its own comes out."""
    return running
