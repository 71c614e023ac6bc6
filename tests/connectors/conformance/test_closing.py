"""Closing a connection is at once and clean in whatever it was doing; its position is where a successor goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

CLOSED_SECONDS = 3.0


async def cancelled(task: asyncio.Task[None]) -> None:
    """Cancel a run; it has to end as cancelled, and soon."""
    task.cancel()
    await asyncio.wait([task], timeout=CLOSED_SECONDS)
    assert task.cancelled()


async def released(shop: Harness) -> None:
    """Wait until the source holds no connection any more."""
    async with asyncio.timeout(CLOSED_SECONDS):
        while shop.held():  # noqa: ASYNC110 - a proxy tells nobody
            await asyncio.sleep(0)


@sources()
def test_a_connection_that_is_up_closes_cleanly(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            task = asyncio.ensure_future(shop.open(feed, shop.some_names(3)).run())
            await feed.until(lambda: feed.phase == "connected")
            await cancelled(task)
            await released(shop)
            assert feed.gaps == []

    run(scenario())


@sources()
def test_a_connection_that_has_not_begun_closes_cleanly(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            for turns in range(12):
                task = asyncio.ensure_future(shop.open(RememberingFeed(MOUNT), shop.some_names(3)).run())
                for _ in range(turns):
                    await asyncio.sleep(0)
                await cancelled(task)
            await released(shop)

    run(scenario())


@sources("interrupts")
def test_a_connection_that_is_being_made_closes_cleanly(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            shop.silence()
            feed = RememberingFeed(MOUNT)
            task = asyncio.ensure_future(shop.open(feed, shop.some_names(3)).run())
            async with asyncio.timeout(CLOSED_SECONDS):
                while not shop.held():  # noqa: ASYNC110 - a proxy tells nobody
                    await asyncio.sleep(0)
            assert feed.phase == "connecting"
            await cancelled(task)
            shop.resume()
            await released(shop)

    run(scenario())


@sources("interrupts")
def test_a_connection_that_waits_to_try_again_closes_cleanly_and_leaves_its_gap(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            task = asyncio.ensure_future(shop.open(feed, shop.some_names(3)).run())
            await feed.until(lambda: feed.phase == "connected")
            shop.interrupt()
            await feed.until(lambda: feed.phase == "waiting")
            await cancelled(task)
            assert len(feed.gaps) == 1

    run(scenario())


@sources()
def test_a_connection_whose_delivery_waits_closes_cleanly_and_delivers_nothing_after(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            (name,) = shop.some_names(1)
            task = asyncio.ensure_future(shop.open(feed, [name]).run())
            await feed.until(lambda: feed.phase == "connected")
            feed.room.clear()
            arrived = feed.count
            if shop.produces:
                shop.produce(name, [b"%d" % number for number in range(5_000)])
            await feed.until(lambda: feed.waiting > 0)
            await cancelled(task)
            assert feed.waiting == 0
            feed.room.set()
            await released(shop)
            assert feed.count == arrived

    run(scenario())


@pytest.mark.parametrize("arrived", [0, 1, 700])
@sources("keeps")
def test_a_successor_goes_on_where_a_connection_was_closed(
    source: type[Harness], arrived: int, tmp_path: Path, run: Run[None]
) -> None:
    payloads = [b"%d" % number for number in range(3_000)]

    async def scenario() -> None:
        async with source(tmp_path) as shop:
            names = shop.some_names(3)
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, names):
                if arrived:
                    for name in names:
                        shop.produce(name, payloads[:1_000])
                await feed.until(lambda: feed.count >= arrived)
            before = len(feed.events)
            for name in names:
                shop.produce(name, payloads[1_000 if arrived else 0 : 2_000])
            successor = RememberingFeed(MOUNT, feed.positions)
            async with shop.connected(successor, names):
                for name in names:
                    shop.produce(name, payloads[2_000:])
                await successor.until(lambda: before + successor.count >= len(payloads) * len(names))
            assert len(feed.events) == before
            for topic in set(map(shop.topic, names)):
                events = [event.data for event in feed.events + successor.events if event.topic == topic]
                assert events == payloads

    run(scenario())
