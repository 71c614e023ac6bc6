"""Batches that a recording could take only in part, so that the next recording goes on at exactly that event.

A connector says where it stands after a batch, not within one. So the position stays before a batch that is cut, and
beside it stands which of its events are stored; when they come again, first thing, they are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

from msgspec.structs import replace

from eventmon.core.cloudevents import to_json
from eventmon.core.event import Event
from eventmon.engine.mount_feed import MountFeed

CUT = "cut "
"""Before the name of a stream: the stream of positions in which the stored events of its cut batch are kept."""
DIGEST_BYTES = 8


class CutBatches:
    """The cut batches of one connection."""

    def __init__(self, feed: MountFeed) -> None:
        self._feed = feed
        self._stored: dict[str, deque[str]] = {}
        self._again: dict[str, list[str]] = {}
        self._kept: set[str] = set()

    def fresh(self, events: Sequence[Event], stream: str) -> Sequence[Event]:
        """The events of a batch that are not stored yet."""
        stored = self._of(stream)
        again = self._again[stream] = []
        while stored and len(again) < len(events):
            digest = _digest(events[len(again)])
            if digest not in stored:
                stored.clear()
                break
            while stored.popleft() != digest:
                continue  # this one has been deleted at the source
            again.append(digest)
        return events[len(again) :]

    def within(self, events: Sequence[Event], stream: str) -> dict[str, str]:
        """What is kept beside the position before a batch, once these first fresh events of it are stored."""
        self._kept.add(stream)
        return {CUT + stream: " ".join([*self._again[stream], *map(_digest, events), *self._of(stream)])}

    def after(self, stream: str) -> dict[str, str]:
        """What is kept beside the position after a whole batch."""
        if stream not in self._kept:
            return {}
        left = self._of(stream)
        if not left:
            self._kept.discard(stream)
        return {CUT + stream: " ".join(left)}

    def _of(self, stream: str) -> deque[str]:
        """Digests of the stored events that come again."""
        if stream not in self._stored:
            self._stored[stream] = deque((self._feed.position(CUT + stream) or "").split())
            if self._stored[stream]:
                self._kept.add(stream)
        return self._stored[stream]


def _digest(event: Event) -> str:
    """What an event is, whenever it arrives."""
    return blake2b(to_json(replace(event, seq=0, received=0), ""), digest_size=DIGEST_BYTES).hexdigest()
