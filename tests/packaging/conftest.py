"""The packaged program, as ``make bundle`` left it, and a user who may write nowhere but in a home of his own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.helpers.screen import VirtualScreen
from tools.bundle.build import ROOT

WORK = ROOT / "build" / "bundle"
NOBODY = 65534
PATIENCE_SECONDS = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a bundle its tests are skipped, and say so."""
    if (WORK / "folder" / "eventmon").is_dir():
        return
    for item in items:
        if item.get_closest_marker("bundle"):
            item.add_marker(pytest.mark.skip(reason="THERE IS NO BUNDLE: run `make bundle` first"))


@dataclass(frozen=True)
class Installed:
    """A program and the little that it is run with: no variable of ours, no Python, no way to write beside itself."""

    program: Path
    home: Path
    display: str
    before: tuple[str, ...] = ()

    def without_network(self) -> Installed:
        """The same where no network is, not even the loopback device; needs root."""
        return replace(self, before=("unshare", "--net")) if os.getuid() == 0 else self

    def environment(self, **more: str) -> dict[str, str]:
        return {"DISPLAY": self.display, "HOME": str(self.home), "EVENTMON_HOME": str(self.home / "eventmon"), **more}

    def ask(self, *arguments: str, timeout: float = PATIENCE_SECONDS) -> str:
        """The output of a verb."""
        return subprocess.run(
            self._command(*arguments),
            env=self.environment(),
            cwd=self.home,
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        ).stdout

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """A running window; its complaints are in ``stderr``."""
        return subprocess.Popen(
            self._command(*arguments),
            env=self.environment(**more),
            cwd=self.home,
            stderr=subprocess.PIPE,
            text=True,
        )

    def stored(self, at_least: int) -> dict[str, int]:
        """The counters, once so many events are stored."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                stats: dict[str, int] = json.loads(self.ask("stats", "--json"))
            except subprocess.CalledProcessError:
                stats = {"stored": -1}
            if stats["stored"] >= at_least:
                return stats
            time.sleep(0.1)
        raise AssertionError(f"only {stats['stored']} events were stored")

    def _command(self, *arguments: str) -> list[str]:
        return [*self.before, *_as_nobody(), str(self.program), *arguments]


def _as_nobody() -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.getuid() == 0 else []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the bundle that nobody may write to."""
    place = Path(os.path.realpath("/var/tmp")) / f"eventmon-bundle-{os.getpid()}"
    shutil.copytree(WORK / "folder" / "eventmon", place, symlinks=True)
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(place)], check=True)
    return place


@pytest.fixture(scope="session", autouse=True)
def no_copy_is_left() -> Iterator[None]:
    yield
    place = Path(os.path.realpath("/var/tmp")) / f"eventmon-bundle-{os.getpid()}"
    if place.exists():
        subprocess.run(["chmod", "-R", "u+w", str(place)], check=True)
        shutil.rmtree(place)


@pytest.fixture
def installed(folder: Path, screen: VirtualScreen) -> Iterator[Installed]:
    """The bundle with an empty home and a screen."""
    home = Path(f"/var/tmp/eventmon-home-{os.getpid()}")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    yield Installed(folder / "eventmon", home, screen.display)
    shutil.rmtree(home)


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    if shutil.which("Xvfb") is None:
        pytest.skip("XVFB IS NOT ON THIS MACHINE: the bundle's window is not tried")
    with VirtualScreen() as virtual:
        yield virtual
