"""Texts with ``{{placeholders}}`` for what an event holds: topic, type, source, seq, time, data and fields of data.

What comes from an event is put in as text and never looked at again, so a payload that holds ``{{topic}}`` stays
as it is. Inside a JSON document values are put in as JSON: a string that holds a quote cannot end the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from eventmon.core.cloudevents import format_time
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.observers.payload_fields import MAX_BYTES, MISSING, field_of, parsed_path

_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.S)
_STRING_PARTS = re.compile(r'\\.|"', re.S)

_ATTRIBUTES: dict[str, Callable[[Event], Any]] = {
    "topic": lambda event: event.topic,
    "type": lambda event: event.type,
    "source": lambda event: event.source,
    "seq": lambda event: event.seq,
    "time": lambda event: event.time or format_time(event.received),
    "data": lambda event: event.data,
}
PLACEHOLDERS = (*(f"{{{{{name}}}}}" for name in _ATTRIBUTES), "{{data.total}}")
"""What can be written, with an example of a field."""

Value = Callable[[Event], Any]


class Template:
    """A parsed text.

    Attributes:
        is_json: it is a JSON object or list, and values are put in as JSON.
        takes_data: it is nothing but the payload, which is then taken as it is.
        filled: the text with a value in the place of each placeholder, as long as that, to find mistakes in it.

    Raises:
        UserError: a placeholder is not known.
    """

    def __init__(self, text: str, title: str, *, data_limit: int | None = None) -> None:
        """Parse a text.

        Args:
            text: as it was written.
            title: names it where it has a mistake.
            data_limit: how many bytes of a payload are put in for ``{{data}}``; None for all.
        """
        parts = _PLACEHOLDER.split(text)
        self._literals = parts[::2]
        self._values = [_value(name.strip(), title) for name in parts[1::2]]
        self._in_string = _in_strings(self._literals)
        self._data_limit = data_limit
        self.filled = self._filled(parts)
        self.is_json = self._is_json()
        self.takes_data = text.strip() == "{{data}}"

    def render(self, event: Event) -> str:
        """The text for one event.

        Raises:
            UserError: the payload has no such field, or cannot be read.
        """
        parts = [self._literals[0]]
        for value, in_string, literal in zip(self._values, self._in_string, self._literals[1:], strict=True):
            parts.append(self._shown(value(event), in_string))
            parts.append(literal)
        return "".join(parts)

    def _shown(self, value: Any, in_string: bool) -> str:
        if isinstance(value, bytes):
            if self.is_json and not in_string:
                return _payload_in_json(value)
            value = value[: self._data_limit].decode(errors="replace")
        if not self.is_json:
            return value if isinstance(value, str) else _json(value)
        if not in_string:
            return _json(value)
        return _json(value if isinstance(value, str) else _json(value))[1:-1]

    def _is_json(self) -> bool:
        """Whether it is a document whatever is put in."""
        try:
            return isinstance(msgspec.json.decode(self.filled.encode(errors="replace")), dict | list)
        except (msgspec.DecodeError, RecursionError):
            return False

    def _filled(self, parts: list[str]) -> str:
        filled = parts[:1]
        for in_string, name, literal in zip(self._in_string, parts[1::2], parts[2::2], strict=True):
            room = len(name) + len("{{}}")
            filled += ["x" * room if in_string else "null".ljust(room), literal]
        return "".join(filled)


def _value(name: str, title: str) -> Value:
    attribute = _ATTRIBUTES.get(name)
    if attribute is not None:
        return attribute
    first, dot, path = name.partition(".")
    if first != "data" or not dot:
        known = ", ".join(PLACEHOLDERS)
        raise UserError(f"{title}: there is no placeholder {{{{{name[:60]}}}}}. Known are {known}.")
    steps = parsed_path(path)
    return lambda event: _required_field(event, steps)


def _required_field(event: Event, path: tuple[str, ...]) -> Any:
    value = field_of(event, path)
    if value is MISSING:
        raise UserError(f"The payload has no field “{'.'.join(path)}”. Narrow the pattern or change the text.")
    return value


def _in_strings(literals: list[str]) -> list[bool]:
    """For each placeholder, whether it stands inside a JSON string."""
    inside, answers = False, []
    for literal in literals[:-1]:
        inside ^= sum(match[0] == '"' for match in _STRING_PARTS.finditer(literal)) % 2 == 1
        answers.append(inside)
    return answers


def _payload_in_json(data: bytes) -> str:
    """A payload as a value: what is JSON stays as it is, everything else becomes a string."""
    if len(data) > MAX_BYTES:
        raise UserError(f"The payload is larger than {MAX_BYTES >> 20} MiB, too large to put into a JSON document.")
    try:
        msgspec.json.decode(data)
        return data.decode().strip()
    except (ValueError, RecursionError):
        return _json(data.decode(errors="replace"))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
