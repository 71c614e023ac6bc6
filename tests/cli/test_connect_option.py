"""`--connect`, wherever it is: its help shows what can be connected to, and a password in it is warned of once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eventmon.engine.forms import connector_forms
from tests.cli.conftest import Verb
from tests.helpers.server import REPOSITORY, Server, cli_environment

VERBS_WITH_IT = ("window", "serve", "publish", "tail", "record")


@pytest.mark.parametrize("name", VERBS_WITH_IT)
def test_its_help_shows_an_address_of_every_connector(verb: Verb, name: str) -> None:
    shown = "".join(verb(name, "--help").out.decode().split())
    for form in connector_forms():
        useful = form.publishes or name != "publish"
        assert (f"{form.scheme}://" in shown) == useful
        assert not useful or form.example in shown
    assert "${NAME}" in shown
    assert "keyring:NAME" in shown


@pytest.mark.parametrize("name", VERBS_WITH_IT)
def test_no_connector_is_loaded_before_one_is_named(home: Path, name: str) -> None:
    code = (
        "import sys; from eventmon.cli.main import run; from eventmon.cli.verbs import VERBS; import importlib;"
        f"importlib.import_module(VERBS['{name}'].module);"
        "sys.exit(' '.join(name for name in sys.modules if name.startswith('eventmon.connectors')) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=cli_environment(home),
        cwd=REPOSITORY,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_password_is_warned_of_once_and_never_repeated(home: Path) -> None:
    shop = "redis://:geheim-und-lang@127.0.0.1:1?channels=*"
    with Server(home, "--connect", f"a={shop}", "--connect", f"b={shop}", "--connect", "c=demo://?rate=1") as server:
        server.process.terminate()
        assert server.process.stderr is not None
        said = server.process.stderr.read().decode()
    assert said.count("can be seen by other users") == 1
    assert said.count("\n") == 1
    assert "geheim" not in said


@pytest.mark.parametrize("url", ["redis://:${SHOP_PASSWORD}@127.0.0.1", "redis://shop:keyring:prod@127.0.0.1"])
def test_a_reference_to_a_password_is_no_password(verb: Verb, url: str) -> None:
    assert "can be seen" not in verb("tail", "--connect", f"prod={url}").error


@pytest.mark.parametrize("text", ["prod", "=demo://", "prod=", "a:b=demo://", "redis://:geheim@shop?from=new"])
def test_what_is_no_name_and_url_is_refused_without_repeating_it(verb: Verb, text: str) -> None:
    outcome = verb("tail", "--connect", text)
    assert (outcome.code, outcome.error.count("\n")) == (2, 1)
    assert "NAME=URL" in outcome.error
    assert "geheim" not in outcome.error


@pytest.mark.parametrize("name", ["$SYS", "a/b", "a+b", "#"])
def test_a_name_has_to_be_one_plain_level(verb: Verb, name: str) -> None:
    outcome = verb("tail", "--connect", f"{name}=demo://")
    assert (outcome.code, outcome.error.count("\n")) == (2, 1)
