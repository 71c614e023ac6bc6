"""`eventmon record`: a session file of exactly what was asked for, with every gap in it, whatever ends it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine.offline import SessionFile
from tests.cli.conftest import Start, Verb
from tests.helpers.server import PATIENCE_SECONDS, Server, run_cli
from tests.helpers.valkey import ValkeyServer

DEMO = "shop=demo://?rate=2000&seed=1"


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "friday.eventmon"


def events_of(home: Path, session: Path) -> list[dict[str, Any]]:
    outcome = run_cli(home, "query", str(session), "--format", "jsonl")
    assert outcome.returncode == 0, outcome.stderr
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def stored(session: Path) -> int:
    """Events in a session that is being recorded."""
    try:
        with SessionFile(session) as opened:
            return opened.count(())
    except UserError:
        return 0  # it is being made


def wait_for(session: Path, events: int, recording: subprocess.Popen[bytes]) -> None:
    while stored(session) < events:
        assert recording.poll() is None, recording.communicate()


def test_exactly_as_many_as_asked_for_are_stored(home: Path, session: Path, verb: Verb) -> None:
    outcome = verb("record", str(session), "--count", "1234", "--connect", DEMO)
    assert outcome == (0, f"recorded 1234 events, 0 gaps into {session}\n".encode(), "")
    assert [event["seq"] for event in events_of(home, session)] == list(range(1, 1235))
    assert [path.name for path in session.parent.iterdir() if path.is_file()] == [session.name]  # no -wal is left


def test_a_session_that_exists_is_continued_and_that_is_said(home: Path, session: Path, verb: Verb) -> None:
    verb("record", str(session), "--count", "30", "--connect", DEMO)
    outcome = verb("record", str(session), "--count", "12", "--connect", DEMO)
    assert outcome.code == 0
    assert outcome.out.startswith(b"recorded 12 events")
    assert outcome.error == f"eventmon: {session} holds 30 events and is continued.\n"
    assert len(events_of(home, session)) == 42


def test_only_matching_topics_are_recorded(home: Path, session: Path, verb: Verb) -> None:
    verb("record", str(session), "shop/payments/#", "shop/orders/+/created", "--count", "50", "--connect", DEMO)
    topics = {event["topic"] for event in events_of(home, session)}
    assert any(topic.startswith("shop/payments/") for topic in topics)
    assert all(topic.startswith("shop/payments/") or topic.endswith("/created") for topic in topics)


def test_the_time_ends_it(session: Path, verb: Verb) -> None:
    outcome = verb("record", str(session), "--duration", "0.3", "--connect", DEMO)
    assert (outcome.code, outcome.error) == (0, "")
    assert re.match(rb"recorded [1-9]\d* events, 0 gaps into ", outcome.out)


def test_the_time_before_the_count_is_exit_code_4(session: Path, verb: Verb) -> None:
    outcome = verb("record", str(session), "--duration", "0.3", "--count", "1000000", "--connect", DEMO)
    assert outcome.code == 4
    assert outcome.out.startswith(b"recorded ")
    assert re.search(r"\d+ of 1000000 events came within 0.3 seconds.", outcome.error)


def test_the_end_of_all_sources_ends_it(home: Path, session: Path) -> None:
    outcome = run_cli(home, "record", str(session), "--connect", "logs=pipe:-", data=b"paid\nshipped\n")
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert outcome.stdout.startswith(b"recorded 2 events, 0 gaps into ")
    short = run_cli(home, "record", str(session), "--count", "3", "--connect", "logs=pipe:-", data=b"paid\n")
    assert short.returncode == 4
    assert b"1 of 3 events came before the sources ended" in short.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(home: Path, session: Path, start: Start, number: signal.Signals) -> None:
    recording = start("record", str(session), "--count", "1000000", "--duration", "1000", "--connect", DEMO)
    wait_for(session, 100, recording)
    recording.send_signal(number)
    out, error = recording.communicate(timeout=PATIENCE_SECONDS)
    assert (recording.returncode, error) == (0, b"")
    said = re.fullmatch(rb"recorded (\d+) events, 0 gaps into .*\n", out)
    assert said
    assert int(said[1]) == len(events_of(home, session))


def test_several_sources_are_recorded_together(home: Path, session: Path, tmp_path: Path, start: Start) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"payment {number}\n" for number in range(50)))
    recording = start("record", str(session), "--connect", f"app=pipe://{log}", "--connect", "shop=demo://?rate=100")
    wait_for(session, 60, recording)
    recording.send_signal(signal.SIGINT)
    assert recording.wait(PATIENCE_SECONDS) == 0
    assert {event["topic"].partition("/")[0] for event in events_of(home, session)} == {"app", "shop"}


def test_a_stream_goes_on_exactly_where_it_stopped(home: Path, session: Path, valkey: ValkeyServer, verb: Verb) -> None:
    with valkey.client() as client:
        for number in range(300):
            client.xadd("orders", {"data": b'{"total": %d}' % number})
    url = f"prod=redis://{valkey.address}?streams=orders&from=start"
    for count in (1, 20, 40, 150, 89):
        outcome = verb("record", str(session), "--count", str(count), "--connect", url)
        assert outcome.out.startswith(b"recorded %d event" % count)
    assert [event["data"]["total"] for event in events_of(home, session)] == list(range(300))


def test_a_file_goes_on_exactly_where_it_stopped(home: Path, session: Path, tmp_path: Path, verb: Verb) -> None:
    log = tmp_path / "app.log"
    log.write_text("".join(f"payment {number // 3}\n" for number in range(90)))
    for count in (10, 37, 43):
        assert verb("record", str(session), "--count", str(count), "--connect", f"app=pipe://{log}").code == 0
    assert [event["data"] for event in events_of(home, session)] == [f"payment {number // 3}" for number in range(90)]


def test_an_interruption_is_said_and_is_a_gap_in_the_session(
    home: Path, session: Path, valkey: ValkeyServer, start: Start
) -> None:
    url = f"prod=redis://{valkey.address}?channels=*&streams=audit&from=start"
    recording = start("record", str(session), "--count", "2", "--connect", url)
    with valkey.client() as client:
        client.xadd("audit", {"data": "created"})
    wait_for(session, 1, recording)
    valkey.kill()
    assert recording.stderr is not None
    assert recording.stderr.readline().startswith(b"eventmon: prod: ")
    valkey.start()
    assert b"nothing was seen from" in recording.stderr.readline()
    with valkey.client() as client:
        client.xadd("audit", {"data": "paid"})
    out, error = recording.communicate(timeout=PATIENCE_SECONDS)
    assert (recording.returncode, error) == (0, b"")
    assert out.startswith(b"recorded 2 events, 1 gap into ")
    assert [event["data"] for event in events_of(home, session)] == ["created", "paid"]


def test_it_works_beside_a_running_eventmon_and_leaves_it_alone(server: Server, session: Path, verb: Verb) -> None:
    assert verb("record", str(session), "--count", "5", "--connect", DEMO).code == 0
    assert server.stats()["received"] == 0
    assert server.stats()["connections"] == []


def test_a_session_that_is_being_recorded_is_refused(server: Server, verb: Verb) -> None:
    outcome = verb("record", str(server.log), "--count", "5", "--connect", DEMO)
    assert (outcome.code, outcome.out) == (1, b"")
    assert outcome.error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--connect", "prod=redis://127.0.0.1:1?channels=*"), 3, "refused"),
        (("--connect", "prod=redis://127.0.0.1:1"), 1, "names nothing to watch"),
        (("--connect", "app=pipe:///"), 1, "folder"),
        (("orders/#", "--connect", DEMO), 2, "Write shop/orders/#"),
        (("shop/#/orders", "--connect", DEMO), 1, "#"),
        (("--count", "0", "--connect", DEMO), 2, "--count"),
        (("--duration", "0", "--connect", DEMO), 2, "--duration"),
        (("--count", "5"), 2, "--connect"),
        (("--connect", "prod=redis://:${NOT_THERE}@127.0.0.1?channels=*"), 1, "NOT_THERE"),
        (("--connect", DEMO, "--connect", "shop=demo://"), 1, "shop"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_leaves_no_file(
    session: Path, verb: Verb, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    outcome = verb("record", str(session), *arguments)
    assert (outcome.code, outcome.out) == (code, b"")
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1
    assert not session.exists()


def test_a_wrong_password_ends_it_and_is_not_repeated(session: Path, verb: Verb) -> None:
    with ValkeyServer(password="geheim-und-lang") as valkey:
        url = f"prod=redis://:wrong-word@{valkey.address}?channels=*"
        outcome = verb("record", str(session), "--connect", url)
    assert (outcome.code, outcome.out) == (1, b"")
    assert outcome.error.count("\n") == 2  # that it can be seen, and that it is wrong
    assert "wrong-word" not in outcome.error
    assert not session.exists()


def test_a_name_without_the_suffix_is_refused(tmp_path: Path, verb: Verb) -> None:
    outcome = verb("record", str(tmp_path / "friday.log"), "--connect", DEMO)
    assert outcome.code == 2
    assert "friday.eventmon" in outcome.error
    assert list(tmp_path.glob("friday*")) == []


def test_progress_is_shown_on_a_terminal_alone(session: Path, start: Start) -> None:
    terminal, other_end = pty.openpty()
    recording = start("record", str(session), "--duration", "2", "--connect", DEMO, stderr=other_end)
    os.close(other_end)
    shown = b""
    while b"/s" not in shown:
        shown += os.read(terminal, 1_000)
    assert re.search(rb"\d events, [\d,]+/s", shown)
    recording.send_signal(signal.SIGINT)
    assert recording.wait(PATIENCE_SECONDS) == 0
    os.close(terminal)
