"""The Topics and Counters docks: what a repaint costs beside Qt's own delegate, and what a tree of many topics costs.

Run: ``python -m tests.benchmarks.gui_topics``. Floors: Qt's own delegate painting the same tree, a dict of the same
topics, and Qt painting the plot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import count, cycle
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QTreeView

from eventmon.engine.frame import Frame, TopicDelta
from eventmon.engine.requests import TakeFrame
from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.models.topic_model import TopicModel
from eventmon.gui.models.topic_texts import EVENTS, TOPIC
from eventmon.gui.panels.counters import CountersPanel
from eventmon.gui.panels.topics import TopicsPanel
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from tests.benchmarks.measure import compared, duration, seconds_of
from tests.benchmarks.table import Row, main
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="bench")).result()
BATCH = 2_000


def usual(work: Callable[[], object], times: int = 15) -> float:
    """Seconds of one call, the median of some."""
    return median(seconds_of(work) for _ in range(times))


def beside(floor: tuple[str, float], others: Iterable[tuple[str, float]]) -> list[Row]:
    """Lines of names and seconds, with their ratios to the first."""
    name, least = floor
    first = compared(f"{name} (floor)", duration(least), 1.0)
    return [first, *(compared(other, duration(taken), taken / least) for other, taken in others)]


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


def shown_topics() -> TopicsPanel:
    """A panel with some twenty rows open and a minute of history."""
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
    return panel


def plain_view_of(panel: TopicsPanel) -> QTreeView:
    """Qt's own tree with Qt's own delegate over the topics of a panel."""
    plain = QTreeView()
    plain.setModel(panel.model)
    plain.setUniformRowHeights(True)
    plain.resize(panel.view.size())
    plain.expandAll()
    plain.show()
    QApplication.processEvents()
    return plain


def painting() -> list[Row]:
    """A full repaint of a tree with some twenty rows."""
    panel = shown_topics()
    canvas = QPixmap(panel.view.viewport().size())
    plain = plain_view_of(panel)
    other = QPixmap(plain.viewport().size())
    seconds = count(TAKEN // 1_000_000 + 100)

    def next_second() -> None:
        panel.history.tick(next(seconds))
        panel.view.viewport().render(canvas)

    floor = usual(lambda: plain.viewport().render(other))
    ours = usual(lambda: panel.view.viewport().render(canvas))
    fresh = usual(next_second)
    return beside(
        ("repaint, Qt's own delegate", floor),
        [("repaint with sparklines", ours), ("repaint in a new second, 8 lines redrawn", fresh)],
    )


def tree(number: int) -> list[Row]:
    """Taking, publishing, opening, searching and sorting many topics; the floor is a dict of the same topics."""
    topics = shop(number)
    known: dict[str, TopicDelta] = {}
    floor = usual(lambda: known.update({delta.topic: delta for delta in topics}), 3)
    panel = TopicsPanel(context())
    panel.resize(480, 560)
    panel.show()
    return beside(
        (f"{number:,} topics in a dict", floor),
        [*filling(panel, topics), *updating(panel, topics[:BATCH]), *opening(panel), *finding(panel), *sorting(panel)],
    )


def filling(panel: TopicsPanel, topics: list[TopicDelta]) -> list[tuple[str, float]]:
    """All topics for the first time."""
    frames = [seconds_of(lambda batch=batch: panel.take(frame(0, batch))) for batch in batches(topics)]  # type: ignore[misc]  # lambda default
    return [(f"{len(topics):,} topics into the tree", sum(frames)), (f"slowest frame of {BATCH:,} new", max(frames))]


def updating(panel: TopicsPanel, busy: list[TopicDelta]) -> list[tuple[str, float]]:
    """Topics that are known already."""
    update = usual(lambda: panel.take(frame(0, busy)))

    def take_and_tick() -> None:
        panel.take(frame(0, busy))
        panel.tick()

    seconds = count(TAKEN // 1_000_000 + 1)
    return [
        (f"a frame of {BATCH:,} known topics", update),
        ("the same, and tell the view of them", usual(take_and_tick)),
        (f"one second of {len(panel.history):,} rings", usual(lambda: panel.history.tick(next(seconds)), 5)),
    ]


def opening(panel: TopicsPanel) -> list[tuple[str, float]]:
    """Every level opened at once."""
    local = panel.model.tree.local

    def open_all() -> None:
        panel.expansion.close_below(local)
        panel.expansion.open_below([local])
        QApplication.processEvents()

    return [("expand all", usual(open_all, 5))]


def finding(panel: TopicsPanel) -> list[tuple[str, float]]:
    """Words and patterns typed into the field, searched in slices."""
    words = cycle(["sensor07", "no-such-topic", "site1/machine0*", "+/machine42/#", "sensor19"])
    slices: list[float] = [0.0]

    def search() -> None:
        panel.field.setText(next(words))
        while panel.finder.searching:
            slices.append(seconds_of(QApplication.processEvents))

    find = usual(search, 5)
    panel.field.clear()
    return [("find", find), ("slowest slice of a search", max(slices))]


def sorting(panel: TopicsPanel) -> list[tuple[str, float]]:
    """By a click, one way and the other, and by itself."""
    turn = cycle([True, False])
    return [
        ("sort by a click", usual(lambda: panel.sorting.sort(EVENTS, descending=next(turn)), 5)),
        ("sort again by itself", usual(panel.model.sort_again, 5)),
    ]


def wide(number: int) -> list[Row]:
    """One level with very many topics."""
    model = TopicModel()
    for batch in batches([topic(f"order-{index:07}", index + 1, 0.0) for index in range(number)]):
        model.take(batch)
    local = model.index(0, 0)
    opened = seconds_of(lambda: model.fetchMore(local))
    more = model.node(model.index(model.rowCount(local) - 1, 0, local))
    assert more is not None
    page = usual(lambda: model.show_next_page(more), 3)
    turn = cycle([Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder])
    by_events = usual(lambda: model.sort(EVENTS, next(turn)), 4)
    by_name = usual(lambda: model.sort(TOPIC, next(turn)), 4)
    node = model.node(model.index(0, 0, local))
    assert node is not None
    pinned = cycle([True, False])
    pin = usual(lambda: model.pin(node, pinned=next(pinned)), 4)
    return [
        Row(name=f"open a level of {number:,} topics", value=duration(opened)),
        Row(name="its next page", value=duration(page)),
        Row(name="sort it by events", value=duration(by_events)),
        Row(name="sort it by name", value=duration(by_name)),
        Row(name="pin one of its topics", value=duration(pin)),
    ]


def plotting(seconds: int) -> list[Row]:
    """An update of the plot and of the numbers, beside Qt painting it."""
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
    plot = panel.plot
    assert plot is not None
    update = usual(panel.show_plot)
    canvas = QPixmap(plot.size())
    paint = usual(lambda: plot.render(canvas))
    return beside((f"Qt painting the plot, {seconds} s", paint), [(f"update of the plot, {seconds} s", update)])


def rows(quick: bool = False) -> list[Row]:
    """All figures."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    topics = 10_000 if quick else 100_000
    return [*painting(), *tree(topics), *wide(topics), *plotting(60), *plotting(600)]


if __name__ == "__main__":
    main("topics and counters in the GUI thread", rows)
