"""What a recording takes: wanted topics, not one event too many, and the next recording goes on exactly there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.engine.chosen_feed import Choice, ChosenFeed
from eventmon.engine.selection import Selection
from eventmon.engine.watched import Watched

TOO_LARGE = b"too large"


class Session:
    """What a session keeps over recordings; it stands in for the feed of a mount and its log."""

    name = "prod"

    def __init__(self) -> None:
        self.stored: list[Event] = []
        self.positions: dict[str, str] = {}
        self.events = 0

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        await asyncio.sleep(0)
        good = [event for event in events if event.data != TOO_LARGE]
        self.stored += good
        self.events += len(good)
        self.positions.update(positions or {})

    async def deliver_once(self, events: Sequence[Event]) -> None:
        await self.deliver([event for event in events if event not in self.stored])

    def position(self, stream: str) -> str | None:
        return self.positions.get(stream)


Streams = dict[str, list[Event]]


def stream_of(name: str, payloads: Sequence[bytes]) -> list[Event]:
    return [Event(topic=f"prod/{name}", data=payload) for payload in payloads]


async def record(
    session: Session, streams: Streams, *, limit: int | None, sizes: Sequence[int], patterns: Sequence[str] = ()
) -> bool:
    """One recording of what the streams hold, in batches of these sizes in turn; whether it was ended by its limit."""
    full = asyncio.Event()
    watched = {"prod": Watched("prod", tests=True, say=lambda _: None)}
    choice = Choice(Selection(patterns), limit, watched, full.set)
    feed: Any = session
    reading = asyncio.create_task(read(ChosenFeed(feed, choice), streams, sizes))
    ended = asyncio.create_task(full.wait())
    await asyncio.wait([reading, ended], return_when=asyncio.FIRST_COMPLETED)
    for task in (reading, ended):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return choice.is_full


async def read(feed: ChosenFeed, streams: Streams, sizes: Sequence[int]) -> None:
    """Read streams as a connector does, from the positions that the session has."""
    turn = 0
    places = {name: int(feed.position(name) or 0) for name in streams}
    while any(places[name] < len(events) for name, events in streams.items()):
        for name, events in streams.items():
            batch = events[places[name] : places[name] + sizes[turn % len(sizes)]]
            turn += 1
            if batch:
                places[name] += len(batch)
                await feed.deliver(batch, {name: str(places[name])})


payloads = st.lists(st.sampled_from([b"created", b"paid", b"shipped"]), max_size=30)


@given(
    orders=payloads,
    audit=payloads,
    limits=st.lists(st.integers(1, 12), min_size=1, max_size=8),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_recordings_one_after_the_other_store_every_event_once_and_in_order(
    orders: list[bytes], audit: list[bytes], limits: list[int], sizes: list[int]
) -> None:
    async def scenario() -> None:
        streams = {"orders": stream_of("orders", orders), "audit": stream_of("audit", audit)}
        session = Session()
        for turn, limit in enumerate(limits):
            before = len(session.stored)
            full = await record(session, streams, limit=limit, sizes=sizes[turn % len(sizes) :] + sizes)
            assert len(session.stored) - before == limit or not full
        await record(session, streams, limit=None, sizes=sizes)
        for name, events in streams.items():
            assert [event for event in session.stored if event.topic == f"prod/{name}"] == events
        assert [text for stream, text in session.positions.items() if stream.startswith("cut ") and text] == []

    asyncio.run(scenario())


def test_entries_that_were_deleted_meanwhile_change_nothing_for_the_others() -> None:
    async def scenario() -> None:
        session = Session()
        first = stream_of("orders", [b"%d" % number for number in range(10)])
        await record(session, {"orders": first}, limit=6, sizes=[10])
        without = first[:2] + first[4:]
        await record(session, {"orders": without}, limit=None, sizes=[3])
        assert session.stored == first

    asyncio.run(scenario())


def test_a_stream_that_was_made_anew_is_recorded_whole() -> None:
    async def scenario() -> None:
        session = Session()
        await record(session, {"orders": stream_of("orders", [b"created", b"paid"])}, limit=1, sizes=[2])
        anew = stream_of("orders", [b"shipped", b"created"])
        await record(session, {"orders": anew}, limit=None, sizes=[2])
        assert [event.data for event in session.stored] == [b"created", b"shipped", b"created"]

    asyncio.run(scenario())


def test_what_cannot_be_stored_does_not_count() -> None:
    async def scenario() -> None:
        session = Session()
        events = stream_of("orders", [b"created", TOO_LARGE, TOO_LARGE, b"paid", b"shipped"])
        assert await record(session, {"orders": events}, limit=2, sizes=[5])
        assert [event.data for event in session.stored] == [b"created", b"paid"]

    asyncio.run(scenario())


def test_only_wanted_topics_are_taken_and_positions_go_on_without_them() -> None:
    async def scenario() -> None:
        session = Session()
        streams = {"orders": stream_of("orders", [b"created"] * 3), "audit": stream_of("audit", [b"paid"] * 3)}
        await record(session, streams, limit=None, sizes=[2], patterns=["prod/audit"])
        assert {event.topic for event in session.stored} == {"prod/audit"}
        assert session.positions == {"orders": "3", "audit": "3"}

    asyncio.run(scenario())


def test_messages_without_a_position_and_events_that_may_have_come_before_count_too() -> None:
    async def scenario() -> None:
        session: Any = Session()
        reached = asyncio.Event()
        watched = {"prod": Watched("prod", tests=True, say=lambda _: None)}
        feed = ChosenFeed(session, Choice(Selection(()), 4, watched, reached.set))
        first, second = stream_of("orders", [b"created", b"paid"])
        await feed.deliver([first])
        await feed.deliver_once([first, second])
        assert not reached.is_set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(feed.deliver(stream_of("audit", [b"1", b"2", b"3"])), 0.01)
        assert reached.is_set()
        assert [event.data for event in session.stored] == [b"created", b"paid", b"1", b"2"]

    asyncio.run(scenario())
