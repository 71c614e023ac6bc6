"""Taking entries as a member of a group: each is stored once and acknowledged only then, whatever was left pending."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import redis

from eventmon.core.event import Event
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed
from tests.connectors.redis_rig import add, connected, numbers, opened
from tests.helpers.valkey import ValkeyServer

QUERY = "streams=audit&from=start&group=billing&take=1"


class OnceFeed(RememberingFeed):
    """Keeps the promise of ``deliver_once`` as the engine does: by source and id."""

    def __init__(self, name: str = "prod", taken: dict[tuple[str, str | None], int] | None = None) -> None:
        super().__init__(name)
        self.taken = {} if taken is None else taken
        self.fails = False

    async def deliver_once(self, events: Sequence[Event]) -> None:
        if self.fails:
            raise OSError("the disk is gone")
        fresh = [event for event in events if (event.source, event.id) not in self.taken]
        self.taken.update({(event.source, event.id): 1 for event in fresh})
        await self.deliver(fresh)


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as running:
        yield running


def pending(client: redis.Redis) -> int:
    summary = client.xpending("audit", "billing")
    assert isinstance(summary, dict)
    return int(summary["pending"])


async def acknowledged(client: redis.Redis, entries: int) -> None:
    """Return when so many entries were taken and none is pending; nobody is told of that."""
    async with asyncio.timeout(10):
        while (  # noqa: ASYNC110 - looked at, not waited for
            not client.exists("audit")
            or not (groups := client.xinfo_groups("audit"))
            or groups[0]["entries-read"] != entries
            or pending(client)
        ):
            await asyncio.sleep(0.01)


def test_entries_are_taken_and_acknowledged(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1, 2)
        feed = OnceFeed()
        connection = opened(server, QUERY, feed)
        async with running(connection):
            await connected(feed)
            await feed.until(lambda: feed.count == 2)
            add(client, 3)
            await feed.until(lambda: feed.count == 3)
            await acknowledged(client, 3)
        assert numbers(feed) == [1, 2, 3]
        assert pending(client) == 0
        assert client.xlen("audit") == 3

    run(scenario())


def test_what_was_handed_over_but_never_arrived_is_drained_first(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = OnceFeed()
        feed.fails = True
        add(client, 1, 2)
        with pytest.raises(OSError, match="disk"):
            await opened(server, QUERY, feed).run()
        assert pending(client) == 2
        add(client, 3)
        feed.fails = False
        async with running(opened(server, QUERY, feed)):
            await feed.until(lambda: feed.count == 3)
        assert numbers(feed) == [1, 2, 3]

    run(scenario())


def test_an_entry_whose_acknowledgement_was_lost_is_stored_once(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1)
        feed = OnceFeed()
        connection = opened(server, QUERY, feed)
        async with running(connection):
            await acknowledged(client, 1)
            (consumer,) = client.xinfo_consumers("audit", "billing")
        client.xgroup_setid("audit", "billing", "0")
        client.xreadgroup("billing", consumer["name"].decode(), {"audit": ">"})
        assert pending(client) == 1
        again = OnceFeed(taken=feed.taken)
        second = opened(server, QUERY, again)
        async with running(second):
            await acknowledged(client, 1)
        assert again.count == 0
        assert pending(client) == 0

    run(scenario())


def test_other_consumers_of_the_group_get_what_is_left(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1)
        feed = OnceFeed()
        connection = opened(server, QUERY, feed)
        async with running(connection):
            await acknowledged(client, 1)
        add(client, 2)
        reply: Any = client.xreadgroup("billing", "application", {"audit": ">"})
        written: Any = client.xrange("audit")
        assert [entry for _, entries in reply for entry in entries] == written[1:]

    run(scenario())
