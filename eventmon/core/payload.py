"""What becomes of the data given to ``publish``: bytes stay as they are, everything else is written down as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import JSON_CONTENT_TYPE, EventAttributes

MAX_PAYLOAD_BYTES = 64 * 1024**2


def is_json(datacontenttype: str) -> bool:
    """Whether a media type says JSON: ``application/json`` or a ``+json`` suffix, parameters ignored."""
    media_type = datacontenttype.partition(";")[0].strip().lower()
    return media_type == JSON_CONTENT_TYPE or media_type.endswith("+json")


def encode_payload(data: Any, attributes: EventAttributes) -> bytes:
    """The payload as bytes; enters its media type among the attributes.

    Bytes-like data is kept byte for byte. A text published under a media type that is not JSON is UTF-8.
    Everything else, a text too, becomes JSON and ``application/json`` unless another JSON type was named.

    Raises:
        UserError: the object has no JSON form, or was given under a media type that is not JSON.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    datacontenttype = attributes.get("datacontenttype")
    if isinstance(datacontenttype, str) and not is_json(datacontenttype):
        return _encode_text(data, datacontenttype)
    try:
        encoded = msgspec.json.encode(data)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UserError(f"The data cannot be written as JSON ({error}): give bytes or plain objects.") from error
    if datacontenttype is None:
        attributes["datacontenttype"] = JSON_CONTENT_TYPE
    return encoded


def check_size(size: int) -> None:
    """UserError when a payload of this many bytes is over the limit."""
    if size > MAX_PAYLOAD_BYTES:
        limit = MAX_PAYLOAD_BYTES // 1024**2
        raise UserError(f"The payload has {size:,} bytes, the limit is {limit} MiB: publish a reference to it instead.")


def _encode_text(data: object, datacontenttype: str) -> bytes:
    if not isinstance(data, str):
        raise UserError(f"An object cannot be written as {datacontenttype}: give bytes, or leave the content type out.")
    try:
        return data.encode()
    except UnicodeEncodeError as error:
        raise UserError("The text holds half of a surrogate pair, which is not UTF-8: give bytes.") from error
