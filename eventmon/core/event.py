"""The event record: small, immutable and never parsed on the way, because every event passes here.

The attribute names are those of CloudEvents 1.0; ``topic``, ``seq`` and ``received`` are Eventmon's own.
``gc=False`` keeps half a million retained events out of the garbage collector's way; it is sound because an
event holds no reference that could lead back to it.
"""

from __future__ import annotations

import msgspec

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
