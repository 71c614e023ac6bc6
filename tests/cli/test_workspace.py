"""`--workspace FILE`: used in the place of the profile's own, looked at before it acts, written by several at once."""

from __future__ import annotations

import json
import socket
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from eventmon.core.errors import UserError
from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.options import EngineOptions
from eventmon.engine.remote import ask
from tests.cli.conftest import Verb
from tests.cli.test_window import Opened, opened
from tests.helpers.server import Server, run_cli

__all__ = ["opened"]

EACH = 12


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def was_connected_to(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture
def team(tmp_path: Path, listener: socket.socket) -> Path:
    path = tmp_path / "team.toml"
    path.write_text(
        f"""format = 1
[connections.prod]
url = "redis://127.0.0.1:{listener.getsockname()[1]}?channels=orders.*"
[observers.audit]
kind = "file"
pattern = "orders/#"
settings = {{path = "{tmp_path}/audit.jsonl"}}
[observers.paid]
kind = "counter"
pattern = "orders/#"
""",
        encoding="utf-8",
    )
    return path


def told(server: Server) -> list[str]:
    """What a server has said on standard error, once it has ended."""
    assert server.process.stderr is not None
    server.process.terminate()
    text = server.process.stderr.read().decode()
    assert server.stop() == 0
    assert "Traceback" not in text
    return text.splitlines()


def observers(server: Server) -> dict[str, str]:
    with server.client() as client:
        return {each.name: each.state for each in ask(client, requests.ListObservers())}


def test_serve_says_what_is_off_and_runs_none_of_it(
    home: Path, team: Path, tmp_path: Path, listener: socket.socket
) -> None:
    server = Server(home, "--workspace", str(team))
    assert server.cli("publish", "orders/created", "{}").returncode == 0
    assert observers(server) == {"audit": "paused", "paid": "active"}
    port = listener.getsockname()[1]
    assert told(server) == [
        f"eventmon: The connection “prod” is off: it connects to redis://127.0.0.1:{port}?channels=orders.*, events "
        "can be sent to it. Start with --approve to allow it, or approve it in the window.",
        f"eventmon: The observer “audit” is off: it writes to the file {tmp_path}/audit.jsonl for orders/#. "
        "Start with --approve to allow it, or approve it in the window.",
    ]
    assert not was_connected_to(listener)
    assert not (tmp_path / "audit.jsonl").exists()


def test_serve_with_approve_runs_it_now_and_later(
    home: Path, team: Path, tmp_path: Path, listener: socket.socket
) -> None:
    for arguments in (("--approve",), ()):
        server = Server(home, "--workspace", str(team), *arguments)
        while not was_connected_to(listener):
            assert server.process.poll() is None
        assert server.cli("publish", "orders/created", "{}").returncode == 0
        assert told(server) == []
    assert (tmp_path / "audit.jsonl").read_bytes().count(b"\n") == 2


def test_a_workspace_with_a_mistake_is_refused_in_one_line(home: Path, team: Path) -> None:
    team.write_text(team.read_text(encoding="utf-8").replace("pattern", "patern"), encoding="utf-8")
    outcome = run_cli(home, "serve", "--workspace", str(team))
    assert outcome.returncode == 1
    (line,) = outcome.stderr.decode().splitlines()
    assert "[observers.audit]" in line
    assert "patern" in line


def test_approve_without_a_workspace_is_wrong_usage(home: Path) -> None:
    outcome = run_cli(home, "serve", "--approve")
    assert outcome.returncode == 2
    assert "--workspace" in outcome.stderr.decode()


def test_a_window_opens_with_it_when_it_is_sound(verb: Verb, opened: Opened, team: Path) -> None:
    assert verb("--workspace", str(team)).code == 0
    ((options, _),) = opened
    assert options == EngineOptions(workspace=team, role="window")
    team.write_text("format = 1\n[[connections]]", encoding="utf-8")
    outcome = verb("--workspace", str(team))
    assert (outcome.code, outcome.error.count("\n"), len(opened)) == (1, 1, 1)


def test_a_window_beside_a_running_engine_takes_none(home: Path, verb: Verb, opened: Opened, team: Path) -> None:
    with Server(home):
        outcome = verb("--workspace", str(team))
    assert outcome.code == 1
    assert "Import the file" in outcome.error
    assert opened == []


def test_a_look_takes_none(verb: Verb, opened: Opened, team: Path, tmp_path: Path) -> None:
    assert verb(str(tmp_path / "a.eventmon"), "--read-only", "--workspace", str(team)).code == 2
    assert opened == []


def attach_many(server: Server, prefix: str) -> None:
    with server.client() as client:
        for number in range(EACH):
            definition = ObserverDefinition(name=f"{prefix}-{number}", kind="counter", pattern=f"{prefix}/#")
            ask(client, requests.AttachObserver(definition=definition))
            ask(client, requests.CreateTopic(topic=f"{prefix}/{number}"))


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_two_processes_that_write_one_workspace_lose_nothing_and_never_leave_half_a_file(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "shop.toml"
    path.write_text("# our shop\nformat = 1\n", encoding="utf-8")
    with (
        Server(home / "one", "--workspace", str(path)) as one,
        Server(home / "two", "--workspace", str(path)) as two,
        ThreadPoolExecutor(2) as pool,
    ):
        works = [pool.submit(attach_many, one, "orders"), pool.submit(attach_many, two, "payments")]
        reads = 0
        while not all(work.done() for work in works):
            assert read(path)["format"] == 1
            reads += 1
        for work in works:
            work.result()
    assert reads > EACH
    found = read(path)
    names = {f"{prefix}-{number}" for prefix in ("orders", "payments") for number in range(EACH)}
    assert set(found["observers"]) == names
    assert set(found["topics"]["known"]) == {name.replace("-", "/") for name in names}
    assert path.read_text(encoding="utf-8").startswith("# our shop\n")
    assert [each.name for each in tmp_path.iterdir() if "shop" in each.name] == ["shop.toml"]


def test_where_two_change_the_same_the_last_one_wins_and_says_so(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('format = 1\n[observers.paid]\nkind = "counter"\npattern = "orders/#"\n', encoding="utf-8")
    with (
        Server(home / "one", "--workspace", str(path)) as one,
        Server(home / "two", "--workspace", str(path)) as two,
    ):
        for server, pattern in ((one, "orders/eu/#"), (two, "orders/us/#")):
            with server.client() as client:
                definition = ObserverDefinition(name="paid", kind="counter", pattern=pattern)
                ask(client, requests.EditObserver(name="paid", definition=definition))
                frame = ask(client, requests.TakeFrame(viewer="test"))
            said = [problem.text for problem in frame.problems if problem.where == "workspace"]
            if server is one:
                assert said == []
            else:
                (sentence,) = said
                assert "another program changed [observers.paid] as well" in sentence
    assert read(path)["observers"]["paid"]["pattern"] == "orders/us/#"


def test_the_profile_s_own_workspace_is_left_alone(home: Path, tmp_path: Path) -> None:
    with Server(home, "--workspace", str(tmp_path / "shop.toml")) as server:
        assert server.cli("observer", "add", "paid", "--kind", "counter", "--pattern", "orders/#").returncode == 0
    with Server(home) as server:
        assert json.loads(server.cli("observer", "list", "--json").stdout) == []
        with server.client() as client, pytest.raises(UserError, match="no observer"):
            ask(client, requests.ReadObserver(name="paid"))
