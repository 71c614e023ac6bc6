"""`eventmon`, the default verb: what it decides before Qt is loaded."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from eventmon.__main__ import load_listener, load_window
from eventmon.cli import window
from eventmon.cli.display import require_display
from eventmon.cli.front_ends import FrontEnds
from eventmon.core.errors import UserError
from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ListConnections, TakeFrame
from eventmon.engine.serving import ServerAddress
from tests.cli.conftest import Verb
from tests.helpers.server import Server, run_cli

Opened = list[tuple[EngineOptions, dict[str, Any]]]


@pytest.fixture
def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What the window's entry point was called with, in place of a real window."""
    calls: Opened = []

    def run(options: EngineOptions, **more: Any) -> int:
        assert options.load_listener is load_listener
        calls.append((replace(options, load_listener=None), more))
        return 0

    application = ModuleType("eventmon.gui.application")
    application.run = run  # type: ignore[attr-defined]  # the module is made up here
    monkeypatch.setitem(sys.modules, "eventmon.gui.application", application)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return calls


def test_the_window_is_what_opens_without_a_verb(verb: Verb, opened: Opened) -> None:
    assert verb().code == 0
    ((options, more),) = opened
    assert options == EngineOptions(role="window")
    assert more == {}


def test_a_session_is_opened_in_a_window_of_its_own(verb: Verb, opened: Opened, tmp_path: Path) -> None:
    session = tmp_path / "friday.eventmon"
    verb(str(session), "--profile", "staging", "--connect", "shop=demo://")
    ((options, _),) = opened
    assert options == EngineOptions(
        session=session, profile="staging", connections=(("shop", "demo://"),), role="window"
    )


def test_a_session_can_be_opened_to_look_only(verb: Verb, opened: Opened, tmp_path: Path) -> None:
    session = tmp_path / "friday.eventmon"
    verb(str(session), "--read-only")
    ((options, _),) = opened
    assert options == EngineOptions(session=session, serve_control=False, role="window", look=True)


@pytest.mark.parametrize("more", [[], ["-"], ["friday.eventmon", "--connect", "shop=demo://"]])
def test_looking_only_needs_a_session_and_takes_no_events(verb: Verb, opened: Opened, more: list[str]) -> None:
    assert verb(*more, "--read-only").code == 2
    assert opened == []


def test_a_dash_reads_standard_input(verb: Verb, opened: Opened) -> None:
    verb("-")
    ((options, _),) = opened
    assert options.connections == (("stdin", "pipe:-"),)


def test_a_session_and_a_log_are_too_much(verb: Verb, opened: Opened, tmp_path: Path) -> None:
    assert verb(str(tmp_path / "a.eventmon"), "--log", str(tmp_path / "b.eventmon")).code == 2
    assert opened == []


def test_beside_serve_the_window_is_a_viewer(server: Server, verb: Verb, opened: Opened) -> None:
    assert verb("--connect", "shop=demo://?rate=1").code == 0
    ((options, more),) = opened
    assert options == EngineOptions(serve_control=False, role="window")
    assert more == {"viewer_socket": server.socket_path}
    assert [connection["name"] for connection in server.stats()["connections"]] == ["shop"]


def test_a_window_may_listen_from_the_start(verb: Verb, opened: Opened) -> None:
    assert verb("--listen", "8765", "--listen-name", "desk.example").code == 0
    ((options, _),) = opened
    assert options.listen == ServerAddress(host="127.0.0.1", port=8765, names=("desk.example",))


def test_listen_beside_a_running_engine_switches_its_server_on(server: Server, verb: Verb, opened: Opened) -> None:
    assert b"link" not in server.cli("token").stdout
    assert verb("--listen", "0").code == 0
    assert b"link    http://127.0.0.1:" in server.cli("token").stdout
    outcome = verb("--listen", "0")
    assert (outcome.code, "on already" in outcome.error) == (1, True)


def test_looking_only_serves_nobody(verb: Verb, opened: Opened, tmp_path: Path) -> None:
    assert verb(str(tmp_path / "a.eventmon"), "--read-only", "--listen", "8765").code == 2
    assert opened == []


def test_another_session_beside_a_running_engine_leaves_its_socket_alone(
    server: Server, verb: Verb, opened: Opened, tmp_path: Path
) -> None:
    verb(str(tmp_path / "friday.eventmon"))
    ((options, more),) = opened
    assert (options.session, options.serve_control) == (tmp_path / "friday.eventmon", False)
    assert "viewer_socket" not in more


def test_a_second_start_raises_the_first_window(verb: Verb, opened: Opened, home: Path) -> None:
    first = LocalEngine(EngineOptions(role="window"), Paths.for_profile())
    first.start().result(30)
    before = first.call(TakeFrame(viewer="first")).result(30).raised
    outcome = verb("--connect", "shop=demo://?rate=1")
    assert outcome.code == 0
    assert str(os.getpid()) in outcome.out.decode()
    assert opened == []
    assert first.call(TakeFrame(viewer="first")).result(30).raised == before + 1
    assert [connection.name for connection in first.call(ListConnections()).result(30)] == ["shop"]
    refused = verb("-")
    assert refused.code == 1
    assert "standard input" in refused.error
    serve = run_cli(home, "serve")
    assert serve.returncode == 1
    assert "running already" in serve.stderr.decode()
    first.close()


def test_without_a_display_it_says_what_to_do(verb: Verb, home: Path) -> None:
    outcome = verb()
    assert (outcome.code, outcome.out) == (1, b"")
    assert "xvfb-run" in outcome.error
    assert "eventmon serve" in outcome.error


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc", "offscreen:size=1280x800"])
def test_platforms_without_a_screen_need_no_display(platform: str) -> None:
    require_display({"QT_QPA_PLATFORM": platform})


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ":31999"},
        {"DISPLAY": "nonsense"},
        {"DISPLAY": "127.0.0.1:59999"},
        {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nonexistent"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"},
        {"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":0"},
    ],
)
def test_a_display_that_does_not_answer_is_none(environment: dict[str, str]) -> None:
    with pytest.raises(UserError, match="xvfb-run"):
        require_display(environment)


def test_a_display_that_answers_will_do(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        require_display({"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)})
    with socket.socket(socket.AF_UNIX) as x_server:
        x_server.bind("\0/tmp/.X11-unix/X31998")
        x_server.listen()
        require_display({"DISPLAY": ":31998.0"})
        require_display({"DISPLAY": "unix:31998", "QT_QPA_PLATFORM": "xcb"})


def missing(error: ImportError) -> Callable[..., Any]:
    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name == "eventmon.gui.application":
            raise error
        return real_import(name, *rest, **named)

    real_import = __import__
    return refuse


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ModuleNotFoundError("No module named 'PySide6'", name="PySide6"), "eventmon[gui]"),
        (ImportError("libEGL.so.1: cannot open shared object file", name="PySide6.QtGui"), "libEGL.so.1"),
    ],
)
def test_missing_libraries_are_said_in_a_sentence(
    verb: Verb, opened: Opened, monkeypatch: pytest.MonkeyPatch, error: ImportError, sentence: str
) -> None:
    monkeypatch.setattr("builtins.__import__", missing(error))
    outcome = verb()
    assert outcome.code == 1
    assert sentence in outcome.error
    assert outcome.error.count("\n") == 1


def test_a_fault_in_the_window_itself_is_no_missing_library(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.__import__", missing(ModuleNotFoundError("No module named 'x'", name="x")))
    with pytest.raises(ModuleNotFoundError):
        window.COMMAND.main([], standalone_mode=False, obj=FrontEnds(load_window))
