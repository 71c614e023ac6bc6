"""What the command line's tests get: a home of their own, a running server, verbs run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from eventmon.__main__ import load_window
from eventmon.cli.main import run
from tests.helpers.server import Server


class Outcome(NamedTuple):
    """What a verb left behind."""

    code: int
    out: bytes
    error: str


Verb = Callable[..., Outcome]


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
        code = run(arguments, load_window=load_window)
        out, error = capfdbinary.readouterr()
        return Outcome(code, out, error.decode())

    return run_here
