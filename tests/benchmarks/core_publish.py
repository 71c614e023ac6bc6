"""What publishing costs per event, as ratios to the bare loop over callables, beside four other libraries.

Run: ``python -m tests.benchmarks.core_publish``. Floor: ``for event in events: for callback in callbacks:
callback(event)`` with one plain Python callback over ready-made events, which is the least that any dispatch does.
"""

from __future__ import annotations

from collections.abc import Callable

import blinker
from psygnal import Signal as PsygnalSignal
from pyee.base import EventEmitter
from PySide6.QtCore import QObject, Signal

from eventmon import Bus, Event
from tests.benchmarks.measure import compare
from tests.benchmarks.table import Row, main

EVENTS = 1_000
FLOOR = "bare loop over callables (floor)"
TARGETS = {"Bus.publish, one subscriber": 6.0, "Bus.publish_many, topics in runs": 1.7}
PAYLOAD = b'{"order": 1204, "total": 120.5, "currency": "EUR", "items": [1, 2, 3]}'
TOPICS = ("orders/eu/created", "orders/eu/paid", "orders/us/created", "orders/us/paid")


class Publisher:
    """A signal as psygnal declares it."""

    event = PsygnalSignal(object)


class QtPublisher(QObject):
    """A signal as Qt declares it."""

    published = Signal(object)


class Counted:
    """The observer everything is measured with: it counts."""

    def __init__(self) -> None:
        self.calls = 0


def counting() -> Callable[[object], None]:
    """A plain Python function that counts its calls."""
    counted = Counted()

    def observer(event: object) -> None:
        counted.calls += 1

    return observer


def keyword_counting() -> Callable[..., None]:
    """The same in the shape that blinker calls."""
    counted = Counted()

    def observer(sender: object, event: object) -> None:
        counted.calls += 1

    return observer


def orders(*, in_runs: bool) -> list[Event]:
    """Ready-made events of four topics, one topic after the other or in turn."""
    share = EVENTS // len(TOPICS)
    return [
        Event(topic=TOPICS[number // share if in_runs else number % len(TOPICS)], data=PAYLOAD, received=1)
        for number in range(EVENTS)
    ]


def bare_loop() -> Callable[[], None]:
    """The floor."""
    events, callbacks = orders(in_runs=True), (counting(),)

    def run() -> None:
        for event in events:
            for callback in callbacks:
                callback(event)

    return run


def bus_publish(observers: int) -> Callable[[], None]:
    """One publish per event: topic lookup, Event, counters, isolation."""
    bus = Bus()
    for _ in range(observers):
        bus.subscribe("orders/#", counting())
    publish = bus.publish

    def run() -> None:
        for _ in range(EVENTS):
            publish("orders/eu/created", PAYLOAD)

    return run


def bus_publish_many(events: list[Event], observers: int) -> Callable[[], object]:
    """One batch of ready-made events."""
    bus = Bus()
    for _ in range(observers):
        bus.subscribe("orders/#", counting())
    return lambda: bus.publish_many(events)


def psygnal_emit() -> Callable[[], None]:
    """Signal.emit of a ready-made event."""
    publisher, event = Publisher(), orders(in_runs=True)[0]
    publisher.event.connect(counting())

    def run() -> None:
        emit = publisher.event.emit
        for _ in range(EVENTS):
            emit(event)

    return run


def blinker_send() -> Callable[[], None]:
    """Signal.send of a ready-made event."""
    signal, event, observer = blinker.Signal(), orders(in_runs=True)[0], keyword_counting()
    signal.connect(observer)

    def run() -> None:
        _keep = observer  # blinker refers to it weakly
        for _ in range(EVENTS):
            signal.send(None, event=event)

    return run


def pyee_emit() -> Callable[[], None]:
    """EventEmitter.emit of a ready-made event."""
    emitter, event = EventEmitter(), orders(in_runs=True)[0]
    emitter.on("order", counting())

    def run() -> None:
        for _ in range(EVENTS):
            emitter.emit("order", event)

    return run


def qt_emit() -> Callable[[], None]:
    """Signal.emit of a ready-made event, direct connection."""
    publisher, event = QtPublisher(), orders(in_runs=True)[0]
    publisher.published.connect(counting())

    def run() -> None:
        emit = publisher.published.emit
        for _ in range(EVENTS):
            emit(event)

    return run


def rows(quick: bool = False) -> list[Row]:
    """Every way to publish beside the floor (about two seconds)."""
    one_topic = [event for event in orders(in_runs=True) if event.topic == TOPICS[0]] * len(TOPICS)
    candidates: dict[str, Callable[[], object]] = {
        FLOOR: bare_loop(),
        "Bus.publish, one subscriber": bus_publish(1),
        "Bus.publish, no subscriber": bus_publish(0),
        "Bus.publish_many, one topic": bus_publish_many(one_topic, 1),
        "Bus.publish_many, topics in runs": bus_publish_many(orders(in_runs=True), 1),
        "Bus.publish_many, topics in turn": bus_publish_many(orders(in_runs=False), 1),
        "Bus.publish_many, no subscriber": bus_publish_many(orders(in_runs=False), 0),
        "psygnal emit": psygnal_emit(),
        "blinker send": blinker_send(),
        "pyee emit": pyee_emit(),
        "PySide6 Signal emit": qt_emit(),
    }
    return compare(FLOOR, candidates, events=EVENTS, rounds=21 if quick else 101, at_most=TARGETS)


if __name__ == "__main__":
    main("publish, per event", rows)
