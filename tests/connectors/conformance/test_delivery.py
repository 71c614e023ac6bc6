"""Every event arrives as it was sent: its payload to the byte, in the order of its topic, below the mount."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventmon.core.topic import validate_topic
from tests.connectors.conformance.harness import MOUNT, Harness
from tests.connectors.conformance.harnesses import sources
from tests.connectors.conftest import Run
from tests.connectors.feed import RememberingFeed

PAYLOADS = {
    "every byte": bytes(range(256)),
    "empty": b"",
    "text": "Größe 48, 129,90 €".encode(),
    "not UTF-8": b'{"order": "\xff\xfe\xc3\x28"}',
    "NUL": b"order\x0048348\x00",
    "line ends": b"one\r\ntwo\nthree\r\n",
    "JSON": b'{ "order" : 48348,\t"total":129.90 , "order":1e999 }',
    "JSON list": b"[1, 2, 3]",
    "protocol": b"*3\r\n$7\r\nmessage\r\n$6\r\norders\r\n$-1\r\n",
    "a number": b"9223372036854775808",
    "1 MiB": bytes(range(256)) * 4096,
}
LARGEST = b"\xf0" * (64 * 1024**2)


@sources()
def test_topics_lie_below_the_mount_and_every_event_is_sound(
    source: type[Harness], tmp_path: Path, run: Run[None]
) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            names = shop.some_names(3)
            async with shop.connected(feed, names):
                if shop.produces:
                    for name in names:
                        shop.produce(name, [b'{"total":1}', b"plain", b"48348"])
                await feed.until(lambda: feed.count >= 3 * len(names))
            assert all(event.topic.startswith(f"{MOUNT}/") and validate_topic(event.topic) for event in feed.events)
            assert all(event.seq == 0 and event.type and event.source for event in feed.events)
            assert feed.statuses[0][0] in ("connecting", "connected")
            assert feed.problems == []

    run(scenario())


@sources("produces")
def test_every_payload_arrives_to_the_byte(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            payloads = [payload for payload in PAYLOADS.values() if shop.carries(payload)]
            feed = RememberingFeed(MOUNT)
            (name,) = shop.some_names(1)
            async with shop.connected(feed, [name]):
                shop.produce(name, payloads)
                await feed.until(lambda: feed.count >= len(payloads))
            assert [event.data for event in feed.events] == payloads

    run(scenario())


@pytest.mark.slow
@sources("produces")
def test_a_payload_of_64_mib_arrives_to_the_byte(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    async def scenario() -> None:
        async with source(tmp_path) as shop:
            feed = RememberingFeed(MOUNT)
            (name,) = shop.some_names(1)
            async with shop.connected(feed, [name]):
                shop.produce(name, [LARGEST, b"after it"])
                await feed.until(lambda: feed.count >= 2)
            assert feed.events[0].data == LARGEST
            assert feed.events[1].data == b"after it"
            assert feed.gaps == []

    run(scenario())


@sources("produces")
def test_the_order_of_each_topic_is_kept(source: type[Harness], tmp_path: Path, run: Run[None]) -> None:
    rounds, each = 40, 5

    async def scenario() -> None:
        async with source(tmp_path) as shop:
            names = shop.some_names(30)
            feed = RememberingFeed(MOUNT)
            async with shop.connected(feed, names):
                for number in range(rounds):
                    for name in names:
                        shop.produce(name, [b"%d" % (number * each + step) for step in range(each)])
                await feed.until(lambda: feed.count >= rounds * each * len(names))
            for name in names:
                arrived = [int(event.data) for event in feed.events if event.topic == shop.topic(name)]
                assert arrived == list(range(rounds * each))

    run(scenario())
