"""Time from the start of the process to the first paint of the window, as a ratio to an empty PySide6 window.

Run: ``python -m tests.benchmarks.first_paint``. Each start is a process of its own that ends at its first paint. The
floor is a window with one ``QTableView`` and nothing of ours. Measured offscreen and, where there is a screen, on X.
A program that ``make bundle`` left is measured against the source.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from eventmon.gui.application import END_AT_FIRST_PAINT
from tests.benchmarks.measure import compare
from tests.benchmarks.platforms import platforms
from tests.benchmarks.table import Row, main

FLOOR = "empty window (floor)"
OURS = "Eventmon"
PACKAGED = "Eventmon as packaged"
TARGET = 1.6
PACKAGED_TARGET = 1.0
ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "build" / "bundle" / "folder" / "eventmon" / "eventmon"
ROUNDS = 9

EMPTY = """
import os, sys
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

class Window(QMainWindow):
    def event(self, event):
        done = super().event(event)
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: os._exit(0))
        return done

application = QApplication(sys.argv)
application.setStyle("fusion")
window = Window()
window.setCentralWidget(QTableView())
window.resize(1280, 800)
window.show()
application.exec()
"""

EVENTMON = """
import sys
from eventmon.__main__ import main

sys.argv = ["eventmon"]
main()
"""


def start(script: str, environment: dict[str, str]) -> Callable[[], object]:
    """A start of a window, up to its first paint.

    No timeout: with one, the standard library looks for the end of a process every 50 ms only.
    """
    return run([sys.executable, "-c", script], environment)


def run(command: list[str], environment: dict[str, str]) -> Callable[[], object]:
    """A run of a program to its end."""
    return lambda: subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)


def rows(quick: bool = False) -> list[Row]:
    """Both windows, on each platform there is."""
    found = []
    rounds = 3 if quick else ROUNDS
    with tempfile.TemporaryDirectory() as home, platforms() as there:
        for platform, changes in there.items():
            environment = os.environ | environment_of_an_installed_program(home) | changes
            floor, ours = f"{FLOOR}, {platform}", f"{OURS}, {platform}"
            candidates = {floor: start(EMPTY, environment), ours: start(EVENTMON, environment)}
            found += compare(floor, candidates, events=1, rounds=rounds, at_most={ours: TARGET})
            if BUNDLE.exists():
                packaged = f"{PACKAGED}, {platform}"
                starts = {ours: candidates[ours], packaged: run([str(BUNDLE)], environment)}
                found += compare(ours, starts, events=1, rounds=rounds, at_most={packaged: PACKAGED_TARGET})
    return found


def environment_of_an_installed_program(home: str) -> dict[str, str]:
    """Compiled once, not at every start, and with a home of its own."""
    return {
        "EVENTMON_HOME": home,
        END_AT_FIRST_PAINT: "1",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": f"{home}/compiled",
        "PYTHONPATH": str(ROOT),
    }


if __name__ == "__main__":
    main("first paint", rows)
