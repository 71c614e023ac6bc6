"""The accounting law, over everything that can happen to events, at every instant that can be seen."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern
from eventmon.engine import recording as recording_module
from eventmon.engine.frame import Accounting
from eventmon.store.open import open_reader
from tests.engine.rig import Rig, order, orders

steps = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.integers(0, 400)),
        st.tuples(st.just("deliver bad"), st.integers(1, 5)),
        st.tuples(st.just("deliver mixed"), st.integers(1, 200)),
        st.tuples(st.just("record not"), st.sampled_from(["orders/#", "orders/us/+", "orders/eu/created"])),
        st.tuples(st.just("record"), st.sampled_from(["#", "orders/us/#"])),
        st.tuples(st.just("accept"), st.integers(0, 3)),
        st.tuples(st.just("accept mixed"), st.integers(1, 3)),
        st.tuples(st.just("accept bad"), st.just(1)),
        st.tuples(st.just("fill disk"), st.sampled_from(["append", "commit"])),
        st.tuples(st.just("free disk"), st.just(0)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0)),
        st.tuples(st.just("pause"), st.integers(0, 3)),
    ),
    max_size=14,
)


def _law_holds(accounting: Accounting) -> None:
    assert accounting.received == (
        accounting.stored + accounting.not_recorded + accounting.duplicates + accounting.dropped + accounting.in_flight
    )
    assert min(accounting.stored, accounting.dropped, accounting.not_recorded, accounting.in_flight) >= 0


class _Day:
    """Carries out steps on a log and checks the law after each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._delivering: list[asyncio.Task[int]] = []
        self.dropped = 0

    async def live(self, day: list[tuple[str, Any]]) -> Accounting:
        today = iter(day)
        reopen = True
        while reopen:
            reopen = False
            async with Rig(self._path, patience=0.01) as rig:
                _law_holds(rig.frames.take("window").accounting)
                for step, amount in today:
                    if reopen := step == "reopen":
                        break
                    await self._do(rig, step, amount)
                    _law_holds(rig.frames.take("window").accounting)
                rig.disk.full.clear()
                await asyncio.gather(*self._delivering, return_exceptions=True)
                self._delivering.clear()
                await rig.until_committed()
                accounting = rig.frames.take("window").accounting
                assert accounting.in_flight == 0
                _law_holds(accounting)
            with contextlib.closing(open_reader(self._path)) as reader:
                assert reader.totals().not_recorded == accounting.not_recorded  # also the last of them
        return accounting

    async def _do(self, rig: Rig, step: str, amount: Any) -> None:
        if step == "deliver":
            self._delivering.append(asyncio.create_task(rig.ingest.deliver(orders(amount))))
        elif step == "deliver mixed":
            self._delivering.append(asyncio.create_task(rig.ingest.deliver(_mixed(amount))))
        elif step == "record not":
            rig.ingest.recorded.turn_off(Pattern(amount))
        elif step == "record":
            with contextlib.suppress(UserError):  # a wider pattern stays off
                rig.ingest.recorded.turn_on(Pattern(amount))
        elif step == "accept mixed":
            with contextlib.suppress(UserError):
                accepted = await rig.ingest.accept(_mixed(amount))
                assert accepted.accepted + accepted.not_recorded == 2 * amount
        elif step == "deliver bad":
            self.dropped += amount
            await rig.ingest.deliver([Event(topic="orders/#")] * amount)
        elif step in ("accept", "accept bad"):
            events = [*orders(amount), *([Event(topic="a\0b")] if step == "accept bad" else [])]
            with contextlib.suppress(UserError):  # the disk is full, or the machine slower than the patience
                await rig.ingest.accept(events)
        elif step == "fill disk":
            rig.disk.stage = amount
            rig.disk.full.set()
        elif step == "free disk":
            rig.disk.full.clear()
        elif step == "cancel" and self._delivering:
            self._delivering[-1].cancel()
        else:
            for _ in range(amount):
                await asyncio.sleep(0)


def _mixed(count: int) -> list[Event]:
    """Events of two regions in turn."""
    return [event for pair in zip(orders(count), orders(count, region="us"), strict=True) for event in pair]


@given(steps)
@settings(max_examples=40, deadline=None)
def test_received_is_stored_and_dropped_and_in_flight_at_every_instant(day: list[tuple[str, Any]]) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(recording_module, "MAX_IN_FLIGHT_EVENTS", 500)
        path = Path(folder) / "shop.eventmon"
        life = _Day(path)
        accounting = asyncio.run(life.live(day))
        assert accounting.dropped == life.dropped
        reader = open_reader(path)
        seqs = [event.seq for event in reader.events(1, 1_000_000)]
        reader.close()
        assert seqs == list(range(1, accounting.stored + 1))


def test_the_law_holds_across_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "shop.eventmon"
        async with Rig(path) as rig:
            await rig.ingest.deliver([*orders(100), Event(topic="#")])
        async with Rig(path) as rig:
            accounting = rig.recording.ledger.accounting()
            assert (accounting.received, accounting.stored, accounting.dropped) == (101, 100, 1)
            assert (await rig.ingest.accept([order(1)])).first_seq == 101
            assert rig.recording.ledger.accounting().received == 102

    asyncio.run(scenario())
