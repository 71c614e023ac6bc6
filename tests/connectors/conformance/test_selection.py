"""Names are added and taken away while the connection is up, at once and for good."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

ORDERS, PAYMENTS, AUDIT = b"orders:created", b"payments", b"audit"


@sources("selects")
def test_a_name_that_is_added_is_watched_from_then_on(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS]) as connection:
                shop.produce(PAYMENTS, [b"before"])
                await connection.subscribe([shop.subscription(PAYMENTS), shop.subscription(AUDIT)])
                assert connection.statistics().subscriptions == 3
                shop.produce(PAYMENTS, [b"1"])
                shop.produce(AUDIT, [b"2"])
                shop.produce(ORDERS, [b"3"])
                await feed.until(lambda: feed.count >= 3)
            assert sorted(feed.lines) == [b"1", b"2", b"3"]
            assert feed.gaps == []

    run(scenario())


@sources("selects")
def test_a_name_can_be_added_to_a_connection_that_watches_nothing(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, []) as connection:
                await connection.subscribe([shop.subscription(ORDERS)])
                shop.produce(ORDERS, [b"1"])
                await feed.until(lambda: feed.count >= 1)
                await connection.unsubscribe([shop.subscription(ORDERS)])
                shop.produce(ORDERS, [b"2"])
                await connection.subscribe([shop.subscription(PAYMENTS)])
                shop.produce(PAYMENTS, [b"3"])
                await feed.until(lambda: feed.count >= 2)
            assert feed.lines == [b"1", b"3"]

    run(scenario())


@sources("selects")
def test_nothing_of_a_name_arrives_once_it_is_taken_away_even_amid_a_flood(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS, PAYMENTS]) as connection:
                shop.produce(ORDERS, [b"%d" % number for number in range(5_000)])
                await feed.until(lambda: feed.count >= 1)
                await connection.unsubscribe([shop.subscription(ORDERS)])
                arrived = feed.count
                shop.produce(ORDERS, [b"after"] * 1_000)
                shop.produce(PAYMENTS, [b"paid"])
                await feed.until(lambda: b"paid" in feed.lines)
                assert connection.statistics().subscriptions == 1
            assert feed.lines[arrived:] == [b"paid"]
            assert feed.lines[:arrived] == [b"%d" % number for number in range(arrived)]

    run(scenario())


@sources("selects")
def test_nothing_of_a_name_arrives_once_it_is_taken_away_while_a_delivery_waited(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS, PAYMENTS]) as connection:
                feed.room.clear()
                shop.produce(ORDERS, [b"%d" % number for number in range(500)])
                await feed.until(lambda: feed.waiting > 0)
                leaving = asyncio.ensure_future(connection.unsubscribe([shop.subscription(ORDERS)]))
                await asyncio.sleep(0)
                feed.room.set()
                await leaving
                arrived = feed.count
                shop.produce(PAYMENTS, [b"paid"])
                await feed.until(lambda: b"paid" in feed.lines)
            assert feed.lines[arrived:] == [b"paid"]

    run(scenario())


@sources("selects")
def test_a_name_that_is_added_twice_comes_once_and_is_gone_when_taken_away_once(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, [ORDERS]) as connection:
                again = shop.subscription(ORDERS)
                await connection.subscribe([again])
                await connection.subscribe([again, shop.subscription(PAYMENTS)])
                shop.produce(ORDERS, [b"1"])
                await feed.until(lambda: feed.count >= 1)
                await connection.unsubscribe([again])
                await connection.unsubscribe([again])
                shop.produce(ORDERS, [b"2"])
                shop.produce(PAYMENTS, [b"3"])
                await feed.until(lambda: feed.count >= 2)
            assert feed.lines == [b"1", b"3"]

    run(scenario())
