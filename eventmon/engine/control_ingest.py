"""Bodies of POST /api/v1/events as events: CloudEvents binary, structured and batch, and plain JSON for a topic.

The topic is taken from the raw request path, because levels may be empty and nothing is normalised.
Format: CloudEvents HTTP Protocol Binding 1.0.2, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from eventmon.core import cloudevents
from eventmon.core.errors import UserError
from eventmon.core.event import JSON_CONTENT_TYPE, Event
from eventmon.core.topic import validate_topic
from eventmon.engine.control_problems import Refused

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_PAYLOAD_BYTES = 64 << 20
_CONTEXT = frozenset({"specversion", "id", "source", "type", "time", "subject", "topic"})


def topic_from_path(raw: str) -> str:
    """The topic that a raw (percent-encoded) piece of a path names, exactly."""
    try:
        return validate_topic(unquote_to_bytes(raw).decode())
    except UnicodeDecodeError as error:
        raise UserError("The topic in the address is not UTF-8. Percent-encode its UTF-8 bytes.") from error


def events_from(body: bytes, headers: Mapping[str, str], topic: str | None) -> list[Event]:
    """The events of one request.

    Args:
        body: the document.
        headers: the request's headers, looked up whatever their case.
        topic: where all of them go, or None when each says it itself.

    Raises:
        UserError: malformed; Refused 413 and 415 for what is too large or of an unknown kind.
    """
    content_type = headers.get("Content-Type")
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == BATCH:
        events = _retarget(cloudevents.from_batch(body), topic)
    elif media_type == STRUCTURED:
        events = [cloudevents.from_structured(body, topic=topic)]
    elif "ce-specversion" in headers:
        events = [_from_binary(body, headers, content_type, topic)]
    elif media_type == JSON_CONTENT_TYPE and topic is not None:
        events = [Event(topic=topic, data=body, datacontenttype=content_type)]
    else:
        raise Refused(
            415,
            "Send a CloudEvent: binary with ce-* headers, application/cloudevents+json, or "
            "application/cloudevents-batch+json; application/json is taken as the data when the address names a topic.",
        )
    if any(len(event.data) > MAX_PAYLOAD_BYTES for event in events):
        raise Refused(413, f"The data of one event may have {MAX_PAYLOAD_BYTES >> 20} MiB. Send it in parts.")
    return events


def _retarget(events: list[Event], topic: str | None) -> list[Event]:
    return events if topic is None else [msgspec.structs.replace(event, topic=topic) for event in events]


def _from_binary(body: bytes, headers: Mapping[str, str], content_type: str | None, topic: str | None) -> Event:
    attributes = {
        name[3:].lower(): _header_text(name, value) for name, value in headers.items() if name[:3].lower() == "ce-"
    }
    if attributes["specversion"] != "1.0":
        raise UserError(f"ce-specversion is {attributes['specversion']!r}; only 1.0 is understood.")
    for name in ("id", "source", "type"):
        if not attributes.get(name):
            raise UserError(f"The header ce-{name} is missing; CloudEvents needs it.")
    extensions = {name: value for name, value in attributes.items() if name not in _CONTEXT}
    return Event(
        topic=topic if topic is not None else cloudevents.topic_of(attributes),
        data=body,
        type=attributes["type"],
        source=attributes["source"],
        id=attributes["id"],
        time=attributes.get("time"),
        subject=attributes.get("subject"),
        datacontenttype=content_type,
        headers=extensions or None,
    )


def _header_text(name: str, value: str) -> str:
    """A percent-encoded header value as text (CloudEvents HTTP binding, 3.1.3.2)."""
    try:
        return unquote_to_bytes(value.encode("utf-8", "surrogateescape")).decode()
    except UnicodeDecodeError as error:
        raise UserError(f"The header {name} is not UTF-8. Percent-encode its UTF-8 bytes.") from error


class IngestAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a 202."""

    accepted: int
    duplicates: int
    not_recorded: int
    seq: int | None = None
