"""Which topics are wanted, decided once a topic: a front end that asks for patterns gets no others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from eventmon.core.event import Event
from eventmon.core.pattern import Pattern

TOPICS_REMEMBERED = 65_536


class Selection:
    """Topics that match any of the patterns; all of them when there is none."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Make it; UserError when a pattern is none."""
        self._patterns = tuple(map(Pattern, patterns))
        self._wants = lru_cache(TOPICS_REMEMBERED)(self._matches)

    def of(self, events: Sequence[Event]) -> Sequence[Event]:
        """Those of the events that are wanted, in order."""
        if not self._patterns:
            return events
        return [event for event in events if self._wants(event.topic)]

    def _matches(self, topic: str) -> bool:
        return any(pattern.matches(topic) for pattern in self._patterns)
