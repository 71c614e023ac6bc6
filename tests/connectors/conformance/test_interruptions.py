"""A lost connection is said, tried again and stored as a gap; what the source keeps is complete afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from eventmon.connectors.base import Connection
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from tests.connectors.conformance.diary import Diary
from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources, with_each
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed
from tests.connectors.running import running

ORDERS, PAYMENTS, AUDIT = b"orders:created", b"payments", b"audit"
RESTORED_SECONDS = 20.0
NOTICED_SECONDS = 8.0
"""The promise is 5 s; the rest is for a loaded machine."""


async def restored(shop: Harness, connection: Connection, feed: RememberingFeed) -> None:
    """Let an interruption end and wait until the connection is up again."""
    shop.resume()
    connection.retry_now()
    await feed.until(lambda: feed.phase == "connected")


@sources("interrupts")
def test_an_outage_is_a_gap_after_which_everything_is_watched_again(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed, diary = RememberingFeed(MOUNT), Diary(shop)
            async with shop.connected(feed, [ORDERS, PAYMENTS]) as connection:
                diary.send(ORDERS, 10)
                await feed.until(lambda: feed.count >= 10)
                shop.interrupt()
                await feed.until(lambda: feed.phase == "waiting")
                diary.send(ORDERS, 10)
                await restored(shop, connection, feed)
                diary.send(PAYMENTS)
                diary.send(ORDERS)
                await diary.last_has_come(feed)
                assert connection.statistics().interruptions == 1
            assert len(feed.gaps) == 1
            started, ended, reason = feed.gaps[0]
            assert 0 < started <= ended
            assert reason
            if not shop.keeps:
                assert len(feed.lines) == 12
            diary.check(feed)

    run(scenario())


@sources("interrupts")
def test_each_of_many_cuts_under_load_is_one_gap(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    cuts = 4

    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed, diary = RememberingFeed(MOUNT), Diary(shop)
            async with shop.connected(feed, [ORDERS]) as connection:
                for number in range(cuts):
                    diary.send(ORDERS, 200)
                    shop.cut()
                    async with asyncio.timeout(RESTORED_SECONDS):
                        while len(feed.gaps) <= number:
                            diary.send(ORDERS)
                            await asyncio.sleep(0)
                await feed.until(lambda: feed.phase == "connected")
                diary.send(ORDERS)
                await diary.last_has_come(feed)
                assert connection.statistics().interruptions == cuts
            assert len(feed.gaps) == cuts
            diary.check(feed)

    run(scenario())


@sources("interrupts", "selects")
def test_what_is_added_and_taken_away_during_an_outage_holds_after_it(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS]) as connection:
                await connection.subscribe([shop.subscription(PAYMENTS)])
                shop.interrupt()
                await feed.until(lambda: feed.phase == "waiting")
                await connection.subscribe([shop.subscription(AUDIT)])
                await connection.unsubscribe([shop.subscription(ORDERS)])
                await restored(shop, connection, feed)
                shop.produce(ORDERS, [b"1"])
                shop.produce(PAYMENTS, [b"2"])
                shop.produce(AUDIT, [b"3"])
                await feed.until(lambda: feed.count >= 2)
            assert sorted(feed.lines) == [b"2", b"3"]

    run(scenario())


@sources("interrupts", "publishes")
def test_publishing_during_an_outage_is_refused_in_plain_words(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS]) as connection:
                shop.interrupt()
                await feed.until(lambda: feed.phase == "waiting")
                with pytest.raises(UserError):
                    await connection.publish(Event(topic=shop.topic(ORDERS), data=b"1"))
                await restored(shop, connection, feed)
                await connection.publish(Event(topic=shop.topic(ORDERS), data=b"2"))
                await feed.until(lambda: feed.count >= 1)
            assert feed.lines == [b"2"]

    run(scenario())


@sources("interrupts")
def test_a_source_that_is_not_there_yet_is_waited_for_without_a_gap(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            shop.interrupt()
            connection = shop.open(feed, [ORDERS])
            async with running(connection):
                await feed.until(lambda: feed.phase == "waiting")
                assert feed.statuses[-1][1]
                await restored(shop, connection, feed)
                shop.produce(ORDERS, [b"1"])
                await feed.until(lambda: feed.count >= 1)
            assert feed.gaps == []

    run(scenario())


async def go_through_silence(shop: Harness) -> None:
    """A connection that is up falls silent: it is noticed, and what was sent meanwhile lies inside the gap."""
    feed, diary = RememberingFeed(MOUNT), Diary(shop)
    async with shop.connected(feed, [ORDERS]) as connection:
        diary.send(ORDERS, 10)
        await feed.until(lambda: feed.count >= 10)
        shop.silence()
        diary.send(ORDERS, 10)
        await feed.until(lambda: feed.phase != "connected", NOTICED_SECONDS)
        await restored(shop, connection, feed)
        diary.send(ORDERS)
        await diary.last_has_come(feed)
    assert len(feed.gaps) == 1
    diary.check(feed)


@pytest.mark.slow
def test_a_dead_peer_is_noticed_and_what_it_swallowed_lies_inside_the_gap(tmp_path: Path, run: Run[None]) -> None:
    run(with_each(go_through_silence, tmp_path, "interrupts"))


@pytest.mark.parametrize("fault", ["dribble", "delay"])
@sources("interrupts")
def test_a_bad_line_changes_nothing_but_the_time(
    source: type[Harness], fault: str, tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            getattr(shop, fault)()
            feed, diary = RememberingFeed(MOUNT), Diary(shop)
            async with shop.connected(feed, [ORDERS, PAYMENTS]):
                diary.send(ORDERS, 20)
                await feed.until(lambda: feed.count >= 20)
            assert feed.gaps == []
            diary.check(feed)

    run(scenario())
