"""What the user typed into the filter bar, as the log's search understands it.

Plain words must all be contained, ``-word`` must not, ``topic:orders/#`` narrows to a pattern. Quotes have no meaning:
the search takes words one by one, and a filter must not promise more than it does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern

TOPIC_PREFIX = "topic:"
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class LogFilter:
    """A valid filter: words, topic patterns, and patterns of muted topics; empty means that every event is shown."""

    text: str = ""
    topics: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether something was asked for, and not only left out."""
        return bool(self.text or self.topics)

    def __bool__(self) -> bool:
        return self.typed or bool(self.hidden)


class FilterNotValid(UserError):
    """A filter that cannot be used; ``position`` counts characters from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"Position {position}: {message}")
        self.position = position


def parse_filter(text: str, chip: str = "") -> LogFilter:
    """The filter of a text and of the pattern shown as a chip.

    A ``topic:`` within the text takes the place of the chip, because the user typed it later.

    Raises:
        FilterNotValid: a pattern is none; says where and why.
    """
    words: list[str] = []
    topics: list[str] = []
    for found in _WORD.finditer(text):
        word = found.group()
        if word.startswith(TOPIC_PREFIX):
            topics.extend(_checked(word.removeprefix(TOPIC_PREFIX), found.start() + len(TOPIC_PREFIX) + 1))
        elif word != "-":
            words.append(word)
    if chip and not topics:
        topics = [Pattern(chip).text]
    return LogFilter(" ".join(words), tuple(topics))


def lift_topic(text: str) -> tuple[str, str]:
    """The last finished ``topic:`` pattern in a text, and the text without it; an empty pattern when there is none.

    Raises:
        FilterNotValid: the pattern is none.
    """
    lifted = ""
    rest = text
    for found in reversed(list(_WORD.finditer(text))):
        word = found.group()
        if word.startswith(TOPIC_PREFIX) and len(word) > len(TOPIC_PREFIX):
            lifted = lifted or _checked(word.removeprefix(TOPIC_PREFIX), found.start() + len(TOPIC_PREFIX) + 1)[0]
            rest = rest[: found.start()] + rest[found.end() :].lstrip()
    return lifted, rest


def _checked(pattern: str, position: int) -> list[str]:
    if not pattern:
        return []
    try:
        return [Pattern(pattern).text]
    except UserError as error:
        raise FilterNotValid(str(error), position) from error
