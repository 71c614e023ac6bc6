"""Long runs (R7 of the promises): memory, descriptors and threads stay flat while events flow."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tests.helpers.server import Server

EVENTS = 1_000_000
WARM = 300_000
MOST_GROWTH_BYTES = 5_000_000


class Footprint(NamedTuple):
    """What a process holds."""

    resident: int
    descriptors: int
    threads: int


def footprint_at(server: Server, events: int) -> Footprint:
    """The footprint of a server once so many events are stored."""
    while server.stats()["stored"] < events:
        pass
    process = psutil.Process(server.process.pid)
    return Footprint(process.memory_info().rss, process.num_fds(), process.num_threads())


@pytest.mark.soak
def test_a_million_events_leave_memory_descriptors_and_threads_flat(tmp_path: Path) -> None:
    with Server(tmp_path / "home", "--connect", "shop=demo://?rate=100000") as server:
        before = footprint_at(server, WARM)
        after = footprint_at(server, EVENTS)
    assert after.resident - before.resident <= MOST_GROWTH_BYTES
    assert after.descriptors <= before.descriptors + 2
    assert after.threads <= before.threads + 1
