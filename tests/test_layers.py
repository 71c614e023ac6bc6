"""The three nets that keep the layers apart, each shown to catch a break made on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

IMPORT_ALL_WITHOUT_QT = """
import importlib, pkgutil, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync", "pyqtgraph"}:
            raise ImportError(f"{name} is blocked: Qt lives under eventmon/gui alone")

sys.meta_path.insert(0, NoQt())
import eventmon
count = 0
for module in pkgutil.walk_packages(eventmon.__path__, "eventmon.", onerror=lambda name: None):
    if module.name.startswith("eventmon.gui") or module.name == "eventmon.__main__":
        continue
    importlib.import_module(module.name)
    count += 1
assert count > 20, count
"""


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def ruff(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "eventmon")


def import_linter(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


def import_without_qt(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "-W", "error", "-c", IMPORT_ALL_WITHOUT_QT)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the package that may be broken."""
    shutil.copytree(ROOT / "eventmon", tmp_path / "eventmon", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_everything_outside_the_window_imports_without_qt() -> None:
    result = import_without_qt(ROOT)
    assert result.returncode == 0, result.stderr


def test_the_layers_hold() -> None:
    result = import_linter(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/event.py", "import PySide6"),
        ("engine/frame.py", "from PySide6.QtCore import QObject"),
        ("store/base.py", "import sqlite3"),
        ("cli/__init__.py", "import qasync"),
    ],
)
def test_a_banned_direct_import_is_caught(checkout: Path, module: str, line: str) -> None:
    append(checkout / "eventmon" / module, line)
    result = ruff(checkout)
    assert result.returncode == 1
    assert "TID251" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/event.py", "from eventmon.engine import frame", "Imports point down"),
        ("cli/__init__.py", "def lazy():\n    from eventmon.gui import bridge", "Imports point down"),
        ("engine/frame.py", "def lazy():\n    import PySide6.QtCore", "Qt lives in the window alone"),
        ("core/topic.py", "def lazy():\n    import socket", "The core knows no I/O"),
        ("gui/bridge.py", "from eventmon.store import sqlite", "Front ends reach storage"),
        ("connectors/pipe.py", "from eventmon.connectors import demo", "Connectors know nothing of each other"),
        ("extra/__init__.py", "", "Imports point down"),
    ],
)
def test_a_break_of_each_contract_is_caught(checkout: Path, module: str, line: str, contract: str) -> None:
    append(checkout / "eventmon" / module, line)
    result = import_linter(checkout)
    assert result.returncode == 1
    assert contract in result.stdout.partition("Broken")[2] or "extra" in result.stdout


def test_a_lazy_qt_import_at_load_time_is_caught(checkout: Path) -> None:
    append(checkout / "eventmon/engine/frame.py", "__import__('PySide6.QtCore')")
    result = import_without_qt(checkout)
    assert result.returncode == 1
    assert "Qt lives under eventmon/gui alone" in result.stderr


def append(path: Path, line: str) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
