"""What a recording takes from its connections: chosen topics, and no event more than it was asked for.

It stands between a connector and the feed of its mount, so the engine itself knows nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from eventmon.core.event import Event
from eventmon.engine.cut_batches import CutBatches
from eventmon.engine.mount_feed import MountFeed
from eventmon.engine.selection import Selection
from eventmon.engine.watched import Watched

Deliver = Callable[[Sequence[Event], bool], Awaitable[None]]


class Choice:
    """What all connections of one recording may deliver together.

    Attributes:
        selection: the topics.
        watched: told how each connection is, by name.
    """

    def __init__(
        self, selection: Selection, limit: int | None, watched: Mapping[str, Watched], on_change: Callable[[], None]
    ) -> None:
        """Make it.

        Args:
            selection: the topics.
            limit: the most events that are taken; None for any number.
            watched: told how each connection is, by name.
            on_change: called when a connection has said something or the limit is reached.
        """
        self.selection = selection
        self.watched = watched
        self.changed = on_change
        self._left = limit
        self._turn = asyncio.Lock()

    @property
    def is_full(self) -> bool:
        """Whether the limit is reached: whoever still delivers waits until it is cancelled."""
        return self._left == 0

    def lend(self, feed: MountFeed) -> ChosenFeed:
        """The feed for the connector of a mount."""
        return ChosenFeed(feed, self)

    async def take(self, feed: MountFeed, events: Sequence[Event], deliver: Deliver) -> None:
        """Deliver those of the events that there is room for; ``deliver`` is told whether these are the last."""
        if self._left is None or not events:
            await deliver(events, True)
            return
        async with self._turn:
            while events:
                if self._left == 0:
                    await asyncio.Event().wait()
                part, events = events[: self._left], events[self._left :]
                before = feed.events
                await deliver(part, not events)
                self._left -= feed.events - before
                if self._left == 0:
                    self.changed()


class ChosenFeed:
    """The ``Feed`` of one connection of a recording."""

    def __init__(self, feed: MountFeed, choice: Choice) -> None:
        self._feed = feed
        self._choice = choice
        self._watched = choice.watched[feed.name]
        self._cuts = CutBatches(feed)

    @property
    def name(self) -> str:
        """The connection's name."""
        return self._feed.name

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        """Hand over the wanted events of a batch; one that is cut short is gone on with by the next recording."""
        wanted = self._choice.selection.of(events)
        if not positions:
            await self._choice.take(self._feed, wanted, lambda part, _: self._feed.deliver(part))
            return
        stream = next(iter(positions))
        fresh = self._cuts.fresh(wanted, stream)
        stored: list[Event] = []

        async def hand_over(part: Sequence[Event], complete: bool) -> None:
            stored.extend(part)
            places = {**positions, **self._cuts.after(stream)} if complete else self._cuts.within(stored, stream)
            await self._feed.deliver(part, places)

        await self._choice.take(self._feed, fresh, hand_over)

    async def deliver_once(self, events: Sequence[Event]) -> None:
        """Hand over events that may have come before."""
        wanted = self._choice.selection.of(events)
        await self._choice.take(self._feed, wanted, lambda part, _: self._feed.deliver_once(part))

    def position(self, stream: str) -> str | None:
        """The resume position handed over last."""
        return self._feed.position(stream)

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Store a gap row and say so."""
        self._feed.gap(started, ended, reason)
        self._watched.gap(started, ended, self._feed.hidden(reason))

    def status(self, phase: str, detail: str = "") -> None:
        """Say how the connection is."""
        self._feed.status(phase, detail)
        self._watched.status(phase, self._feed.hidden(detail))
        self._choice.changed()

    def problem(self, severity: str, text: str) -> None:
        """Report something that went wrong."""
        self._feed.problem(severity, text)
        self._watched.problem(severity, self._feed.hidden(text))
