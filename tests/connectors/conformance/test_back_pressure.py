"""A full engine slows a source down: nothing is lost and memory does not grow with what waits."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from eventmon.core.event import Event
from tests.connectors.conformance.diary import Diary
from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources, with_each
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

PIECE_BYTES = 64 * 1024
PIECES = 1_000
MOST_HELD_BYTES = 24 * 1024**2
"""A batch, what a stream buffers, and what proxies hold; far below the 64 MB that are sent."""

SLOW_SECONDS = 7.0


class CountingFeed(RememberingFeed):
    """Keeps only the number at the beginning of each payload."""

    def __init__(self) -> None:
        super().__init__(MOUNT, keep=False)
        self.numbers: list[int] = []

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        await super().deliver(events, positions)
        self.numbers.extend(int(event.data[:8]) for event in events)


@contextmanager
def most_held() -> Iterator[list[int]]:
    """The most bytes that Python held above what it held before, in a list at the end of the block."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    most: list[int] = []
    try:
        yield most
        most.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()


@sources("produces")
def test_a_full_engine_holds_up_the_source_without_loss_or_growth(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = CountingFeed()
            (name,) = shop.some_names(1)
            async with shop.connected(feed, [name]) as connection:
                feed.room.clear()
                with most_held() as most:
                    for number in range(PIECES):
                        shop.produce(name, [(b"%08d" % number).ljust(PIECE_BYTES, b".")])
                    await feed.until(lambda: feed.waiting > 0)
                    assert feed.count == 0
                    feed.room.set()
                    await feed.until(lambda: feed.count >= PIECES)
                assert connection.statistics().interruptions == 0
            assert feed.numbers == list(range(PIECES))
            assert feed.gaps == []
            assert most[0] <= MOST_HELD_BYTES

    run(scenario())


@sources()
def test_only_one_delivery_is_on_its_way_at_a_time(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            (name,) = shop.some_names(1)
            async with shop.connected(feed, [name]):
                feed.room.clear()
                if shop.produces:
                    shop.produce(name, [b"%d" % number for number in range(5_000)])
                await feed.until(lambda: feed.waiting > 0)
                assert feed.waiting == 1
                feed.room.set()
                await feed.until(lambda: feed.count >= 5_000)

    run(scenario())


@sources("drops")
def test_a_source_that_drops_a_slow_reader_leaves_a_gap_that_holds_what_is_missing(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            shop.drop_slow_readers()
            feed, diary = RememberingFeed(MOUNT), Diary(shop)
            (name,) = shop.some_names(1)
            async with shop.connected(feed, [name]):
                feed.room.clear()
                diary.send(name, 400, size=PIECE_BYTES)
                await feed.until(lambda: feed.waiting > 0)
                feed.room.set()
                await feed.until(lambda: len(feed.gaps) == 1 and feed.phase == "connected")
                diary.send(name)
                await diary.last_has_come(feed)
            assert len(feed.lines) < 401
            assert len(feed.gaps) == 1
            diary.check(feed)

    run(scenario())


async def be_slow(shop: Harness) -> None:
    """Take nothing for longer than a dead source is waited for, and then everything."""
    feed = RememberingFeed(MOUNT)
    (name,) = shop.some_names(1)
    async with shop.connected(feed, [name]) as connection:
        feed.room.clear()
        shop.produce(name, [b"%d" % number for number in range(20_000)])
        await feed.until(lambda: feed.waiting > 0)
        with pytest.raises(TimeoutError):
            await feed.until(lambda: feed.phase != "connected", SLOW_SECONDS)
        feed.room.set()
        await feed.until(lambda: feed.count >= 20_000)
        assert connection.statistics().interruptions == 0
    assert feed.lines == [b"%d" % number for number in range(20_000)]
    assert feed.gaps == []


@pytest.mark.slow
def test_a_slow_engine_is_not_taken_for_a_dead_source(tmp_path: Path, run: Run[None]) -> None:
    run(with_each(be_slow, tmp_path, "interrupts"))
