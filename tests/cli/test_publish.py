"""`eventmon publish`: the data arrives as it was given, at speed, and the answer is true."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from eventmon.engine.remote import ask
from eventmon.engine.requests import RecordTopics
from tests.cli.conftest import Verb
from tests.helpers.server import Server


def events_of(server: Server) -> list[dict[str, Any]]:
    with server.client() as client:
        return [json.loads(line) for line in client.lines("/api/v1/events")]


def test_the_seq_is_printed_once_the_event_is_stored(server: Server, verb: Verb) -> None:
    assert verb("publish", "orders/created", '{"total": 120}') == (0, b"published seq 1\n", "")
    assert verb("publish", "orders/created", '{"total": 80}').out == b"published seq 2\n"
    assert server.stats()["stored"] == 2


def test_it_says_when_a_topic_is_not_recorded(server: Server, verb: Verb) -> None:
    with server.client() as client:
        ask(client, RecordTopics(pattern="heartbeat/#", record=False))
    assert verb("publish", "heartbeat", "1").out == b"counted, not stored: the topic is not recorded\n"
    assert verb("publish", "heartbeat", "1", "--count", "3").out == b"published 0 events, 3 counted and not stored\n"
    stats = server.stats()
    assert (stats["stored"], stats["not_recorded"], stats["received"]) == (0, 4, 4)


def test_all_attributes_arrive(server: Server, verb: Verb) -> None:
    verb(
        "publish", "payments/eu", "Grüße", "--type", "payment.failed", "--source", "bank gateway", "--subject", "Zoë",
        "--content-type", "text/plain; charset=utf-8", "--attr", "region=eu west", "--attr", "id=p-1", "--quiet",
    )  # fmt: skip
    (event,) = events_of(server)
    del event["received"]
    assert event == {
        "specversion": "1.0",
        "id": "p-1",
        "source": "bank gateway",
        "type": "payment.failed",
        "subject": "Zoë",
        "datacontenttype": "text/plain; charset=utf-8",
        "topic": "payments/eu",
        "seq": 1,
        "region": "eu west",
        "data": "Grüße",
    }


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b'{"total": 120}', "application/json"),
        (b" 12 ", "application/json"),
        (b"paid", "text/plain"),
        (b"\xff\x00", "application/octet-stream"),
        (b"[" * 50_000 + b"]" * 50_000, "text/plain"),
    ],
)
def test_the_content_type_is_told_from_the_data(
    server: Server, verb: Verb, tmp_path: Path, data: bytes, content_type: str
) -> None:
    (tmp_path / "payload").write_bytes(data)
    assert verb("publish", "files", f"@{tmp_path / 'payload'}").code == 0
    (event,) = events_of(server)
    assert event["datacontenttype"] == content_type


def test_no_data_is_no_data(server: Server, verb: Verb) -> None:
    verb("publish", "heartbeat")
    (event,) = events_of(server)
    assert "data" not in event
    assert "datacontenttype" not in event


@pytest.mark.parametrize("topic", ["a//b", "/a", "a/", "Straße/Köln 1", "50%", "a?b=c", "a/../b"])
def test_odd_topics_arrive_exactly(server: Server, verb: Verb, topic: str) -> None:
    verb("publish", topic, "1")
    assert events_of(server)[0]["topic"] == topic


def test_standard_input_is_the_data(server: Server) -> None:
    assert server.cli("publish", "files", "-", data=b"\x00\x01\n\xff").stdout == b"published seq 1\n"
    assert base64.b64decode(events_of(server)[0]["data_base64"]) == b"\x00\x01\n\xff"


def test_lines_become_events_in_order_and_byte_for_byte(server: Server) -> None:
    lines = [b'{"n": %d}' % number for number in range(5_000)]
    odd = [b"plain text", b"\xff\xfe", b' {"padded": 1} ', b'{"broken": ', "Köln".encode()]
    outcome = server.cli("publish", "sensors", "--lines", data=b"\n".join([*lines, b"", *odd[:-1], odd[-1] + b"\r\n"]))
    assert (outcome.returncode, outcome.stdout) == (0, b"published 5005 events\n")
    events = events_of(server)
    assert [event["data"]["n"] for event in events[:5_000]] == list(range(5_000))
    kept = [str(event.get("data", event.get("data_base64"))) for event in events[5_000:]]
    assert kept[0] == "plain text"
    assert base64.b64decode(kept[1]) == odd[1]
    assert base64.b64decode(kept[2]) == odd[2]
    assert kept[3] == '{"broken": '
    assert kept[4] == "Köln"


def test_a_slow_writer_of_lines_is_not_held_back(server: Server) -> None:
    publisher = server.start_cli("publish", "sensors", "--lines")
    assert publisher.stdin is not None
    for number in range(1, 4):
        publisher.stdin.write(b"%d\n" % number)
        publisher.stdin.flush()
        while server.stats()["stored"] < number:
            assert publisher.poll() is None
    out, error = publisher.communicate(timeout=60)
    assert (out, error, publisher.returncode) == (b"published 3 events\n", b"", 0)


def test_count_repeats_the_event_with_ids_of_its_own(server: Server, verb: Verb) -> None:
    assert verb("publish", "orders", "{}", "--count", "2500").out == b"published 2500 events\n"
    assert len({event["id"] for event in events_of(server)}) == 2_500


def test_interval_publishes_one_at_a_time(server: Server, verb: Verb) -> None:
    outcome = verb("publish", "orders", "{}", "--count", "3", "--interval", "0.01")
    assert outcome.out == b"published seq 1\npublished seq 2\npublished seq 3\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("orders/#", "1"), 1, "#"),
        (("orders\0x", "1"), 1, "NUL"),
        (("a" * 4_097, "1"), 1, "4"),
        (("orders", "@/nonexistent"), 1, "cannot be read"),
        (("orders", "1", "--attr", "Region=eu"), 2, "NAME=VALUE"),
        (("orders", "1", "--attr", "topic=eu"), 2, "TOPIC"),
        (("orders", "1", "--lines"), 2, "--lines"),
        (("orders", "--count", "0"), 2, "--count"),
        ((), 2, "TOPIC"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    server: Server, verb: Verb, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    outcome = verb("publish", *arguments)
    assert (outcome.code, outcome.out) == (code, b"")
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1
    assert server.stats()["received"] == 0


def test_nothing_running_is_exit_code_3(verb: Verb) -> None:
    outcome = verb("publish", "orders", "1")
    assert outcome.code == 3
    assert "eventmon serve" in outcome.error


@pytest.mark.slow
def test_64_mib_are_the_most_that_is_taken(server: Server, tmp_path: Path) -> None:
    payload = tmp_path / "firmware.bin"
    payload.write_bytes(bytes(64 << 20))
    assert server.cli("publish", "firmware", f"@{payload}").stdout == b"published seq 1\n"
    with payload.open("ab") as file:
        file.write(b"!")
    refused = server.cli("publish", "firmware", f"@{payload}")
    assert refused.returncode == 1
    assert b"64 MiB" in refused.stderr
    assert server.stats()["log_bytes"] >= 64 << 20
