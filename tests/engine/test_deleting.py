"""Deleting events and topics, asked of a whole engine: exactly what was meant goes, and nothing else stops."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap64

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import deleting, requests
from eventmon.engine.engine import Engine
from eventmon.engine.event_chunks import read_chunk
from eventmon.engine.frame import MAX_TOPICS_A_FRAME, TopicDelta
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.store.errors import LogUnavailable
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import Rig, order, orders
from tests.engine.whole_engine import REMEMBERS, running, take_frame


async def delete_all(engine: Engine, *, newest: int, budget: int = 20_000, **chosen: Any) -> int:
    """What a front end does: ask again until the scan has come down."""
    asked = {"topics": [], "text": "", "hidden": []} | chosen
    events = 0
    while True:
        answer = await engine.answer(requests.DeleteEvents(**asked, newest=newest, budget=budget))
        events += answer.events
        newest = answer.scanned_to - 1
        if newest < asked.get("oldest", 1):
            return events


async def seqs_of(engine: Engine) -> list[int]:
    rows = await engine.answer(requests.ReadRows(first=1, count=1_000))
    return [row.seq for row in rows.rows]


def test_what_a_search_finds_is_what_is_deleted(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            events = [
                order(number, region=("eu", "us")[number % 2], data=b"a gift" if number % 8 in (0, 1) else b"for Anna")
                for number in range(40)
            ]
            await engine.accept(events)
            chosen: dict[str, Any] = {"topics": ["orders/#"], "text": "gift -anna", "hidden": ["orders/us/#"]}
            found = await engine.answer(requests.Search(**chosen, newest=40, oldest=1))
            assert len(found.seqs) == 5
            assert await delete_all(engine, newest=40, budget=7, **chosen) == 5
            assert await seqs_of(engine) == [seq for seq in range(1, 41) if seq not in found.seqs]
            assert (await engine.answer(requests.Search(**chosen, newest=40, oldest=1))).seqs == []

    run(scenario())


def test_a_frame_says_that_there_is_something_new_to_skip(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(11) + orders(9, region="us"))
            before = (await take_frame(engine)).log
            assert (before.removals, before.events) == (0, 20)
            assert await delete_all(engine, newest=20, topics=["orders/us/#"]) == 9
            after = await take_frame(engine)
            assert (after.log.removals, after.log.events, after.log.newest_seq) == (9, 11, 20)
            assert (after.accounting.stored, after.accounting.pruned) == (20, 9)
            removed = await engine.answer(requests.ReadRemoved())
            assert removed.removals == after.log.removals
            live = sorted(set(range(1, 21)) - set(BitMap64.deserialize(removed.seqs)))
            assert await seqs_of(engine) == live
        async with running(paths) as engine:
            again = await take_frame(engine)
            assert again.log.removals == after.log.removals
            assert (again.log.first_seq, again.log.newest_seq, again.log.events) == (1, 20, 11)

    run(scenario())


def test_the_low_end_is_right_whatever_is_deleted(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(20))
            await delete_all(engine, newest=5)
            assert (await take_frame(engine)).log.first_seq == 6
            await delete_all(engine, newest=20)
            log = (await take_frame(engine)).log
            assert (log.first_seq, log.newest_seq, log.events) == (0, 20, 0)
            await engine.accept(orders(1))
            log = (await take_frame(engine)).log
            assert (log.first_seq, log.newest_seq, log.events) == (21, 21, 1)

    run(scenario())


def test_what_comes_after_the_newest_counted_stays(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(30))
            await engine.accept(orders(5))
            assert await delete_all(engine, newest=30) == 30
            assert await seqs_of(engine) == [31, 32, 33, 34, 35]

    run(scenario())


def test_an_answer_comes_soon_however_much_is_to_be_deleted(
    run: Run[Any], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "LONGEST_ANSWER_SECONDS", 0.0)
    monkeypatch.setattr(deleting, "ROUND", 100)

    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(1_000))
            asked = requests.DeleteEvents(topics=[], text="", newest=1_000)
            assert await engine.answer(asked) == requests.Deleted(events=100, scanned_to=901)
            assert await delete_all(engine, newest=900) == 900

    run(scenario())


def test_nothing_is_lost_while_events_come_in(run: Run[Any], paths: Paths) -> None:
    """Some 5,000 events a second come in while all that is there is deleted again and again."""

    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(20_000))
            feed = asyncio.create_task(deliver(engine))
            deleted = 0
            while not feed.done():
                deleted += await delete_all(engine, newest=engine.newest_committed, topics=["orders/eu/#"])
                accounting = engine.accounting()
                assert accounting.received == accounting.stored + accounting.in_flight
            delivered = await feed
            await engine.wait_newer(20_000 + delivered - 1)
            deleted += await delete_all(engine, newest=engine.newest_committed, topics=["orders/eu/#"])
            accounting = engine.accounting()
            assert accounting.stored == accounting.received == 20_000 + delivered
            assert accounting.pruned == deleted == 20_000 + delivered // 2
            assert await engine.read(lambda reader: reader.count()) == delivered // 2
            assert await engine.read(lambda reader: reader.count(topics=["orders/us/#"])) == delivered // 2

    async def deliver(engine: Engine) -> int:
        for _ in range(30):
            batch = orders(100) + orders(100, region="us")
            await engine.ingest.deliver(batch)
            await asyncio.sleep(0.04)
        return 30 * 200

    run(scenario())


def test_events_that_come_are_committed_between_two_slices(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            await rig.ingest.accept(orders(3_000))
            began, handed_over = threading.Event(), threading.Event()

            def wait_for_events() -> None:
                began.set()
                assert handed_over.wait(20)

            rig.disk.before_slice = wait_for_events
            deletion = asyncio.create_task(rig.recording.delete(list(range(3_000, 0, -1))))
            await asyncio.to_thread(began.wait, 20)
            await rig.ingest.deliver(orders(10))
            handed_over.set()
            assert await deletion == 3_000
            first, second, *_ = rig.disk.slices
            assert len(rig.disk.slices) >= 6
            assert second == first + 1

    run(scenario())


def test_the_size_that_is_shown_shrinks_without_another_event(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            await rig.ingest.accept([order(number, data=bytes(20_000)) for number in range(200)])
            assert rig.recording.status().bytes > 4_000_000
            await rig.recording.delete(list(range(2, 201)))
            async with asyncio.timeout(30):
                while rig.recording.status().bytes > 200_000:
                    await rig.recording.changed()

    run(scenario())


def test_a_session_that_is_only_looked_at_loses_nothing(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(3))
        async with running(paths, EngineOptions(serve_control=False, look=True)) as engine:
            for asked in (
                requests.DeleteEvents(topics=[], text="", newest=3),
                requests.DeleteTopic(topic="orders"),
            ):
                with pytest.raises(UserError, match="open here to look only"):
                    await engine.answer(asked)
            assert await seqs_of(engine) == [1, 2, 3]

    run(scenario())


def test_whoever_looks_sees_what_another_process_deletes(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(9))
            looking = EngineOptions(serve_control=False, look=True, session=paths.default_session)
            async with running(paths, looking) as viewer:
                await delete_all(engine, newest=6, oldest=4)
                bounds, removals, totals = await viewer.read(
                    lambda reader: (reader.bounds(), reader.removals(), reader.totals())
                )
                viewer._recording.seen(bounds, removals, totals)  # as its next tick does
                assert (await take_frame(viewer)).log.removals == 3
                assert (await take_frame(viewer)).log.events == 6
                assert await seqs_of(viewer) == [1, 2, 3, 7, 8, 9]

    run(scenario())


def test_a_log_that_refuses_says_so_and_goes_on_later(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            await rig.ingest.accept(orders(10))
            rig.disk.stage = "delete"
            rig.disk.full.set()
            with pytest.raises(LogUnavailable, match="disk is full"):
                await rig.recording.delete([1, 2])
            rig.disk.full.clear()
            assert await rig.recording.delete([1, 2]) == 2
            assert await rig.recording.delete([]) == 0
        with pytest.raises(LogUnavailable, match="session is closed"):
            await rig.recording.delete([3])

    run(scenario())


def test_a_pattern_that_is_none_is_refused(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            with pytest.raises(UserError, match="#"):
                await engine.answer(requests.DeleteEvents(topics=["#/orders"], text="", newest=1))

    run(scenario())


async def listed(engine: Engine, viewer: str = "window") -> tuple[dict[str, TopicDelta], list[str]]:
    """Topics of the viewer's next frame, and those that are gone."""
    frame = await take_frame(engine, viewer)
    return {delta.topic: delta for delta in frame.topics}, frame.forgotten


def test_a_deleted_topic_leaves_the_lists_and_comes_back_with_its_totals(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(10) + orders(10, region="us") + [Event(topic="payments/done")])
            assert set((await listed(engine))[0]) == {"orders/eu/created", "orders/us/created", "payments/done"}
            assert await engine.answer(requests.DeleteTopic(topic="orders")) == 2
            assert sorted((await listed(engine))[1]) == ["orders/eu/created", "orders/us/created"]
            assert set((await listed(engine, "another window"))[0]) == {"payments/done"}
            assert [topic.topic for topic in engine.topics()] == ["payments/done"]
            assert len(await seqs_of(engine)) == 21
            await engine.accept(orders(1))
            topics, gone = await listed(engine)
            assert (topics["orders/eu/created"].events, gone) == (11, [])
        async with running(paths) as engine:
            topics, _ = await listed(engine)
            assert {name: topic.events for name, topic in topics.items()} == {
                "payments/done": 1,
                "orders/eu/created": 11,
            }
            await engine.accept(orders(1, region="us"))
            assert (await listed(engine))[0]["orders/us/created"].events == 11

    run(scenario())


def test_a_topic_deleted_with_its_events_begins_anew(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(10) + orders(10, region="us") + [Event(topic="payments/done")])
            assert await engine.answer(requests.DeleteTopic(topic="orders", events=True)) == 2
            assert await seqs_of(engine) == [21]
            await engine.accept(orders(1))
            assert (await listed(engine))[0]["orders/eu/created"].events == 1
        async with running(paths) as engine:
            topics, _ = await listed(engine)
            assert {name: topic.events for name, topic in topics.items()} == {
                "payments/done": 1,
                "orders/eu/created": 1,
            }
            stored = await engine.read(lambda reader: {topic.topic for topic in reader.topics()})
            assert stored == {"orders/eu/created", "payments/done"}
            await engine.accept(orders(1, region="us"))
            assert (await listed(engine))[0]["orders/us/created"].events == 1

    run(scenario())


def test_a_topic_that_is_deleted_while_events_come_counts_those_after(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(3_000))
            deletion = asyncio.create_task(engine.answer(requests.DeleteTopic(topic="orders", events=True)))
            for _ in range(20):
                await engine.ingest.deliver(orders(50))
                await asyncio.sleep(0.01)
            await deletion
            await engine.wait_newer(3_999)
            statistics = engine.bus.statistics_of("orders/eu/created")
            assert statistics is not None
            assert statistics.events == len(await seqs_of(engine)) > 0
        async with running(paths) as engine:
            assert (await listed(engine))[0]["orders/eu/created"].events == statistics.events

    run(scenario())


def test_a_made_topic_is_remembered_no_more(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths, REMEMBERS) as engine:
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            await engine.answer(requests.CreateTopic(topic="refunds/us"))
            assert await engine.answer(requests.DeleteTopic(topic="refunds/eu")) == 1
        assert "refunds/eu" not in paths.workspace_file.read_text()
        async with running(paths, REMEMBERS) as engine:
            assert set((await listed(engine))[0]) == {"refunds/us"}
            await engine.answer(requests.CreateTopic(topic="refunds/eu"))
            assert set((await listed(engine))[0]) == {"refunds/eu"}

    run(scenario())


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        ("refunds", "There is no topic 'refunds'"),
        ("orders/#", "#"),
        ("prod", "comes from the connection “prod”, which is open. Disconnect it first."),
        ("prod/orders", "comes from the connection “prod”"),
    ],
)
def test_a_topic_that_cannot_be_deleted_is_refused_with_a_reason(
    run: Run[Any], paths: Paths, broker: OrdersBroker, topic: str, sentence: str
) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.answer(requests.OpenConnection(url="orders://shop", name="prod"))
            await engine.accept(orders(1))
            with pytest.raises(UserError, match=sentence):
                await engine.answer(requests.DeleteTopic(topic=topic))
            assert len(engine.topics()) == 1

    run(scenario())


def test_many_deleted_topics_are_told_in_parts_and_before_what_is_newer(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            names = [f"devices/{number}" for number in range(MAX_TOPICS_A_FRAME + 500)]
            await engine.ingest.deliver([Event(topic=name, data=b"1") for name in names])
            seen: set[str] = set()
            while len(seen) < len(names):
                seen |= set((await listed(engine))[0])
            assert await engine.answer(requests.DeleteTopic(topic="devices")) == len(names)
            await engine.ingest.deliver([Event(topic=names[-1])])
            topics, gone = await listed(engine)
            assert (topics, len(gone)) == ({}, MAX_TOPICS_A_FRAME)
            topics, more = await listed(engine)
            assert (set(topics), set(gone) | set(more)) == ({names[-1]}, set(names))

    run(scenario())


def test_events_in_json_lines_and_in_the_stream_jump_over_holes(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept(orders(2_000) + orders(10, region="us"))
            await delete_all(engine, newest=1_900, oldest=101)
            for topics in ((), ("orders/#",)):
                found: list[int] = []
                first = 50
                while first <= engine.newest_committed:
                    chunk = await engine.read(partial(read_chunk, first=first, newest=2_010, topics=topics))
                    found += [event.seq for event in chunk.events]
                    first = chunk.scanned_to + 1
                assert found == [*range(50, 101), *range(1_901, 2_011)]

    run(scenario())
