"""Which fields of a payload hold secrets, and the payload with them hidden: screens and clipboards are looked at.

The log keeps every byte. Names are looked at word by word, so that ``access_token`` and ``clientSecret`` count and
``total_tokens`` does not. A name is searched as text, not as JSON, because what is hidden may be cut or broken JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MASK = "•••"
SECRET_WORDS = frozenset({"password", "passwd", "token", "authorization", "secret"})
LONGEST_NAME = 128
WINDOW: Final = 65_536
"""Characters that are searched at once."""
OVERLAP: Final = 4_096
"""Characters behind a window in which what begins at its end may go on."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MEMBER = re.compile(rf'"((?:[^"\\]|\\.){{5,{LONGEST_NAME}}})"\s*:\s*')
_HINT = re.compile("|".join(SECRET_WORDS), re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}\[{\"]+")
_BRACKET_OR_STRING = re.compile(r'[\[{\]}]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_PAIR = re.compile(
    rf"(?<![\w.-])([\w.-]{{5,{LONGEST_NAME}}})(\s*[=:]\s*)((?:Bearer|Basic) +)?[^\s&;,\"]+", re.IGNORECASE
)


class SecretSpan(NamedTuple):
    """A value that is hidden: where it begins and ends, and what is shown instead."""

    start: int
    end: int
    mask: str


def is_secret(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    if len(name) > LONGEST_NAME or not _HINT.search(name):
        return False
    return any(word.lower() in SECRET_WORDS for word in _WORD.findall(name))


def masked(text: str) -> str:
    """A payload as text with the values of its secret fields hidden; the same object when it has none."""
    spans = secret_spans(text)
    if not spans:
        return text
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += (text[done : span.start], span.mask)
        done = span.end
    return "".join((*parts, text[done:]))


def secret_spans(text: str) -> list[SecretSpan]:
    """Where the values of secret fields stand, in their order."""
    if "\\u" not in text and not _has_hint(text):
        return []
    spans = list(_member_spans(text))
    if not spans and text.lstrip()[:1] not in ("{", "["):
        return list(_pair_spans(text))
    return spans


def mentions_secrets(data: bytes) -> bool:
    """Whether the name of a secret stands somewhere in bytes, in whatever form."""
    return _has_hint(data.decode(errors="surrogateescape"))


def secret_bytes(data: bytes) -> list[SecretSpan]:
    """The same in bytes, which need not be UTF-8 everywhere."""
    text = data.decode(errors="surrogateescape")
    if text.isascii():
        return secret_spans(text)
    spans = []
    characters = place = 0
    for span in secret_spans(text):
        start = place + len(text[characters : span.start].encode(errors="surrogateescape"))
        place = start + len(text[span.start : span.end].encode(errors="surrogateescape"))
        characters = span.end
        spans.append(SecretSpan(start, place, span.mask))
    return spans


def _has_hint(text: str) -> bool:
    for start in range(0, len(text), WINDOW):
        part = text[start : start + WINDOW + LONGEST_NAME].lower()
        if any(word in part for word in SECRET_WORDS):  # twenty times as fast as a pattern for all of them
            return True
    return False


def _member_spans(text: str) -> Iterator[SecretSpan]:
    done = 0
    for member in _found(_MEMBER, text):
        if member.start() >= done and is_secret(_unescaped(member[1])):
            done = _end_of_value(text, member.end())
            yield SecretSpan(member.end(), done, f'"{MASK}"')


def _pair_spans(text: str) -> Iterator[SecretSpan]:
    for pair in _found(_PAIR, text):
        if is_secret(pair[1]):
            yield SecretSpan(pair.end(2), pair.end(), MASK)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """All that is found, searched in windows: one search of 64 MiB would hold up every other thread."""
    done = 0
    for start in range(0, len(text), WINDOW):
        end = start + WINDOW + OVERLAP
        for found in pattern.finditer(text, max(start, done), end):
            if found.start() >= start + WINDOW:
                break
            whole = (pattern.match(text, found.start()) if found.end() == end else None) or found
            done = whole.end()
            yield whole


def _unescaped(name: str) -> str:
    if "\\" not in name:
        return name
    try:
        return str(json.loads(f'"{name}"', strict=False))
    except ValueError:
        return name


def _end_of_value(text: str, start: int) -> int:
    """Where the value that starts there ends; the end of the text when it is cut."""
    first = text[start : start + 1]
    if first in ("[", "{"):
        return _end_of_container(text, start)
    found = (_STRING if first == '"' else _SCALAR).match(text, start)
    return found.end() if found else start


def _end_of_container(text: str, start: int) -> int:
    depth = 0
    for step in _BRACKET_OR_STRING.finditer(text, start):
        mark = step[0]
        depth += (mark in ("[", "{")) - (mark in ("]", "}"))
        if not depth:
            return step.end()
    return len(text)
