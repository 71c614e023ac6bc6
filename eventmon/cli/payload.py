"""Data from the command line as CloudEvents: one as an HTTP message, many as a batch document."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from uuid_utils import uuid7

from eventmon.core.event import JSON_CONTENT_TYPE, TEXT_CONTENT_TYPE, Event, EventAttributes, check_attributes

BINARY_CONTENT_TYPE = "application/octet-stream"
BATCH_HEADERS = {"Content-Type": "application/cloudevents-batch+json"}
_HEADER_SAFE = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""Printable ASCII but for the blank, the quote and the percent sign (CloudEvents HTTP binding, 3.1.3.2)."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What all events of one call have in common; ``content_type`` None means that it is told from the data."""

    attributes: Mapping[str, str]
    content_type: str | None


def is_json(data: bytes) -> bool:
    """Whether the data is one JSON value in UTF-8 (too deeply nested counts as no)."""
    try:
        data.decode()
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def is_text(data: bytes) -> bool:
    """Whether the data is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def content_type_of(data: bytes) -> str | None:
    """The content type that the data looks like; None for no data."""
    if not data:
        return None
    if is_json(data):
        return JSON_CONTENT_TYPE
    return TEXT_CONTENT_TYPE if is_text(data) else BINARY_CONTENT_TYPE


def binary_headers(template: Template, data: bytes) -> dict[str, str]:
    """The HTTP headers of one event in binary mode; the data is the body."""
    attributes = {"specversion": "1.0", "id": str(uuid7()), **template.attributes}
    headers = {f"ce-{name}": quote(value, safe=_HEADER_SAFE) for name, value in attributes.items()}
    content_type = template.content_type or content_type_of(data)
    return headers if content_type is None else {**headers, "Content-Type": content_type}


def event_of(template: Template, topic: str, data: bytes) -> Event:
    """One event, for a connector to send; what of it travels is the connector's decision."""
    more = dict(template.attributes)
    kind = more.pop("type")
    attributes = EventAttributes(
        source=more.pop("source"),
        id=more.pop("id", None) or str(uuid7()),
        time=more.pop("time", None),
        subject=more.pop("subject", None),
        datacontenttype=template.content_type or content_type_of(data),
        headers=more or None,
    )
    check_attributes(kind, attributes)
    return Event(topic=topic, data=data, type=kind, **attributes)


def batch_document(template: Template, payloads: Iterable[bytes]) -> bytes:
    """A CloudEvents batch with one event for each payload."""
    return msgspec.json.encode([_structured(template, data) for data in payloads])


def _structured(template: Template, data: bytes) -> dict[str, Any]:
    document: dict[str, Any] = {"specversion": "1.0", "id": str(uuid7()), **template.attributes}
    content_type = template.content_type or content_type_of(data)
    if content_type is not None:
        document["datacontenttype"] = content_type
    if data:
        document.update(_data_member(content_type or "", data))
    return document


def _data_member(content_type: str, data: bytes) -> dict[str, Any]:
    """The member that carries the data without changing a byte of it."""
    if "json" in content_type:
        if data == data.strip() and is_json(data):
            return {"data": msgspec.Raw(data)}
    elif content_type.startswith("text/") and is_text(data):
        return {"data": data.decode()}
    return {"data_base64": base64.b64encode(data).decode("ascii")}
