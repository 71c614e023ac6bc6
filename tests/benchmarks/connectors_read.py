"""What reading a line costs, as ratios to the least that any reader does, and what an event of the demo costs.

Run: ``python -m tests.benchmarks.connectors_read``. Floor: read 256 KiB chunks of a file, split at newlines, make a
plain ``Event`` of each line. Everything is CPU work on files in the page cache, so time is cost.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from eventmon.connectors.demo_shop import Shop
from eventmon.connectors.pipe_events import LineParser, LineRules
from eventmon.connectors.pipe_follow import CHUNK_BYTES, FileFollower
from eventmon.core.cloudevents import from_structured, to_json
from eventmon.core.event import Event
from tests.benchmarks.measure import compare
from tests.benchmarks.table import Row, main

LINES = 50_000
FLOOR = "chunks, split, Event (floor)"
JSON_LINE = (
    b'{"time":"2026-11-03T12:00:00.120Z","level":"info","service":"orders","type":"order.created",'
    b'"order":"48348","customer":{"id":"cus_81f0c2","tier":"gold"},"total":129.90,"currency":"EUR"}\n'
)
TEXT_LINE = (
    b"2026-11-03T12:00:00.120Z orders[1204]: INFO order 48348 of cus_81f0c2 was created, total 129.90 EUR, gold\n"
)
TARGETS = {"follow, text": 2.0, "follow, text as auto": 3.0, "follow, JSON as auto": 15.0}


def bare(path: Path) -> int:
    """The floor."""
    count = 0
    rest = b""
    descriptor = os.open(path, os.O_RDONLY)
    while chunk := os.read(descriptor, CHUNK_BYTES):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        count += len([Event(topic="shop/lines", data=line) for line in lines])
    os.close(descriptor)
    return count


def bare_with_json(path: Path) -> int:
    """The floor and a whole decode of each line, which is what a reader without partial decoding would do."""
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as file:
        return len([Event(topic=decode(line)["service"], data=line) for line in file.read().split(b"\n") if line])


def follow(path: Path, **rules: str) -> int:
    """The real thing without the loop: follower, splitter and parser."""
    parser = LineParser(LineRules(**rules), mount="shop", source="pipe:///shop.log")  # type: ignore[arg-type]  # literals
    follower = FileFollower(str(path))
    count = 0
    while True:
        step = follower.step()
        count += len(parser.parse(step.lines))
        if not step.more:
            follower.close()
            return count


def measure_reading(folder: Path, *, rounds: int) -> list[Row]:
    """Lines of the readers, each against the floor over the same text file."""
    text, json = folder / "text.log", folder / "json.log"
    text.write_bytes(TEXT_LINE * LINES)
    json.write_bytes(JSON_LINE * LINES)
    candidates = {
        FLOOR: lambda: bare(text),
        "follow, text": lambda: follow(text, format="text"),
        "follow, text as auto": lambda: follow(text),
        "follow, text with a pattern": lambda: follow(
            text, pattern=r"^(?P<time>\S+) (?P<topic>\w+)\[\d+\]: (?P<type>\w+)"
        ),
        "split, decode JSON, Event": lambda: bare_with_json(json),
        "follow, JSON as auto": lambda: follow(json),
        "follow, JSON with a topic template": lambda: follow(json, topic="logs/{service}/{level}"),
        "follow, logfmt": lambda: follow(text, format="logfmt"),
    }
    return compare(FLOOR, candidates, events=LINES, rounds=rounds, at_most=TARGETS)


def measure_making() -> list[Row]:
    """Lines of the demo and of CloudEvents JSON, against a plain ``Event`` with a payload."""
    shop = Shop("demo", seed=1, heartbeat_every=200)
    sample = shop.events(1_000, time="2026-11-03T12:00:00Z")
    documents = [to_json(event, "log") for event in sample]
    floor = "a plain Event (floor)"
    candidates = {
        floor: lambda: [Event(topic="shop/lines", data=JSON_LINE) for _ in range(1_000)],
        "an event of the demo": lambda: shop.events(1_000, time="2026-11-03T12:00:00Z"),
        "to_json": lambda: [to_json(event, "log") for event in sample],
        "from_structured": lambda: [from_structured(document) for document in documents],
    }
    return compare(floor, candidates, events=1_000)


def rows(quick: bool = False) -> list[Row]:
    """All lines of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as folder:
        return [*measure_reading(Path(folder), rounds=3 if quick else 7), *measure_making()]


if __name__ == "__main__":
    main("reading lines, making events", rows)
