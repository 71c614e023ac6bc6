"""The bounded queue of one observer: so many events and so many bytes, and what is dropped when there is no room.

The bytes are bounded too, because a thousand events of 64 MiB are 64 GiB. An event larger than the bound is taken
when nothing else waits, or it could never be delivered.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

from eventmon.core.event import Event
from eventmon.core.lineage import Lineage

MAX_EVENTS = 1_000
MAX_BYTES = 8 << 20

Overflow = Literal["drop_oldest", "drop_newest", "latest"]


class ObserverQueue:
    """Events that wait for one observer, each with where it comes from.

    Attributes:
        overflow: what is dropped when there is no room.
    """

    def __init__(self, overflow: Overflow, *, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        self.overflow = overflow
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._waiting: deque[tuple[Event, Lineage]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: Event, lineage: Lineage) -> int:
        """Take an event in; returns how many were dropped for it, which may be itself."""
        dropped = 0
        size = len(event.data)
        if self.overflow == "latest":
            dropped = self.clear()
        while self._waiting and not self._has_room(size):
            if self.overflow == "drop_newest":
                return 1
            self.take()
            dropped += 1
        self._waiting.append((event, lineage))
        self._bytes += size
        return dropped

    def take(self) -> tuple[Event, Lineage]:
        """The event that waits longest; IndexError when none does."""
        event, lineage = self._waiting.popleft()
        self._bytes -= len(event.data)
        return event, lineage

    def clear(self) -> int:
        """Forget what waits; returns how many those were."""
        dropped = len(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return dropped

    def _has_room(self, size: int) -> bool:
        return len(self._waiting) < self._max_events and self._bytes + size <= self._max_bytes
