"""A feed that remembers, in place of the engine's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import get_args

from eventmon.connectors.base import Phase
from eventmon.core.event import Event

PHASES = get_args(Phase)


class RememberingFeed:
    """Keeps what a connector says; ``positions`` is what was committed, so it may be handed to a successor.

    Attributes:
        room: while it is not set there is no room: ``deliver`` waits as the engine's does, and takes nothing yet.
        waiting: how many deliveries wait for room.
    """

    def __init__(self, name: str = "shop", positions: dict[str, str] | None = None, *, keep: bool = True) -> None:
        self._name = name
        self._keep = keep
        self._changed = asyncio.Event()
        self.positions = {} if positions is None else positions
        self.events: list[Event] = []
        self.batches: list[int] = []
        self.count = 0
        self.gaps: list[tuple[int, int, str]] = []
        self.statuses: list[tuple[str, str]] = []
        self.problems: list[tuple[str, str]] = []
        self.room = asyncio.Event()
        self.room.set()
        self.waiting = 0
        self._taken: set[tuple[str, str]] = set()

    @property
    def name(self) -> str:
        return self._name

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        self.waiting += 1
        self._changed.set()
        try:
            await self.room.wait()
        finally:
            self.waiting -= 1
        self.count += len(events)
        self.batches.append(len(events))
        if self._keep:
            self.events.extend(events)
        self.positions.update(positions or {})
        self._changed.set()

    async def deliver_once(self, events: Sequence[Event]) -> None:
        fresh = [event for event in events if (event.source, event.id or "") not in self._taken]
        self._taken.update((event.source, event.id) for event in fresh if event.id)
        await self.deliver(fresh)

    def position(self, stream: str) -> str | None:
        return self.positions.get(stream)

    def gap(self, started: int, ended: int, reason: str) -> None:
        self.gaps.append((started, ended, reason))
        self._changed.set()

    def status(self, phase: str, detail: str = "") -> None:
        assert phase in PHASES
        self.statuses.append((phase, detail))
        self._changed.set()

    def problem(self, severity: str, text: str) -> None:
        self.problems.append((severity, text))
        self._changed.set()

    async def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Return as soon as the condition holds; it is looked at whenever the connector says something."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    @property
    def phase(self) -> str:
        """What was said last; empty before the first word."""
        return self.statuses[-1][0] if self.statuses else ""

    @property
    def lines(self) -> list[bytes]:
        return [event.data for event in self.events]
