"""The engine's parts on a real session, with a disk that can be filled and clocks that are turned by hand."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from eventmon.core.bus import Bus
from eventmon.core.event import Event
from eventmon.engine.bus_problems import BusProblems
from eventmon.engine.connections import Connections
from eventmon.engine.duplicates import Duplicates
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.frames import Frames
from eventmon.engine.ingest import Ingest
from eventmon.engine.observers import Observers
from eventmon.engine.opening import open_log
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from eventmon.engine.publishing import Publishing
from eventmon.engine.recording import Recording
from eventmon.engine.secrets import SecretStore
from eventmon.store.base import Retention
from tests.engine.faults import FullDisk

START = 1_795_442_848_000_000
"""2026-11-23 14:07:28 UTC in microseconds."""


class Clock:
    """Time that stands still until it is moved on."""

    def __init__(self) -> None:
        self.microseconds = START
        self.seconds = 1_000.0

    def advance(self, seconds: float) -> None:
        self.microseconds += round(seconds * 1_000_000)
        self.seconds += seconds


def order(number: int, *, region: str = "eu", data: bytes | None = None) -> Event:
    """One event of a shop."""
    payload = b'{"order": %d, "total": 12.5}' % number if data is None else data
    return Event(topic=f"orders/{region}/created", data=payload, type="order.created", source="checkout")


def orders(count: int, *, region: str = "eu") -> list[Event]:
    """Many of them."""
    return [order(number, region=region) for number in range(count)]


class Rig:
    """Ingest, log, connections and frames without an engine round them; use it with ``async with``."""

    def __init__(self, path: Path, *, patience: float = 5.0, retention: Retention | None = None) -> None:
        self.path = path
        self.clock = Clock()
        self._patience = patience
        self._retention = retention or Retention()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Rig:
        log = open_log(self.path, or_look=False)
        assert log.writer is not None
        self.disk = FullDisk(log.writer)
        log = replace(log, writer=self.disk)
        self.problems = Problems(lambda: self.clock.microseconds)
        self.recording = Recording(
            log, retention=self._retention, problems=self.problems, clock=lambda: self.clock.microseconds
        )
        self.bus = Bus(
            first_seq=log.next_seq, clock=lambda: self.clock.microseconds, on_problem=BusProblems(self.problems)
        )
        duplicates = Duplicates(monotonic=lambda: self.clock.seconds)
        duplicates.restore(log.take_recent_ids(), self.clock.microseconds)
        self.ingest = Ingest(self.bus, self.recording, self.problems, duplicates, patience=self._patience)
        self.connections = Connections(
            self.ingest, self.recording, self.problems, SecretStore(Paths.for_profile(), self.problems)
        )
        self.publishing = Publishing(self.connections.mounts, self.ingest, self.recording)
        self.observers = Observers(
            self.bus,
            self.publishing,
            self.recording,
            self.problems,
            log_uuid=log.uuid,
            clock=lambda: self.clock.microseconds,
            monotonic=lambda: self.clock.seconds,
        )
        self.frames = Frames(
            self.bus,
            self.ingest,
            self.recording,
            self.connections,
            self.problems,
            observers=self.observers,
            clock=lambda: self.clock.microseconds,
            monotonic=lambda: self.clock.seconds,
        )
        self.recording.start()
        self._stack.push_async_callback(self.recording.close)
        self._stack.push_async_callback(self.connections.close_all)
        self._stack.push_async_callback(self.observers.close_all)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disk.full.clear()
        await self._stack.aclose()

    async def until_committed(self) -> None:
        """Return when nothing is on its way any more."""
        while self.recording.ledger.in_flight:
            await self.recording.changed()

    async def until_received(self, events: int = 1) -> None:
        """Return in the turn after so many events were taken."""
        for _ in range(1_000):
            if self.recording.ledger.received >= events:
                return
            await asyncio.sleep(0)
        raise AssertionError("nothing was received")

    @property
    def connection(self) -> ConnectionStatus:
        """The one there is."""
        (status,) = self.connections.statuses()
        return status

    async def until_phase(self, phase: str) -> ConnectionStatus:
        """The one connection there is, once it has come so far."""
        for _ in range(10_000):
            if self.connection.phase == phase:
                return self.connection
            await asyncio.sleep(0)
        raise AssertionError(f"still {self.connection}")

    async def until_blocked(self) -> None:
        """Return when the log has said that it cannot store."""
        while not self.recording.blocked:
            await self.recording.changed()
