"""An event that a scripted engine gives in full, page by page, with any payload."""

from __future__ import annotations

from typing import Any

from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import EventDetail, ListObservers, ReadEvent
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine

ORDER = (
    '{"order":"48348","customer":{"id":"cus_81f0c2","name":"Zoë Martin","password":"hunter2"},"total":49.50,'
    '"items":[{"sku":"TSH-204-M","quantity":2},{"sku":"CAP-1","quantity":1}],"express":true,"coupon":null}'
).encode()
SHIPMENT = b'{"parcel":"P-1","customer":{"id":"cus_1"},"items":[{"sku":"TSH-204-M"}]}'


class EventScript:
    """Answers ``ReadEvent`` for every seq; ``payloads`` says of which payload, the last one for all others."""

    def __init__(self, engine: ScriptedEngine, *payloads: bytes) -> None:
        self.payloads = payloads or (ORDER,)
        self.fields: dict[str, Any] = {}
        self.asked: list[ReadEvent] = []
        engine.answer(ReadEvent, self._read)
        engine.answer(
            ListObservers, [ObserverStatus(name="All orders", kind="counter", pattern="orders/#", state="paused")]
        )

    def _read(self, asked: ReadEvent) -> EventDetail:
        self.asked.append(asked)
        data = self.payloads[min(asked.seq, len(self.payloads)) - 1]
        return detail(data, seq=asked.seq, offset=asked.offset, limit=asked.limit, **self.fields)


def detail(data: bytes, *, seq: int = 1, offset: int = 0, limit: int = 2**26, **fields: Any) -> EventDetail:
    """An event with that payload."""
    usual: dict[str, Any] = {
        "topic": "prod/orders/eu/created",
        "type": "order.created",
        "source": "checkout",
        "log_uuid": "01890a5d",
        "datacontenttype": "application/json",
        "headers": {"traceparent": "00-4bf9", "authorization": "Bearer hunter2"},
        "observers": ["All orders"],
    }
    return EventDetail(
        seq=seq, received=TAKEN, size=len(data), offset=offset, data=data[offset : offset + limit], **(usual | fields)
    )
