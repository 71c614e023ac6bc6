"""The same source and id is stored once while it is known, and it is known exactly as long as is promised."""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import force_setattr

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import ingest as ingest_module
from eventmon.engine.duplicates import DIGEST_BYTES, MAX_SECONDS, Duplicates, digest_of
from eventmon.engine.frame import Accounting
from eventmon.engine.ingest import Accepted
from eventmon.store.base import RecentId
from eventmon.store.errors import LogUnavailable
from eventmon.store.open import open_reader
from tests.engine.conftest import Run
from tests.engine.rig import START, Clock, Rig, orders
from tests.helpers.server import Server

MOST, SECONDS = 5, 3
Key = tuple[str, str | None]


def payment(id: str | None, source: str = "checkout") -> Event:
    return Event(topic="payments/settled", type="payment.settled", id=id, source=source)


class Publisher:
    """Sends through the window like the ingest does, and keeps the table that a log would hold."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.table: list[RecentId] = []
        self._seqs = count(1)
        self.restart()

    def restart(self) -> None:
        """A new process opens the log."""
        self.window = Duplicates(monotonic=lambda: self.clock.seconds, most=MOST, seconds=SECONDS)
        self.window.restore(self.table, self.clock.microseconds)

    def send(self, keys: list[Key]) -> tuple[list[int], list[int]]:
        """Seqs of the events that were new, and of the originals of the others."""
        sifted = self.window.sift([payment(id, source) for source, id in keys])
        for event in sifted.fresh:
            force_setattr(event, "seq", next(self._seqs))
            force_setattr(event, "received", self.clock.microseconds)
        new = self.window.remember(sifted)
        if new:
            self.table = [each for each in (*self.table, *new) if each.seq >= self.window.oldest]
        return [event.seq for event in sifted.fresh], sifted.originals


class Promise:
    """The same, as plain and slow as the promise is worded."""

    def __init__(self) -> None:
        self.known: list[tuple[Key, int, float]] = []
        self._seqs = count(1)

    def send(self, keys: list[Key], now: float) -> tuple[list[int], list[int]]:
        self.known = [each for each in self.known if now - each[2] <= SECONDS]
        fresh: list[int] = []
        originals: list[int] = []
        new: list[tuple[Key, int, float]] = []
        for key in keys:
            if all(key) and (found := [seq for known, seq, _ in self.known if known == key]):
                originals.append(found[0])
            elif all(key) and key in [known for known, *_ in new]:
                originals.append(0)
            else:
                fresh.append(next(self._seqs))
                if all(key):
                    new.append((key, fresh[-1], now))
        self.known = [*self.known, *new][-MOST:]
        return fresh, originals


keys = st.tuples(st.sampled_from(["checkout", "till", ""]), st.sampled_from(["p-1", "p-2", "p-3", "p-4", None, ""]))
steps = st.lists(st.one_of(st.lists(keys, max_size=8), st.integers(0, 2 * SECONDS), st.just("restart")), max_size=20)


@given(steps)
def test_an_id_is_known_as_long_as_promised_whatever_is_sent_and_however_often_it_restarts(day: list[Any]) -> None:
    publisher, promise = Publisher(), Promise()
    for step in day:
        if step == "restart":
            publisher.restart()
        elif isinstance(step, int):
            publisher.clock.advance(step)
        else:
            assert publisher.send(step) == promise.send(step, publisher.clock.seconds)
            assert len(publisher.window) == len(promise.known) <= MOST
            assert {each.seq for each in publisher.table} >= {seq for _, seq, _ in promise.known}


@given(st.text(), st.text(), st.text(), st.text())
def test_different_sources_and_ids_have_different_digests(source: str, id: str, other: str, another: str) -> None:
    same = (source, id) == (other, another)
    assert (digest_of(payment(id, source)) == digest_of(payment(another, other))) is same
    assert len(digest_of(payment("\ud800" * 10_000, source))) == DIGEST_BYTES


def test_a_clock_that_was_set_back_makes_nothing_older_and_nothing_younger_than_it_can_be() -> None:
    clock = Clock()
    window = Duplicates(monotonic=lambda: clock.seconds)
    event = payment("p-1")
    window.restore([RecentId(seq=7, received=START + 3_600_000_000, digest=digest_of(event))], START)
    assert window.sift([event]).originals == [7]
    clock.advance(MAX_SECONDS + 1)
    assert window.sift([event]).originals == []


def stored_ids(path: Path) -> list[str]:
    reader = open_reader(path)
    try:
        return [event.id or "" for event in reader.events(1, 1_000_000)]
    finally:
        reader.close()


def terms(accounting: Accounting) -> tuple[int, int, int, int]:
    return accounting.received, accounting.stored, accounting.duplicates, accounting.in_flight


def test_what_is_sent_again_is_counted_and_answered_with_the_seq_of_its_original(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            accept = rig.ingest.accept
            batch = [payment("p-1"), payment("p-2"), payment("p-1"), payment(None), payment("p-1", "till")]
            assert await accept(batch) == Accepted(accepted=4, duplicates=1, first_seq=1)
            assert await accept([payment("p-2")]) == Accepted(duplicates=1, first_seq=2)
            assert await accept([payment(None)]) == Accepted(accepted=1, first_seq=5)
            assert await accept([payment("p-2"), payment("p-3")]) == Accepted(accepted=1, duplicates=1, first_seq=2)
            await rig.until_committed()
            assert terms(rig.recording.ledger.accounting()) == (9, 6, 3, 0)
            assert rig.bus.statistics().events == 6
        async with Rig(path) as rig:
            assert terms(rig.recording.ledger.accounting()) == (9, 6, 3, 0)
            assert await rig.ingest.accept([payment("p-3")]) == Accepted(duplicates=1, first_seq=6)
            rig.clock.advance(MAX_SECONDS + 2)
            assert await rig.ingest.accept([payment("p-3")]) == Accepted(accepted=1, first_seq=7)

    run(scenario())
    assert stored_ids(path) == ["p-1", "p-2", "", "p-1", "", "p-3", "p-3"]


def test_a_batch_of_many_slices_is_stored_once(run: Run[Any], path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "LARGEST_SLICE", 1_000)
    batch = [payment(f"p-{number % 2_500}") for number in range(5_000)]

    async def scenario() -> None:
        async with Rig(path) as rig:
            assert await rig.ingest.accept(batch) == Accepted(accepted=2_500, duplicates=2_500, first_seq=1)
            again = [payment(f"p-{number}") for number in range(2_500)]
            assert await rig.ingest.accept(again) == Accepted(duplicates=2_500, first_seq=1)
            await rig.until_committed()
            assert terms(rig.recording.ledger.accounting()) == (7_500, 2_500, 5_000, 0)

    run(scenario())
    assert stored_ids(path) == [f"p-{number}" for number in range(2_500)]


def test_connections_deliver_the_same_id_as_often_as_it_comes(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.ingest.deliver([payment("p-1"), payment("p-1")])
            assert await rig.ingest.accept([payment("p-1")]) == Accepted(accepted=1, first_seq=3)

    run(scenario())
    assert stored_ids(path) == ["p-1"] * 3


def test_a_duplicate_is_not_acknowledged_before_its_original_is_committed(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            with rig.disk.stalled():
                first = asyncio.create_task(rig.ingest.accept([payment("p-1")]))
                await rig.until_received()
                again = asyncio.create_task(rig.ingest.accept([payment("p-1")]))
                await rig.until_received(2)
                assert terms(rig.recording.ledger.accounting()) == (2, 0, 1, 1)
                await asyncio.wait([first, again], timeout=0.1)
                assert not first.done()
                assert not again.done()
            assert await first == Accepted(accepted=1, first_seq=1)
            assert await again == Accepted(duplicates=1, first_seq=1)

    run(scenario())
    assert stored_ids(path) == ["p-1"]


@pytest.mark.parametrize("stage", ["append", "commit"])
def test_what_was_held_by_a_full_disk_is_a_duplicate_when_its_publisher_tries_again(
    run: Run[Any], path: Path, stage: str
) -> None:
    async def scenario() -> None:
        async with Rig(path, patience=0.1) as rig:
            rig.disk.stage = stage
            rig.disk.full.set()
            with pytest.raises(LogUnavailable, match="held"):
                await rig.ingest.accept([payment("p-1")])
            rig.disk.full.clear()
            await rig.until_committed()
            assert await rig.ingest.accept([payment("p-1")]) == Accepted(duplicates=1, first_seq=1)

    run(scenario())
    assert stored_ids(path) == ["p-1"]


def test_an_id_whose_event_was_never_stored_is_new_after_the_crash(run: Run[Any], path: Path) -> None:
    async def crash() -> None:
        async with Rig(path, patience=0.05) as rig:
            await rig.ingest.accept([payment("p-1")])
            rig.disk.full.set()
            with pytest.raises(LogUnavailable):
                await rig.ingest.accept([payment("p-2")])
            for ending in ("", "-wal"):
                crashed = path.with_name("crashed.eventmon" + ending)
                crashed.write_bytes(path.with_name(path.name + ending).read_bytes())

    async def after() -> None:
        async with Rig(path.with_name("crashed.eventmon")) as rig:
            answer = await rig.ingest.accept([payment("p-1"), payment("p-2")])
            assert answer == Accepted(accepted=1, duplicates=1, first_seq=1)

    run(crash())
    run(after())


def test_the_law_holds_at_each_instant_while_duplicates_come(run: Run[Any], path: Path) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            sending = [
                asyncio.create_task(rig.ingest.accept([payment(f"p-{number}") for number in range(start, start + 300)]))
                for start in range(0, 1_000, 100)
            ]
            delivering = asyncio.create_task(rig.ingest.deliver(orders(3_000)))
            while not all(task.done() for task in (*sending, delivering)):
                now = rig.frames.take("window").accounting
                assert now.received == now.stored + now.not_recorded + now.duplicates + now.dropped + now.in_flight
                await asyncio.sleep(0)
            await rig.until_committed()
            assert terms(rig.recording.ledger.accounting()) == (6_000, 4_200, 1_800, 0)

    run(scenario())


BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def post(server: Server, numbers: range) -> dict[str, Any]:
    batch = [
        {"specversion": "1.0", "id": f"p-{number}", "source": "checkout", "type": "payment.settled"}
        for number in numbers
    ]
    with server.client() as client:
        answer: dict[str, Any] = msgspec.json.decode(client.post("/api/v1/events", msgspec.json.encode(batch), BATCH))
    return answer


def post_until_killed(server: Server, acknowledged: list[range]) -> None:
    """Batch after batch, until the engine is gone in the middle of one."""
    with contextlib.suppress(UserError):
        while True:
            start = acknowledged[-1].stop if acknowledged else 0
            post(server, range(start, start + 20))
            acknowledged.append(range(start, start + 20))


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
def test_whatever_is_sent_again_after_a_kill_is_stored_once(tmp_path: Path, kills: int) -> None:
    home = tmp_path / "home"
    acknowledged: list[range] = []
    for kill in range(kills):
        before = len(acknowledged)
        with Server(home) as server, ThreadPoolExecutor(1) as pool:
            publishing = pool.submit(post_until_killed, server, acknowledged)
            while len(acknowledged) < before + 5 + 7 * (kill % 7) and not publishing.done():
                time.sleep(0.001)
            server.kill()
            publishing.result()
        first, stop = acknowledged[before].start, acknowledged[-1].stop
        with Server(home) as server:
            answer = post(server, range(first, stop + 20))  # the last 20 may have been stored before the kill
            assert answer["accepted"] + answer["duplicates"] == stop + 20 - first
            assert answer["duplicates"] in (stop - first, stop + 20 - first)
            acknowledged.append(range(stop, stop + 20))
            assert post(server, range(stop, stop + 20))["duplicates"] == 20
            server.kill()
    assert sorted(stored_ids(server.log)) == sorted(f"p-{number}" for number in range(acknowledged[-1].stop))
