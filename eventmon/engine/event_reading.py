"""One event in full: its attributes, a page of its payload, and which observers its topic reaches.

The payload is cut where it is stored, so a page of 64 MiB costs no more than the page once it has left the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.payload import MAX_PAYLOAD_BYTES
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.store.base import EventPart

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

MAX_SEQ = 2**63 - 1
"""SQLite's integers end here; a greater seq was never given."""


async def event_detail(engine: Engine, request: ReadEvent) -> EventDetail:
    """What was asked for; UserError when the log does not hold the event."""
    offset = max(0, min(request.offset, MAX_PAYLOAD_BYTES))
    limit = max(0, min(request.limit, MAX_PAYLOAD_BYTES))
    part = await _part(engine, request.seq, offset, limit)
    event = part.event
    return EventDetail(
        seq=event.seq,
        received=event.received,
        topic=event.topic,
        type=event.type,
        source=event.source,
        size=part.size,
        offset=offset,
        data=event.data,
        log_uuid=engine.log_uuid,
        id=event.id,
        time=event.time,
        subject=event.subject,
        datacontenttype=event.datacontenttype,
        headers=event.headers or {},
        observers=observers_of(engine, event.topic),
    )


async def whole_event(engine: Engine, seq: int) -> Event:
    """A stored event with all of its payload; UserError when the log does not hold it."""
    return (await _part(engine, seq, 0, MAX_PAYLOAD_BYTES)).event


async def _part(engine: Engine, seq: int, offset: int, limit: int) -> EventPart:
    stored = 0 < seq <= MAX_SEQ
    part = await engine.read(lambda reader: reader.event_part(seq, offset, limit)) if stored else None
    if part is None:
        raise UserError(f"The event {seq:,} is no longer kept. Choose a newer one.")
    return part


def observers_of(engine: Engine, topic: str) -> list[str]:
    """Names of the observers attached now whose pattern matches a topic."""
    return [each.name for each in engine.bus.subscriptions() if each.pattern.matches(topic)]
