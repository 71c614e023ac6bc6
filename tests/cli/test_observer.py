"""`eventmon observer` against a running `serve`: what is typed is attached, listed, paused and back after a restart."""

from __future__ import annotations

from pathlib import Path

import msgspec

from eventmon.engine.frame import ObserverStatus
from tests.cli.conftest import Verb
from tests.helpers.server import Server


def listed(verb: Verb) -> list[ObserverStatus]:
    return msgspec.json.decode(verb("observer", "list", "--json").out, type=list[ObserverStatus])


def test_an_observer_is_attached_listed_paused_resumed_and_removed(server: Server, verb: Verb) -> None:
    add = ("observer", "add", "paid orders", "--kind", "counter", "--pattern", "orders/+/paid", "--set", "sum=total")
    assert verb(*add).out == b"attached paid orders\n"
    verb("publish", "orders/eu/paid", '{"total": 1250}')
    verb("publish", "orders/eu/paid", '{"total": "much"}')
    table = verb("observer", "list").out.decode().splitlines()
    assert " ".join(table[0].split()) == "name kind pattern state matched delivered failed dropped pending values"
    assert " ".join(table[1].split()) == "paid orders counter orders/+/paid active 2 1 1 0 0 count 1, sum 1,250"
    assert table[2] == "  The field “total” holds no number that can be summed. (event 2)"
    assert verb("observer", "pause", "paid orders").out == b"paused paid orders\n"
    verb("publish", "orders/eu/paid", '{"total": 1}')
    (status,) = listed(verb)
    assert (status.state, status.matched) == ("paused", 2)
    assert verb("observer", "resume", "paid orders").out == b"resumed paid orders\n"
    assert listed(verb)[0].state == "active"
    assert verb("observer", "reset", "paid orders").out == b"reset paid orders\n"
    assert (listed(verb)[0].matched, listed(verb)[0].values["count"]) == (0, 0)
    assert verb("observer", "reset", "no such").code == 1
    assert verb("observer", "remove", "paid orders").out == b"removed paid orders\n"
    assert listed(verb) == []


def test_it_comes_back_with_the_next_start(home: Path, verb: Verb) -> None:
    settings = ("--set", "text={{data.reason}}", "--set", "per_minute=3", "--set", "severity=error")
    with Server(home):
        verb("observer", "add", "refused", "--kind", "alert", "--pattern", "payments/#", *settings)
        verb("observer", "add", "audit", "--kind", "file", "--pattern", "#", "--set", "path=/x/y", "--paused")
    text = next(home.rglob("workspace.toml")).read_text(encoding="utf-8")
    assert "[observers.refused.settings]" in text
    assert "per_minute = 3" in text
    with Server(home):
        assert [(each.name, each.state) for each in listed(verb)] == [("refused", "active"), ("audit", "paused")]


def test_mistakes_are_one_line_each(server: Server, verb: Verb) -> None:
    assert verb("observer", "list").code == 0
    for arguments, code, said in (
        (("add", "x", "--kind", "countre", "--pattern", "#"), 1, "Did you mean counter"),
        (
            ("add", "x", "--kind", "alert", "--pattern", "#", "--set", "per_minute=many"),
            1,
            "whole number from 1 to 600",
        ),
        (("add", "x", "--kind", "counter", "--pattern", "#", "--set", "sum"), 2, "KEY=VALUE"),
        (("add", "x", "--kind", "counter"), 2, "--pattern"),
        (("pause", "ghost"), 1, "no observer “ghost”"),
        (("remove", "a/b c"), 1, "no observer “a/b c”"),
    ):
        outcome = verb("observer", *arguments)
        assert outcome.code == code, arguments
        assert said in outcome.error, arguments
        assert len(outcome.error.splitlines()) == 1, arguments


def test_nothing_running_is_said(home: Path, verb: Verb) -> None:
    assert verb("observer", "list").code == 3


def test_its_help_names_every_kind_and_its_settings(verb: Verb) -> None:
    shown = " ".join(verb("observer", "add", "--help").out.decode().split())
    for part in ("counter (sum)", "alert (severity, text, per_minute, silence)", "publish (topic, data, type, rate)"):
        assert part in shown
