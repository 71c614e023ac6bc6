"""Topics whose events are counted and observed and not stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern, covers
from eventmon.engine.recorded_topics import RecordedTopics
from eventmon.store.open import open_reader
from tests.engine.rig import Rig, order, orders

LEVELS = st.sampled_from(["orders", "eu", "us", "$SYS", ""])
PATTERNS = st.builds(
    lambda levels, end: "/".join([*levels, *end]) or "+",
    st.lists(st.one_of(LEVELS, st.just("+")), min_size=1, max_size=3),
    st.sampled_from([[], ["#"]]),
)
TOPICS = st.lists(LEVELS, min_size=1, max_size=4).map("/".join).filter(bool)


def off(*patterns: str) -> RecordedTopics:
    return RecordedTopics(patterns)


def test_all_topics_are_recorded_at_first() -> None:
    assert RecordedTopics().all
    assert RecordedTopics().is_recorded("orders/eu/created")


@given(st.lists(PATTERNS, max_size=4), TOPICS)
def test_a_topic_is_recorded_unless_a_pattern_matches_it(patterns: list[str], topic: str) -> None:
    recorded = RecordedTopics()
    for text in patterns:
        recorded.turn_off(Pattern(text))
    wanted = not any(Pattern(text).matches(topic) for text in patterns)
    assert recorded.is_recorded(topic) is wanted
    assert recorded.is_recorded(topic) is wanted  # also the answer that was remembered


@given(PATTERNS, PATTERNS, TOPICS)
def test_what_a_pattern_covers_matches_it_too(wide: str, narrow: str, topic: str) -> None:
    if covers(Pattern(wide), Pattern(narrow)) and Pattern(narrow).matches(topic):
        assert Pattern(wide).matches(topic)


def test_narrower_patterns_become_part_of_a_wider_one() -> None:
    recorded = off("orders/eu/#", "orders/us/created", "payments/#")
    assert recorded.turn_off(Pattern("orders/#"))
    assert recorded.patterns == ("payments/#", "orders/#")
    assert not recorded.turn_off(Pattern("orders/#"))


def test_recording_again_takes_away_what_lies_below_too() -> None:
    recorded = off("orders/eu/#", "orders/us/created", "payments/#")
    assert recorded.turn_on(Pattern("orders/#"))
    assert recorded.patterns == ("payments/#",)
    assert recorded.is_recorded("orders/eu/created")
    assert not recorded.turn_on(Pattern("orders/#"))


def test_a_part_of_what_is_not_recorded_cannot_be_recorded_alone() -> None:
    recorded = off("orders/#")
    with pytest.raises(UserError, match="“orders/eu/#” is part of “orders/#”, which is not recorded"):
        recorded.turn_on(Pattern("orders/eu/#"))
    assert not recorded.is_recorded("orders/eu/created")


def test_events_that_are_not_stored_leave_no_hole_in_the_seqs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            rig.ingest.recorded.turn_off(Pattern("orders/us/#"))
            seen: list[tuple[str, int]] = []
            rig.bus.subscribe("orders/#", lambda event: seen.append((event.topic, event.seq)))
            mixed = [order(1), order(2, region="us"), order(3), order(4, region="us"), order(5)]
            await rig.ingest.deliver(mixed)
            await rig.until_committed()
            assert seen == [
                ("orders/eu/created", 1),
                ("orders/us/created", 0),
                ("orders/eu/created", 2),
                ("orders/us/created", 0),
                ("orders/eu/created", 3),
            ]
            counted = rig.bus.statistics_of("orders/us/created")
            assert counted is not None
            assert (counted.events, counted.last_seq, counted.types) == (2, 0, ("order.created",))
            assert counted.bytes == sum(len(event.data) for event in mixed if event.topic == "orders/us/created")
            assert rig.bus.statistics().events == 5
            accounting = rig.frames.take("window").accounting
            assert (accounting.received, accounting.stored, accounting.not_recorded) == (5, 3, 2)
        reader = open_reader(tmp_path / "shop.eventmon")
        assert [(event.seq, event.topic) for event in reader.events(1, 10)] == [
            (seq, "orders/eu/created") for seq in (1, 2, 3)
        ]
        reader.close()

    asyncio.run(scenario())


def test_a_publisher_hears_what_was_not_stored(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            rig.ingest.recorded.turn_off(Pattern("orders/us/#"))
            alone = await rig.ingest.accept([order(1, region="us")])
            assert (alone.accepted, alone.not_recorded, alone.first_seq) == (0, 1, None)
            both = await rig.ingest.accept([order(2, region="us"), order(3)])
            assert (both.accepted, both.not_recorded, both.first_seq) == (1, 1, 1)

    asyncio.run(scenario())


def test_an_event_sent_again_is_told_apart_from_those_not_stored(tmp_path: Path) -> None:
    def sent() -> list[Event]:
        return [
            Event(topic="orders/eu/created", id="a", source="till"),
            Event(topic="orders/us/created", id="b", source="till"),
            Event(topic="orders/eu/created", id="c", source="till"),
        ]

    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            rig.ingest.recorded.turn_off(Pattern("orders/us/#"))
            ids: list[str | None] = []
            await rig.ingest.accept(sent()[:1])
            rig.bus.subscribe("#", lambda event: ids.append(event.id))
            again = await rig.ingest.accept(sent())
            assert (again.accepted, again.duplicates, again.not_recorded, again.first_seq) == (1, 1, 1, 1)
            assert ids == ["b", "c"]

    asyncio.run(scenario())


def test_what_is_counted_alone_waits_for_no_disk_and_fills_no_memory(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            rig.ingest.recorded.turn_off(Pattern("orders/us/#"))
            rig.disk.full.set()
            await rig.ingest.deliver(orders(1))
            await rig.until_blocked()
            for _ in range(100):
                await rig.ingest.deliver(orders(10, region="us"))
            accounting = rig.recording.ledger.accounting()
            assert (accounting.received, accounting.not_recorded, accounting.in_flight) == (1_001, 1_000, 1)
            thread = rig.recording._thread
            assert thread is not None
            assert len(thread._waiting) + len(thread._held) <= 3

    asyncio.run(scenario())


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            rig.ingest.recorded.turn_off(Pattern("#"))
            for _ in range(20):
                await rig.ingest.deliver(orders(7))
        async with Rig(tmp_path / "shop.eventmon") as rig:
            accounting = rig.recording.ledger.accounting()
            assert (accounting.received, accounting.not_recorded, accounting.stored) == (140, 140, 0)
            assert rig.bus.next_seq == 1

    asyncio.run(scenario())
