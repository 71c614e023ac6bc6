"""What the command line's tests get: a home of their own, a running server, verbs run in this process."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from eventmon.__main__ import load_listener, load_window
from eventmon.cli.main import run
from tests.helpers.server import CLI, PATIENCE_SECONDS, Server, cli_environment
from tests.helpers.valkey import ValkeyServer


class Outcome(NamedTuple):
    """What a verb left behind."""

    code: int
    out: bytes
    error: str


Verb = Callable[..., Outcome]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="session", autouse=True)
def heeds_ctrl_c() -> None:
    """A shell that runs the tests in the background lets them, and all that they start, ignore Ctrl+C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything lies, of verbs in this process too."""
    folder = tmp_path / "home"
    (folder / "xdg").mkdir(parents=True)
    monkeypatch.setenv("EVENTMON_HOME", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "xdg"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A running `eventmon serve`."""
    with Server(home) as running:
        yield running


@pytest.fixture
def verb(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Verb:
    """Run a verb in this process, which is much faster than a new one."""

    def run_here(*arguments: str) -> Outcome:
        capfdbinary.readouterr()
        code = run(arguments, load_window=load_window, load_listener=load_listener)
        out, error = capfdbinary.readouterr()
        return Outcome(code, out, error.decode())

    return run_here


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A running broker that keeps its streams over a restart."""
    with ValkeyServer(appendonly="always") as running:
        yield running


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start the program in a process of its own; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start_here(*arguments: str, **streams: int) -> subprocess.Popen[bytes]:
        given = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")} | streams
        process = subprocess.Popen(
            [*CLI, *arguments],
            stdin=given["stdin"],
            stdout=given["stdout"],
            stderr=given["stderr"],
            env=cli_environment(home),
        )
        started.append(process)
        return process

    yield start_here
    for process in started:
        process.kill()
        process.communicate(timeout=PATIENCE_SECONDS)
