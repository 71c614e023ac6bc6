"""`eventmon tail`: live events for people and programs, with an end that scripts can rely on."""

from __future__ import annotations

import json
import os
import signal

from tests.cli.conftest import Verb
from tests.helpers.server import Server

HOSTILE = "\x1b[31m<b>paid</b>\x07\u202egnp.exe\n"


def test_json_lines_are_the_events_as_the_api_gives_them(server: Server, verb: Verb) -> None:
    verb("publish", "orders/created", '{"total": 120}')
    outcome = verb("tail", "--after", "0", "--count", "1", "--jsonl")
    assert outcome.code == 0
    with server.client() as client:
        assert outcome.out.splitlines() == list(client.lines("/api/v1/events"))


def test_only_matching_topics_are_shown(server: Server, verb: Verb) -> None:
    for topic in ("orders/eu", "payments/eu", "sensors/1", "orders/us"):
        verb("publish", topic, "1")
    outcome = verb("tail", "orders/+", "sensors/#", "--after", "0", "--count", "3", "--jsonl")
    assert [json.loads(line)["topic"] for line in outcome.out.splitlines()] == ["orders/eu", "sensors/1", "orders/us"]


def test_columns_line_up_and_nothing_is_obeyed(server: Server, verb: Verb) -> None:
    verb("publish", "orders/created", HOSTILE, "--type", "order.created")
    verb("publish", "orders", "paid")
    first, second = verb("tail", "--after", "0", "--count", "2").out.decode().splitlines()
    assert first.endswith("\\x1b[31m<b>paid</b>\\x07\\u202egnp.exe\\n")
    assert first.isprintable()
    assert first.index("order.created") == second.index("event ")


def test_a_timeout_before_the_count_is_exit_code_4(server: Server, verb: Verb) -> None:
    verb("publish", "orders", "1")
    outcome = verb("tail", "--after", "0", "--count", "2", "--timeout", "0.2", "--jsonl")
    assert outcome.code == 4
    assert len(outcome.out.splitlines()) == 1
    assert "1 of 2" in outcome.error


def test_a_timeout_without_a_count_is_simply_the_end(server: Server, verb: Verb) -> None:
    assert verb("tail", "--timeout", "0.1") == (0, b"", "")


def test_where_is_refused_until_it_exists(server: Server, verb: Verb) -> None:
    outcome = verb("tail", "--where", "data.total > 100")
    assert outcome.code == 2
    assert outcome.error.count("\n") == 1


def test_a_bad_pattern_is_refused(server: Server, verb: Verb) -> None:
    assert verb("tail", "a/#/b", "--timeout", "5").code == 1


def test_nothing_running_is_exit_code_3(verb: Verb) -> None:
    assert verb("tail").code == 3


def test_ctrl_c_ends_it_quietly(server: Server, verb: Verb) -> None:
    verb("publish", "orders", "1")
    tail = server.start_cli("tail", "--after", "0", "--jsonl")
    assert tail.stdout is not None
    tail.stdout.readline()
    tail.send_signal(signal.SIGINT)
    _, error = tail.communicate(timeout=60)
    assert (tail.returncode, error) == (130, b"")


def test_a_reader_that_has_had_enough_is_no_error(server: Server, verb: Verb) -> None:
    verb("publish", "orders", "1", "--count", "3000")
    tail = server.start_cli("tail", "--after", "0", "--jsonl")
    assert tail.stdout is not None
    tail.stdout.readline()
    tail.stdout.close()
    assert tail.stderr is not None
    assert (tail.stderr.read(), tail.wait(60)) == (b"", 0)
    tail.stderr.close()
    assert tail.stdin is not None
    tail.stdin.close()


def test_the_end_of_the_engine_is_said(server: Server, verb: Verb) -> None:
    verb("publish", "orders", "1")
    tail = server.start_cli("tail", "--after", "0", "--jsonl")
    assert tail.stdout is not None
    tail.stdout.readline()
    os.kill(server.process.pid, signal.SIGKILL)
    _, error = tail.communicate(timeout=60)
    assert tail.returncode == 3
    assert error.count(b"\n") == 1
