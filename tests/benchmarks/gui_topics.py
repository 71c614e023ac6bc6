"""The Topics and Counters docks: what a repaint costs beside Qt's own delegate, and what a tree of many topics costs.

Run it as ``python -m tests.benchmarks.gui_topics [TOPICS]``; figures are medians in milliseconds and ratios to a floor
of the same run.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QTreeView

from eventmon.engine.frame import Frame, TopicDelta
from eventmon.engine.requests import TakeFrame
from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.models.topic_model import TopicModel
from eventmon.gui.models.topic_texts import EVENTS
from eventmon.gui.panels.counters import CountersPanel
from eventmon.gui.panels.topics import TopicsPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

Row = dict[str, object]
BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="bench")).result()
BATCH = 2_000


def median(work: Callable[[], object], times: int = 15) -> float:
    """Milliseconds of one call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def frame(second: int, topics: list[TopicDelta]) -> Frame:
    """A frame of a second."""
    rate = sum(delta.rate for delta in topics)
    return msgspec.structs.replace(BASE, taken=TAKEN + second * 1_000_000, topics=topics, rate=rate)


def context() -> PanelContext:
    """The services of a window without an engine."""
    theme = Theme()
    theme.apply("light")
    return PanelContext(
        bridge=EngineBridge(), commands=Commands(theme), theme=theme, selection=Selection(), settings=Settings()
    )


def shop(number: int) -> list[TopicDelta]:
    """Topics of three levels, twenty to a level at the bottom, as a fleet of sensors has them."""
    return [
        topic(f"site{index // 2_000}/machine{index // 20 % 100:02}/sensor{index % 20:02}", index + 1, 1.0 + index % 9)
        for index in range(number)
    ]


def batches(topics: list[TopicDelta]) -> Iterator[list[TopicDelta]]:
    """As frames bring them."""
    for start in range(0, len(topics), BATCH):
        yield topics[start : start + BATCH]


def painting() -> list[Row]:
    """A full repaint of a tree with some twenty rows."""
    panel = TopicsPanel(context())
    panel.resize(480, 24 * 21 + 60)
    panel.show()
    topics = shop(2_000)
    for second in range(61):
        panel.take(frame(second, topics))
    panel.tick()
    panel.view.expand(panel.model.index(0, 0, panel.model.index(0, 0)))
    panel.tick()
    for _ in range(10):
        QApplication.processEvents()
    canvas = QPixmap(panel.view.viewport().size())
    plain = QTreeView()
    plain.setModel(panel.model)
    plain.setUniformRowHeights(True)
    plain.resize(panel.view.size())
    plain.expandAll()
    plain.show()
    QApplication.processEvents()
    other = QPixmap(plain.viewport().size())
    floor = median(lambda: plain.viewport().render(other))
    ours = median(lambda: panel.view.viewport().render(canvas))
    seconds = iter(range(TAKEN // 1_000_000 + 100, 2**40))

    def next_second() -> None:
        panel.history.tick(next(seconds))
        panel.view.viewport().render(canvas)

    fresh = median(next_second)
    return [
        {"what": "repaint, Qt's own delegate (floor)", "ms": floor, "ratio": 1.0},
        {"what": "repaint with sparklines", "ms": ours, "ratio": ours / floor},
        {"what": "repaint in a new second, 8 lines redrawn", "ms": fresh, "ratio": fresh / floor},
    ]


def tree(number: int) -> list[Row]:
    """Taking, publishing, opening, searching and sorting many topics; the floor is a dict of the same topics."""
    topics = shop(number)
    known: dict[str, TopicDelta] = {}
    floor = median(lambda: known.update({delta.topic: delta for delta in topics}), 3)
    panel = TopicsPanel(context())
    panel.resize(480, 560)
    panel.show()
    start = time.perf_counter()
    slowest = 0.0
    for batch in batches(topics):
        began = time.perf_counter()
        panel.take(frame(0, batch))
        slowest = max(slowest, (time.perf_counter() - began) * 1000)
    filled = (time.perf_counter() - start) * 1000
    busy = topics[:BATCH]
    update = median(lambda: panel.take(frame(0, busy)))

    def take_and_tick() -> None:
        panel.take(frame(0, busy))
        panel.tick()

    publish = median(take_and_tick) - update
    second = iter(range(1, 10_000))
    sample = median(lambda: panel.history.tick(TAKEN // 1_000_000 + next(second)), 5)
    local = panel.model.tree.local

    def open_all() -> None:
        panel.expansion.close_below(local)
        panel.expansion.open_below([local])
        QApplication.processEvents()

    expand = median(open_all, 5)
    words = iter(["sensor07", "no-such-topic", "site1/machine0*", "+/machine42/#", "sensor19"] * 2)
    slices: list[float] = []

    def search() -> None:
        panel.field.setText(next(words))
        while panel.finder.searching:
            began = time.perf_counter()
            QApplication.processEvents()
            slices.append((time.perf_counter() - began) * 1000)

    find = median(search, 5)
    longest = max(slices, default=0.0)
    panel.field.clear()
    turn = iter([True, False] * 10)
    sort = median(lambda: panel.sorting.sort(EVENTS, descending=next(turn)), 5)
    again = median(panel.model.sort_again, 5)
    return [
        {"what": f"{number:,} topics in a dict (floor)", "ms": floor, "ratio": 1.0},
        {"what": f"{number:,} topics into the tree", "ms": filled, "ratio": filled / floor},
        {"what": f"slowest frame of {BATCH:,} new topics", "ms": slowest, "ratio": slowest / floor},
        {"what": f"a frame of {BATCH:,} known topics", "ms": update, "ratio": update / floor},
        {"what": "tell the view of them", "ms": publish, "ratio": publish / floor},
        {"what": f"one second of {len(panel.history):,} rings", "ms": sample, "ratio": sample / floor},
        {"what": "expand all", "ms": expand, "ratio": expand / floor},
        {"what": "find", "ms": find, "ratio": find / floor},
        {
            "what": "slowest slice of a search",
            "ms": longest,
            "ratio": longest / floor,
        },
        {"what": "sort by a click", "ms": sort, "ratio": sort / floor},
        {"what": "sort again by itself", "ms": again, "ratio": again / floor},
    ]


def wide(number: int) -> list[Row]:
    """One level with very many topics."""
    model = TopicModel()
    for batch in batches([topic(f"order-{index:07}", index + 1, 0.0) for index in range(number)]):
        model.take(batch)
    local = model.index(0, 0)
    start = time.perf_counter()
    model.fetchMore(local)
    opened = (time.perf_counter() - start) * 1000
    more = model.node(model.index(model.rowCount(local) - 1, 0, local))
    assert more is not None
    page = median(lambda: model.show_next_page(more), 3)
    return [
        {"what": f"open a level of {number:,} topics", "ms": opened, "ratio": 1.0},
        {"what": "its next page", "ms": page, "ratio": page / opened},
    ]


def plotting() -> list[Row]:
    """An update of the plot and of the numbers."""
    rows: list[Row] = []
    for seconds in (60, 600):
        panel = CountersPanel(context())
        panel.resize(640, 300)
        panel.show()
        panel._timer.stop()
        panel.choices.choose(seconds=seconds)
        topics = [topic(f"shop{index}/created", 5, 100.0 + index) for index in range(8)]
        for second in range(620):
            panel.take(frame(second, [msgspec.structs.replace(delta, rate=second % 40 + 9.0) for delta in topics]))
        panel.show_plot()
        QApplication.processEvents()
        assert panel.plot is not None
        update = median(panel.show_plot)
        canvas = QPixmap(panel.plot.size())
        plot = panel.plot
        paint = median(lambda canvas=canvas, plot=plot: plot.render(canvas))  # type: ignore[misc]  # lambda defaults
        rows.append({"what": f"update of the plot, {seconds} s", "ms": update, "ratio": update / paint})
        rows.append({"what": f"Qt painting it, {seconds} s (floor)", "ms": paint, "ratio": 1.0})
    return rows


def rows(topics: int = 100_000) -> list[Row]:
    """All figures."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    return [*painting(), *tree(topics), *wide(topics), *plotting()]


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000):
        print(f"{row['what']:<48} {row['ms']:10.2f} ms {row['ratio']:10.2f}×")
