"""What is said of an event besides its payload: the lines of the header, its kind, its attributes, the copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from eventmon.core.cloudevents import format_time, to_json
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.secret_names import MASK, is_secret, masked, secret_bytes
from eventmon.gui.formatting import NOT_APPLICABLE, clock, count, day, size
from eventmon.gui.models.event_hex import digits_with_hidden
from eventmon.gui.models.event_json import JsonObject, JsonValue
from eventmon.gui.models.event_text import is_text

if TYPE_CHECKING:
    from eventmon.engine.frame import ObserverStatus
    from eventmon.engine.requests import EventDetail

MOST_DIGITS: Final = 16 * 1024 * 1024
"""Bytes that are copied as digits, three letters each."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Event", text)


def kind_of(detail: EventDetail, *, json: bool) -> str:
    """What the payload is, as far as it was read: JSON, text, binary, or nothing."""
    if not detail.size:
        return _tr("no payload")
    if json:
        return _tr("JSON")
    return _tr("text") if is_text(detail.data) else _tr("binary")


def facts_line(detail: EventDetail, kind: str, utc: bool) -> str:
    """The header's last line: ``14:07:26.389 · seq 1,198,735 · 391 B · JSON``."""
    seq = _tr("seq {number}").format(number=count(detail.seq))
    return " · ".join((clock(detail.received, utc), seq, size(detail.size), kind))


def full_time(microseconds: int, utc: bool) -> str:
    """A time with its date and all its digits."""
    if utc:
        try:
            return format_time(microseconds)
        except UserError:
            return NOT_APPLICABLE
    return f"{day(microseconds)} {clock(microseconds)}{microseconds % 1_000:03d}"


def attributes_of(detail: EventDetail, utc: bool) -> JsonValue:
    """Every attribute with its value, those it has not with a dash; headers at the end."""
    derived = _tr("{id} (derived)").format(id=f"{detail.log_uuid}-{detail.seq}")
    size_in_full = _tr("{count} bytes").format(count=count(detail.size))
    pairs = [
        ("type", detail.type),
        ("topic", detail.topic),
        ("source", detail.source or NOT_APPLICABLE),
        ("id", detail.id or derived),
        ("time", detail.time or NOT_APPLICABLE),
        ("subject", NOT_APPLICABLE if detail.subject is None else detail.subject),
        ("datacontenttype", detail.datacontenttype or NOT_APPLICABLE),
        ("seq", count(detail.seq)),
        ("received", full_time(detail.received, utc)),
        ("size", size_in_full),
        *detail.headers.items(),
    ]
    return JsonObject(pairs)


def observers_of(detail: EventDetail, attached: list[ObserverStatus]) -> JsonValue:
    """The observers that matched, each with its kind and state as known now."""
    known = {status.name: status for status in attached}
    return JsonObject([(name, _state_of(known.get(name))) for name in detail.observers])


def observers_line(number: int) -> str:
    """The footer's words."""
    if not number:
        return _tr("No observer matches")
    return _tr("1 observer matches") if number == 1 else _tr("{count} observers match").format(count=count(number))


def cloudevent_text(detail: EventDetail, *, reveal: bool) -> str:
    """The event as one line of CloudEvents JSON; secrets are hidden unless they are to be revealed."""
    headers = {name: value if reveal or not is_secret(name) else MASK for name, value in detail.headers.items()}
    event = Event(
        topic=detail.topic,
        data=detail.data if reveal else _hidden(detail.data),
        type=detail.type,
        source=detail.source,
        id=detail.id or None,
        time=detail.time or None,
        subject=detail.subject,
        datacontenttype=detail.datacontenttype or None,
        headers=headers or None,
        seq=detail.seq,
        received=detail.received,
    )
    return to_json(event, detail.log_uuid).decode()


def payload_text(data: bytes, *, reveal: bool) -> str:
    """A payload for the clipboard: text as it is, other bytes as hexadecimal digits.

    Raises:
        UserError: so many digits would be three times too much.
    """
    if not is_text(data):
        if len(data) > MOST_DIGITS:
            much = _tr("The payload is not text and has {size}. Up to {most} can be copied as digits.")
            raise UserError(much.format(size=size(len(data)), most=size(MOST_DIGITS)))
        return data.hex(" ") if reveal else digits_with_hidden(data, secret_bytes(data))
    text = data.decode(errors="replace")
    return text if reveal else masked(text)


def has_secrets(detail: EventDetail) -> bool:
    """Whether something of what was read is hidden at first."""
    return any(map(is_secret, detail.headers)) or _hidden(detail.data) is not detail.data


def _hidden(data: bytes) -> bytes:
    """The payload with its secrets replaced; the same object when it has none."""
    parts: list[bytes] = []
    done = 0
    for span in secret_bytes(data):
        parts += (data[done : span.start], span.mask.encode())
        done = span.end
    return b"".join((*parts, data[done:])) if parts else data


def _state_of(status: ObserverStatus | None) -> str:
    if status is None:
        return ""
    return status.kind if status.state == "active" else f"{status.kind}, {status.state}"
