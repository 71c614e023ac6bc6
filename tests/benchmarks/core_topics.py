"""What a million topics and ten thousand observers cost: resident memory and processor time.

Run: ``python -m tests.benchmarks.core_topics``. The targets are those of promises.md R16: 500 MB, 5 s. Floor: a dict
of a million names with an Event each.
"""

from __future__ import annotations

from pathlib import Path
from resource import getpagesize
from time import process_time

from eventmon import Bus, Event

TOPICS = 1_000_000
OBSERVERS = 10_000


def main() -> None:
    """Fill a bus and print what it took."""
    before = _resident_bytes()
    bus = Bus()
    start = process_time()
    for number in range(OBSERVERS):
        bus.subscribe(f"sensors/{number}/+", _ignore)
    subscribed = process_time()
    for number in range(TOPICS):
        bus.publish(f"sensors/{number % OBSERVERS}/{number}", b"21.5")
    filled = process_time()
    megabytes = (_resident_bytes() - before) / 1e6
    counted = sum(topic.events for topic in bus.topics())
    read = process_time() - filled
    floor_start = process_time()
    floor = {(name := f"sensors/{number % OBSERVERS}/{number}"): Event(topic=name) for number in range(TOPICS)}
    least = process_time() - floor_start
    print(f"{len(floor):,} names in a dict with an Event each in {least:.2f} s (floor)")
    print(f"{OBSERVERS:,} observers subscribed in {subscribed - start:.2f} s")
    print(f"{TOPICS:,} topics created by their first event in {filled - subscribed:.2f} s,")
    print(f"  {(filled - subscribed) / least:.1f}x the floor, {megabytes:.0f} MB, target 500 MB")
    print(f"statistics of all {counted:,} read in {read:.2f} s")


def _resident_bytes() -> int:
    """Memory of this process that is in use now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


def _ignore(event: object) -> None:
    """An observer that does nothing."""


if __name__ == "__main__":
    main()
