"""`--hub` and `eventmon hub import`, with real processes of a team on a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Verb
from tests.cli.test_window import Opened, opened
from tests.helpers.free_port import free_port
from tests.helpers.server import PATIENCE_SECONDS, Server
from tests.helpers.valkey import ValkeyServer

__all__ = ["opened"]

LOOK_SECONDS = 0.02
TEAM = """format = 1
[connections.prod]
url = "redis://nowhere.example"
[observers.paid]
kind = "counter"
pattern = "orders/+/paid"
settings = {sum = "total"}
[observers.sold]
kind = "counter"
pattern = "orders/#"
[topics]
known = ["refunds/eu"]
not_recorded = ["metrics/#"]
"""


@pytest.fixture
def url(valkey: ValkeyServer) -> str:
    return f"redis://{valkey.address}"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    path = tmp_path / "team.toml"
    path.write_text(TEAM, encoding="utf-8")
    return path


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(LOOK_SECONDS)


def states(server: Server) -> dict[str, str]:
    listed: list[dict[str, Any]] = json.loads(server.cli("observer", "list", "--json").stdout)
    return {each["name"]: each["state"] for each in listed}


def counts(server: Server) -> int:
    observers: int = server.stats()["observers"]
    return observers


def test_counts_of_all_agree_while_instances_come_and_go_by_kill(tmp_path: Path, url: str) -> None:
    with Server(tmp_path / "maria", "--hub", url) as maria:
        omar = Server(tmp_path / "omar", "--hub", url)
        for one, name in ((maria, "paid"), (omar, "sold"), (omar, "refunds")):
            added = one.cli("observer", "add", name, "--kind", "counter", "--pattern", "orders/#")
            assert (added.returncode, added.stderr) == (0, b"")
        until(lambda: counts(maria) == counts(omar) == 3)
        omar.kill()
        until(lambda: counts(maria) == 1)
        head, *rows = maria.cli("observer", "list").stdout.decode().splitlines()
        assert head.split()[:5] == ["name", "kind", "pattern", "state", "instance"]
        assert "this one" in next(row for row in rows if row.startswith("paid"))
        assert states(maria) == {"paid": "active", "sold": "stopped", "refunds": "stopped"}
        with Server(tmp_path / "omar", "--hub", url) as omar:
            until(lambda: counts(maria) == counts(omar) == 3)
            assert maria.cli("observer", "pause", "sold").returncode == 0
            until(lambda: states(omar)["sold"] == "paused")
            until(lambda: counts(maria) == counts(omar) == 2)
            assert maria.cli("observer", "remove", "refunds").returncode == 0
            until(lambda: states(omar).keys() == {"paid", "sold"})


def test_a_topic_counts_the_observers_of_all(tmp_path: Path, url: str) -> None:
    with Server(tmp_path / "maria", "--hub", url) as maria, Server(tmp_path / "omar", "--hub", url) as omar:
        assert maria.cli("publish", "orders/eu/paid", "1").returncode == 0
        assert omar.cli("observer", "add", "sold", "--kind", "counter", "--pattern", "orders/#").returncode == 0
        until(lambda: counts(maria) == 1)
        (topic,) = json.loads(maria.cli("topic", "list", "--json").stdout)
        assert (topic["topic"], topic["observers"]) == ("orders/eu/paid", 1)


def test_a_file_is_imported_and_run_by_the_profile(tmp_path: Path, url: str, team: Path) -> None:
    with Server(tmp_path / "maria", "--hub", url) as maria:
        done = maria.cli("hub", "import", str(team), "--hub", url)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode() == f"imported 2 observers and 2 topics into {url}\n"
        until(lambda: states(maria) == {"paid": "active", "sold": "active"})
        again = maria.cli("hub", "import", str(team), "--hub", url)
        assert again.returncode == 1
        assert "has an observer “paid” already" in again.stderr.decode()
        assert again.stdout.decode() == f"imported 0 observers and 0 topics into {url}\n"


def test_an_import_needs_a_file_and_a_hub(verb: Verb, team: Path, tmp_path: Path) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}"
    assert "is on no hub. Name one with --hub" in verb("hub", "import", str(team)).error
    assert "There is no file" in verb("hub", "import", str(tmp_path / "none.toml"), "--hub", nowhere).error
    outcome = verb("hub", "import", str(team), "--hub", nowhere)
    assert (outcome.code, "refused the connection" in outcome.error) == (1, True)


@pytest.mark.parametrize(
    ("hub", "said"),
    [
        ("pipe:-", "A hub lives on a Redis or Valkey server"),
        ("redis://localhost?streams=audit", "names a server alone"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_address_that_is_none_of_a_hub_is_wrong_usage(verb: Verb, hub: str, said: str) -> None:
    outcome = verb("serve", "--hub", hub)
    assert (outcome.code, said in outcome.error) == (2, True), outcome.error


def test_a_window_is_opened_on_a_hub(verb: Verb, opened: Opened) -> None:
    assert verb("--hub", "redis://:geheim@localhost").error.count("password in --hub can be seen") == 1
    ((options, _),) = opened
    assert options.hub == "redis://:geheim@localhost"


def test_a_second_start_does_not_move_a_running_engine_to_a_hub(verb: Verb, server: Server, opened: Opened) -> None:
    outcome = verb("--hub", "redis://localhost")
    assert (outcome.code, "is running already" in outcome.error, opened) == (1, True, [])


def test_a_hub_that_is_not_there_does_not_keep_an_engine_from_starting(tmp_path: Path) -> None:
    with Server(tmp_path / "maria", "--hub", f"redis://127.0.0.1:{free_port()}") as maria:
        assert maria.cli("observer", "add", "paid", "--kind", "counter", "--pattern", "orders/#").returncode == 0
        assert maria.cli("publish", "orders/eu/paid", "1").returncode == 0
        assert states(maria) == {"paid": "active"}
