"""A set of patterns that users add to and take from, and the quick answer whether a topic is one of those meant.

Patterns that lie within a wider one of the set are part of it. What the set says of a topic is looked up once a topic
and forgotten when the set changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from eventmon.core.pattern import Pattern, PatternTrie, covers


class PatternSet:
    """Patterns in the order in which they were added.

    Attributes:
        changes: grows with every change.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        """Make it; UserError when one of the texts is no pattern."""
        self._patterns: dict[str, Pattern] = {}
        self._trie: PatternTrie[str] = PatternTrie()
        self._answers: dict[str, bool] = {}
        self.changes = 0
        for text in patterns:
            self.add(Pattern(text))

    def __bool__(self) -> bool:
        return bool(self._patterns)

    @property
    def texts(self) -> tuple[str, ...]:
        """The patterns."""
        return tuple(self._patterns)

    def matches(self, topic: str) -> bool:
        """Whether one of the patterns matches a topic."""
        if not self._patterns:
            return False
        answer = self._answers.get(topic)
        if answer is None:
            answer = self._answers[topic] = bool(self._trie.find(topic))
        return answer

    def add(self, pattern: Pattern) -> bool:
        """Add a pattern, in the place of those within it; False when it is there."""
        if pattern.text in self._patterns:
            return False
        self._remove(pattern)
        self._patterns[pattern.text] = pattern
        self._trie.add(pattern, pattern.text)
        self._changed()
        return True

    def remove(self, pattern: Pattern) -> bool:
        """Take away a pattern and those within it; False when there were none."""
        gone = self._remove(pattern)
        if gone:
            self._changed()
        return gone

    def wider_than(self, pattern: Pattern) -> str:
        """A pattern of the set that means all topics of another; empty when there is none."""
        return next((text for text, other in self._patterns.items() if covers(other, pattern)), "")

    def _remove(self, pattern: Pattern) -> bool:
        gone = [other for other in self._patterns.values() if covers(pattern, other)]
        for other in gone:
            del self._patterns[other.text]
            self._trie.remove(other, other.text)
        return bool(gone)

    def _changed(self) -> None:
        self._answers.clear()
        self.changes += 1
