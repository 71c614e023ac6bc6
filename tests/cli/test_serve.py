"""`eventmon serve` as a process: readiness, signals, pipes and who may run beside whom."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import apsw
import pytest

from tests.helpers.server import CLI, PATIENCE_SECONDS, Server, cli_environment, run_cli


def test_the_ready_line_says_where_it_is(server: Server, home: Path) -> None:
    assert server.ready == {
        "ready": True,
        "pid": server.process.pid,
        "socket": str(server.socket_path),
        "http": None,
        "log": str(home / "data" / "default" / "session.eventmon"),
    }
    assert server.socket_path.is_socket()
    assert server.log.is_file()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_closes_the_log_and_ends_with_0(home: Path, number: signal.Signals) -> None:
    with Server(home) as server:
        server.cli("publish", "orders/created", '{"total": 120}')
        assert server.stop(number) == 0
    assert not server.socket_path.exists()
    assert [path.name for path in server.log.parent.iterdir()] == [server.log.name]  # no -wal is left


def test_ending_under_load_keeps_what_was_acknowledged(home: Path) -> None:
    with Server(home) as server:
        publisher = server.start_cli("publish", "orders", "--count", "1000000", "--quiet")
        while server.stats()["stored"] < 5_000:
            assert publisher.poll() is None
        acknowledged = server.stats()["stored"]
        assert server.stop() == 0
        publisher.communicate(timeout=PATIENCE_SECONDS)
        assert publisher.returncode in (1, 3)
    connection = apsw.Connection(str(server.log), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.pragma("integrity_check") == "ok"
    connection.close()
    counted = run_cli(home, "query", str(server.log), "--count")
    assert int(counted.stdout) >= acknowledged


def test_the_log_can_be_chosen(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "friday.eventmon"
    with Server(home, "--log", str(log)) as server:
        assert server.log == log
        assert log.is_file()


def test_a_second_serve_is_refused_with_a_sentence(server: Server) -> None:
    second = server.cli("serve")
    assert second.returncode == 1
    assert second.stdout == b""
    assert second.stderr.decode().count("\n") == 1
    assert "running already" in second.stderr.decode()


def test_another_profile_is_another_eventmon(server: Server, home: Path) -> None:
    with Server(home, "--profile", "staging") as other:
        other.cli("publish", "orders", "1", "--profile", "staging")
        assert other.stats()["stored"] == 1
        assert server.stats()["stored"] == 0


def test_serving_goes_on_when_nobody_reads_the_output(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen([*CLI, "serve"], stdout=writing, stderr=subprocess.PIPE, env=cli_environment(home))
    os.close(writing)
    try:
        while (answer := run_cli(home, "stats", "--json")).returncode == 3:
            assert process.poll() is None
        assert json.loads(answer.stdout)["received"] == 0
    finally:
        process.terminate()
        _, error = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert b"Traceback" not in error


def test_a_bad_connection_is_named(home: Path) -> None:
    outcome = run_cli(home, "serve", "--connect", "prod")
    assert outcome.returncode == 2
    assert "NAME=URL" in outcome.stderr.decode()


def test_a_connection_feeds_the_log(home: Path) -> None:
    with Server(home, "--connect", "shop=demo://?rate=200&seed=1") as server:
        while server.stats()["stored"] < 20:
            assert server.process.poll() is None
        (connection,) = server.stats()["connections"]
        assert (connection["name"], connection["phase"]) == ("shop", "connected")


def test_a_session_that_is_none_is_refused_in_one_line(home: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.eventmon"
    letter.write_text("Dear Zoë")
    outcome = run_cli(home, "serve", "--log", str(letter))
    assert outcome.returncode == 1
    assert outcome.stderr.decode().count("\n") == 1
    assert letter.read_text() == "Dear Zoë"
