"""The event record: small, immutable and never parsed on the way, because every event passes here.

The attribute names are those of CloudEvents 1.0; ``topic``, ``seq`` and ``received`` are Eventmon's own.
``gc=False`` keeps half a million retained events out of the garbage collector's way; it is sound because an
event holds no reference that could lead back to it.
"""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec

from eventmon.core.errors import UserError

DEFAULT_TYPE = "event"
JSON_CONTENT_TYPE = "application/json"
TEXT_CONTENT_TYPE = "text/plain"


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One immutable event.

    Attributes:
        topic: the ``/``-separated path it was published to.
        data: the payload exactly as received.
        type: CloudEvents ``type``.
        source: CloudEvents ``source``; empty when unknown.
        id: the producer's id, or None; an event without one is named ``<log uuid>-<seq>``.
        time: the producer's RFC 3339 text exactly as received, or None. Parsed only where it is shown.
        subject: CloudEvents ``subject``, or None.
        datacontenttype: media type of ``data``, or None when unknown.
        headers: extension attributes and headers, or None when there are none.
        seq: number in the log or bus, 0 before one is given.
        received: arrival in microseconds since the Unix epoch (UTC), 0 before it is stamped.
    """

    topic: str
    data: bytes = b""
    type: str = DEFAULT_TYPE
    source: str = ""
    id: str | None = None
    time: str | None = None
    subject: str | None = None
    datacontenttype: str | None = None
    headers: dict[str, str] | None = None
    seq: int = 0
    received: int = 0

    def json(self) -> Any:
        """The decoded payload; UserError when it is not JSON, or nested too deeply to decode."""
        try:
            return msgspec.json.decode(self.data)
        except (ValueError, RecursionError) as error:
            raise UserError(f"The payload is not JSON ({error}): look at event.data instead.") from error

    def text(self) -> str:
        """The payload as UTF-8 text; what is not UTF-8 becomes U+FFFD, so keep ``data`` for the exact bytes."""
        return self.data.decode(errors="replace")


class EventAttributes(TypedDict, total=False):
    """What may be said of an event besides topic, data and type; the meanings are those of ``Event``."""

    source: str
    id: str | None
    time: str | None
    subject: str | None
    datacontenttype: str | None
    headers: dict[str, str] | None


def check_attributes(kind: object, attributes: EventAttributes) -> None:
    """UserError when the type or an attribute that a caller gave is not a text that can be stored and sent."""
    _check_text("type", kind)
    for name, value in attributes.items():
        if name == "headers":
            _check_headers(value)
        elif name not in EventAttributes.__annotations__:
            raise TypeError(f"publish() got an unexpected keyword argument {name!r}")
        elif value is not None or name == "source":
            _check_text(name, value)


def _check_headers(headers: object) -> None:
    if headers is None:
        return
    if not isinstance(headers, dict):
        raise UserError("The headers are not a dict of texts: give names and values as str.")
    for name, value in headers.items():
        _check_text("name of a header", name)
        _check_text(f"header {name}", value)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise UserError(f"The {name} is a text, not {type(value).__name__}: give a str.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise UserError(f"The {name} holds half of a surrogate pair, which is not UTF-8: leave it out.") from None
