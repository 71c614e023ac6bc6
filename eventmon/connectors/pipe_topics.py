"""Topics of lines: a field that holds the topic, or a template such as ``logs/{service}/{level}``.

Values are outside text, so what is no legal part of a topic is percent-encoded, and finished topics are kept for the
next line with the same values.
"""

from __future__ import annotations

import re

from eventmon.core.errors import UserError
from eventmon.core.topic import validate_topic

_CACHED = 65_536
_PLACE = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN_IN_TOPIC = re.compile(r"[%+#\0]")
_FORBIDDEN_IN_LEVEL = re.compile(r"[%+#\0/]")


class TopicTemplate:
    """Makes topics below a mount.

    Attributes:
        fields: the names of the fields it needs, in the order in which their values are given.
    """

    def __init__(self, text: str, mount: str) -> None:
        """Compile it.

        Args:
            text: a field's name, a template with fields in braces, or nothing.
            mount: the connection's name.

        Raises:
            UserError: the template has unbalanced braces or characters that no topic may hold.
        """
        self._fallback = f"{mount}/lines"
        self._known: dict[tuple[str, ...], str] = {}
        self._whole = bool(text) and not ("{" in text or "}" in text or "/" in text)
        pieces = ["", text, ""] if self._whole else _PLACE.split(text)
        self.fields = tuple(pieces[1::2])
        self._literals = [f"{mount}/{pieces[0]}", *pieces[2::2]]
        if text and not self._whole:
            self._check(text)
        self._fixed = self._fallback if self.fields else self._make(())

    def topic(self, values: tuple[object, ...]) -> str:
        """The topic for the values of the fields; ``<mount>/lines`` when one is missing or the topic is not legal."""
        if not self.fields:
            return self._fixed
        texts = tuple([value if type(value) is str else _text(value) for value in values])
        known = self._known.get(texts)
        if known is None:
            known = self._make(texts)
            if len(self._known) >= _CACHED:
                self._known.clear()
            self._known[texts] = known
        return known

    def _make(self, texts: tuple[str, ...]) -> str:
        topic = self._literals[0]
        if not all(texts) or (not texts and topic.endswith("/")):
            return self._fallback
        forbidden = _FORBIDDEN_IN_TOPIC if self._whole else _FORBIDDEN_IN_LEVEL
        for text, literal in zip(texts, self._literals[1:], strict=True):
            topic += forbidden.sub(_encoded, text) + literal
        try:
            return validate_topic(topic)
        except UserError:
            return self._fallback

    def _check(self, text: str) -> None:
        if not all(self.fields) or any("{" in literal or "}" in literal for literal in self._literals):
            raise UserError(
                f"The topic {text[:100]} is not clear: write fields in braces, as in logs/{{service}}/{{level}}."
            )
        validate_topic("".join(self._literals))


def _encoded(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def _text(value: object) -> str:
    """How a value reads in a topic; empty for what has no place there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
