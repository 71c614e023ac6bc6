from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eventmon.core.event import Event
from eventmon.engine.frame import MAX_TOPICS_A_FRAME, Frame
from tests.engine.conftest import Run
from tests.engine.rig import START, Rig, order, orders


def _topics(frame: Frame) -> list[str]:
    return sorted(delta.topic for delta in frame.topics)


def test_the_first_frame_holds_everything_and_the_next_what_changed(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.accept([order(1), order(2, region="us")])
            rig.problems.report("info", "log", "Said before anybody looked.")
            first = rig.frames.take("window")
            assert (first.number, first.taken) == (1, START)
            assert _topics(first) == ["orders/eu/created", "orders/us/created"]
            assert first.connections == []
            assert len(first.problems) == 1
            second = rig.frames.take("window")
            assert (second.number, second.topics, second.connections, second.problems) == (2, [], None, [])
            await rig.ingest.accept([order(3)])
            third = rig.frames.take("window")
            (delta,) = third.topics
            assert (delta.topic, delta.events, delta.last_seq) == ("orders/eu/created", 2, 3)
            assert delta.types == ("order.created",)
            assert third.log.newest_seq == 3
            assert third.log.events == 3

    run(scenario())


def test_viewers_do_not_take_changes_from_each_other(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            rig.frames.take("second window")
            await rig.ingest.accept([order(1)])
            assert _topics(rig.frames.take("window")) == ["orders/eu/created"]
            assert _topics(rig.frames.take("second window")) == ["orders/eu/created"]
            assert rig.frames.take("window").number == 3

    run(scenario())


def test_many_topics_come_in_several_frames_each_once(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver([Event(topic=f"sensors/{number}") for number in range(5_000)])
            seen: list[str] = []
            sizes = []
            while deltas := rig.frames.take("window").topics:
                sizes.append(len(deltas))
                seen.extend(delta.topic for delta in deltas)
            assert max(sizes) == MAX_TOPICS_A_FRAME
            assert len(seen) == len(set(seen)) == 5_000
            await rig.until_committed()

    run(scenario())


def test_rates_rise_and_fade_to_one_last_zero(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            await rig.ingest.deliver(orders(500))
            rig.clock.advance(1.0)
            rig.frames.tick()
            frame = rig.frames.take("window")
            assert frame.rate == pytest.approx(500)
            assert frame.topics[0].rate == pytest.approx(500)
            rates = []
            for _ in range(8):
                rig.clock.advance(1.0)
                rig.frames.tick()
                frame = rig.frames.take("window")
                rates.append([delta.rate for delta in frame.topics])
            assert [0.0] in rates
            assert rates[-1] == []
            assert frame.rate == 0.0
            await rig.until_committed()

    run(scenario())


def test_a_viewer_that_went_away_is_forgotten(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.frames.take("window")
            rig.clock.advance(30)
            rig.frames.take("second window")
            rig.clock.advance(31)
            rig.frames.tick()
            assert rig.frames.viewers == ["second window"]
            assert rig.frames.take("window").number == 1

    run(scenario())


def test_a_frame_does_not_grow_with_the_events(run: Run[Any], path: Path) -> None:
    import msgspec

    async def scenario() -> tuple[int, int]:
        async with Rig(path) as rig:
            rig.frames.take("window")
            await rig.ingest.deliver(orders(10))
            few = len(msgspec.msgpack.encode(rig.frames.take("window")))
            await rig.ingest.deliver(orders(10_000))
            many = len(msgspec.msgpack.encode(rig.frames.take("window")))
            await rig.until_committed()
            return few, many

    few, many = run(scenario())
    assert many < few * 1.5
