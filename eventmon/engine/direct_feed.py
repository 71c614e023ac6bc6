"""The feed of a connection without an engine: a few batches wait for their reader, and nothing is kept longer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import force_setattr

from eventmon.connectors.base import ConnectorConfig
from eventmon.core.clock import now_microseconds
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.address import hide
from eventmon.engine.selection import Selection
from eventmon.engine.target import Target
from eventmon.engine.watched import Say, Watched

BATCHES_AHEAD = 4


class DirectFeed:
    """The ``Feed`` of a connection without an engine: positions are kept while it lives, nothing is kept longer."""

    def __init__(self, target: Target, say: Say, selection: Selection, *, listens: bool) -> None:
        self.watched = Watched(target.name, tests=target.capabilities.tests, say=say)
        self.config: ConnectorConfig | None = None
        self.on_status: Callable[[], None] | None = None
        self._name = target.name
        self._selection = selection
        self._listens = listens
        self._positions: dict[str, str] = {}
        self._batches: asyncio.Queue[Sequence[Event]] = asyncio.Queue(BATCHES_AHEAD)
        self._error: Exception | None = None
        self._seq = 0

    @property
    def name(self) -> str:
        """The connection's name."""
        return self._name

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        """Hand over the wanted ones of a batch, numbered and stamped; returns when there is room for more."""
        self._positions.update(positions or {})
        wanted = self._selection.of(events) if self._listens else ()
        if wanted:
            self._number(wanted)
            await self._batches.put(wanted)

    async def deliver_once(self, events: Sequence[Event]) -> None:
        """Hand over events; without a log nobody knows what came before."""
        await self.deliver(events)

    def position(self, stream: str) -> str | None:
        """The position delivered last."""
        return self._positions.get(stream)

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Say that something may be missing."""
        if self._listens:
            self.watched.gap(started, ended, self._hidden(reason))

    def status(self, phase: str, detail: str = "") -> None:
        """Note how the connection is."""
        self.watched.status(phase, self._hidden(detail))
        if self.on_status is not None:
            self.on_status()

    def problem(self, severity: str, text: str) -> None:
        """Say what went wrong."""
        if self._listens:
            self.watched.problem(severity, self._hidden(text))

    @contextlib.contextmanager
    def hiding(self) -> Iterator[None]:
        """Let no error out that repeats a secret."""
        try:
            yield
        except UserError as error:
            text = self._hidden(str(error))
            if text == str(error):
                raise
            raise type(error)(text) from None

    async def take(self) -> Sequence[Event]:
        """The next batch; an empty one at the end."""
        batch = await self._batches.get()
        if not batch and self._error is not None:
            raise self._error
        return batch

    async def end(self, error: Exception | None) -> None:
        """No batch follows; ``error`` says why when it is no clean end."""
        self._error = error
        await self._batches.put(())

    def _hidden(self, text: str) -> str:
        return hide(text, self.config)

    def _number(self, events: Sequence[Event]) -> None:
        received = now_microseconds()
        for seq, event in enumerate(events, self._seq + 1):
            force_setattr(event, "seq", seq)
            if not event.received:
                force_setattr(event, "received", received)
        self._seq += len(events)
