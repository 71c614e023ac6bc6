"""Which topics are recorded: their events are stored; those of all others are counted, observed and let go."""

from __future__ import annotations

from collections.abc import Iterable

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.core.pattern_set import PatternSet


class RecordedTopics:
    """The patterns of the topics that are not recorded. Lives on the engine's loop."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._off = PatternSet(patterns)

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is not recorded, in the order in which it was decided."""
        return self._off.texts

    @property
    def changes(self) -> int:
        """A number that grows with every change that viewers have to see."""
        return self._off.changes

    @property
    def all(self) -> bool:
        """Whether every topic is recorded."""
        return not self._off

    def is_recorded(self, topic: str) -> bool:
        """Whether the events of a topic are stored."""
        return not self._off.matches(topic)

    def left_out(self, topics: Iterable[str]) -> set[str]:
        """Those of the topics that are not recorded."""
        return set(filter(self._off.matches, topics))

    def turn_off(self, pattern: Pattern) -> bool:
        """Record matching topics no more; False when that is so already. Narrower patterns become part of it."""
        return self._off.add(pattern)

    def turn_on(self, pattern: Pattern) -> bool:
        """Record matching topics again; False when they were.

        Raises:
            UserError: a wider pattern keeps them from being recorded; the sentence names it.
        """
        changed = self._off.remove(pattern)
        wider = self._off.wider_than(pattern)
        if wider:
            raise UserError(f"“{pattern.text}” is part of “{wider}”, which is not recorded. Record that again instead.")
        return changed
