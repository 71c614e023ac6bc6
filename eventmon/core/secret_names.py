"""Which fields of a payload hold secrets, and the payload with them hidden: screens and clipboards are looked at.

The log keeps every byte. Names are looked at word by word, so that ``access_token`` and ``clientSecret`` count and
``total_tokens`` does not. A name is searched as text, not as JSON, because what is hidden may be cut or broken JSON.
"""

from __future__ import annotations

import json
import re

MASK = "•••"
SECRET_WORDS = frozenset({"password", "passwd", "token", "authorization", "secret"})
LONGEST_NAME = 128

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MEMBER = re.compile(rf'"((?:[^"\\]|\\.){{5,{LONGEST_NAME}}})"\s*:\s*')
_HINT = re.compile("|".join(SECRET_WORDS), re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}\[{\"]+")
_BRACKET_OR_STRING = re.compile(r'[\[{\]}]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_PAIR = re.compile(
    rf"(?<![\w.-])([\w.-]{{5,{LONGEST_NAME}}})(\s*[=:]\s*)((?:Bearer|Basic) +)?[^\s&;,\"]+", re.IGNORECASE
)


def is_secret(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    if len(name) > LONGEST_NAME or not _HINT.search(name):
        return False
    return any(word.lower() in SECRET_WORDS for word in _WORD.findall(name))


def masked(text: str) -> str:
    """A payload as text with the values of its secret fields hidden; the same object when it has none."""
    if not _HINT.search(text) and "\\u" not in text:
        return text
    hidden = _masked_members(text)
    if hidden is text and text.lstrip()[:1] not in ("{", "["):
        return _PAIR.sub(_hide_pair, text)
    return hidden


def _masked_members(text: str) -> str:
    parts: list[str] = []
    done = 0
    for member in _MEMBER.finditer(text):
        start = member.end()
        if member.start() < done or not is_secret(_unescaped(member[1])):
            continue
        end = _end_of_value(text, start)
        parts += (text[done:start], f'"{MASK}"')
        done = end
    return "".join((*parts, text[done:])) if parts else text


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


def _hide_pair(pair: re.Match[str]) -> str:
    return f"{pair[1]}{pair[2]}{MASK}" if is_secret(pair[1]) else pair[0]
