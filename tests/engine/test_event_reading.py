"""An event is read in full: every attribute, its payload page by page, and the observers that its topic reaches."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.engine import Engine
from eventmon.engine.paths import Paths
from eventmon.engine.requests import EventDetail, ReadEvent
from tests.engine.conftest import Run
from tests.engine.rig import order
from tests.engine.whole_engine import running
from tests.helpers.hostile import HOSTILE_BYTES


async def read(engine: Engine, seq: int = 1, **page: int) -> EventDetail:
    return await engine.answer(ReadEvent(seq=seq, **page))


def test_every_attribute_comes_back(run: Run[Any], paths: Paths) -> None:
    stored = Event(
        topic="orders/eu/created",
        data=b'{"order":"48348","total":129.99}',
        type="order.created",
        source="checkout",
        id="order-48348",
        time="2026-11-23T14:07:26.389+01:00",
        subject="48348",
        datacontenttype="application/json",
        headers={"traceparent": "00-4bf9-01", "X-Shop": "Lyon"},
    )

    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([stored])
            detail = await read(engine)
            for name in ("topic", "data", "type", "source", "id", "time", "subject", "datacontenttype", "headers"):
                assert getattr(detail, name) == getattr(stored, name)
            assert (detail.seq, detail.size, detail.offset) == (1, len(stored.data), 0)
            assert (detail.log_uuid, detail.observers) == (engine.log_uuid, [])
            assert detail.received > 0

    run(scenario())


def test_a_payload_of_64_mib_comes_in_pages_that_join_to_it(run: Run[Any], paths: Paths) -> None:
    whole = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(2**21))

    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([order(1, data=whole)])
            first = await read(engine)
            assert (first.size, first.data) == (len(whole), whole[:65_536])
            middle = await read(engine, offset=40_000_001, limit=100)
            assert (middle.offset, middle.data) == (40_000_001, whole[40_000_001:40_000_101])
            assert (await read(engine, offset=len(whole) - 3)).data == whole[-3:]
            assert (await read(engine, limit=2**40)).data == whole

    run(scenario())


@pytest.mark.parametrize(("offset", "limit", "data"), [(-5, 4, b"0123"), (8, 9, b"89"), (10, 9, b""), (0, -1, b"")])
def test_a_page_beyond_the_payload_is_cut(run: Run[Any], paths: Paths, offset: int, limit: int, data: bytes) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([order(1, data=b"0123456789")])
            page = await read(engine, offset=offset, limit=limit)
            assert (page.data, page.size) == (data, 10)

    run(scenario())


def test_any_bytes_come_back_as_they_were(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            payloads = list(HOSTILE_BYTES.values())
            await engine.accept([order(number, data=data) for number, data in enumerate(payloads)])
            for seq, data in enumerate(payloads, 1):
                assert (await read(engine, seq, limit=2**26)).data == data

    run(scenario())


@pytest.mark.parametrize("seq", [0, -1, 2, 2**63, 2**80])
def test_an_event_that_is_not_kept_is_refused_in_a_sentence(run: Run[Any], paths: Paths, seq: int) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([order(1)])
            with pytest.raises(UserError, match="no longer kept"):
                await read(engine, seq)

    run(scenario())


def test_observers_whose_pattern_matches_are_named(run: Run[Any], paths: Paths) -> None:
    async def scenario() -> None:
        async with running(paths) as engine:
            await engine.accept([order(1)])
            for name, pattern in (("All orders", "orders/#"), ("Payments", "payments/#"), ("New", "+/+/created")):
                engine.bus.subscribe(pattern, lambda _event: None, name=name)
            assert (await read(engine)).observers == ["All orders", "New"]

    run(scenario())
