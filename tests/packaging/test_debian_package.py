"""The Debian package, installed with its dependencies into a bare system of its own, and used there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.valkey import ValkeyServer
from tests.packaging.conftest import PATIENCE_SECONDS, WORK

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(1_800)]

SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
SCREEN = ":93"


def package() -> Path:
    found = sorted(WORK.glob("eventmon_*.deb"))
    if not found:
        pytest.skip("THERE IS NO PACKAGE: run `make bundle` where dpkg-deb is")
    return found[-1]


class BareSystem:
    """A Debian of its own in a folder, with nothing but its base and our package."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._inside(*command, **environment), capture_output=True, text=True, timeout=1_200, check=False
        )

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._inside(*command, **environment), stderr=subprocess.DEVNULL)

    def _inside(self, *command: str, **environment: str) -> list[str]:
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", **environment}
        variables = [f"{name}={value}" for name, value in settings.items()]
        return ["chroot", str(self.root), "/usr/bin/env", "-i", *variables, *command]


@pytest.fixture(scope="session")
def system() -> Iterator[BareSystem]:
    if os.getuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("NO BARE SYSTEM CAN BE MADE HERE: that takes root and debootstrap")
    root = Path(f"/var/tmp/eventmon-root-{os.getpid()}")
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", SUITE, str(root), MIRROR], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(root, ignore_errors=True)
        pytest.skip(f"NO BARE SYSTEM CAN BE MADE HERE: {made.stdout.splitlines()[-1:]}")
    shutil.copy(package(), root / "eventmon.deb")
    shutil.copytree("/etc/apt/apt.conf.d", root / "etc/apt/apt.conf.d", dirs_exist_ok=True)
    system = BareSystem(root)
    try:
        installed = system.run(
            *("apt-get", "install", "-y", "-q", "--no-install-recommends", "/eventmon.deb", "xvfb", "shared-mime-info"),
            DEBIAN_FRONTEND="noninteractive",
        )
        assert installed.returncode == 0, installed.stderr
        yield system
    finally:
        shutil.rmtree(root)


def test_there_is_no_python_and_the_program_answers(system: BareSystem) -> None:
    assert system.run("sh", "-c", "command -v python3").returncode != 0
    assert system.run("eventmon", "--version").stdout.startswith("eventmon ")


def test_the_desktop_knows_the_program_and_its_files(system: BareSystem) -> None:
    assert "application/x-eventmon" in (system.root / "usr/share/applications/eventmon.desktop").read_text()
    assert "application/x-eventmon" in (system.root / "usr/share/mime/globs2").read_text()
    assert (system.root / "usr/share/icons/hicolor/48x48/apps/eventmon.png").stat().st_size > 200


def test_it_shows_what_a_valkey_sends(system: BareSystem) -> None:
    with ValkeyServer() as server, server.client() as client:
        screen = system.start("Xvfb", SCREEN, "-screen", "0", "1280x800x24", "-nolisten", "tcp")
        window = system.start(
            *("eventmon", "--connect", f"shop=redis://127.0.0.1:{server.port}?streams=orders&from=start"),
            DISPLAY=SCREEN,
        )
        try:
            for number in range(200):
                client.xadd("orders", {"data": json.dumps({"order": 48_000 + number, "total": 129.99})})
            assert stored(system, at_least=200) == 200
        finally:
            for process in (window, screen):
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def stored(system: BareSystem, *, at_least: int) -> int:
    end, found = time.monotonic() + PATIENCE_SECONDS, 0
    while found < at_least and time.monotonic() < end:
        answer = system.run("eventmon", "stats", "--json")
        found = json.loads(answer.stdout)["stored"] if answer.returncode == 0 else 0
        time.sleep(0.1)
    return found


def test_it_is_removed_without_a_trace(system: BareSystem) -> None:
    assert system.run("apt-get", "remove", "-y", "-q", "eventmon").returncode == 0
    assert not (system.root / "usr/lib/eventmon").exists()
    assert not (system.root / "usr/bin/eventmon").exists()
