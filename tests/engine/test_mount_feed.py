"""What the engine lends a connection keeps its promises while the disk refuses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from eventmon.engine.mount_feed import MountFeed
from tests.engine.conftest import Run
from tests.engine.rig import Rig, order


def _feed(rig: Rig) -> MountFeed:
    return MountFeed("prod", ingest=rig.ingest, recording=rig.recording, problems=rig.problems, on_change=lambda: None)


def test_what_may_come_again_is_stored_once_however_long_the_disk_refuses(run: Run[Any], tmp_path: Path) -> None:
    entries = [msgspec.structs.replace(order(number), id=f"audit@{number}-0") for number in range(3)]

    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon", patience=0.05) as rig:
            feed = _feed(rig)
            await feed.deliver_once(entries[:1])
            rig.disk.full.set()
            delivering = asyncio.ensure_future(feed.deliver_once(entries))
            await rig.until_blocked()
            assert not delivering.done()
            rig.disk.full.clear()
            await delivering
            totals = rig.recording.ledger.accounting()
            assert totals.stored == 3
            assert totals.in_flight == 0
            assert feed.events == 3

    run(scenario())


def test_what_can_never_be_stored_does_not_hold_up_the_rest(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            feed = _feed(rig)
            await feed.deliver_once([msgspec.structs.replace(order(1), topic="prod/#"), order(2)])
            totals = rig.recording.ledger.accounting()
            assert (totals.stored, totals.dropped) == (1, 1)

    run(scenario())
