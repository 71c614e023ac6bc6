"""Where published events go: those of a connection's topics to its source, all others into the log.

What is sent to a source is logged when it comes back. What does not come back, because nothing of ours watches it,
is logged at once with the attribute ``sent``, so that the log shows everything that was done from here.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.ingest import Accepted, Ingest, require_sound
from eventmon.engine.mount import Mount
from eventmon.engine.mount_list import MountList
from eventmon.engine.recording import Recording
from eventmon.store.errors import LogUnavailable

SENT = "sent"
"""The extension attribute of an event that was sent and is not expected back."""


class Publishing:
    """Takes events of publishers. Lives on the engine's loop."""

    def __init__(self, mounts: MountList, ingest: Ingest, recording: Recording) -> None:
        self._mounts = mounts
        self._ingest = ingest
        self._recording = recording

    async def accept(self, events: Sequence[Event], *, committed: bool = True) -> Accepted:
        """Send events of mounted topics to their sources and take the others into the log.

        Returns:
            What became of them, once all that go to the log now are committed, or without ``committed`` once they
            are on their way; what was sent is accepted.

        Raises:
            LogUnavailable: nothing can be stored now; nothing was sent when the sentence says that nothing was taken.
            UserError: an event is over the limits, or its connection cannot publish; what was sent before is logged.
        """
        owners = [self._mounts.owner_of(event.topic) for event in events]
        if not any(owners):
            return await self._ingest.accept(events, committed=committed)
        self._require_storable()
        for event, owner in zip(events, owners, strict=True):
            require_sound(event)
            if owner is not None:
                owner.require_publishable(event.topic)
        return await self._send(events, owners, committed=committed)

    async def _send(self, events: Sequence[Event], owners: Sequence[Mount | None], *, committed: bool) -> Accepted:
        to_log: list[Event] = []
        alone: list[Event] = []
        awaited, receivers = 0, None
        for event, owner in zip(events, owners, strict=True):
            if owner is None:
                to_log.append(event)
                continue
            try:
                sent = await owner.publish(event)
            except UserError:
                await self._ingest.accept(alone)
                raise
            if sent.receivers is not None:
                receivers = (receivers or 0) + sent.receivers
            if sent.returns:
                awaited += 1
            else:
                alone.append(_marked(event))
                to_log.append(alone[-1])
        logged = await self._ingest.accept(to_log, committed=committed)
        return msgspec.structs.replace(logged, accepted=logged.accepted + awaited, receivers=receivers)

    def _require_storable(self) -> None:
        """Send nothing that could not be logged."""
        self._recording.require_writable()
        if self._recording.blocked:
            raise LogUnavailable(f"{self._recording.blocked} Nothing was taken; try again later.")


def _marked(event: Event) -> Event:
    return msgspec.structs.replace(event, headers={**(event.headers or {}), SENT: "true"})
