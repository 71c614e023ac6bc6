"""What a million topics and ten thousand observers cost: resident memory and processor time.

Run: ``python -m tests.benchmarks.core_topics``. The targets are those of a bus of that size: 500 MB, 5 s. Floor: a
dict of the same names with an Event each.
"""

from __future__ import annotations

from time import process_time

from eventmon import Bus, Event
from tests.benchmarks.measure import compared, duration, limited, megabytes, seconds_of
from tests.benchmarks.resident import resident_megabytes
from tests.benchmarks.table import Row, main

MOST_MEGABYTES = 500.0
MOST_SECONDS = 5.0


def rows(quick: bool = False) -> list[Row]:
    """Fill a bus, read it, and fill a dict beside it."""
    topics, observers = (100_000, 1_000) if quick else (1_000_000, 10_000)
    names = [f"sensors/{number % observers}/{number}" for number in range(topics)]
    before = resident_megabytes()
    bus = Bus()
    subscribing = seconds_of(lambda: subscribe(bus, observers), process_time)
    filling = seconds_of(lambda: publish(bus, names), process_time)
    taken = resident_megabytes() - before
    reading = seconds_of(lambda: sum(topic.events for topic in bus.topics()), process_time)
    least = seconds_of(lambda: {name: Event(topic=name) for name in names}, process_time)
    return [
        compared(f"{topics:,} topics in a dict with an Event each (floor)", duration(least), 1.0),
        Row(name=f"{observers:,} observers subscribed", value=duration(subscribing)),
        compared(f"{topics:,} topics made by their first event", duration(filling), filling / least),
        limited("both", subscribing + filling, MOST_SECONDS, show=duration),
        limited("resident memory added", taken, MOST_MEGABYTES, show=megabytes),
        compared("statistics of every topic read", duration(reading), reading / least),
    ]


def subscribe(bus: Bus, observers: int) -> None:
    """One observer to each machine."""
    for number in range(observers):
        bus.subscribe(f"sensors/{number}/+", _ignore)


def publish(bus: Bus, names: list[str]) -> None:
    """One event to each topic."""
    for name in names:
        bus.publish(name, b"21.5")


def _ignore(event: object) -> None:
    """An observer that does nothing."""


if __name__ == "__main__":
    main("many topics and observers", rows)
