"""Placeholders in what is published: ``{{uuid}}``, ``{{now}}`` and others, read once and filled in for each firing.

Reading a text finds every mistake and says where it stands; filling in is no more than joining its parts, so that a
burst costs little. Two braces that are meant as they are stand doubled: ``{{{{`` gives ``{{``. A third brace before a
placeholder is a brace of its own, so ``{{{seq}}}`` gives ``{1}``.

==================  ======================================================================
``{{uuid}}``        another UUID each time (version 7)
``{{now}}``         the time of the firing, RFC 3339 in UTC with milliseconds
``{{now.unix}}``    the same as whole seconds since 1970
``{{seq}}``         the number of the firing
``{{random 1 6}}``  a whole number between two, both included, another each time
``{{env NAME}}``    the environment variable NAME of this process, as it is when read
==================  ======================================================================
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from uuid_utils import uuid7

from eventmon.core.errors import UserError

KNOWN = "{{uuid}}, {{now}}, {{now.unix}}, {{seq}}, {{random 1 6}} or {{env NAME}}"
MAX_DIGITS = 18
"""Of the bounds of a random number."""

_PART = re.compile(r"\{\{\{\{|\{(?=\{\{(?!\{))|\{\{([^{}]{0,200})\}\}|\{\{")
"""Doubled braces, a brace before a placeholder, a placeholder, or one that is not closed."""
_DICE = random.Random()
_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")


class PlaceholderError(UserError):
    """A placeholder that cannot be filled in.

    Attributes:
        position: where in the text it begins.
    """

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True, slots=True)
class Firing:
    """What all placeholders of one event have in common.

    Attributes:
        seq: its number.
        now: its time in microseconds since the epoch.
        random: gives random numbers.
    """

    seq: int
    now: int
    random: random.Random = _DICE


Filler = Callable[[Firing], str]


class Span(msgspec.Struct, frozen=True, gc=False):
    """Where a placeholder stands in its text: from ``start`` up to ``end``."""

    start: int
    end: int


class Template:
    """A text with its placeholders, read once.

    Attributes:
        text: as it was written.
        spans: where its placeholders stand.
    """

    __slots__ = ("_fixed", "_parts", "_starts", "spans", "text")

    def __init__(self, text: str, parts: Sequence[str | Filler], starts: Sequence[int], spans: Sequence[Span]) -> None:
        self.text = text
        self.spans = tuple(spans)
        self._parts = tuple(parts)
        self._starts = tuple(starts)
        self._fixed = None if spans else "".join(part for part in parts if isinstance(part, str))

    def fill(self, firing: Firing) -> str:
        """The text of one firing."""
        if self._fixed is not None:
            return self._fixed
        return "".join([part if isinstance(part, str) else part(firing) for part in self._parts])

    def fill_with_places(self, firing: Firing) -> tuple[str, Callable[[int], int]]:
        """The text of one firing, and which place of the written text a place in it comes from."""
        filled = [part if isinstance(part, str) else part(firing) for part in self._parts]

        def place(position: int) -> int:
            passed = 0
            for part, text, start in zip(self._parts, filled, self._starts, strict=True):
                if position < passed + len(text):
                    return start + position - passed if isinstance(part, str) else start
                passed += len(text)
            return len(self.text)

        return "".join(filled), place


def read_template(text: str, environment: Mapping[str, str] = os.environ) -> Template:
    """Read a text once; its mistakes are found here and never when it is filled in.

    Raises:
        PlaceholderError: a placeholder is unknown, not closed, or has wrong words after its name.
    """
    if "{{" not in text:
        return Template(text, (text,), (0,), ())
    parts: list[str | Filler] = []
    starts: list[int] = []
    spans: list[Span] = []
    at = 0
    for found in _PART.finditer(text):
        if found.start() > at:
            parts.append(text[at : found.start()])
            starts.append(at)
        at = found.end()
        starts.append(found.start())
        if found[0] in ("{{{{", "{"):
            parts.append(found[0][: len(found[0]) // 2] or "{")
        else:
            parts.append(_filler(found[1], found.start(), environment))
            spans.append(Span(found.start(), found.end()))
    if at < len(text):
        parts.append(text[at:])
        starts.append(at)
    return Template(text, parts, starts, spans)


def escape(text: str) -> str:
    """The text so written that ``read_template`` gives it back as it was."""
    return text.replace("{{", "{{{{")


def find_placeholders(text: str) -> list[Span]:
    """Where placeholders stand, right ones and wrong ones: for a highlighter."""
    return [Span(*found.span()) for found in _PART.finditer(text) if found[1] is not None]


def variables_in(text: str) -> list[str]:
    """The environment variables that a text takes, in their order."""
    written = [text[span.start : span.end].strip("{}").split() for span in find_placeholders(text)]
    return [words[1] for words in written if len(words) > 1 and words[0] == "env"]


def _filler(inside: str | None, position: int, environment: Mapping[str, str]) -> Filler:
    if inside is None:
        raise PlaceholderError(
            f"Position {position + 1}: a placeholder is not closed. Close it with }}}}, or write {{{{{{{{ for braces.",
            position,
        )
    name, *words = inside.split() or [""]
    if name == "random":
        return _random(words, position)
    if name == "env":
        return _environment(words, position, environment)
    filler = _PLAIN.get(name)
    if filler is None:
        raise PlaceholderError(
            f"Position {position + 1}: “{inside.strip()[:40]}” is no placeholder. Use {KNOWN}.", position
        )
    if words:
        raise PlaceholderError(f"Position {position + 1}: nothing follows {name}. Write {{{{{name}}}}}.", position)
    return filler


def _random(words: Sequence[str], position: int) -> Filler:
    if len(words) != 2 or not all(_WHOLE.fullmatch(word) for word in words):
        raise PlaceholderError(
            f"Position {position + 1}: random takes two whole numbers. Write it like {{{{random 1 6}}}}.", position
        )
    low, high = int(words[0]), int(words[1])
    if low > high:
        raise PlaceholderError(
            f"Position {position + 1}: {low} is above {high}. Write the smaller number first.", position
        )
    return lambda firing: str(firing.random.randint(low, high))


def _environment(words: Sequence[str], position: int, environment: Mapping[str, str]) -> Filler:
    if len(words) != 1:
        raise PlaceholderError(
            f"Position {position + 1}: env takes the name of one variable. Write it like {{{{env HOME}}}}.", position
        )
    value = environment.get(words[0])
    if value is None:
        raise PlaceholderError(
            f"Position {position + 1}: the environment variable {words[0][:80]} is not set. Set it before the start.",
            position,
        )
    return lambda _firing: value


def _now(firing: Firing) -> str:
    moment = datetime.fromtimestamp(firing.now // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{firing.now // 1_000 % 1_000:03d}Z"


_PLAIN: dict[str, Filler] = {
    "uuid": lambda _firing: str(uuid7()),
    "now": _now,
    "now.unix": lambda firing: str(firing.now // 1_000_000),
    "seq": lambda firing: str(firing.seq),
}
