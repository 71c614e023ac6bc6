"""What end-to-end tests get: a home of their own and a screen of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.screen import VirtualScreen


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything lies, of this process too."""
    folder = tmp_path / "home"
    (folder / "xdg").mkdir(parents=True)
    monkeypatch.setenv("EVENTMON_HOME", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "xdg"))
    return folder


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    """A virtual screen that nobody else uses."""
    with VirtualScreen() as running:
        yield running
