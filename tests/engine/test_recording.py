from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.engine.conftest import Run
from tests.engine.rig import Rig, orders


def test_a_position_holds_from_its_handing_over_whatever_the_disk_does(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            with rig.disk.stalled():
                await rig.ingest.deliver(orders(3), [("prod", "orders", "0-3")])
                assert rig.recording.position("prod", "orders") == "0-3"
                assert rig.recording.ledger.in_flight == 3
            await rig.until_committed()
            rig.disk.full.set()
            await rig.ingest.deliver(orders(3), [("prod", "orders", "0-6")])
            await rig.until_blocked()
            assert rig.recording.position("prod", "orders") == "0-6"
            assert rig.disk.position("prod", "orders") == "0-3"

    run(scenario())


def test_a_position_without_events_holds_too_and_over_a_restart(run: Run[Any], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Rig(tmp_path / "shop.eventmon") as rig:
            await asyncio.wait_for(rig.ingest.deliver([], [("prod", "orders", "0-9")]), 5)
            assert rig.recording.position("prod", "orders") == "0-9"
            assert rig.recording.position("dev", "orders") is None
        async with Rig(tmp_path / "shop.eventmon") as rig:
            assert rig.recording.position("prod", "orders") == "0-9"

    run(scenario())
