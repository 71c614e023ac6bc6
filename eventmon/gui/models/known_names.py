"""Topics and types seen so far, to complete what is being typed: a hundred thousand cost nothing until asked. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Set
from itertools import chain, islice

from eventmon.engine.frame import TopicDelta

MAX_SUGGESTIONS = 30
MAX_LOOKED_AT = 50_000
"""Names looked through for words in their middle."""
MAX_TYPES = 2_000


class KnownNames:
    """An index of topics that somebody else keeps."""

    def __init__(self, topics: Mapping[str, TopicDelta]) -> None:
        """Make it for these topics; ``add`` tells of each new one."""
        self._topics = topics
        self._fresh: list[str] = []
        self._ordered: list[str] = []
        self._types: dict[str, None] = {}

    def add(self, topic: str) -> None:
        """There is a topic that was not there before."""
        self._fresh.append(topic)

    def forget(self, topics: Set[str]) -> None:
        """These topics were deleted."""
        self._fresh = [name for name in self._fresh if name not in topics]
        self._ordered = [name for name in self._ordered if name not in topics]

    def add_types(self, types: tuple[str, ...]) -> None:
        """These types were seen somewhere."""
        if len(self._types) < MAX_TYPES:
            self._types.update(dict.fromkeys(types))

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
        known = self._topics.get(topic)
        first = dict.fromkeys(known.types if known is not None else ())
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
