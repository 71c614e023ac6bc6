"""`eventmon tail --connect`: a broker's traffic on a terminal, with what is missing said beside it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import termios
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Start, Verb
from tests.helpers.server import PATIENCE_SECONDS, run_cli
from tests.helpers.valkey import ValkeyServer

PIPE_BYTES = 65_536
LONGEST_LINE_BYTES = 4_096
DEMO = "shop=demo://?rate=400&seed=1"


def wait_for_listener(valkey: ValkeyServer, tail: subprocess.Popen[bytes]) -> None:
    """Return when the broker has a subscriber to a pattern."""
    with valkey.client() as client:
        while client.pubsub_numpat() < 1:
            assert tail.poll() is None


def line(tail: subprocess.Popen[bytes]) -> bytes:
    assert tail.stdout is not None
    return tail.stdout.readline()


def complaint(tail: subprocess.Popen[bytes]) -> str:
    assert tail.stderr is not None
    return tail.stderr.readline().decode()


def test_entries_of_a_stream_are_shown_as_json_lines(valkey: ValkeyServer, verb: Verb) -> None:
    with valkey.client() as client:
        ids = [client.xadd("audit", {"data": b'{"total": %d}' % number}) for number in range(3)]
    url = f"prod=redis://{valkey.address}?streams=audit&from=start"
    outcome = verb("tail", "--count", "3", "--jsonl", "--connect", url)
    assert (outcome.code, outcome.error) == (0, "")
    documents = [json.loads(document) for document in outcome.out.splitlines()]
    assert [document["seq"] for document in documents] == [1, 2, 3]
    assert [document["data"]["total"] for document in documents] == [0, 1, 2]
    assert [document["redisid"].encode() for document in documents] == ids
    assert {(document["topic"], document["type"]) for document in documents} == {("prod/audit", "redis.entry")}
    assert len({document["id"] for document in documents}) == 3
    received = datetime.fromisoformat(documents[0]["received"])
    assert abs(datetime.now(UTC) - received) < timedelta(seconds=PATIENCE_SECONDS)


def test_messages_are_shown_as_they_come(valkey: ValkeyServer, start: Start) -> None:
    tail = start("tail", "--jsonl", "--count", "2", "--connect", f"prod=redis://{valkey.address}?channels=*")
    wait_for_listener(valkey, tail)
    with valkey.client() as client:
        client.publish("orders:eu:created", b'{"total": 120}')
        assert json.loads(line(tail))["topic"] == "prod/orders/eu/created"
        client.publish("#general", b"\xff\x00")
        assert json.loads(line(tail))["topic"] == "prod/%23general"
    assert (tail.wait(PATIENCE_SECONDS), *tail.communicate()) == (0, b"", b"")


def test_only_matching_topics_are_shown_and_counted(verb: Verb) -> None:
    outcome = verb("tail", "shop/payments/#", "shop/orders/+/created", "--count", "5", "--jsonl", "--connect", DEMO)
    documents = [json.loads(document) for document in outcome.out.splitlines()]
    assert [document["seq"] for document in documents] == [1, 2, 3, 4, 5]
    for document in documents:
        assert document["topic"].startswith("shop/payments/") or document["topic"].endswith("/created")


def test_wildcards_at_the_first_level_see_the_connection(verb: Verb) -> None:
    assert verb("tail", "+/orders/#", "--count", "1", "--connect", DEMO).code == 0
    assert verb("tail", "#", "--count", "1", "--connect", DEMO).code == 0


def test_columns_are_shown_without_jsonl(verb: Verb) -> None:
    (shown,) = verb("tail", "shop/orders/#", "--count", "1", "--connect", DEMO).out.decode().splitlines()
    assert "shop/orders/" in shown
    assert "order.created" in shown


def test_lines_of_standard_input_are_shown_until_they_end(home: Path) -> None:
    outcome = run_cli(home, "tail", "--jsonl", "--connect", "logs=pipe:-", data=b"paid\nshipped\n")
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert [json.loads(document)["data"] for document in outcome.stdout.splitlines()] == ["paid", "shipped"]


def test_a_source_that_ends_before_the_count_is_exit_code_4(home: Path) -> None:
    outcome = run_cli(home, "tail", "--count", "3", "--connect", "logs=pipe:-", data=b"paid\nshipped\n")
    assert outcome.returncode == 4
    assert outcome.stderr == b"eventmon: 2 of 3 events came before the source ended.\n"


def test_a_timeout_before_the_count_is_exit_code_4(valkey: ValkeyServer, verb: Verb) -> None:
    url = f"prod=redis://{valkey.address}?channels=*"
    outcome = verb("tail", "--count", "1", "--timeout", "0.05", "--connect", url)
    assert (outcome.code, outcome.out) == (4, b"")
    assert "0 of 1" in outcome.error
    assert verb("tail", "--timeout", "0.05", "--connect", url) == (0, b"", "")


def test_an_interruption_and_its_gap_are_said_and_tailing_goes_on(valkey: ValkeyServer, start: Start) -> None:
    url = f"prod=redis://{valkey.address}?channels=*&streams=audit"
    tail = start("tail", "--jsonl", "--count", "3", "--connect", url)
    wait_for_listener(valkey, tail)
    with valkey.client() as client:
        client.publish("orders", "created")
        assert json.loads(line(tail))["data"] == "created"
    valkey.kill()
    assert complaint(tail).startswith("eventmon: prod: ")
    valkey.start()
    gap = complaint(tail)
    assert gap.startswith("eventmon: prod: nothing was seen from ")
    assert "channels" in gap
    with valkey.client() as client:
        client.publish("orders", "paid")
        assert json.loads(line(tail))["data"] == "paid"
        client.xadd("audit", {"data": "paid"})
        assert json.loads(line(tail))["topic"] == "prod/audit"
    assert tail.wait(PATIENCE_SECONDS) == 0
    assert complaint(tail) == ""


def test_a_file_that_does_not_exist_yet_is_waited_for(tmp_path: Path, start: Start) -> None:
    log = tmp_path / "app.log"
    tail = start("tail", "--jsonl", "--count", "1", "--connect", f"app=pipe://{log}")
    assert "does not exist yet" in complaint(tail)
    log.write_text("paid\n")
    assert json.loads(line(tail))["data"] == "paid"
    assert tail.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--connect", "prod=redis://127.0.0.1:1?channels=*"), 3, "refused"),
        (("--connect", "prod=redis://127.0.0.1:1"), 1, "names nothing to watch"),
        (("--connect", "prod=pipe:///"), 1, "folder"),
        (("--after", "0", "--connect", DEMO), 2, "--after"),
        (("orders/#", "--connect", DEMO), 2, "Write shop/orders/#"),
        (("shop/#/orders", "--connect", DEMO), 1, "#"),
        (("--connect", "shop=demo://?rate=often"), 1, "rate=often"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(verb: Verb, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    outcome = verb("tail", *arguments)
    assert (outcome.code, outcome.out) == (code, b"")
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1


def test_ctrl_c_ends_it_quietly(start: Start) -> None:
    tail = start("tail", "--connect", DEMO)
    line(tail)
    tail.send_signal(signal.SIGINT)
    _, error = tail.communicate(timeout=PATIENCE_SECONDS)
    assert (tail.returncode, error) == (130, b"")


def test_ctrl_c_ends_it_while_nobody_reads_its_output(start: Start) -> None:
    reading, writing = os.pipe()
    tail = start("tail", "--jsonl", "--connect", "shop=demo://?rate=100000", stdout=writing)
    os.close(writing)
    while waiting_in(reading) < PIPE_BYTES - LONGEST_LINE_BYTES:
        assert tail.poll() is None
    tail.send_signal(signal.SIGINT)
    assert tail.wait(PATIENCE_SECONDS) == 130
    os.close(reading)


def test_a_reader_that_has_had_enough_is_no_error(start: Start) -> None:
    tail = start("tail", "--jsonl", "--connect", DEMO)
    line(tail)
    assert tail.stdout is not None
    tail.stdout.close()
    assert tail.stderr is not None
    assert (tail.stderr.read(), tail.wait(PATIENCE_SECONDS)) == (b"", 0)


def waiting_in(pipe: int) -> int:
    """Bytes that a pipe holds."""
    size = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]
