"""Clicks and keys as a person makes them: at any moment, and timed until what they did is on the screen.

A thread of its own posts each one into the window's queue, where it waits like input of a window system; the time
runs from there to the end of the paint that follows.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QTabBar, QToolButton, QWidget

from eventmon.gui.models.observer_columns import Column
from eventmon.gui.panels.event import EventPanel
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.panels.observers import ObserversPanel
from eventmon.gui.panels.topics import TopicsPanel

SHORTEST_PAUSE, LONGEST_PAUSE = 0.04, 0.11
"""Seconds between two clicks: no person is faster, and no beat of the window is hit again and again."""
PATIENCE_SECONDS = 10.0
LEFT = Qt.MouseButton.LeftButton
PAINTED = QEvent.Type(QEvent.registerEventType())

Found = TypeVar("Found", bound=QWidget)
Deed = Callable[[], QWidget]
"""Does something to the window and gives the widget that shows it."""


class PaintWatch(QObject):
    """Tells when the window has painted what a deed changed.

    Attributes:
        posted: a deed (a callable) waits in the window's queue; emitted in any thread.
    """

    posted = Signal(object)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._painted: Callable[[], None] | None = None
        self.posted.connect(self._act, Qt.ConnectionType.QueuedConnection)
        window.installEventFilter(self)

    def _act(self, deed: Callable[[], None]) -> None:
        deed()

    def await_paint(self, widget: QWidget, painted: Callable[[], None]) -> None:
        """Call ``painted`` once the next paint of the window, which holds the widget, is done."""
        self._painted = painted
        widget.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A request to paint: what is posted now comes when it was carried out."""
        if event.type() == QEvent.Type.UpdateRequest and self._painted is not None:
            QCoreApplication.postEvent(self, QEvent(PAINTED), Qt.EventPriority.HighEventPriority.value)
        return False

    def event(self, event: QEvent) -> bool:
        """The paint is done."""
        if event.type() != PAINTED:
            return super().event(event)
        painted, self._painted = self._painted, None
        if painted is not None:
            painted()
        return True


class Person:
    """Clicks through the six docks and notes how long each click took.

    Attributes:
        seconds: from posting a click until it was handled and painted, by what was clicked: on the wall, and of them
            in processor time of the window's thread.
    """

    def __init__(self, window: QMainWindow, seed: int = 4) -> None:
        self.seconds: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._window = window
        self._chance = random.Random(seed)
        self._watch = PaintWatch(window)
        self._words: Iterator[str] = iter(())
        self._deeds: dict[str, Deed] = {
            "topic row": self._click_topic,
            "topic's arrow": self._click_arrow,
            "log row": self._click_log_row,
            "tab of the event": self._click_tab,
            "observer's box": self._click_box,
            "Pause": self._click_pause,
            "key in the filter": self._type,
        }

    async def click_through(self, rounds: int) -> None:
        """Do everything in a new order each round, and go through the layouts after it."""
        for _ in range(rounds):
            for name in self._chance.sample(list(self._deeds), len(self._deeds)):
                await self._do(name, self._deeds[name])
            for key in (Qt.Key.Key_F7, Qt.Key.Key_F9, Qt.Key.Key_F8):
                await self._do("layout by F7 to F9", partial(self._press, key))

    async def _do(self, name: str, deed: Deed) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[float, float]] = loop.create_future()
        posted = 0.0

        def post() -> None:
            nonlocal posted
            posted = time.perf_counter()
            self._watch.posted.emit(act)

        def act() -> None:
            begun = time.thread_time()
            self._watch.await_paint(
                deed(), lambda: done.set_result((time.perf_counter() - posted, time.thread_time() - begun))
            )

        poster = threading.Timer(self._chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE), post)
        poster.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.seconds[name].append(await done)
        poster.join()

    # ── deeds ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _click_topic(self) -> QWidget:
        view = self._find(TopicsPanel).view
        return self._click(view.viewport(), QPoint(120, self._row_of(view.viewport())))

    def _click_arrow(self) -> QWidget:
        """Open or close the first topic of a connection that is in sight."""
        view = self._find(TopicsPanel).view
        node = next(node for node in view.visible_nodes() if node.children)
        place = view.visualRect(view.topics().index_of(node))
        return self._click(view.viewport(), QPoint(place.left() - 8, place.center().y()))

    def _click_log_row(self) -> QWidget:
        view = self._find(EventLogPanel).view
        return self._click(view.viewport(), QPoint(150, self._row_of(view.viewport())))

    def _click_tab(self) -> QWidget:
        tabs: QTabBar = self._find(EventPanel).pages.tabs
        other = (tabs.currentIndex() + self._chance.randrange(1, tabs.count())) % tabs.count()
        return self._click(tabs, tabs.tabRect(other).center())

    def _click_box(self) -> QWidget:
        table = self._find(ObserversPanel).table
        place = table.visualRect(table.model().index(self._chance.randrange(table.model().rowCount()), Column.ON))
        return self._click(table.viewport(), place.center())

    def _click_pause(self) -> QWidget:
        bar = self._window.findChild(QWidget, "toolbar")
        assert bar is not None
        (button,) = [one for one in bar.findChildren(QToolButton) if one.text() in ("Live", "Paused")]
        return self._click(button, button.rect().center())

    def _type(self) -> QWidget:
        """A word more for the filter, letter by letter, and away again."""
        edit = self._window.findChild(QLineEdit, "filterEdit")
        assert edit is not None
        edit.setFocus()
        letter = next(self._words, None)
        if letter is None:
            self._words = iter(" shop\b\b\b\b\b")
            letter = next(self._words)
        if letter == "\b":
            QTest.keyClick(edit, Qt.Key.Key_Backspace)
        else:
            QTest.keyClicks(edit, letter)
        return edit

    def _press(self, key: Qt.Key) -> QWidget:
        QTest.keyClick(self._window, key)
        return self._window

    def _click(self, widget: QWidget, place: QPoint) -> QWidget:
        QTest.mouseClick(widget, LEFT, pos=place)
        return widget

    def _row_of(self, viewport: QWidget) -> int:
        """Some height in the upper part, where rows are."""
        return self._chance.randrange(4, max(5, viewport.height() * 2 // 3))

    def _find(self, kind: type[Found]) -> Found:
        return found(self._window, kind)


def found(window: QMainWindow, kind: type[Found]) -> Found:
    """The one widget of a kind in a window."""
    widget = window.findChild(kind)
    assert widget is not None, kind.__name__
    return widget
