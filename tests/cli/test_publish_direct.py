"""`eventmon publish --connect`: what is typed is what a broker's own clients get, and the answer is theirs."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.cli.conftest import Start, Verb
from tests.helpers.server import PATIENCE_SECONDS, run_cli
from tests.helpers.valkey import ValkeyServer


def entries(client: redis.Redis, stream: str) -> list[bytes]:
    found: Any = client.xrange(stream)
    return [fields[b"data"] for _, fields in found]


def listening(client: redis.Redis, channel: str) -> redis.client.PubSub:
    """A subscriber that has been confirmed."""
    subscriber: redis.client.PubSub = client.pubsub()  # type: ignore[no-untyped-call]
    subscriber.subscribe(channel)
    assert subscriber.get_message(timeout=PATIENCE_SECONDS)
    return subscriber


def next_message(subscriber: redis.client.PubSub) -> bytes:
    message = subscriber.get_message(timeout=PATIENCE_SECONDS)
    assert message is not None
    data: bytes = message["data"]
    return data


def test_a_message_reaches_the_brokers_own_clients_as_it_was_typed(valkey: ValkeyServer, verb: Verb) -> None:
    with valkey.client() as client, listening(client, "orders:eu:created") as subscriber:
        outcome = verb(
            "publish", "prod/orders/eu/created", ' {"total": 120}', "--connect", f"prod=redis://{valkey.address}"
        )
        assert outcome == (0, b"sent, 1 receiver\n", "")
        assert next_message(subscriber) == b' {"total": 120}'


def test_nobody_listening_is_said(valkey: ValkeyServer, verb: Verb) -> None:
    url = f"prod=redis://{valkey.address}"
    assert verb("publish", "prod/orders", "1", "--connect", url).out == b"sent, 0 receivers\n"
    assert verb("publish", "prod/orders", "1", "--count", "3", "--connect", url).out == (
        b"sent 3 events, 3 of them to no receiver\n"
    )
    assert verb("publish", "prod/orders", "1", "--quiet", "--connect", url).out == b""


def test_an_entry_is_added_to_a_stream(valkey: ValkeyServer, verb: Verb) -> None:
    outcome = verb("publish", "prod/audit", "paid", "--connect", f"prod=redis://{valkey.address}?streams=audit")
    assert outcome == (0, b"sent\n", "")
    with valkey.client() as client:
        assert entries(client, "audit") == [b"paid"]


def test_attributes_go_along_in_an_envelope(valkey: ValkeyServer, verb: Verb) -> None:
    with valkey.client() as client, listening(client, "payments") as subscriber:
        verb(
            "publish", "prod/payments", "Grüße", "--type", "payment.failed", "--source", "bank", "--subject", "Zoë",
            "--attr", "region=eu", "--attr", "id=p-1", "--attr", "time=2026-01-02T03:04:05Z",
            "--connect", f"prod=redis://{valkey.address}?envelope=cloudevents",
        )  # fmt: skip
        document = json.loads(next_message(subscriber))
    del document["topic"]
    assert document == {
        "specversion": "1.0",
        "id": "p-1",
        "source": "bank",
        "type": "payment.failed",
        "time": "2026-01-02T03:04:05Z",
        "subject": "Zoë",
        "datacontenttype": "text/plain",
        "region": "eu",
        "data": "Grüße",
    }


def test_lines_arrive_in_order_and_byte_for_byte(valkey: ValkeyServer, home: Path) -> None:
    lines = [b'{"n": %d}' % number for number in range(3_000)] + [b"\xff\xfe", b" padded ", "Köln".encode()]
    url = f"prod=redis://{valkey.address}?streams=sensors"
    outcome = run_cli(home, "publish", "prod/sensors", "--lines", "--connect", url, data=b"\n".join([*lines, b""]))
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, b"sent 3003 events\n", b"")
    with valkey.client() as client:
        assert entries(client, "sensors") == lines


def test_standard_input_and_files_are_data(valkey: ValkeyServer, home: Path, tmp_path: Path, verb: Verb) -> None:
    url = f"prod=redis://{valkey.address}?streams=files"
    (tmp_path / "payload").write_bytes(b"\x00\xff\n")
    assert verb("publish", "prod/files", f"@{tmp_path / 'payload'}", "--connect", url).code == 0
    assert run_cli(home, "publish", "prod/files", "-", "--connect", url, data=b"a\nb\n").returncode == 0
    with valkey.client() as client:
        assert entries(client, "files") == [b"\x00\xff\n", b"a\nb\n"]


def test_interval_sends_one_at_a_time(valkey: ValkeyServer, verb: Verb) -> None:
    url = f"prod=redis://{valkey.address}?streams=orders"
    assert (
        verb("publish", "prod/orders", "1", "--count", "2", "--interval", "0.01", "--connect", url).out == b"sent\n" * 2
    )


def test_publishing_goes_on_when_the_broker_is_back(valkey: ValkeyServer, start: Start) -> None:
    publisher = start("publish", "prod/orders", "--lines", "--connect", f"prod=redis://{valkey.address}?streams=orders")
    assert publisher.stdin is not None
    publisher.stdin.write(b"before\n")
    publisher.stdin.flush()
    with valkey.client() as client:
        while client.xlen("orders") < 1:
            assert publisher.poll() is None
    valkey.kill()
    publisher.stdin.write(b"after\n")
    publisher.stdin.flush()
    assert publisher.stderr is not None
    said = [publisher.stderr.readline().decode()]
    valkey.start()
    out, error = publisher.communicate(timeout=PATIENCE_SECONDS)
    assert (publisher.returncode, out) == (0, b"sent 2 events\n")
    assert said[0].startswith("eventmon: prod: ")
    assert error.decode().splitlines() in ([], ["eventmon: prod: connected again."])
    with valkey.client() as client:
        there = entries(client, "orders")
    # a broker that is killed between storing and answering is sent the event once more
    assert there in ([b"before", b"after"], [b"before", b"before", b"after"])


def test_ctrl_c_ends_it(valkey: ValkeyServer, start: Start) -> None:
    publisher = start(
        "publish", "prod/orders", "1", "--count", "1000", "--interval", "100", "--connect",
        f"prod=redis://{valkey.address}?streams=orders",
    )  # fmt: skip
    assert publisher.stdout is not None
    with valkey.client() as client:
        while client.xlen("orders") < 1:
            assert publisher.poll() is None
    publisher.send_signal(signal.SIGINT)
    assert publisher.wait(PATIENCE_SECONDS) == 130


@pytest.mark.parametrize(
    ("topic", "connect", "code", "sentence"),
    [
        ("orders/created", "prod=redis://127.0.0.1:1", 2, "Write prod/orders/created."),
        ("prod", "prod=redis://127.0.0.1:1", 2, "Write prod/TOPIC."),
        ("prod/", "prod=redis://127.0.0.1:1", 2, "Write prod/TOPIC."),
        ("prod/orders", "prod=redis://127.0.0.1:1", 3, "refused"),
        ("prod/orders", "prod=demo://", 1, "only receives"),
        ("prod/orders", "prod=redis://127.0.0.1?from=yesterday", 1, "from=yesterday"),
        ("prod/orders", "prod=reddis://127.0.0.1", 1, "redis:"),
        ("prod/orders", "prod", 2, "NAME=URL"),
        ("prod/orders", "prod=", 2, "NAME=URL"),
        ("a/b/orders", "a/b=redis://127.0.0.1:1", 2, "one level"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(verb: Verb, topic: str, connect: str, code: int, sentence: str) -> None:
    outcome = verb("publish", topic, "1", "--connect", connect)
    assert (outcome.code, outcome.out) == (code, b"")
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1


def test_two_connections_are_one_too_many(verb: Verb) -> None:
    outcome = verb("publish", "a/b", "1", "--connect", "a=demo://", "--connect", "b=demo://")
    assert (outcome.code, outcome.error.count("\n")) == (2, 1)
    assert "--connect once" in outcome.error


def test_a_wrong_password_is_a_failure_and_is_not_repeated(verb: Verb) -> None:
    with ValkeyServer(password="geheim-und-lang") as valkey:
        outcome = verb("publish", "prod/orders", "1", "--connect", f"prod=redis://:wrong-word@{valkey.address}")
    assert (outcome.code, outcome.out) == (1, b"")
    warning, sentence = outcome.error.splitlines()
    assert "can be seen by other users" in warning
    assert "password" in sentence
    assert "wrong-word" not in outcome.error


def test_a_broker_that_refuses_is_a_failure(verb: Verb) -> None:
    with (
        ValkeyServer(users=["clerk on >geheim-und-lang ~* &* +@all -publish"]) as valkey,
        pytest.MonkeyPatch.context() as m,
    ):
        m.setenv("SHOP_PASSWORD", "geheim-und-lang")
        url = f"prod=redis://clerk:${{SHOP_PASSWORD}}@{valkey.address}"
        outcome = verb("publish", "prod/orders", "1", "--connect", url)
    assert (outcome.code, outcome.out) == (1, b"")
    assert outcome.error.count("\n") == 1
    assert "permission" in outcome.error


def test_a_password_can_be_referred_to(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "geheim-und-lang")
    with ValkeyServer(password="geheim-und-lang") as valkey:
        url = "prod=redis://:{}@" + valkey.address
        assert verb("publish", "prod/orders", "1", "--connect", url.format("${SHOP_PASSWORD}")) == (
            0,
            b"sent, 0 receivers\n",
            "",
        )
        literal = verb("publish", "prod/orders", "1", "--connect", url.format("geheim-und-lang"))
        assert (literal.code, literal.error.count("\n")) == (0, 1)
        assert "geheim" not in literal.error
        missing = verb("publish", "prod/orders", "1", "--connect", url.format("${NOT_THERE}"))
        assert (missing.code, missing.error.count("\n")) == (1, 1)
        assert "NOT_THERE" in missing.error
