"""A feed that remembers, in place of the engine's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from eventmon.core.event import Event


class RememberingFeed:
    """Keeps what a connector says; ``positions`` is what was committed, so it may be handed to a successor."""

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

    @property
    def name(self) -> str:
        return self._name

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        self.count += len(events)
        self.batches.append(len(events))
        if self._keep:
            self.events.extend(events)
        self.positions.update(positions or {})
        self._changed.set()

    def position(self, stream: str) -> str | None:
        return self.positions.get(stream)

    def gap(self, started: int, ended: int, reason: str) -> None:
        self.gaps.append((started, ended, reason))
        self._changed.set()

    def status(self, phase: str, detail: str = "") -> None:
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
    def lines(self) -> list[bytes]:
        return [event.data for event in self.events]
