"""`eventmon query`, `topic list` and `stats`: what is stored, from a running engine or a file, in three formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from eventmon.engine.remote import ask
from eventmon.engine.requests import Publish
from tests.cli.conftest import Verb
from tests.helpers.server import Server

ORDERS = (("orders/eu", '{"total": 120}'), ("orders/us", "=1+1"), ("payments", '"-5"'), ("orders/eu", "+cmd"))


@pytest.fixture
def filled(server: Server, verb: Verb) -> Server:
    for topic, data in ORDERS:
        verb("publish", topic, data)
    return server


def test_a_file_gives_the_same_as_the_running_engine(filled: Server, verb: Verb) -> None:
    with filled.client() as client:
        ask(client, Publish(topic="orders/eu", data=b"paid"))  # has no id of its own
    running = verb("query", "--format", "jsonl")
    beside = verb("query", str(filled.log), "--format", "jsonl")
    filled.stop()
    closed = verb("query", str(filled.log), "--format", "jsonl")
    assert len(running.out.splitlines()) == 5
    assert running == beside == closed


@pytest.mark.parametrize("source", ["running", "file"])
def test_topic_last_and_count_narrow(filled: Server, verb: Verb, source: str) -> None:
    session = () if source == "running" else (str(filled.log),)

    def seqs(*arguments: str) -> list[int]:
        out = verb("query", *session, "--format", "jsonl", *arguments).out
        return [json.loads(line)["seq"] for line in out.splitlines()]

    assert seqs("--topic", "orders/#") == [1, 2, 4]
    assert seqs("--topic", "orders/#", "--last", "2") == [2, 4]
    assert seqs("--topic", "payments", "--topic", "+/us") == [2, 3]
    assert seqs("--last", "0") == []
    assert verb("query", *session, "--count").out == b"4\n"
    assert verb("query", *session, "--count", "--topic", "orders/eu").out == b"2\n"
    assert verb("query", *session, "--count", "--last", "3").out == b"3\n"


def test_csv_cells_are_never_formulas(filled: Server, verb: Verb) -> None:
    rows = list(csv.DictReader(io.StringIO(verb("query", "--format", "csv").out.decode())))
    assert [row["data"] for row in rows] == ['{"total": 120}', "'=1+1", '"-5"', "'+cmd"]
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4"]


def test_the_table_has_one_line_an_event(filled: Server, verb: Verb) -> None:
    lines = verb("query").out.decode().splitlines()
    assert [line.split()[1] for line in lines] == [topic for topic, _ in ORDERS]


def test_an_empty_log_is_empty_in_every_format(server: Server, verb: Verb) -> None:
    assert verb("query") == (0, b"", "")
    assert verb("query", "--format", "jsonl").out == b""
    assert len(verb("query", "--format", "csv").out.splitlines()) == 1
    assert verb("query", "--count").out == b"0\n"


def test_what_is_no_session_is_said(verb: Verb, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Zoë")
    for path in (letter, tmp_path / "missing.eventmon", tmp_path):
        outcome = verb("query", str(path))
        assert (outcome.code, outcome.out) == (1, b"")
        assert outcome.error.count("\n") == 1


def test_bad_patterns_and_where_are_refused(filled: Server, verb: Verb) -> None:
    assert verb("query", "--topic", "a/#/b").code == 1
    assert verb("query", str(filled.log), "--topic", "a/#/b").code == 1
    assert verb("query", "--where", "true").code == 2


def test_topics_are_listed_with_their_counters(filled: Server, verb: Verb) -> None:
    listed = json.loads(verb("topic", "list", "--json").out)
    assert {topic["topic"]: topic["events"] for topic in listed} == {"orders/eu": 2, "orders/us": 1, "payments": 1}
    table = verb("topic", "list").out.decode().splitlines()
    assert [line.split()[:2] for line in table[1:]] == [["orders/eu", "2"], ["orders/us", "1"], ["payments", "1"]]


def test_the_counters_are_whole(filled: Server, verb: Verb) -> None:
    stats = json.loads(verb("stats", "--json").out)
    terms = ("stored", "not_recorded", "duplicates", "dropped", "in_flight")
    assert stats["received"] == sum(stats[term] for term in terms) == 4
    assert stats["topics"] == 3
    assert stats["observers_detail"] == []
    assert "received" in verb("stats").out.decode()


@pytest.mark.parametrize("arguments", [("stats",), ("topic", "list"), ("query",)])
def test_nothing_running_is_exit_code_3(verb: Verb, arguments: tuple[str, ...]) -> None:
    outcome = verb(*arguments)
    assert (outcome.code, outcome.out) == (3, b"")
    assert outcome.error.count("\n") == 1
