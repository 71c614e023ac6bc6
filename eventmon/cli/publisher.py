"""Sending events of one topic in every form that `eventmon publish` has; where they go is another file's matter."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import islice, repeat

import msgspec

from eventmon.cli.input_lines import line_batches
from eventmon.cli.payload import BATCH_HEADERS, Template, batch_document, binary_headers
from eventmon.cli.waiting import sleep_until
from eventmon.engine.http_client import ControlClient, events_path

BATCH_EVENTS = 8_000
BATCH_BYTES = 8 << 20

Say = Callable[[str], None]


class Publisher(ABC):
    """Sends events of one topic and says what became of them."""

    def __init__(self, say: Say) -> None:
        self._say = say

    @abstractmethod
    def publish_one(self, data: bytes) -> None:
        """Send one event and say what became of it."""

    @abstractmethod
    def send(self, payloads: Sequence[bytes]) -> None:
        """Send many events, in order."""

    @abstractmethod
    def total(self) -> str:
        """What became of all events that were sent as many."""

    def publish_slowly(self, data: bytes, count: int, interval: float) -> None:
        """The same data again and again, at a fixed beat that does not drift."""
        start = time.monotonic()
        for number in range(count):
            sleep_until(start + number * interval)
            self.publish_one(data)

    def publish_many(self, data: bytes, count: int) -> None:
        """The same data many times at full speed."""
        size = max(1, min(BATCH_EVENTS, BATCH_BYTES // (len(data) + 1)))
        payloads = repeat(data, count)
        for batch in iter(lambda: list(islice(payloads, size)), []):
            self.send(batch)
        self._say(self.total())

    def publish_lines(self) -> None:
        """Each line of standard input, as fast as it comes."""
        for lines in line_batches(sys.stdin.buffer):
            for start in range(0, len(lines), BATCH_EVENTS):
                self.send(lines[start : start + BATCH_EVENTS])
        self._say(self.total())


class Answer(msgspec.Struct, frozen=True):
    """What the engine says to published events."""

    accepted: int
    duplicates: int = 0
    not_recorded: int = 0
    seq: int | None = None


class EnginePublisher(Publisher):
    """Sends to the running engine, which answers after the commit."""

    def __init__(self, client: ControlClient, topic: str, template: Template, say: Say) -> None:
        super().__init__(say)
        self._client = client
        self._path = events_path(topic)
        self._template = template
        self._accepted = 0
        self._duplicates = 0
        self._not_recorded = 0

    def publish_one(self, data: bytes) -> None:
        """One event, as a CloudEvent in binary mode: the data travels as it is."""
        body = self._client.post(self._path, data, binary_headers(self._template, data))
        answer = msgspec.json.decode(body, type=Answer)
        if answer.seq is not None:
            self._say(f"published seq {answer.seq}")
        elif answer.not_recorded:
            self._say("counted, not stored: the topic is not recorded")
        else:
            self._say("duplicate, not stored again" if answer.duplicates else "sent")

    def send(self, payloads: Sequence[bytes]) -> None:
        """Many events in one document."""
        body = self._client.post(self._path, batch_document(self._template, payloads), BATCH_HEADERS)
        answer = msgspec.json.decode(body, type=Answer)
        self._accepted += answer.accepted
        self._duplicates += answer.duplicates
        self._not_recorded += answer.not_recorded

    def total(self) -> str:
        """How many were taken."""
        repeated = f", {self._duplicates} duplicates left out" if self._duplicates else ""
        counted = f", {self._not_recorded} counted and not stored" if self._not_recorded else ""
        return f"published {self._accepted} events{repeated}{counted}"
