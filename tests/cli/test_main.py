"""The outer shell: verbs are found and loaded one at a time; every error is one line and a code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import eventmon
from eventmon.cli import stats as stats_verb
from eventmon.cli.verbs import VERBS
from tests.cli.conftest import Verb
from tests.helpers.server import CLI, REPOSITORY, cli_environment, run_cli


def test_the_version_is_printed(verb: Verb) -> None:
    assert verb("--version").out.decode() == f"eventmon {eventmon.__version__}\n"


@pytest.mark.parametrize("start", [CLI, (sys.executable, "-m", "eventmon")])
def test_it_starts_from_the_checkout_and_as_a_module(home: Path, start: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*start, "--version"], capture_output=True, env=cli_environment(home), cwd=REPOSITORY, timeout=60, check=True
    )
    assert done.stdout.decode() == f"eventmon {eventmon.__version__}\n"


def test_the_help_names_every_verb_and_imports_none(home: Path) -> None:
    code = (
        "import sys; from eventmon.cli.main import run; run(['--help'], load_window=dict);"
        "sys.exit(sum(name.startswith('eventmon.engine') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=cli_environment(home),
        cwd=REPOSITORY,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    for name in VERBS:
        assert f"  {name} " in done.stdout.decode()


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help(verb: Verb, name: str) -> None:
    outcome = verb(name, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(b"Usage: eventmon " + name.encode())


def test_stats_loads_neither_the_server_nor_the_store_nor_qt(home: Path) -> None:
    code = (
        "import sys; from eventmon.cli.main import run; assert run(['stats'], load_window=dict) == 3;"
        "sys.exit(' '.join({'aiohttp', 'apsw', 'PySide6', 'sqlite3'} & set(sys.modules)) or 0)"
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


def test_a_mistyped_verb_makes_no_session(verb: Verb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = verb("stat")
    assert outcome.code == 2
    assert "`stats`" in outcome.error
    assert verb("orders").code == 2
    assert list(tmp_path.glob("stat*")) == []


def test_an_unexpected_error_is_one_line_and_the_traceback_is_for_those_who_ask(
    verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("rate")

    monkeypatch.setattr(stats_verb, "ControlClient", broken)
    plain = verb("stats")
    assert (plain.code, plain.error.count("\n")) == (1, 1)
    assert "--verbose" in plain.error
    assert "Traceback" in verb("stats", "--verbose").error


def test_a_profile_that_is_no_folder_name_is_refused(verb: Verb) -> None:
    assert verb("stats", "--profile", "../other").code == 1


def test_errors_never_carry_control_characters(verb: Verb) -> None:
    outcome = verb("query", "\x1b[31mred\x1b[0m.eventmon")
    assert outcome.error.rstrip("\n").isprintable()


def test_output_to_a_full_disk_is_an_error(home: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*CLI, "--help"], stdout=full, stderr=subprocess.PIPE, env=cli_environment(home), timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1


def test_a_terminal_that_cannot_show_a_character_gets_an_escape(home: Path) -> None:
    done = run_cli(home, "stat", PYTHONIOENCODING="iso-8859-1")
    assert done.returncode == 2
    assert b"\\u201cstat\\u201d" in done.stderr
