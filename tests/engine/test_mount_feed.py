from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.mount_feed import MountFeed
from tests.engine.conftest import Run
from tests.engine.orders_source import OrdersConfig
from tests.engine.rig import Rig


@asynccontextmanager
async def lent(path: Path) -> AsyncIterator[tuple[Rig, MountFeed]]:
    async with Rig(path) as rig:
        yield (
            rig,
            MountFeed(
                "prod",
                ingest=rig.ingest,
                recording=rig.recording,
                problems=rig.problems,
                on_change=lambda: None,
                config=OrdersConfig(password="hunter2"),
            ),
        )


def created(number: int) -> Event:
    return Event(topic="prod/created", data=b"%d" % number, id=f"o-{number}", source="checkout")


def test_every_event_of_deliveries_at_the_same_time_is_counted(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with lent(tmp_path / "shop.eventmon") as (rig, feed):
            channels = [feed.deliver([created(number)]) for number in range(20)]
            streams = [feed.deliver_once([created(number)]) for number in range(20, 40)]
            await asyncio.gather(*channels, *streams)
            assert feed.events == 40
            assert rig.recording.ledger.received == 40

    run(scenario())


def test_a_closed_feed_takes_and_hears_nothing(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with lent(tmp_path / "shop.eventmon") as (rig, feed):
            feed.close("closed", "Disconnected.")
            feed.status("connected", "It is back.")
            assert (feed.phase, feed.detail, feed.spoken.is_set()) == ("closed", "Disconnected.", True)
            for delivery in (feed.deliver([created(1)]), feed.deliver_once([created(1)])):
                with pytest.raises(UserError, match="closed"):
                    await delivery
            assert rig.recording.ledger.received == 0

    run(scenario())


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("AUTH hunter2 failed", "AUTH *** failed"),
        (
            "redis://:other@localhost is gone, ask a@b.example",
            "redis://:***@localhost is gone, ask a@b.example",
        ),
        ("The order 17 was refused.", "The order 17 was refused."),
    ],
)
def test_a_sentence_is_shown_without_secrets(run: Run[Any], tmp_path: Path, said: str, shown: str) -> None:
    async def scenario() -> None:
        async with lent(tmp_path / "shop.eventmon") as (rig, feed):
            feed.status("waiting", said)
            feed.problem("warning", said)
            assert feed.detail == shown
            assert [problem.text for problem in rig.problems.since(0)] == [shown]

    run(scenario())
