"""Kinds of observers that tests turn by hand: what they get is kept, and what they do with it is decided there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from eventmon.core.event import Event
from eventmon.observers.base import (
    InlineObserver,
    Observer,
    ObserverConfig,
    ObserverKind,
    QueuedObserver,
    Services,
    Trial,
)


class NoConfig(ObserverConfig, frozen=True, kw_only=True):
    """Nothing to set."""


class Warehouse(InlineObserver):
    """Keeps what it is given, after ``does``."""

    def __init__(self, kind: WarehouseKind) -> None:
        self._kind = kind

    def observe(self, event: Event) -> None:
        self._kind.does(event)
        self._kind.keeps(event)


class WarehouseKind(ObserverKind):
    """An inline kind; ``does`` may raise, ``keeps`` takes what went well."""

    kind: ClassVar[str] = "warehouse"
    title: ClassVar[str] = "Warehouse"
    sentence: ClassVar[str] = "Keeps orders"
    icon: ClassVar[str] = "database"
    config_type: ClassVar[type[ObserverConfig]] = NoConfig

    def __init__(self, does: Callable[[Event], object] = lambda event: None) -> None:
        self.events: list[Event] = []
        self.keeps: Callable[[Event], object] = self.events.append
        self.does = does

    def open(self, config: Any, services: Services) -> Observer:
        return Warehouse(self)

    def trial(self, config: Any, event: Event) -> Trial:
        return Trial(does="It would keep it.")

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events]


class Courier(QueuedObserver):
    """Waits for ``does`` and keeps what it was given."""

    def __init__(self, kind: CourierKind, services: Services) -> None:
        self._kind = kind
        self._services = services

    async def deliver(self, event: Event) -> None:
        await self._kind.drives(event, self._services)
        self._kind.keeps(event)

    async def close(self) -> None:
        self._kind.closed += 1
        await self._kind.closes()


async def _at_once() -> None:
    """Let go of nothing."""


class CourierKind(WarehouseKind):
    """A queued kind; ``does`` may wait, publish or raise."""

    kind: ClassVar[str] = "courier"
    title: ClassVar[str] = "Courier"
    queued: ClassVar[bool] = True

    def __init__(self, does: Callable[[Event, Services], Awaitable[object]]) -> None:
        super().__init__()
        self.drives = does
        self.closed = 0
        self.closes: Callable[[], Awaitable[object]] = _at_once

    def open(self, config: Any, services: Services) -> Observer:
        return Courier(self, services)
