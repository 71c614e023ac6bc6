from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import ingest as ingest_module
from eventmon.engine import recording as recording_module
from eventmon.engine.ingest import Accepted
from eventmon.store.errors import LogUnavailable
from eventmon.store.open import open_reader
from tests.engine.conftest import Run
from tests.engine.rig import Rig, order, orders


def _stored(path: Path) -> list[Event]:
    reader = open_reader(path)
    try:
        return reader.events(1, 1_000_000)
    finally:
        reader.close()


def test_a_batch_is_numbered_and_stored_in_order(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            assert await rig.ingest.deliver(orders(10_000)) == 10_000
            await rig.until_committed()
            assert rig.recording.newest == 10_000

    run(scenario())
    events = _stored(path)
    assert [event.seq for event in events] == list(range(1, 10_001))
    assert [event.data for event in events] == [event.data for event in orders(10_000)]


def test_two_that_deliver_at_once_leave_no_hole_and_keep_their_order(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await asyncio.gather(
                *(rig.ingest.deliver(orders(3_000, region=region)) for region in ("eu", "us")),
                *(rig.ingest.accept([order(number, region="shop")]) for number in range(20)),
            )
            await rig.until_committed()

    run(scenario())
    events = _stored(path)
    assert [event.seq for event in events] == list(range(1, 6_021))
    for region in ("eu", "us"):
        mine = [event.data for event in events if event.topic == f"orders/{region}/created"]
        assert mine == [event.data for event in orders(3_000)]


def test_accept_returns_when_the_events_are_readable(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            assert (await rig.ingest.accept([order(1), order(2)])).first_seq == 1
            assert [event.seq for event in _stored(path)] == [1, 2]
            assert (await rig.ingest.accept([order(3)])).first_seq == 3

    run(scenario())


def test_bad_events_of_a_connection_are_dropped_counted_and_told(run: Run[Any], path: Path) -> None:
    bad = [
        Event(topic="orders/\0"),
        Event(topic="orders/+/created"),
        Event(topic="orders/#"),
        Event(topic="x" * 5_000),
        Event(topic="/".join("x" * 200)),
    ]

    async def scenario() -> None:
        async with Rig(path) as rig:
            assert await rig.ingest.deliver([order(1), *bad, order(2)], where="prod") == 2
            await rig.until_committed()
            accounting = rig.recording.ledger.accounting()
            assert (accounting.received, accounting.stored, accounting.dropped) == (7, 2, 5)
            assert {problem.where for problem in rig.problems.since(0)} == {"prod"}

    run(scenario())
    assert [event.seq for event in _stored(path)] == [1, 2]


def test_a_payload_over_the_limit_is_dropped(run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "MAX_PAYLOAD_BYTES", 1_000)

    async def scenario() -> None:
        async with Rig(path) as rig:
            assert await rig.ingest.deliver([order(1, data=b"x" * 1_000), order(2, data=b"x" * 1_001)]) == 1
            await rig.until_committed()
            with pytest.raises(UserError, match="larger"):
                await rig.ingest.accept([order(3, data=b"x" * 1_001)])
            accounting = rig.recording.ledger.accounting()
            assert (accounting.received, accounting.stored, accounting.dropped) == (2, 1, 1)
            (problem,) = rig.problems.since(0)
            assert "dropped" in problem.text

    run(scenario())


def test_drops_alone_are_kept_in_the_log(run: Run[Any], path: Path) -> None:
    async def scenario() -> int:
        async with Rig(path) as rig:
            await rig.ingest.deliver([Event(topic="a\0b")])
        async with Rig(path) as rig:
            return rig.recording.ledger.accounting().dropped

    assert run(scenario()) == 1


def test_publishers_get_all_or_nothing(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            with pytest.raises(UserError):
                await rig.ingest.accept([order(1), Event(topic="orders/#")])
            assert rig.recording.ledger.accounting().received == 0
            assert await rig.ingest.accept([]) == Accepted()

    run(scenario())


def test_text_that_is_not_unicode_is_stored_and_blocks_nothing(run: Run[Any], path: Path) -> None:
    odd = Event(topic="orders/eu", type="order\ud800", source="check\udcffout", data=b"\xff", headers={"a\ud800": "b"})

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver([odd, order(1)])
            await rig.until_committed()
            assert rig.recording.newest == 2

    run(scenario())
    assert _stored(path)[0].data == b"\xff"


def test_who_delivers_waits_for_room(run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_module, "MAX_IN_FLIGHT_EVENTS", 100)

    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.disk.full.set()
            await rig.ingest.deliver(orders(100))
            waiting = asyncio.create_task(rig.ingest.deliver(orders(50)))
            await rig.until_blocked()
            assert not waiting.done()
            assert rig.recording.ledger.in_flight == 100
            rig.disk.full.clear()
            assert await waiting == 50
            await rig.until_committed()
            assert rig.recording.newest == 150

    run(scenario())


def test_room_is_bounded_in_bytes_too(run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_module, "MAX_IN_FLIGHT_BYTES", 10_000)

    async def scenario() -> None:
        async with Rig(path) as rig:
            rig.disk.full.set()
            await rig.ingest.deliver([order(1, data=b"x" * 20_000)])  # alone, it may pass
            waiting = asyncio.create_task(rig.ingest.deliver([order(2, data=b"x")]))
            await rig.until_blocked()
            assert not waiting.done()
            rig.disk.full.clear()
            await waiting
            await rig.until_committed()
            with rig.disk.stalled():
                await rig.ingest.deliver([order(3, data=b"x")])
                assert rig.recording.has_room(9_000)
                assert not rig.recording.has_room(10_000)

    run(scenario())


def test_a_publisher_is_refused_while_the_disk_is_full(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path, patience=0.05) as rig:
            rig.disk.full.set()
            with pytest.raises(LogUnavailable, match=r"full.*held"):
                await rig.ingest.accept([order(1)])
            await rig.until_blocked()
            with pytest.raises(LogUnavailable, match=r"full.*Nothing was taken"):
                await rig.ingest.accept([order(2)])
            assert rig.recording.ledger.accounting().received == 1
            rig.disk.full.clear()
            await rig.until_committed()
            assert not rig.recording.blocked
            assert (await rig.ingest.accept([order(3)])).first_seq == 2

    run(scenario())
    assert [event.data for event in _stored(path)] == [order(1).data, order(3).data]


def test_a_publisher_is_refused_when_there_is_no_room(
    run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "MAX_IN_FLIGHT_EVENTS", 10)

    async def scenario() -> None:
        async with Rig(path, patience=0.05) as rig:
            with rig.disk.stalled():
                await rig.ingest.deliver(orders(10))
                with pytest.raises(LogUnavailable, match="too slow"):
                    await rig.ingest.accept([order(11)])
                assert rig.recording.ledger.accounting().received == 10
            await rig.until_committed()
            assert (await rig.ingest.accept([order(12)])).first_seq == 11

    run(scenario())


def test_a_batch_and_its_position_stay_together_when_its_owner_is_cancelled(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            task = asyncio.create_task(rig.ingest.deliver(orders(5_000), [("prod", "orders", "5000")]))
            await rig.until_received()
            assert rig.recording.ledger.received < 5_000
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
            await rig.until_committed()
            assert rig.recording.newest == 5_000
            assert rig.recording.position("prod", "orders") == "5000"
            await rig.ingest.deliver(orders(1))

    run(scenario())


def test_a_gap_in_the_middle_of_a_batch_does_not_tear_it(run: Run[Any], path: Path) -> None:
    from eventmon.engine.writer import GapNote

    async def scenario() -> None:
        async with Rig(path) as rig:
            with rig.disk.stalled():
                task = asyncio.create_task(rig.ingest.deliver(orders(5_000), [("prod", "orders", "5000")]))
                await rig.until_received()
                rig.recording.note(gap=GapNote(connection="dev", started=1, ended=2, reason="The broker hung up."))
                await task
            await rig.until_committed()
            assert rig.recording.gaps == 1
            assert rig.disk.batches == [5_000]

    run(scenario())


def test_positions_without_events_are_kept(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver([], [("prod", "orders", "7")])
        async with Rig(path) as rig:
            assert rig.recording.position("prod", "orders") == "7"

    run(scenario())


def test_the_slice_shrinks_when_a_turn_is_long_and_grows_again(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            for _ in range(10):
                rig.ingest._adapt(1_000, 0.02)
            assert rig.ingest._slice == ingest_module.SMALLEST_SLICE
            for _ in range(10):
                rig.ingest._adapt(ingest_module.LARGEST_SLICE, 0.0001)
            assert rig.ingest._slice == ingest_module.LARGEST_SLICE

    run(scenario())
