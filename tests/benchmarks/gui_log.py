"""What the log costs the GUI thread: handlers at 100,000 events a second, and repaints, each against a floor.

Run: ``python -m tests.benchmarks.gui_log``. The floor of a repaint is Qt's own delegate asking ``data()`` cell by cell
over the same rows; a frame has none, its lines are to compare with each other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QHeaderView, QTableView, QWidget

from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_columns import Column
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.benchmarks.measure import compared, duration, p99, seconds_of
from tests.benchmarks.table import Row, main
from tests.gui.log_script import LogScript
from tests.helpers.scripted_engine import ScriptedEngine

EVENTS_A_FRAME = 3_300
FRAMES = 200
ROWS = 30


def busy(work: Callable[[], object]) -> float:
    """Processor seconds of this thread for one call: what the GUI is kept busy, whatever else the machine does."""
    return seconds_of(work, time.thread_time)


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


def measure_frames(name: str, frames: int, *, follow: bool, words: str = "") -> list[Row]:
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
    for _ in range(frames):
        script.grow(EVENTS_A_FRAME)
        panel.context.bridge._ask_for_frame()
        times.append(busy(settle))
    assert panel.model.rows.high >= script.newest - 2 * EVENTS_A_FRAME, "the view has fallen behind"
    close(panel)
    return [
        Row(name=f"{name}: a frame, median", value=duration(median(times))),
        Row(name=f"{name}: a frame, p99", value=duration(p99(times))),
    ]


def close(panel: EventLogPanel) -> None:
    """End a panel."""
    panel.context.bridge.detach()
    panel.close()


def repaint(widget: QWidget, repaints: int, before: Callable[[], None] = lambda: None) -> float:
    """Median of full repaints of a widget into a picture of its size, each after ``before``."""
    picture = QPixmap(widget.size())

    def once() -> None:
        before()
        widget.render(picture)

    return median(busy(once) for _ in range(repaints))


def plain_view_of(panel: EventLogPanel) -> QTableView:
    """Qt's own table with Qt's own delegate over the rows of a panel."""
    plain = QTableView()
    plain.verticalHeader().hide()
    plain.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    plain.verticalHeader().setDefaultSectionSize(panel.view.row_height)
    plain.setModel(panel.model)
    plain.resize(panel.view.size())
    plain.show()
    plain.scrollToBottom()
    for column in Column:
        plain.setColumnWidth(column, panel.view.columnWidth(column))
        plain.setColumnHidden(column, panel.view.isColumnHidden(column))
    settle()
    return plain


def measure_repaints(repaints: int) -> list[Row]:
    """Thirty rows: ours warm, ours with all rows new, and Qt's own delegate."""
    panel, _script = make_panel(50_000)
    viewport = panel.view.viewport()
    warm = repaint(viewport, repaints)
    cold = repaint(viewport, repaints, panel.view.painter_of_rows.forget)
    plain = plain_view_of(panel)
    floor = repaint(plain.viewport(), repaints)
    shown = len(Column) - panel.view.columns.hiddenSectionCount()
    name = f"repaint of {viewport.height() // panel.view.row_height} rows x {shown} columns"
    plain.close()
    close(panel)
    return [
        compared(f"{name}, Qt's delegate (floor)", duration(floor), 1.0),
        compared(f"{name}, seen before", duration(warm), warm / floor),
        compared(f"{name}, all new", duration(cold), cold / floor),
    ]


def measure_opening() -> Row:
    """A log of fifty million events."""
    panel, script = make_panel(0)
    script.newest = 50_000_000
    script.grow(0)
    panel.context.bridge._ask_for_frame()
    taken = busy(settle)
    assert len(panel.model.rows) == script.newest
    close(panel)
    return Row(name="50,000,000 events open", value=duration(taken))


def rows(quick: bool = False) -> list[Row]:
    """Opening, repaints and frames."""
    _application = QApplication.instance() or QApplication([])
    times = FRAMES // 4 if quick else FRAMES
    return [
        measure_opening(),
        *measure_repaints(times),
        *measure_frames("following, 100,000 events/s", times, follow=True),
        *measure_frames("reading above, 100,000 events/s", times, follow=False),
        *measure_frames("filtered to 1 in 5, 100,000 events/s (fake log)", times, follow=True, words="martin"),
    ]


if __name__ == "__main__":
    main("log in the GUI thread", rows)
