from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.base import Sent
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.ingest import MAX_PAYLOAD_BYTES
from eventmon.store.errors import LogUnavailable
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersBroker
from tests.engine.rig import Rig, order


def shipped(number: int, mount: str = "prod", *, data: bytes | None = None) -> Event:
    return Event(topic=f"{mount}/orders/shipped", data=b"%d" % number if data is None else data, source="dispatch")


def test_what_comes_back_is_sent_and_not_logged_yet(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            broker.sent = Sent(returns=True, receivers=2)
            accepted = await rig.publishing.accept([shipped(1), order(2), shipped(3)])
            assert (accepted.accepted, accepted.first_seq, accepted.receivers) == (3, 1, 4)
            assert [event.data for event in broker.published] == [b"1", b"3"]
            assert rig.recording.ledger.received == 1

    run(scenario())


def test_what_does_not_come_back_is_logged_at_once_and_marked(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    seen: list[Event] = []

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            rig.bus.subscribe("prod/#", seen.append)
            broker.sent = Sent(returns=False, receivers=None)
            event = Event(topic="prod/orders/shipped", data=b"1", headers={"traceparent": "00-1"})
            accepted = await rig.publishing.accept([order(0), event])
            assert (accepted.accepted, accepted.first_seq, accepted.receivers) == (2, 1, None)
            assert rig.recording.newest == 2
            assert [(each.topic, each.headers) for each in broker.published] == [(event.topic, event.headers)]

    run(scenario())
    assert [(each.topic, each.headers, each.seq) for each in seen] == [
        ("prod/orders/shipped", {"traceparent": "00-1", "sent": "true"}, 2)
    ]


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("ear/orders", "only receives"),
        ("safe/orders", "read-only.*Edit the connection"),
        ("off/orders", "not connected.*Reconnect"),
        ("prod/orders#", "topic"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(
    run: Run[Any], path: Path, broker: OrdersBroker, topic: str, reason: str
) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            await rig.connections.open("listen://localhost", "ear")
            await rig.connections.open("orders://shop.example", "safe")
            await rig.connections.open("orders://localhost", "off")
            await rig.connections.close("off")
            with pytest.raises(UserError, match=reason):
                await rig.publishing.accept([shipped(1), order(2), Event(topic=topic)])
            assert broker.published == []
            assert rig.recording.ledger.received == 0

    run(scenario())


def test_an_event_over_the_limits_stops_the_others_too(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            with pytest.raises(UserError, match="64 MiB"):
                await rig.publishing.accept([shipped(1), order(2, data=bytes(MAX_PAYLOAD_BYTES + 1))])
            assert broker.published == []

    run(scenario())


def test_what_was_sent_before_a_refusal_is_logged(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            broker.sent = Sent(returns=False)
            with pytest.raises(UserError, match="refuses"):
                await rig.publishing.accept([order(0), shipped(1), shipped(2, data=b"refuse"), shipped(3)])
            assert [event.data for event in broker.published] == [b"1"]
            assert rig.recording.newest == 1
            assert rig.ingest.topics == ["prod/orders/shipped"]

    run(scenario())


def test_nothing_is_sent_that_could_not_be_logged(run: Run[Any], path: Path, broker: OrdersBroker) -> None:
    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://localhost", "prod")
            await rig.until_committed()
            rig.disk.full.set()
            await rig.ingest.deliver([order(1)])
            await rig.until_blocked()
            with pytest.raises(LogUnavailable, match="Nothing was taken"):
                await rig.publishing.accept([shipped(1)])
            assert broker.published == []

    run(scenario())


def test_a_bug_while_sending_is_a_sentence_without_the_password(
    run: Run[Any], path: Path, broker: OrdersBroker, warnings_logged: list[str]
) -> None:
    async def break_down(event: Event) -> Sent:
        raise RuntimeError("no socket for orders://checkout:hunter2@localhost, hunter2")

    async def scenario() -> None:
        async with Rig(path) as rig:
            await rig.connections.open("orders://checkout:hunter2@localhost", "prod")
            broker.opened[0].publish = break_down  # type: ignore[method-assign]
            with pytest.raises(UserError, match="“prod” failed") as raised:
                await rig.publishing.accept([shipped(1)])
            assert "hunter2" not in str(raised.value)
            assert broker.opened[0].config.password == "hunter2"

    asyncio.run(scenario())
    (logged,) = warnings_logged
    assert "RuntimeError: no socket for orders://checkout:***@localhost, ***" in logged
    assert "hunter2" not in logged
