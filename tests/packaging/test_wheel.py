"""The wheel, installed into empty environments: the library and the command line without Qt, the window with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import eventmon
from tools.bundle.build import ROOT

pytestmark = pytest.mark.bundle

INSTALL_SECONDS = 600


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    return subprocess.run(
        [str(word) for word in command],
        env={**inherited, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=False
    )
    assert built.returncode == 0
    (found,) = folder.glob("*.whl")
    return found


def environment_with(wheel: Path, extra: str, folder: Path) -> Path:
    """The folder of the programs of a new environment that holds the wheel and what it needs."""
    assert run(sys.executable, "-m", "venv", folder).returncode == 0
    installed = run(folder / "bin" / "python", "-m", "pip", "install", "-q", "--no-input", f"{wheel}{extra}")
    assert installed.returncode == 0, installed.stderr
    return folder / "bin"


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment_with(wheel, "", tmp_path_factory.mktemp("bare"))


@pytest.fixture
def served(bare: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An engine of the bare installation; the environment in which it is reached."""
    home = {"EVENTMON_HOME": str(tmp_path)}
    command = [str(bare / "eventmon"), "serve"]
    with subprocess.Popen(command, env={**os.environ, **home}, cwd="/", stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        assert json.loads(engine.stdout.readline())["ready"]
        yield home
        engine.terminate()
        assert engine.wait(30) == 0


def test_the_wheel_brings_what_the_program_reads_and_nothing_of_the_build(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "eventmon/resources/icons/radar.svg" in names
    assert "eventmon/resources/licences/qt/LGPL-3.0.txt" in names
    assert not [name for name in names if "packaging" in name or name.startswith("tests")]


def test_without_the_extra_there_is_no_qt_and_the_library_works(bare: Path) -> None:
    script = "import eventmon; b = eventmon.Bus(); b.subscribe('orders/#', print); print(b.publish('orders/new', {}))"
    assert run(bare / "python", "-c", script).stdout.splitlines()[-1] == "1"
    assert "No module named" in run(bare / "python", "-c", "import PySide6").stderr


def test_without_the_extra_the_command_line_works(bare: Path, served: dict[str, str]) -> None:
    assert run(bare / "eventmon", "publish", "orders/created", '{"total": 129.99}', **served).returncode == 0
    stats = json.loads(run(bare / "eventmon", "stats", "--json", **served).stdout)
    assert stats["stored"] == 1


def test_a_missing_extra_is_one_plain_sentence(bare: Path, tmp_path: Path) -> None:
    ended = run(bare / "eventmon", EVENTMON_HOME=str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "eventmon[gui]" in ended.stderr


def test_with_the_extra_the_window_opens(wheel: Path, tmp_path: Path) -> None:
    programs = environment_with(wheel, "[gui]", tmp_path / "environment")
    script = (
        "import os\n"
        "from eventmon.gui.main_window import MainWindow\n"
        "make = MainWindow.__init__\n"
        "def make_and_end(self, *a, **o):\n"
        "    make(self, *a, **o)\n"
        "    self.firstPainted.connect(lambda: os._exit(7))\n"
        "MainWindow.__init__ = make_and_end\n"
        "import sys; sys.argv = ['eventmon']\n"
        "from eventmon.__main__ import main\n"
        "main()\n"
    )
    home = {"EVENTMON_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    assert run(programs / "python", "-c", script, **home).returncode == 7
    assert eventmon.__version__ in run(programs / "eventmon", "--version").stdout
