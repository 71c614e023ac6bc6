"""Bodies of POST /api/v1/events as events: CloudEvents binary, structured and batch, and plain JSON for a topic.

The topic is taken from the raw request path, because levels may be empty and nothing is normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from eventmon.core.cloudevents import from_batch, from_binary, from_structured
from eventmon.core.errors import UserError
from eventmon.core.event import JSON_CONTENT_TYPE, Event
from eventmon.core.topic import validate_topic
from eventmon.engine.control_problems import Refused

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MAX_PAYLOAD_BYTES = 64 << 20


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
    events = _decoded(body, headers, topic)
    if any(len(event.data) > MAX_PAYLOAD_BYTES for event in events):
        raise Refused(413, f"The data of one event may have {MAX_PAYLOAD_BYTES >> 20} MiB. Send it in parts.")
    return events


def _decoded(body: bytes, headers: Mapping[str, str], topic: str | None) -> list[Event]:
    content_type = headers.get("Content-Type")
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == BATCH:
        return from_batch(body, topic=topic)
    if media_type == STRUCTURED:
        return [from_structured(body, topic=topic)]
    if "ce-specversion" in headers:
        return [from_binary(headers, body, topic)]
    if media_type == JSON_CONTENT_TYPE and topic is not None:
        return [Event(topic=topic, data=body, datacontenttype=content_type)]
    raise Refused(
        415,
        "Send a CloudEvent: binary with ce-* headers, application/cloudevents+json, or "
        "application/cloudevents-batch+json; application/json is taken as the data when the address names a topic.",
    )


class IngestAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of a 202."""

    accepted: int
    duplicates: int
    not_recorded: int
    seq: int | None = None
