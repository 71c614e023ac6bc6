"""What a message of a channel and an entry of a stream are as events, and events as what is sent.

A message in CloudEvents JSON is that event; any other is its payload. The fields of an entry are CloudEvents in
binary mode when they have its names (``ce-type`` …), the one field ``data`` is the payload, and anything else is a
JSON object of the fields in order. The topic always comes from the name of the channel or stream. What a payload is
is not looked at: nobody may ever ask, and at 100,000 a second it counts.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from eventmon.core import cloudevents
from eventmon.core.errors import UserError
from eventmon.core.event import JSON_CONTENT_TYPE, Event

MESSAGE_TYPE = "redis.message"
ENTRY_TYPE = "redis.entry"
ENTRY_ID = "redisid"
"""The extension attribute that holds the id of an entry."""
DATA = b"data"
CONTENT_TYPE = b"content-type"
CLOUD_EVENT = b'"specversion"'
"""What every CloudEvents JSON holds; ``find`` is twice as fast as ``in``, which first tries it as a number."""
_PREFIX = b"ce-"
_encode = msgspec.json.Encoder().encode


def event_of_message(topic: str, payload: bytes, source: str) -> Event:
    """One message of a channel."""
    if payload.find(CLOUD_EVENT) >= 0:
        try:
            return cloudevents.from_structured(payload, topic=topic)
        except UserError:
            pass  # it looked like one and is a message like any other
    return Event(topic=topic, data=payload, type=MESSAGE_TYPE, source=source)


def event_of_entry(topic: str, entry: bytes, fields: Sequence[bytes], source: str, own_id: str | None = None) -> Event:
    """One entry of a stream.

    Args:
        topic: of the stream.
        entry: its id, ``milliseconds-number``.
        fields: names and values in turn.
        source: of events that name none.
        own_id: the event's id where the entry names none.
    """
    headers = {ENTRY_ID: entry.decode()}
    content_type = None
    if len(fields) == 2 and fields[0] == DATA:
        data = fields[1]
    else:
        if any(name.startswith(_PREFIX) for name in fields[::2]):
            event = _cloud_event(topic, fields, headers)
            if event is not None:
                return event
        data, content_type = json_of(fields), JSON_CONTENT_TYPE
    return Event(
        topic=topic,
        data=data,
        type=ENTRY_TYPE,
        source=source,
        id=own_id,
        datacontenttype=content_type,
        headers=headers,
    )


def json_of(fields: Sequence[bytes]) -> bytes:
    """A JSON object of names and values in order; a value that is not UTF-8 stands as Base64 under ``name_base64``.

    A name that stands twice keeps both values, as JSON allows.
    """
    members = []
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        key = name.decode("utf-8", "backslashreplace")
        try:
            members.append(_encode(key) + b":" + _encode(value.decode()))
        except UnicodeDecodeError:
            members.append(_encode(f"{key}_base64") + b":" + _encode(base64.b64encode(value).decode("ascii")))
    return b"{" + b",".join(members) + b"}"


def message_of(event: Event, *, structured: bool) -> bytes:
    """What is sent to a channel for an event: its payload, or all of it as CloudEvents JSON."""
    return cloudevents.to_json(event, "") if structured else event.data


def fields_of(event: Event, *, binary: bool) -> list[str | bytes]:
    """Names and values of the entry that is added for an event: its payload, or all of it in CloudEvents' names."""
    fields: list[str | bytes] = []
    if binary:
        attributes = {
            "specversion": "1.0",
            "id": event.id,
            "source": event.source or cloudevents.UNKNOWN_SOURCE,
            "type": event.type,
            "time": event.time,
            "subject": event.subject,
            **(event.headers or {}),
        }
        for name, value in attributes.items():
            if value is not None:
                fields += [f"ce-{name}", value]
        if event.datacontenttype is not None:
            fields += [CONTENT_TYPE, event.datacontenttype]
    return [*fields, DATA, event.data]


def _cloud_event(topic: str, fields: Sequence[bytes], headers: dict[str, str]) -> Event | None:
    """The event that fields in CloudEvents' names make; None when they do not make one."""
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    try:
        texts = {name.decode(): value.decode() for name, value in named.items() if name != DATA}
        event = _from_texts(topic, texts, named.get(DATA, b""))
    except (UserError, UnicodeDecodeError):
        return None
    msgspec.structs.force_setattr(event, "headers", {**(event.headers or {}), **headers})  # still ours alone
    return event


def _from_texts(topic: str, texts: dict[str, str], data: bytes) -> Event:
    """Values of an entry are plain UTF-8; those of HTTP headers, which ``from_binary`` reads, are percent-encoded."""
    quoted = {name: value.replace("%", "%25") for name, value in texts.items() if name[:3] == "ce-"}
    if CONTENT_TYPE.decode() in texts:
        quoted["content-type"] = texts[CONTENT_TYPE.decode()]
    return cloudevents.from_binary(quoted, data, topic)
