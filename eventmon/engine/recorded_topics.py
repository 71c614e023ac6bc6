"""Which topics are recorded: their events are stored; those of all others are counted, observed and let go.

Users decide by patterns. What a pattern means for a topic is looked up once a topic, never for an event, and the
answers are forgotten when the patterns change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern, PatternTrie, covers


class RecordedTopics:
    """The patterns of the topics that are not recorded. Lives on the engine's loop.

    Attributes:
        changes: grows with every change that viewers have to see.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns: dict[str, Pattern] = {}
        self._trie: PatternTrie[str] = PatternTrie()
        self._answers: dict[str, bool] = {}
        self.changes = 0
        for text in patterns:
            self._add(Pattern(text))

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is not recorded, in the order in which it was decided."""
        return tuple(self._patterns)

    @property
    def all(self) -> bool:
        """Whether every topic is recorded."""
        return not self._patterns

    def is_recorded(self, topic: str) -> bool:
        """Whether the events of a topic are stored."""
        if not self._patterns:
            return True
        answer = self._answers.get(topic)
        if answer is None:
            answer = self._answers[topic] = not self._trie.find(topic)
        return answer

    def left_out(self, topics: Iterable[str]) -> set[str]:
        """Those of the topics that are not recorded."""
        return {topic for topic in topics if not self.is_recorded(topic)}

    def turn_off(self, pattern: Pattern) -> bool:
        """Record matching topics no more; False when that is so already. Narrower patterns become part of it."""
        if pattern.text in self._patterns:
            return False
        self._remove(other for other in self._patterns.values() if covers(pattern, other))
        self._add(pattern)
        return True

    def turn_on(self, pattern: Pattern) -> bool:
        """Record matching topics again; False when they were.

        Raises:
            UserError: a wider pattern keeps them from being recorded; the sentence names it.
        """
        gone = [other for other in self._patterns.values() if covers(pattern, other)]
        self._remove(gone)
        left = [other.text for other in self._patterns.values() if covers(other, pattern)]
        if left:
            raise UserError(
                f"“{pattern.text}” is part of “{left[0]}”, which is not recorded. Record that again instead."
            )
        return bool(gone)

    def _add(self, pattern: Pattern) -> None:
        if pattern.text not in self._patterns:
            self._patterns[pattern.text] = pattern
            self._trie.add(pattern, pattern.text)
            self._changed()

    def _remove(self, patterns: Iterable[Pattern]) -> None:
        gone: Sequence[Pattern] = list(patterns)
        for pattern in gone:
            del self._patterns[pattern.text]
            self._trie.remove(pattern, pattern.text)
        if gone:
            self._changed()

    def _changed(self) -> None:
        self._answers.clear()
        self.changes += 1
