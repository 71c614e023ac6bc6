"""Numbered payloads and when each was sent, so that what is missing can be held against the gaps."""

from __future__ import annotations

from eventmon.core.clock import now_microseconds
from tests.connectors.conformance.harness import Harness
from tests.connectors.feed import RememberingFeed


class Diary:
    """Sends numbered payloads and remembers when each was sent."""

    def __init__(self, shop: Harness) -> None:
        self._shop = shop
        self.sent: dict[bytes, tuple[int, int]] = {}

    def send(self, name: bytes, count: int = 1, *, size: int = 0) -> None:
        """Send the next numbers; ``size`` is the least number of bytes of each payload."""
        for _ in range(count):
            payload = (b"%d" % len(self.sent)).ljust(size)
            before = now_microseconds()
            self._shop.produce(name, [payload])
            self.sent[payload] = (before, now_microseconds())

    async def last_has_come(self, feed: RememberingFeed) -> None:
        """Wait for what was sent last."""
        last = list(self.sent)[-1]
        await feed.until(lambda: last in feed.lines[-3:])

    def check(self, feed: RememberingFeed) -> None:
        """Everything came once and in order, or, where the source keeps nothing, was sent inside a gap."""
        for topic in {event.topic for event in feed.events}:
            numbers = [int(event.data) for event in feed.events if event.topic == topic]
            assert numbers == sorted(set(numbers))
        missing = self.sent.keys() - set(feed.lines)
        assert not (missing and self._shop.keeps)
        for payload in missing:
            before, after = self.sent[payload]
            assert any(started <= after and before <= ended for started, ended, _ in feed.gaps), payload
