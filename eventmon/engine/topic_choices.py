"""What users decide about topics: which exist before their first event, and which are recorded.

A decision holds at once and is remembered in the workspace. Whoever looks is told of every topic that it changes, in
slices, for a million of them would hold up the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from eventmon.core.bus import Bus
from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.core.topic import shown, validate_topic
from eventmon.engine.ingest import Ingest
from eventmon.engine.mount_list import MountList
from eventmon.engine.recording import Recording

SLICE = 2_000

Remember = Callable[[tuple[str, ...], tuple[str, ...]], Awaitable[None]]
"""Keeps the patterns that are not recorded and the topics that were made known."""


class TopicChoices:
    """Carries out and remembers decisions about topics. Lives on the engine's loop.

    Attributes:
        remember: keeps them for the next start; None when there is nowhere to.
    """

    def __init__(self, bus: Bus, ingest: Ingest, recording: Recording, mounts: MountList) -> None:
        self._bus = bus
        self._ingest = ingest
        self._recording = recording
        self._mounts = mounts
        self._made: dict[str, None] = {}
        self.remember: Remember | None = None

    def restore(self, *, not_recorded: Iterable[str], known: Iterable[str]) -> None:
        """What was decided in earlier runs."""
        for pattern in not_recorded:
            self._ingest.recorded.turn_off(Pattern(pattern))
        for topic in known:
            self._made[topic] = None
            if self._mounts.owner_of(topic) is None and not self._ingest.knows(topic):
                self._make(topic)

    async def create(self, topic: str) -> None:
        """Make a local topic known.

        Raises:
            UserError: it has no legal name, belongs to a connection, or is known.
        """
        validate_topic(topic)
        self._recording.require_writable()
        owner = self._mounts.owner_of(topic)
        if owner is not None:
            raise UserError(f"“{owner.name}” is a connection, so its topics come from there. Begin with another level.")
        if self._ingest.knows(topic):
            raise UserError(f"There is a topic {shown(topic)} already. Choose another name.")
        self._make(topic)
        self._made[topic] = None
        await self._keep()

    async def record(self, pattern: str, *, record: bool) -> None:
        """Store the events of matching topics from the next on, or only count them.

        Raises:
            UserError: it is no pattern, or a wider one keeps its topics from being recorded.
        """
        parsed = Pattern(pattern)
        self._recording.require_writable()
        recorded = self._ingest.recorded
        if recorded.turn_on(parsed) if record else recorded.turn_off(parsed):
            await self._tell(parsed)
            await self._keep()

    def _make(self, topic: str) -> None:
        self._bus.topic(topic)
        self._ingest.restore(topic)
        self._ingest.fresh.add(topic)

    async def _tell(self, pattern: Pattern) -> None:
        """Let whoever looks see the topics of a pattern again."""
        topics = self._ingest.topics
        for start in range(0, len(topics), SLICE):
            self._ingest.fresh.update(filter(pattern.matches, topics[start : start + SLICE]))
            await asyncio.sleep(0)

    async def _keep(self) -> None:
        if self.remember is not None:
            await self.remember(self._ingest.recorded.patterns, tuple(self._made))
