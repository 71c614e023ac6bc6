"""Patterns: topic filters with MQTT semantics, and the trie that finds all patterns of one topic in one walk.

The rules are those of MQTT 5.0 section 4.7: ``+`` stands for exactly one level, ``#`` for the rest and for its
parent level too, and a topic whose first level starts with ``$`` is hidden from patterns that start with a
wildcard. Nothing is normalised: an empty level is a level.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Generic, TypeVar

from eventmon.core.errors import UserError
from eventmon.core.topic import check_path, levels, shown

ONE_LEVEL = "+"
THE_REST = "#"

T = TypeVar("T")


class Pattern:
    """A parsed topic filter; equal to another with the same text.

    Raises:
        UserError: the text is no legal pattern; the sentence says which rule it breaks.
    """

    __slots__ = ("_levels", "text")

    def __init__(self, text: str) -> None:
        self.text = check_path(text, "pattern")
        self._levels = levels(text)
        for position, level in enumerate(self._levels, 1):
            if THE_REST in level and (level != THE_REST or position != len(self._levels)):
                raise UserError(f"In the pattern {shown(text)} # has to be the whole last level, as in orders/#.")
            if ONE_LEVEL in level and level != ONE_LEVEL:
                raise UserError(f"In the pattern {shown(text)} + has to be a whole level, as in orders/+/created.")

    @property
    def exact(self) -> bool:
        """Whether it has no wildcard and so matches the one topic of the same text."""
        return self._levels[-1] != THE_REST and ONE_LEVEL not in self._levels

    def levels(self) -> list[str]:
        """The levels, wildcards included."""
        return list(self._levels)

    def matches(self, topic: str) -> bool:
        """Whether the topic is one of those meant."""
        if topic[:1] == "$" and self._levels[0] in (ONE_LEVEL, THE_REST):
            return False
        for wanted, level in zip_longest(self._levels, levels(topic)):
            if wanted == THE_REST:
                return True
            if level is None or wanted not in (level, ONE_LEVEL):
                return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether every topic that matches ``narrow`` matches ``wide`` too."""
    wanted, given = wide.levels(), narrow.levels()
    if wanted[0] in (ONE_LEVEL, THE_REST) and given[0][:1] == "$":
        return False
    for one, other in zip_longest(wanted, given):
        if one == THE_REST:
            return True
        if one is None or other is None or other == THE_REST or one not in (other, ONE_LEVEL):
            return False
    return True


class _Node(Generic[T]):
    """One level of the trie: what ends here, what goes on below, and what takes the rest."""

    __slots__ = ("below", "here", "rest")

    def __init__(self) -> None:
        self.below: dict[str, _Node[T]] = {}
        self.here: list[T] = []
        self.rest: list[T] = []


class PatternTrie(Generic[T]):
    """Values filed under patterns; ``find`` walks a topic once, whatever the number of patterns.

    Not thread-safe: the owner holds its lock round every call.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, pattern: Pattern, value: T) -> None:
        """File a value; the same value may be filed again and is then found again."""
        node = self._root
        for level in pattern.levels():
            if level == THE_REST:
                node.rest.append(value)
                return
            node = node.below.setdefault(level, _Node())
        node.here.append(value)

    def remove(self, pattern: Pattern, value: T) -> None:
        """Take out one filing of a value and the branches that it leaves empty; KeyError when it is not there."""
        names = pattern.levels()
        takes_rest = names[-1] == THE_REST
        if takes_rest:
            names.pop()
        nodes = [self._root]
        for level in names:
            nodes.append(nodes[-1].below[level])
        values = nodes[-1].rest if takes_rest else nodes[-1].here
        if value not in values:
            raise KeyError(pattern.text)
        values.remove(value)
        for parent, level, node in zip(reversed(nodes[:-1]), reversed(names), reversed(nodes[1:]), strict=True):
            if node.below or node.here or node.rest:
                break
            del parent.below[level]

    def find(self, topic: str) -> list[T]:
        """Every value whose pattern matches the topic, in no particular order."""
        found: list[T] = []
        nodes = [self._root]
        hidden = topic[0] == "$"  # from wildcards at the first level
        for level in levels(topic):
            following: list[_Node[T]] = []
            for node in nodes:
                below = node.below
                if level in below:
                    following.append(below[level])
                if not hidden:
                    found += node.rest
                    if ONE_LEVEL in below:
                        following.append(below[ONE_LEVEL])
            nodes = following
            hidden = False
        for node in nodes:
            found += node.here
            found += node.rest  # the rest includes the parent level itself
        return found

    def __bool__(self) -> bool:
        root = self._root
        return bool(root.below or root.here or root.rest)
