"""Streams of a real server: begun where it was asked, resumed where it stopped, and what is missing is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from eventmon.connectors.base import Subscription
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed
from tests.connectors.redis_rig import add, connected, numbers, opened
from tests.helpers.valkey import ValkeyServer


@pytest.fixture(scope="module")
def running_server() -> Iterator[ValkeyServer]:
    with ValkeyServer(users=("reader on >geheim ~* &* -@all +xread +xrevrange +ping +subscribe +select",)) as running:
        yield running


@pytest.fixture
def server(running_server: ValkeyServer) -> ValkeyServer:
    with running_server.client() as client:
        client.flushall()
    return running_server


WHO = "keeper:keeper@"


@pytest.mark.parametrize(("start", "seen"), [("new", [4]), ("start", [1, 2, 3, 4]), ("second", [3, 4])])
def test_a_stream_begins_where_it_was_asked_to(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running, *, start: str, seen: list[int]
) -> None:
    async def scenario() -> None:
        ids = add(client, 1, 2, 3)
        feed = RememberingFeed("prod")
        begin = ids[1] if start == "second" else start
        async with running(opened(server, f"streams=audit&from={begin}", feed, who=WHO)):
            await connected(feed)
            add(client, 4)
            await feed.until(lambda: numbers(feed)[-1:] == [4])
        assert numbers(feed) == seen

    run(scenario())


def test_a_stream_that_is_not_there_yet_is_read_from_its_first_entry(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit", feed, who=WHO)):
            await connected(feed)
            add(client, 1, 2)
            await feed.until(lambda: feed.count == 2)
        assert feed.gaps == []

    run(scenario())


def test_what_is_trimmed_while_nobody_reads_is_a_gap_with_its_number(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit", feed, who=WHO)):
            await connected(feed)
            add(client, 1, 2)
            await feed.until(lambda: feed.count == 2)
        add(client, *range(3, 101))
        client.xtrim("audit", maxlen=10, approximate=False)
        again = RememberingFeed("prod", feed.positions)
        async with running(opened(server, "streams=audit", again, who=WHO)):
            await again.until(lambda: again.count == 10 and bool(again.gaps))
        assert numbers(again) == list(range(91, 101))
        assert [gap[2] for gap in again.gaps] == ["Stream audit: 88 entries were removed before they could be read."]

    run(scenario())


def test_nothing_is_said_of_a_trim_that_took_only_what_was_read(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit", feed, who=WHO)):
            await connected(feed)
            for number in range(50):
                add(client, number, maxlen=3)
                await feed.until(lambda: feed.count == number + 1)  # noqa: B023 - awaited here
        again = RememberingFeed("prod", feed.positions)
        client.xtrim("audit", maxlen=0, approximate=False)
        async with running(opened(server, "streams=audit", again, who=WHO)):
            add(client, 50)
            await again.until(lambda: again.count == 1)
        assert feed.gaps == again.gaps == []

    run(scenario())


def test_a_stream_that_is_deleted_and_begun_anew_is_read_whole_behind_a_gap(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit", feed, who=WHO)):
            await connected(feed)
            add(client, 1, 2)
            await feed.until(lambda: feed.count == 2)
            client.delete("audit")
            client.xadd("audit", {"data": "3"}, id="1-1")
            await feed.until(lambda: feed.count == 3)
            add(client, 4)
            await feed.until(lambda: feed.count == 4)
        assert numbers(feed) == [1, 2, 3, 4]
        assert "begun anew" in feed.gaps[0][2]

    run(scenario())


def test_what_is_no_stream_is_said_and_harms_no_other(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        client.set("cart", "not a stream")
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit,cart&from=start", feed, who=WHO)):
            await connected(feed)
            add(client, 1)
            await feed.until(lambda: feed.count == 1)
            assert feed.problems == [
                (
                    "warning",
                    "The stream cart cannot be read. What is kept there is not a stream. Check the name.",
                )
            ]
            client.delete("cart")
            add(client, 7, stream="cart")
            await feed.until(lambda: feed.count == 2)
        assert [event.topic for event in feed.events] == ["prod/audit", "prod/cart"]

    run(scenario())


def test_a_stream_that_becomes_something_else_leaves_the_others_alone(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1, stream="cart")
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit,cart", feed, who=WHO)):
            await connected(feed)
            client.set("cart", "not a stream any more")
            await feed.until(lambda: bool(feed.problems))
            add(client, 2)
            await feed.until(lambda: numbers(feed) == [2])
        assert [phase for phase, _ in feed.statuses] == ["connecting", "connected"]

    run(scenario())


def test_a_user_who_may_only_read_reads(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1, 2)
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit", feed, who="reader:geheim@")):
            await connected(feed)
            add(client, 3)
            await feed.until(lambda: feed.count == 1)
        assert numbers(feed) == [3]
        assert feed.problems == []

    run(scenario())


def test_a_stream_taken_off_and_on_again_goes_on_where_it_was_left(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    audit = [Subscription(kind="stream", name="audit")]

    async def scenario() -> None:
        feed = RememberingFeed("prod")
        connection = opened(server, "streams=audit,orders", feed, who=WHO)
        async with running(connection):
            await connected(feed)
            add(client, 1)
            await feed.until(lambda: feed.count == 1)
            await connection.unsubscribe(audit)
            add(client, 2)
            add(client, 100, stream="orders")
            await feed.until(lambda: feed.count == 2)
            await connection.subscribe(audit)
            await feed.until(lambda: feed.count == 3)
        assert numbers(feed) == [1, 100, 2]

    run(scenario())


def test_large_entries_are_asked_for_few_at_a_time(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        for _ in range(40):
            client.xadd("audit", {"data": b"x" * 1024**2})
        feed = RememberingFeed("prod", keep=False)
        async with running(opened(server, "streams=audit&from=start", feed, who=WHO)):
            await feed.until(lambda: feed.count == 40)
        assert max(batch for batch in feed.batches) <= 16
        assert feed.batches[-1] <= 8

    run(scenario())


def test_a_thousand_entries_come_in_few_batches(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        pipeline = client.pipeline(transaction=False)
        for number in range(5_000):
            pipeline.xadd("audit", {"data": str(number)})
        pipeline.execute()
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit&from=start", feed, who=WHO)):
            await feed.until(lambda: feed.count == 5_000)
        assert numbers(feed) == list(range(5_000))
        assert max(feed.batches) == 1_000

    run(scenario())


def test_the_place_in_one_server_means_nothing_at_another(
    server: ValkeyServer, client: redis.Redis, run: Run[None], running: Running
) -> None:
    async def scenario() -> None:
        add(client, 1)
        feed = RememberingFeed("prod")
        async with running(opened(server, "streams=audit&from=start", feed, who=WHO)):
            await feed.until(lambda: feed.count == 1)
        with ValkeyServer() as other, other.client() as its_client:
            its_client.xadd("audit", {"data": "2"}, id="1-1")
            again = RememberingFeed("prod", feed.positions)
            async with running(opened(other, "streams=audit&from=start", again)):
                await again.until(lambda: again.count == 1)
        assert numbers(again) == [2]
        assert again.gaps == []

    run(scenario())
