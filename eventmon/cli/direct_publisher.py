"""`eventmon publish --connect`: events go straight to the source, whatever else runs or does not run here."""

from __future__ import annotations

from collections.abc import Sequence

from eventmon.cli.connecting import counted
from eventmon.cli.payload import Template, event_of
from eventmon.cli.publisher import Publisher, Say
from eventmon.engine.direct import DirectConnection, Tally


class DirectPublisher(Publisher):
    """Sends through a connection of its own."""

    def __init__(self, connection: DirectConnection, topic: str, template: Template, say: Say) -> None:
        super().__init__(say)
        self._connection = connection
        self._topic = topic
        self._template = template
        self._tally = Tally()

    def publish_one(self, data: bytes) -> None:
        """One event; the source may say how many received it."""
        receivers = self._publish([data]).receivers
        self._say("sent" if receivers is None else f"sent, {counted(receivers, 'receiver')}")

    def send(self, payloads: Sequence[bytes]) -> None:
        """Many events."""
        tally = self._publish(payloads)
        self._tally.sent += tally.sent
        self._tally.unheard += tally.unheard

    def total(self) -> str:
        """How many were sent, and how many of them nobody received."""
        unheard = f", {self._tally.unheard} of them to no receiver" if self._tally.unheard else ""
        return f"sent {counted(self._tally.sent, 'event')}{unheard}"

    def _publish(self, payloads: Sequence[bytes]) -> Tally:
        return self._connection.publish(event_of(self._template, self._topic, data) for data in payloads)
