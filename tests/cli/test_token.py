"""`eventmon token`: the same tokens every time until they are renewed, and the link of a server that runs."""

from __future__ import annotations

import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from eventmon.engine.paths import Paths
from tests.cli.conftest import Verb
from tests.helpers.server import Server, run_cli


def printed(out: bytes) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(" ") for line in out.decode().splitlines())}


def test_tokens_are_made_once_and_printed(verb: Verb, home: Path) -> None:
    first, second = verb("token"), verb("token")
    assert first.code == 0
    assert first.out == second.out
    assert list(printed(first.out)) == ["view", "ingest"]
    assert "--listen" in first.error
    assert stat.S_IMODE(Paths.for_profile().tokens_file.stat().st_mode) == 0o600


def test_one_scope_is_printed_alone_for_scripts(verb: Verb) -> None:
    both = {name: value.strip() for name, value in printed(verb("token").out).items()}
    for scope in ("view", "ingest"):
        outcome = verb("token", "--scope", scope)
        assert (outcome.out.decode(), outcome.error) == (both[scope] + "\n", "")


def test_renewing_makes_new_ones_and_mends_a_garbled_file(verb: Verb) -> None:
    before = verb("token").out
    assert verb("token", "--renew").out != before
    Paths.for_profile().tokens_file.write_text("{")
    outcome = verb("token")
    assert outcome.code == 1
    assert "--renew" in outcome.error
    assert verb("token", "--renew").code == 0
    assert verb("token").code == 0


def test_the_link_of_a_running_server_opens_it_until_it_is_renewed(home: Path) -> None:
    with Server(home, "--listen", "0") as server:
        lines = printed(server.cli("token").stdout)
        link = lines["link"].strip()
        assert link == f"{server.ready['http']}/#token={lines['view'].strip()}"
        assert status(server, lines["view"].strip()) == 200
        server.cli("token", "--renew")
        assert status(server, lines["view"].strip()) == 401
        assert status(server, server.cli("token", "--scope", "view").stdout.decode().strip()) == 200


def status(server: Server, token: str) -> int:
    request = urllib.request.Request(
        server.ready["http"] + "/api/v1/stats", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_serve_says_where_it_listens_and_without_listen_that_it_does_not(home: Path) -> None:
    with Server(home, "--listen", "127.0.0.1:0") as server:
        assert server.ready["http"].startswith("http://127.0.0.1:")
    with Server(home) as server:
        assert server.ready["http"] is None


def test_tls_is_said_with_the_fingerprint_to_compare(home: Path) -> None:
    with Server(home, "--listen", "0", "--tls-self-made") as server:
        assert server.ready["http"].startswith("https://127.0.0.1:")
        assert printed(server.cli("token").stdout)["sha256"].strip().count(":") == 31


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--listen", "0.0.0.0:0"), 1, "--allow-remote"),
        (("--listen", "0.0.0.0:0", "--allow-remote"), 1, "needs TLS"),
        (("--listen", "192.0.2.1:0", "--allow-remote", "--tls-self-made"), 1, "cannot be used"),
        (("--listen", "nonsense"), 2, "[HOST:]PORT"),
        (("--listen", "70000"), 2, "[HOST:]PORT"),
        (("--listen", ":8765"), 2, "host before the colon"),
        (("--allow-remote",), 2, "belong to --listen"),
        (("--tls-self-made",), 2, "belong to --listen"),
        (("--listen", "0", "--tls-cert", "/nowhere.pem"), 2, "/nowhere.pem"),
    ],
)
def test_what_cannot_be_listened_on_is_one_sentence(
    verb: Verb, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    outcome = verb("serve", *arguments)
    assert (outcome.code, outcome.out) == (code, b"")
    assert sentence in outcome.error
    assert "Traceback" not in outcome.error


def test_a_taken_port_ends_serve_with_a_sentence_and_leaves_nothing_behind(home: Path) -> None:
    with Server(home, "--listen", "0") as server:
        port = server.ready["http"].rpartition(":")[2]
        outcome = run_cli(home / "other", "serve", "--listen", port)
        assert outcome.returncode == 1
        assert b"in use already" in outcome.stderr
        assert not list((home / "other").rglob("*.sock"))
