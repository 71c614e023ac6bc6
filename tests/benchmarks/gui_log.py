"""What the log costs the GUI thread: handlers at 100,000 events a second, and repaints, each against a floor.

The floor of a repaint is Qt's own delegate asking ``data()`` cell by cell; that of a frame is a model that announces
the same rows to a bare QTableView. Run it by itself: ``python -m tests.benchmarks.gui_log``.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QHeaderView, QTableView, QWidget

from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.gui.log_script import LogScript
from tests.helpers.scripted_engine import ScriptedEngine

EVENTS_A_FRAME = 3_300
FRAMES = 200
ROWS = 30
REPAINTS = 200


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of this thread for one call: what the GUI is kept busy, whatever else the machine does."""
    started = time.thread_time()
    work()
    return (time.thread_time() - started) * 1_000


def summary(times: list[float]) -> tuple[float, float, float]:
    """Median, 99th percentile and worst."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1], ordered[-1]


def make_panel(events: int) -> tuple[EventLogPanel, LogScript]:
    """A panel 30 rows high over a log of that length."""
    theme = Theme()
    theme.apply("light")
    engine = ScriptedEngine()
    script = LogScript(engine, events)
    context = PanelContext(
        bridge=EngineBridge(),
        commands=Commands(theme),
        theme=theme,
        selection=Selection(),
        settings=Settings(),
    )
    panel = EventLogPanel(context)
    panel.resize(1_000, ROWS * panel.view.row_height + 96)
    panel.show()
    context.bridge.attach(engine)
    settle()
    return panel, script


def settle() -> None:
    """Let queued signals arrive."""
    for _ in range(4):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


def measure_frames(label: str, *, follow: bool, words: str = "") -> None:
    """Frames with 3,300 new events each: the slots of the GUI thread, painting left out."""
    panel, script = make_panel(1_000_000)
    panel.context.bridge._timer.stop()
    panel.view.viewport().setUpdatesEnabled(False)
    if words:
        panel.filter_bar.set_text(words)
        for _ in range(12):
            settle()
    if not follow:
        panel.view.verticalScrollBar().setValue(100_000)
        settle()
    times: list[float] = []
    for _ in range(FRAMES):
        script.grow(EVENTS_A_FRAME)
        panel.context.bridge._ask_for_frame()
        times.append(milliseconds(settle))
    median, late, worst = summary(times)
    assert panel.model.rows.high >= script.newest - 2 * EVENTS_A_FRAME, "the view has fallen behind"
    print(f"{label:<46} median {median:6.2f} ms   p99 {late:6.2f} ms   max {worst:6.2f} ms a frame")
    panel.context.bridge.detach()
    panel.close()


def repaint_times(widget: QWidget) -> list[float]:
    """Full repaints of a widget into a picture of its size."""
    picture = QPixmap(widget.size())
    return [milliseconds(lambda: widget.render(picture)) for _ in range(REPAINTS)]


def measure_repaints() -> None:
    """Thirty rows by six columns: ours warm, ours with all rows new, and Qt's own delegate."""
    panel, _script = make_panel(50_000)
    viewport = panel.view.viewport()
    warm = summary(repaint_times(viewport))
    picture = QPixmap(viewport.size())

    def all_new() -> None:
        panel.view.painter_of_rows.forget()
        viewport.render(picture)

    cold = summary([milliseconds(all_new) for _ in range(REPAINTS)])
    plain = QTableView()
    plain.verticalHeader().hide()
    plain.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    plain.verticalHeader().setDefaultSectionSize(panel.view.row_height)
    plain.setModel(panel.model)
    plain.resize(panel.view.size())
    plain.show()
    plain.scrollToBottom()
    for column in range(6):
        plain.setColumnWidth(column, panel.view.columnWidth(column))
    settle()
    floor = summary(repaint_times(plain.viewport()))
    shown = 6 - panel.view.columns.hiddenSectionCount()
    print(f"repaint of {viewport.height() // panel.view.row_height} rows x {shown} columns:")
    for label, (median, late, worst) in (("rows seen before", warm), ("all rows new", cold), ("Qt's delegate", floor)):
        print(
            f"  {label:<44} median {median:6.2f} ms   p99 {late:6.2f} ms   max {worst:6.2f} ms"
            f"   {median / floor[0]:.2f} of Qt's"
        )
    plain.close()
    panel.context.bridge.detach()
    panel.close()


def measure_opening() -> None:
    """A log of fifty million events."""
    panel, script = make_panel(0)
    script.newest = 50_000_000
    script.grow(0)
    panel.context.bridge._ask_for_frame()
    print(f"50,000,000 events open in {milliseconds(settle):.1f} ms, {len(panel.model.rows):,} rows")
    panel.context.bridge.detach()
    panel.close()


def main() -> None:
    """All of it."""
    _application = QApplication.instance() or QApplication([])
    measure_opening()
    measure_repaints()
    measure_frames("following, 100,000 events/s", follow=True)
    measure_frames("reading above, 100,000 events/s", follow=False)
    measure_frames("filtered to 1 in 5, searching live (fake log)", follow=True, words="martin")


if __name__ == "__main__":
    main()
