"""Topic patterns and words turned into ids of ``topics``: the events hold ids, so a filter is decided once per topic.

With a million topics deciding takes a second or two, and a search asks again for each of its parts. Topics are
added and, by a deletion alone, removed: an answer stays right as long as the highest id and the number of deletions
are the same, and the last few answers are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import apsw
import msgspec

from eventmon.core.pattern import Pattern
from eventmon.core.topic import MAX_TOPIC_BYTES
from eventmon.store.text import storable, text_of

KEPT_ANSWERS = 8

STATE = "SELECT max(id), (SELECT value FROM meta WHERE key = 'removals') FROM topics"
"""An answer holds as long as this is the same."""

HIGHEST_NAME = "\U0010ffff" * (MAX_TOPIC_BYTES // 4 + 1)
"""Sorts behind every topic, and so behind whatever follows a prefix."""


class TopicFilter:
    """Sets of topic ids, each as the JSON array that SQLite's ``json_each`` takes."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._answers: OrderedDict[tuple[str, ...], tuple[object, str]] = OrderedDict()

    def matching(self, patterns: Sequence[str]) -> str:
        """Topics that match any of the patterns.

        Raises:
            UserError: one of the patterns is none.
        """
        parsed = [Pattern(text) for text in patterns]
        return self._kept(("patterns", *patterns), lambda: {id for one in parsed for id in self._matching_one(one)})

    def containing(self, word: str) -> str:
        """Topics whose name contains the word, whatever its case."""
        return self._kept(("word", word), lambda: self._containing(word))

    def _kept(self, key: tuple[str, ...], decide: Callable[[], set[int]]) -> str:
        state = self._connection.execute(STATE).fetchone()
        known = self._answers.pop(key, None)
        if known is None or known[0] != state:
            known = state, msgspec.json.encode(sorted(decide())).decode()
        self._answers[key] = known
        while len(self._answers) > KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return known[1]

    def _matching_one(self, pattern: Pattern) -> set[int]:
        found = self._connection.execute("SELECT id, name FROM topics WHERE name BETWEEN ? AND ?", _range_of(pattern))
        return {id for id, name in found if pattern.matches(text_of(name))}

    def _containing(self, word: str) -> set[int]:
        if word.isascii():
            found = self._connection.execute("SELECT id FROM topics WHERE instr(lower(name), ?)", (word.lower(),))
            return {id for (id,) in found}
        wanted = word.casefold()
        names = self._connection.execute("SELECT id, name FROM topics")
        return {id for id, name in names if wanted in text_of(name).casefold()}


def _range_of(pattern: Pattern) -> tuple[str | bytes, str | bytes]:
    """Lowest and highest name that can match, so that the index on names finds a subtree in a large log."""
    if pattern.exact:
        return storable(pattern.text), storable(pattern.text)
    before = pattern.text[: min(pattern.text.find(sign) % (len(pattern.text) + 1) for sign in "+#")]
    return storable(before.removesuffix("/")), storable(before + HIGHEST_NAME)
