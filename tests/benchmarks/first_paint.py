"""Time from the start of the process to the first paint of the window, as a ratio to an empty PySide6 window.

Run: ``python -m tests.benchmarks.first_paint``. Each start is a process of its own that ends at its first paint. The
floor is a window with one ``QTableView`` and nothing of ours. Measured offscreen and, where Xvfb is, on X.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measure import Row, measure, show

FLOOR = "empty window (floor)"
OURS = "Eventmon"
TARGET = 1.6
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
import os
import sys
from eventmon.__main__ import main
from eventmon.gui.main_window import MainWindow

make = MainWindow.__init__

def make_and_end(self, *arguments, **options):
    make(self, *arguments, **options)
    self.firstPainted.connect(lambda: os._exit(0))

MainWindow.__init__ = make_and_end
sys.argv = ["eventmon"]
main()
"""


def start(script: str, environment: dict[str, str]) -> Callable[[], object]:
    """A start of a window, up to its first paint.

    No timeout: with one, the standard library looks for the end of a process every 50 ms only.
    """
    return lambda: subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, stderr=subprocess.DEVNULL
    )


@contextmanager
def display() -> Iterator[str | None]:
    """A virtual X display of our own, or None where Xvfb is not installed."""
    program = shutil.which("Xvfb")
    if program is None:
        yield None
        return
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def rows(rounds: int = ROUNDS) -> list[Row]:
    """Both windows, on each platform there is."""
    found = []
    with tempfile.TemporaryDirectory() as home, display() as x:
        platforms = {"offscreen": "", **({"xcb": x} if x else {})}
        for platform, screen in platforms.items():
            environment = os.environ | {
                "QT_QPA_PLATFORM": platform,
                "DISPLAY": screen,
                "EVENTMON_HOME": home,
                "PYTHONDONTWRITEBYTECODE": "",  # an installed program is compiled once, not at every start
                "PYTHONPYCACHEPREFIX": f"{home}/compiled",
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            }
            candidates = {FLOOR: start(EMPTY, environment), OURS: start(EVENTMON, environment)}
            times = measure(FLOOR, candidates, events=1, rounds=rounds)
            found += [
                Row(
                    name=f"{name}, {platform}",
                    nanoseconds=taken,
                    ratio=ratio,
                    target=TARGET if name == OURS else None,
                )
                for name, (taken, ratio) in times.items()
            ]
    return found


def main() -> None:
    """Print the table."""
    show("From the start of the process to the first paint", rows())


if __name__ == "__main__":
    main()
