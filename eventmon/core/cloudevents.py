"""CloudEvents 1.0 as JSON and as headers: how an event looks outside, and how it comes back byte for byte.

A payload goes inline only where the reader gets the same bytes back; everything else travels as ``data_base64``.
Nothing an outside document holds raises anything but ``UserError``. Documents are one line, so they are JSON lines too.

Formats: CloudEvents JSON Event Format 1.0.2, HTTP Protocol Binding 1.0.2 (section 3.1, binary mode). Three additions:
``topic``, ``seq`` and ``received``; an event without a source is written with ``UNKNOWN_SOURCE``, since the attribute
may not be empty; headers whose names CloudEvents does not allow travel as JSON text in ``HEADERS_ATTRIBUTE``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import DEFAULT_TYPE, TEXT_CONTENT_TYPE, Event
from eventmon.core.payload import is_json
from eventmon.core.surrogates import encodable
from eventmon.core.topic import validate_topic

UNKNOWN_SOURCE = "urn:eventmon:unknown"
HEADERS_ATTRIBUTE = "eventmonheaders"
MAX_DEPTH = 256
"""Levels of arrays and objects a document may nest; far below what the parser's own stack allows."""
MAX_NAME_CHARACTERS = 256

_OWN = frozenset(
    {"specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data", "data_base64"}
    | {"topic", "seq", "received", HEADERS_ATTRIBUTE}
)
_EXTENSION_NAME = re.compile(r"[a-z0-9]+\Z")
_TOLERATED_NAME = re.compile(r"[A-Za-z0-9_.\-]+\Z")
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # also takes an unfinished one: that keeps it linear
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_MICROSECOND, LAST_MICROSECOND = (
    (instant.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1) for instant in (datetime.min, datetime.max)
)
"""What ``format_time`` can write."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_batch = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_raw = msgspec.json.Decoder(msgspec.Raw)
_number = msgspec.json.Decoder(int)
_extension = msgspec.json.Decoder(str | int | bool | None)
_headers = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.Encoder().encode
_BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_T = TypeVar("_T")


def to_json(event: Event, log_uuid: str) -> bytes:
    """The event as one line of CloudEvents JSON, without the newline.

    ``id`` is the producer's or the derived ``<log uuid>-<seq>``; an event that has neither is written without one.
    Logs of strangers may hold what JSON cannot: half of a surrogate pair becomes U+FFFD, a time outside the years 1 to
    9999 is left out.
    """
    members: dict[str, Any] = {"specversion": "1.0"}
    if event.id or event.seq:
        members["id"] = event.id or f"{log_uuid}-{event.seq}"
    members["source"] = event.source or UNKNOWN_SOURCE
    members["type"] = event.type or DEFAULT_TYPE
    for name, value in (
        ("time", event.time),
        ("subject", event.subject),
        ("datacontenttype", event.datacontenttype),
    ):
        if value is not None:
            members[name] = value
    members["topic"] = event.topic
    if event.seq:
        members["seq"] = event.seq
    if FIRST_MICROSECOND <= event.received <= LAST_MICROSECOND and event.received:
        members["received"] = format_time(event.received)
    if event.headers:
        _write_headers(members, event.headers)
    if event.data:
        _write_data(members, event)
    try:
        return _encode(members)
    except UnicodeEncodeError:
        return _encode({name: encodable(value) if isinstance(value, str) else value for name, value in members.items()})


def from_structured(document: bytes, *, topic: str | None = None, imported: bool = False) -> Event:
    """One event from CloudEvents JSON.

    Args:
        document: UTF-8 JSON, one object.
        topic: where the event goes, or None when the document says it (see ``topic_of``).
        imported: take over ``seq`` and ``received`` too; otherwise they are left out, as they belong to another log.

    Raises:
        UserError: what is wrong with the document. A missing ``id`` is tolerated.
    """
    _require_sound(document)
    return _event_from_members(_decode(_members, document, "The event is not a JSON object"), topic, imported)


def from_batch(document: bytes, *, topic: str | None = None, imported: bool = False) -> list[Event]:
    """The events of a CloudEvents JSON batch, in order; UserError names the first that is wrong, counted from 1."""
    _require_sound(document, MAX_DEPTH + 1)
    documents = _decode(_batch, document, "The batch is not a JSON array")
    events = []
    for number, raw in enumerate(documents, 1):
        try:
            members = _decode(_members, raw, "The event is not a JSON object")
            events.append(_event_from_members(members, topic, imported))
        except UserError as error:
            raise UserError(f"Event {number} of the batch: {error}") from error
    return events


def from_binary(headers: Mapping[str, str], body: bytes, topic: str | None = None) -> Event:
    """One event in binary mode: attributes from ``ce-*`` headers, the payload untouched.

    Args:
        headers: names in any case, values as received: percent-encoded UTF-8.
        body: the payload.
        topic: where the event goes, or None when the headers say it (see ``topic_of``).

    Raises:
        UserError: what is wrong with the headers.
    """
    attributes: dict[str, str] = {}
    content_type = None
    for name, value in headers.items():
        lower = name.lower()
        if lower == "content-type":
            content_type = value
        elif lower.startswith("ce-"):
            attributes[_checked_name(lower[3:])] = _header_text(name, value)
    _require_version(attributes.get("specversion"), "The header ce-specversion")
    extensions = {name: value for name, value in attributes.items() if name not in _OWN}
    kind, source = _required(attributes, "type"), _source(_required(attributes, "source"))
    return Event(
        topic=topic_of(attributes) if topic is None else validate_topic(topic),
        data=body,
        type=kind,
        source=source,
        id=attributes.get("id") or None,
        time=attributes.get("time"),
        subject=attributes.get("subject"),
        datacontenttype=content_type,
        headers=extensions or None,
    )


def topic_of(attributes: Mapping[str, str]) -> str:
    """The topic an event names itself: its attribute ``topic``, else its type with the dots as levels.

    Raises:
        UserError: it has neither, or the topic is not legal.
    """
    if named := attributes.get("topic"):
        return validate_topic(named)
    if kind := attributes.get("type"):
        return validate_topic(kind.replace(".", "/"))
    raise UserError("The event names no topic: give it the attribute topic or a type.")


def format_time(microseconds: int) -> str:
    """RFC 3339 text in UTC with six digits: ``2026-11-03T12:00:00.000000Z``; the input counts from the Unix epoch."""
    try:
        instant = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise UserError(f"{microseconds} µs lies outside the years 1 to 9999.") from error
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def is_time(text: str) -> bool:
    """Whether a text has the form of an RFC 3339 time; its figures may still be out of range."""
    return _TIME.match(text) is not None


def parse_time(text: str) -> int:
    """Microseconds since the Unix epoch of an RFC 3339 text; finer digits are cut; UserError when it is none."""
    problem = f"{text[:64]!r} is not a time like 2026-11-03T12:00:00.000Z."
    if not is_time(text):
        raise UserError(problem)
    try:
        return (datetime.fromisoformat(text.upper()) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise UserError(problem) from error


def _is_text(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    if not (media.startswith("text/") or media == "application/xml" or media.endswith("+xml")):
        return False
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    return charset is None or charset[1].lower() in ("utf-8", "utf8", "us-ascii")


def _write_headers(members: dict[str, Any], headers: Mapping[str, str]) -> None:
    foreign = {}
    for name, value in headers.items():
        if _EXTENSION_NAME.match(name) and name not in _OWN and len(name) <= MAX_NAME_CHARACTERS:
            members[name] = value
        else:
            foreign[name] = value
    if foreign:
        sound = {encodable(name): encodable(value) for name, value in foreign.items()}
        members[HEADERS_ATTRIBUTE] = _encode(sound).decode()


def _write_data(members: dict[str, Any], event: Event) -> None:
    content_type = event.datacontenttype
    data = event.data
    if (content_type is None or is_json(content_type)) and _inlines_exactly(data):
        members["data"] = msgspec.Raw(data)
        return
    if content_type is None or (not is_json(content_type) and _is_text(content_type)):
        try:
            members["data"] = data.decode()
            members["datacontenttype"] = content_type or TEXT_CONTENT_TYPE  # said, or a reader would take it for JSON
            return
        except UnicodeDecodeError:
            pass
    members["data_base64"] = base64.b64encode(data).decode()


def _inlines_exactly(data: bytes) -> bool:
    """Whether a reader of the surrounding one-line document gets exactly these bytes as the value of ``data``."""
    if b"\n" in data or b"\r" in data or not _is_utf8(data) or _depth(data) >= MAX_DEPTH:
        return False
    try:
        return bytes(_raw.decode(data)) == data
    except _BAD_JSON:
        return False


def _event_from_members(members: dict[str, msgspec.Raw], topic: str | None, imported: bool) -> Event:
    attributes: dict[str, str] = {}
    extensions: dict[str, str] = {}
    for name, raw in members.items():
        if name in _OWN:
            if name not in ("data", "data_base64", "seq", "received"):
                _take_text(attributes, name, raw)
        else:
            _take_extension(extensions, _checked_name(name), raw)
    _require_version(attributes.get("specversion"), "The attribute specversion")
    content_type = attributes.get("datacontenttype")
    _take_foreign(extensions, attributes.get(HEADERS_ATTRIBUTE))
    kind, source = _required(attributes, "type"), _source(_required(attributes, "source"))
    return Event(
        topic=topic_of(attributes) if topic is None else validate_topic(topic),
        data=_read_data(members, content_type),
        type=kind,
        source=source,
        id=attributes.get("id") or None,
        time=attributes.get("time"),
        subject=attributes.get("subject"),
        datacontenttype=content_type,
        headers=extensions or None,
        seq=_read_seq(members) if imported else 0,
        received=_read_received(members) if imported else 0,
    )


def _read_data(members: dict[str, msgspec.Raw], content_type: str | None) -> bytes:
    raw, encoded = members.get("data"), members.get("data_base64")
    if raw is not None and encoded is not None:
        raise UserError("The event has both data and data_base64. Send one of them.")
    if encoded is not None:
        return _read_base64(encoded)
    if raw is None:
        return b""
    plain = bytes(raw)
    if content_type is None or is_json(content_type) or not plain.startswith(b'"'):
        return plain
    return _decode(_text, raw, "The attribute data is not a JSON string").encode()


def _read_base64(raw: msgspec.Raw) -> bytes:
    if bytes(raw) == b"null":
        return b""
    text = _decode(_text, raw, "The attribute data_base64 is not a string")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError("The attribute data_base64 is not Base64. Encode the payload again.") from error


def _read_seq(members: dict[str, msgspec.Raw]) -> int:
    raw = members.get("seq")
    seq = 0 if raw is None else _decode(_number, raw, "The attribute seq is not a whole number")
    if not 0 <= seq < 1 << 63:
        raise UserError(f"The attribute seq is {seq}, but a seq is between 0 and 2^63.")
    return seq


def _read_received(members: dict[str, msgspec.Raw]) -> int:
    raw = members.get("received")
    return 0 if raw is None else parse_time(_decode(_text, raw, "The attribute received is not a string"))


def _take_text(attributes: dict[str, str], name: str, raw: msgspec.Raw) -> None:
    if bytes(raw) != b"null":
        attributes[name] = _decode(_text, raw, f"The attribute {name} is not a string")


def _take_extension(extensions: dict[str, str], name: str, raw: msgspec.Raw) -> None:
    value = _decode(_extension, raw, f"The attribute {name} is neither text, a whole number, true nor false")
    if isinstance(value, bool):
        extensions[name] = "true" if value else "false"
    elif value is not None:
        extensions[name] = value if isinstance(value, str) else bytes(raw).decode()


def _take_foreign(extensions: dict[str, str], text: str | None) -> None:
    if text is not None:
        foreign = _decode(_headers, text.encode(), f"The attribute {HEADERS_ATTRIBUTE} is not a JSON object")
        extensions.update(foreign)


def _checked_name(name: str) -> str:
    if len(name) > MAX_NAME_CHARACTERS or not _TOLERATED_NAME.match(name):
        raise UserError(f"{name[:64]!r} is no name of an attribute. Use the letters a to z and digits.")
    return name


def _require_version(version: str | None, what: str) -> None:
    if version is None:
        raise UserError(f"{what} is missing. Send CloudEvents 1.0.")
    if version != "1.0":
        raise UserError(f"{what} is {version[:64]!r}, but only 1.0 is understood. Send CloudEvents 1.0.")


def _required(attributes: Mapping[str, str], name: str) -> str:
    value = attributes.get(name)
    if not value:
        raise UserError(f"The event has no {name}. CloudEvents needs the attribute {name}.")
    return value


def _source(text: str) -> str:
    return "" if text == UNKNOWN_SOURCE else text


def _header_text(name: str, value: str) -> str:
    try:
        return unquote_to_bytes(value.encode("utf-8", "surrogateescape")).decode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise UserError(f"The header {name[:64]} is not UTF-8. Percent-encode its UTF-8 bytes.") from error


def _require_sound(document: bytes, max_depth: int = MAX_DEPTH) -> None:
    if not _is_utf8(document):
        raise UserError("The document is not UTF-8. Send JSON in UTF-8.")
    if _depth(document) > max_depth:
        raise UserError(f"The document nests deeper than {MAX_DEPTH} levels. Send a flatter one, or use binary mode.")


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _depth(document: bytes) -> int:
    """How deep arrays and objects nest, or 0 when it cannot be as deep as ``MAX_DEPTH``."""
    if document.count(b"[") + document.count(b"{") < MAX_DEPTH:
        return 0
    brackets = _JSON_STRING.sub(b"", document).translate(None, _ALL_BUT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def _decode(decoder: msgspec.json.Decoder[_T], document: bytes | msgspec.Raw, problem: str) -> _T:
    try:
        return decoder.decode(document)
    except RecursionError as error:
        raise UserError(f"{problem}: it nests too deep. Send a flatter one.") from error
    except _BAD_JSON as error:
        raise UserError(f"{problem}: {error}.") from error
