"""Topics and types seen so far, to complete what is being typed: a million of them cost nothing until asked. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain, islice

from eventmon.engine.frame import TopicDelta

MAX_SUGGESTIONS = 30
MAX_LOOKED_AT = 50_000
"""Names looked through for words in their middle."""
MAX_TYPES = 2_000


class KnownTopics:
    """What frames told of."""

    def __init__(self) -> None:
        self._types_of: dict[str, tuple[str, ...]] = {}
        self._fresh: list[str] = []
        self._ordered: list[str] = []
        self._types: dict[str, None] = {}

    def take(self, deltas: Iterable[TopicDelta]) -> None:
        """Note the topics of a frame."""
        for delta in deltas:
            if delta.topic not in self._types_of:
                self._fresh.append(delta.topic)
            if self._types_of.get(delta.topic) != delta.types:
                self._types_of[delta.topic] = delta.types
                if len(self._types) < MAX_TYPES:
                    self._types.update(dict.fromkeys(delta.types))

    def topics(self, typed: str) -> list[str]:
        """Topics that begin with a text, then those that hold it; at most ``MAX_SUGGESTIONS``."""
        self._order()
        found = [name for name in self._fresh if name.startswith(typed)]
        first = bisect_left(self._ordered, typed)
        for name in self._ordered[first : first + MAX_SUGGESTIONS]:
            if not name.startswith(typed):
                break
            found.append(name)
        found = sorted(found)[:MAX_SUGGESTIONS]
        if typed and len(found) < MAX_SUGGESTIONS:
            found += self._holding(typed.casefold(), MAX_SUGGESTIONS - len(found), set(found))
        return found

    def types(self, typed: str, topic: str = "") -> list[str]:
        """Types that hold a text; those seen on the topic first."""
        wanted = typed.casefold()
        first = dict.fromkeys(self._types_of.get(topic, ()))
        return [name for name in first | self._types if wanted in name.casefold()][:MAX_SUGGESTIONS]

    def _order(self) -> None:
        """Put new names in once they are many; a few are looked through as they are."""
        if len(self._fresh) > max(1_000, len(self._ordered) // 8):
            self._ordered += self._fresh
            self._ordered.sort()
            self._fresh = []

    def _holding(self, wanted: str, room: int, besides: set[str]) -> list[str]:
        looked_at = chain(self._fresh, islice(self._ordered, MAX_LOOKED_AT))
        return list(islice((name for name in looked_at if wanted in name.casefold() and name not in besides), room))
