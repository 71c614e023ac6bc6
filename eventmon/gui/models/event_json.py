"""A payload read as JSON without losing anything: numbers as written, names given twice, words that are no JSON.

Numbers are never converted, so ``49.50`` stays ``49.50`` and 5,000 digits cost nothing. What cannot be read is said
in a sentence; what can, but other readers would refuse or change, is marked. No Qt.
"""

from __future__ import annotations

import gc
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from eventmon.core.secret_names import MASK, is_secret

MOST_BYTES: Final = 256 * 1024
"""What is read of an event at once; a tree of it takes 5 ms for usual payloads."""
MOST_AT_ONCE: Final = 20_000
"""Values that are read at once in the window's thread."""
MOST_VALUES: Final = 1_000_000
"""Of a tree that is made on demand; each takes some hundred bytes of memory."""
DIGITS_OF_64_BITS: Final = 19
_QUOTE: Final = ord('"')
_CHUNK: Final = 1024 * 1024
_MANY: Final = 500
"""Members from which on looking for doubled names takes longer than a glance."""


class JsonNumber(str):
    """A number exactly as it was written."""

    __slots__ = ()


class JsonWord(str):
    """``NaN``, ``Infinity`` or ``-Infinity``: many write them, no standard knows them."""

    __slots__ = ()


class JsonObject(list[Any]):
    """Pairs of name and value in their order; a name may come twice. ``doubled`` has those that do, once looked for."""

    __slots__ = ("doubled",)
    doubled: frozenset[str]


JsonValue: TypeAlias = JsonObject | list[Any] | JsonNumber | JsonWord | str | bool | None

_decode = json.JSONDecoder(
    object_pairs_hook=JsonObject, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=JsonWord, strict=False
).decode


def _object(pairs: list[Any]) -> JsonObject:
    made = JsonObject(pairs)
    if len(pairs) > _MANY:
        doubled_names(made)
    return made


def _number(digits: str) -> JsonNumber:
    return JsonNumber(digits)


_decode_giving_way = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=JsonWord, strict=False
).decode
"""The interpreter lets other threads run where a function of Python is called, and in no other place of this."""
_VALUE_BEGINS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[,\[{]', re.DOTALL)


class NotReadable(Exception):
    """Why a payload has no tree; a sentence."""


def read_json(data: bytes) -> JsonValue:
    """The payload as a value.

    Raises:
        NotReadable: it is no JSON, or nests too deep.
    """
    return _read(data, _decode)


def read_big_json(data: bytes) -> JsonValue:
    """The same for a payload of any size, outside the window's thread, which is let run meanwhile.

    What is made is kept out of the garbage collector's rounds, each of which would look at all of it; it holds no
    cycles and goes when it is let go of.

    Raises:
        NotReadable: it is no JSON, nests too deep, or holds too many values.
    """
    if _holds_too_many(data):
        raise NotReadable(f"It holds more than {MOST_VALUES:,} values. Raw shows the text.")
    gc.disable()
    try:
        value = _read(data, _decode_giving_way)
        gc.freeze()
        return value
    finally:
        gc.enable()


def most_values(data: bytes) -> int:
    """How many values there can be at most: commas and brackets, those in texts too."""
    chunks = range(0, len(data), _CHUNK)
    return sum(data.count(mark, start, start + _CHUNK) for mark in (b",", b"[", b"{") for start in chunks)


def let_go(value: JsonValue) -> None:
    """Take a value apart in small steps; letting go of it at once would hold every thread up."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, JsonObject):
            waiting += [member for _name, member in part if isinstance(member, list)]
            part.clear()
        elif isinstance(part, list):
            waiting += [item for item in part if isinstance(item, list)]
            part.clear()


def _read(data: bytes, decode: Callable[[str], JsonValue]) -> JsonValue:
    try:
        value = decode(data.decode())
    except UnicodeDecodeError as error:
        raise NotReadable(f"Byte {error.start:,} is not UTF-8. Hex shows every byte.") from error
    except json.JSONDecodeError as error:
        raise NotReadable(
            f"It is not JSON. Line {error.lineno:,}, column {error.colno:,}: {_lower(error.msg)}. Raw shows the text."
        ) from error
    except RecursionError as error:
        raise NotReadable("It nests too deep. Raw shows the text.") from error
    return value


def is_container(value: JsonValue) -> bool:
    """Whether a value has members or items."""
    return isinstance(value, list)


def mark_of(value: JsonValue) -> str:
    """What other readers would make of a value, in a word or two; empty for nothing."""
    if isinstance(value, JsonWord):
        return "not JSON"
    if isinstance(value, JsonNumber):
        return "beyond 64 bits" if _is_beyond_64_bits(value) else ""
    if isinstance(value, str) and not value.isascii() and _has_surrogates(value):
        return "lone surrogate"
    return ""


def doubled_names(members: JsonObject) -> frozenset[str]:
    """Names that an object gives more than once."""
    found = getattr(members, "doubled", None)
    if found is None:
        names = Counter(name for name, _value in members)
        found = members.doubled = frozenset(name for name, times in names.items() if times > 1)
    return found


class _Inner:
    """A value inside another that has still to be written."""

    __slots__ = ("value",)

    def __init__(self, value: JsonValue) -> None:
        self.value = value


def written(value: JsonValue, *, reveal: bool) -> str:
    """A value as JSON on one line; secrets in it are hidden unless they are to be revealed."""
    parts: list[str] = []
    waiting: list[Iterator[str | _Inner]] = [_pieces(value, reveal)]
    while waiting:
        piece = next(waiting[-1], None)
        if piece is None:
            waiting.pop()
        elif isinstance(piece, _Inner):
            waiting.append(_pieces(piece.value, reveal))
        else:
            parts.append(piece)
    return "".join(parts)


def _pieces(value: JsonValue, reveal: bool) -> Iterator[str | _Inner]:
    """A value as texts and values that have still to be written, for nesting of any depth."""
    if isinstance(value, JsonObject):
        yield "{"
        for number, (name, member) in enumerate(value):
            yield f"{', ' if number else ''}{_quoted(name)}: "
            hidden = not reveal and is_secret(name)
            yield _Inner(MASK if hidden else member)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield ", "
            yield _Inner(item)
        yield "]"
    else:
        yield scalar(value)


def scalar(value: JsonValue) -> str:
    """A value without members as JSON."""
    if isinstance(value, JsonNumber | JsonWord):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    return {None: "null", True: "true", False: "false"}[value]  # type: ignore[index]  # lists are never asked for


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=_has_surrogates(text))


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _is_beyond_64_bits(number: str) -> bool:
    digits = number.removeprefix("-")
    if not digits.isdecimal() or len(digits) < DIGITS_OF_64_BITS:
        return False
    return len(digits) > DIGITS_OF_64_BITS or not -(2**63) <= int(number) < 2**63


def _holds_too_many(data: bytes) -> bool:
    """Whether there are more values than a tree is made of; texts may hold any number of commas."""
    if most_values(data) < MOST_VALUES:
        return False
    values = 0
    for found in _VALUE_BEGINS.finditer(data):
        values += data[found.start()] != _QUOTE
        if values >= MOST_VALUES:
            return True
    return False


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
