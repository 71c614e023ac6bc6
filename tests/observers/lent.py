"""What the engine lends, with a clock that is turned by hand and everything that is done kept."""

from __future__ import annotations

from eventmon.core.event import Event
from eventmon.core.pattern import Pattern


class Lent:
    """``Services`` of one observer."""

    def __init__(self, name: str = "rule", pattern: str = "orders/#") -> None:
        self.name = name
        self.pattern = Pattern(pattern)
        self.log_uuid = "0b5c"
        self.seconds = 1_000.0
        self.published: list[Event] = []
        self.alerts: list[tuple[str, str]] = []
        self.stops: list[str] = []

    def now(self) -> float:
        return self.seconds

    async def publish(self, event: Event) -> None:
        self.published.append(event)

    def alert(self, severity: str, text: str) -> None:
        self.alerts.append((severity, text))

    def stop(self, why: str) -> None:
        self.stops.append(why)


def order(
    data: bytes = b'{"total": 12.5, "customer": {"name": "Ada"}, "items": [{"price": 3}]}', seq: int = 7
) -> Event:
    """One event of a shop."""
    return Event(
        topic="orders/eu/created",
        data=data,
        type="order.created",
        source="checkout",
        datacontenttype="application/json",
        seq=seq,
        received=1_795_442_848_000_000,
    )
