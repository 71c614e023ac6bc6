"""Topic names: what is a legal one, checked where a name enters, because nothing is normalised afterwards."""

from __future__ import annotations

from eventmon.core.errors import UserError

MAX_TOPIC_BYTES = 4096
MAX_LEVELS = 128
SEPARATOR = "/"


def validate_topic(text: object) -> str:
    """The same text when it is a legal topic; levels may be empty, so ``a//c``, ``/a`` and ``a/`` are three topics.

    Raises:
        UserError: it is no text, empty, too long or too deep, or holds ``+``, ``#``, NUL or a lone surrogate.
    """
    name = check_path(text, "topic")
    if "+" in name or "#" in name:
        raise UserError(f"The topic {shown(name)} holds + or #, which stand for levels in patterns: leave them out.")
    return name


def levels(topic: str) -> list[str]:
    """The levels of a topic or pattern; an empty level is an empty text."""
    return topic.split(SEPARATOR)


def check_path(text: object, what: str) -> str:
    """What topics and patterns have in common; ``what`` names it in the sentence of the UserError."""
    if not isinstance(text, str):
        raise UserError(f"A {what} is a text such as orders/created, not {type(text).__name__}: give a str.")
    if not text:
        raise UserError(f"The {what} is empty: give at least one character, such as orders/created.")
    if "\0" in text:
        raise UserError(f"The {what} {shown(text)} holds a NUL character: leave it out.")
    if len(text) > MAX_TOPIC_BYTES or _utf8_length(text, what) > MAX_TOPIC_BYTES:
        raise UserError(f"The {what} {shown(text)} is longer than {MAX_TOPIC_BYTES} bytes: shorten it.")
    if text.count(SEPARATOR) >= MAX_LEVELS:
        raise UserError(f"The {what} {shown(text)} has more than {MAX_LEVELS} levels: use fewer.")
    return text


def shown(text: str) -> str:
    """The text quoted and cut for use in a sentence."""
    return ascii(text) if len(text) <= 80 else ascii(text[:77]) + "…"


def _utf8_length(text: str, what: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise UserError(f"The {what} {shown(text)} holds half of a surrogate pair, which is not UTF-8.") from None
