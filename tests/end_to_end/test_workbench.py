"""One person's first half hour with the window: real engine, real mouse and keys, real input in its docks."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import qasync
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTreeView, QWidget

from eventmon.__main__ import load_listener
from eventmon.core.errors import UserError
from eventmon.engine.options import EngineOptions
from eventmon.engine.requests import ListConnections, Publish, ReadRowsAt
from eventmon.gui.application import WindowLife, make_application
from eventmon.gui.arrangement import LEAST_WIDTHS
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.dialogs.name_layout import NameLayoutDialog
from eventmon.gui.panels.counters import CountersPanel
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.panels.topics import TopicsPanel
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.gui.connect_script import line, place
from tests.helpers.hostile import HOSTILE_BYTES

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

PATIENCE_SECONDS = 30.0
SIZES = ((1280, 800), (1920, 1080), (2560, 1440))
BUILD_LINES = 5_000
WRITE_BUILD_LOG = f"""
import logging, sys
logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
for step in range({BUILD_LINES}):
    logging.getLogger("build.step").info("compiled module %d of {BUILD_LINES}", step + 1)
"""

Found = TypeVar("Found", bound=QWidget)


async def until(condition: Callable[[], bool], what: str) -> None:
    """Let the window live until something is true."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, f"never came: {what}"
        await asyncio.sleep(0.01)


class Person:
    """What somebody before the window can find, do and read."""

    def __init__(self, life: WindowLife) -> None:
        self.life = life
        self.window = life.window

    def find(self, kind: type[Found], name: str = "") -> Found:
        found = self.window.findChild(kind, name) if name else self.window.findChild(kind)
        assert found is not None, name or kind.__name__
        return found

    @property
    def log(self) -> EventLogPanel:
        return self.find(EventLogPanel)

    @property
    def stored(self) -> int:
        frame = self.life.context.bridge.last_frame
        return 0 if frame is None else frame.accounting.stored

    async def ready(self) -> None:
        await until(lambda: self.life.context.bridge.last_frame is not None, "the first frame")
        await until(lambda: all(dock.panel is not None for dock in self.window.docks), "all panels")

    def button(self, text: str) -> QPushButton:
        (button,) = [b for b in self.window.findChildren(QPushButton) if b.text() == text and b.isVisible()]
        return button

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def wheel_up(self, widget: QWidget) -> None:
        middle = QPointF(widget.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(widget.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 360),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def top_seq(self) -> int:
        """The event in the first row that is seen; 0 while it is not loaded."""
        event = self.log.model.event_at(self.log.view.rowAt(2))
        return 0 if event is None else event.seq


Scene = Callable[[Person], Coroutine[object, object, None]]


def delete(life: WindowLife) -> None:
    """Nothing of a closed window stays: it would be styled anew with every theme of later tests."""
    for part in (life.window, life.context.commands, life.context.selection, life.context.bridge, life.context.theme):
        part.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.unfreeze()  # what only the running window needed kept from collections may be collected now


@pytest.fixture
def play(home: Path, qapp: QApplication) -> Callable[..., None]:
    """Run a scene in a window with an engine of its own."""

    def run(scene: Scene, *connections: tuple[str, str]) -> None:
        before = set(QApplication.allWidgets())
        with qasync.QEventLoop(make_application()) as loop:
            asyncio.set_event_loop(loop)
            life = WindowLife(EngineOptions(connections=connections, load_listener=load_listener), None)

            async def acted() -> None:
                person = Person(life)
                try:
                    await person.ready()
                    await scene(person)
                finally:
                    life.window.close()

            acting = loop.create_task(acted())
            loop.run_until_complete(life.live())
            loop.run_until_complete(acting)
            delete(life)
            assert set(QApplication.allWidgets()) <= before, "something outlives its window"
            asyncio.set_event_loop(None)

    return run


def test_the_demo_fills_the_docks_and_the_log_obeys_mouse_and_keys(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        person.click(person.button("Start demo"))
        await until(lambda: person.stored > 200, "events of the demo")
        log, view = person.log, person.log.view
        await until(lambda: view.isVisible() and log.model.rowCount() > 100, "rows in the log")
        topics = person.find(TopicsPanel)
        assert any("demo" in str(index) for index in topic_names(topics)), topic_names(topics)
        assert view.following

        person.wheel_up(view.viewport())
        await until(lambda: not view.following, "following stopped by the wheel")
        await until(lambda: person.top_seq() > 0, "the rows that were scrolled to")
        top, rows = person.top_seq(), log.model.rowCount()
        await until(lambda: log.model.rowCount() > rows + 100, "more rows below")
        assert person.top_seq() == top, "a row moved under the pointer"

        view.setFocus()
        person.press(Qt.Key.Key_End)
        await until(lambda: view.following, "following resumed by End")

        person.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: log.feed.horizon.paused, "paused by Ctrl+P")
        held, stored = log.model.rowCount(), person.stored
        await until(lambda: person.stored > stored + 100, "events while paused")
        assert log.model.rowCount() == held
        person.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: log.model.rowCount() > held, "the backlog after the pause")

    play(scene)


def test_a_filter_typed_by_hand_shows_matching_events_alone(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        await until(lambda: person.stored > 3_000, "events of the shop")
        person.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        edit = person.find(QLineEdit, "filterEdit")
        await until(edit.hasFocus, "the filter has the keyboard")
        QTest.keyClicks(edit, "FAILED -heartbeat")
        log = person.log
        await until(lambda: log.feed.search is not None and not log.feed.search.running, "the scan")
        await until(lambda: 0 < log.model.rowCount() < person.stored, "hits")
        await until(lambda: all("failed" in text for text in shown_topics(log)), "only hits in sight")
        QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(edit, Qt.Key.Key_Delete)
        await until(lambda: log.model.rowCount() > 3_000, "all rows after clearing")

    play(scene, ("shop", "demo://?rate=2000&seed=4"))


def test_a_log_file_that_a_real_program_writes_is_live_beside_the_demo(
    play: Callable[..., None], tmp_path: Path
) -> None:
    build_log = tmp_path / "build.log"
    build_log.touch()

    async def scene(person: Person) -> None:
        person.life.context.commands.action("connect.follow_file").trigger()
        await until(lambda: person.window.findChild(ConnectDialog) is not None, "the dialog")
        dialog = person.find(ConnectDialog)
        QTest.keyClicks(line(dialog, "path"), str(build_log))
        person.click(dialog.connect_button)
        await until(lambda: person.window.findChild(ConnectDialog) is None, "the file is followed")
        with build_log.open("ab") as output:
            writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITE_BUILD_LOG, stdout=output)
        topics = person.find(TopicsPanel)
        await until(lambda: events_of(person, "build/") == BUILD_LINES, "every line of the build log")
        assert await writer.wait() == 0
        assert {"build", "shop"} <= set(topic_names(topics))
        accounting = person.life.context.bridge.last_frame.accounting  # type: ignore[union-attr]
        assert accounting.received == accounting.stored + accounting.dropped + accounting.in_flight

    play(scene, ("shop", "demo://?rate=500&seed=4"))


def test_a_wrong_file_name_is_answered_under_its_field_and_nothing_typed_is_lost(
    play: Callable[..., None], tmp_path: Path
) -> None:
    async def scene(person: Person) -> None:
        person.life.context.commands.action("connect.follow_file").trigger()
        await until(lambda: person.window.findChild(ConnectDialog) is not None, "the dialog")
        dialog = person.find(ConnectDialog)
        path = place(dialog, "path")
        QTest.keyClicks(line(dialog, "path"), str(tmp_path))
        person.click(dialog.connect_button)
        await until(lambda: path.faulty, "the sentence")
        assert dialog.isVisible()
        assert line(dialog, "path").text() == str(tmp_path)
        assert await person.life.context.bridge.call(ListConnections()) == [], "nothing is left behind"
        dialog.reject()

    play(scene)


def test_layout_theme_and_events_are_back_after_a_restart(play: Callable[..., None]) -> None:
    widths: list[int] = []

    async def first(person: Person) -> None:
        await until(lambda: person.stored > 500, "events")
        person.life.context.commands.action("view.theme_dark").trigger()
        person.life.context.commands.action("view.panel.counters").trigger()
        person.window.resize(777, 666)
        await until(lambda: not person.find(CountersPanel).isVisible(), "counters closed")
        widths.append(person.window.width())

    async def second(person: Person) -> None:
        assert person.life.context.theme.dark
        assert person.window.width() == widths[0]
        assert not person.find(CountersPanel).isVisible()
        await until(lambda: person.log.model.rowCount() > 500, "the events of before")
        person.life.context.commands.action("view.reset_layout").trigger()
        await until(lambda: person.find(CountersPanel).isVisible(), "counters are back")

    play(first, ("shop", "demo://?rate=2000"))
    play(second)


def test_layouts_are_chosen_by_keys_named_and_back_after_a_restart(play: Callable[..., None]) -> None:
    def shown(person: Person) -> set[str]:
        return {dock.description.id for dock in person.window.docks if not dock.isHidden()}

    async def first(person: Person) -> None:
        person.press(Qt.Key.Key_F7)
        await until(lambda: shown(person) == {"topics", "event_log", "observers", "counters"}, "Watch")
        person.press(Qt.Key.Key_F9)
        await until(lambda: shown(person) == {"topics", "event_log", "event", "observers", "publish"}, "Publish")
        person.life.context.commands.action("view.panel.observers").trigger()
        person.life.context.commands.action("view.layout_save_as").trigger()
        dialog = person.find(NameLayoutDialog)
        QTest.keyClicks(dialog.line, "Night shift")
        person.click(dialog.confirm)
        person.press(Qt.Key.Key_F8)
        await until(lambda: len(shown(person)) == 6, "Debug")

    async def second(person: Person) -> None:
        assert len(shown(person)) == 6
        menu = person.window.menu("view/layout")
        next(action for action in menu.actions() if action.text() == "Night shift").trigger()
        await until(lambda: shown(person) == {"topics", "event_log", "event", "publish"}, "the own layout")

    play(first)
    play(second)


def test_a_layout_has_its_first_tabs_in_front_wherever_the_keyboard_was(play: Callable[..., None]) -> None:
    def in_sight(person: Person) -> set[str]:
        return {dock.description.id for dock in person.window.docks if not dock.visibleRegion().isEmpty()}

    async def scene(person: Person) -> None:
        person.window.resize(1000, 700)
        person.press(Qt.Key.Key_F7)
        await until(lambda: in_sight(person) == {"topics", "event_log", "observers", "counters"}, "Watch")
        person.log.view.setFocus()
        person.press(Qt.Key.Key_F8)
        for _ in range(3):
            laid_out = asyncio.Event()
            QTimer.singleShot(0, laid_out.set)
            await laid_out.wait()
        assert in_sight(person) == {"topics", "event_log", "observers", "event"}
        assert person.window.docks.focused is person.window.docks.dock("event_log")

    play(scene, ("shop", "demo://?rate=100&seed=4"))


def test_every_size_and_theme_shows_whole_panels(play: Callable[..., None], tmp_path: Path) -> None:
    folder = Path(os.environ.get("EVENTMON_SCREENSHOTS") or tmp_path)

    async def scene(person: Person) -> None:
        await until(lambda: person.stored > 1_000, "events")
        for theme in ("light", "dark"):
            person.life.context.commands.action(f"view.theme_{theme}").trigger()
            for width, height in SIZES:
                person.window.resize(width, height)
                await until(lambda: person.window.size().width() == width, "the size")  # noqa: B023 - awaited here
                person.life.context.commands.action("view.reset_layout").trigger()
                laid_out = asyncio.Event()
                QTimer.singleShot(0, laid_out.set)
                await laid_out.wait()
                picture = person.window.grab()
                assert picture.save(str(folder / f"workbench-{theme}-{width}.png"))
                docks = [dock for dock in person.window.docks if not dock.isHidden()]
                assert len(docks) == 6
                assert person.window.docks.dock("server").isHidden()
                least = person.window.minimumSizeHint()
                assert (least.width(), least.height()) <= (1024, 700), "a small screen could not show it"
                assert least.height() <= 700
                for dock in docks:
                    shown = dock.panel
                    assert shown is not None
                    assert shown.isVisible()
                    assert person.window.rect().contains(shown.rect().translated(shown.mapTo(person.window, QPoint())))
                    assert dock.width() >= LEAST_WIDTHS[dock.description.id]
                    assert dock.width() >= dock.minimumSizeHint().width(), dock.description.id
                    assert dock.height() >= dock.minimumSizeHint().height(), dock.description.id

    play(scene, ("shop", "demo://?rate=1000&seed=4"))


def test_hostile_events_are_stored_byte_exact_and_shown_as_plain_text(play: Callable[..., None]) -> None:
    async def scene(person: Person) -> None:
        bridge = person.life.context.bridge
        payloads = list(HOSTILE_BYTES.values())
        for number, payload in enumerate(payloads):
            kind = payload[:40].decode("utf-8", "replace").replace("\x00", "") or "empty"
            published = await bridge.call(Publish(topic=f"hostile/<b>{number}</b>", data=payload, type=kind))
            (stored,) = (await bridge.call(ReadRowsAt(seqs=[published.seq]))).rows
            assert stored.preview == payload[:512]
            assert stored.size == len(payload)
        log = person.log
        await until(lambda: log.model.rowCount() == len(payloads), "all hostile rows")
        for row in range(len(payloads)):
            log.view.scrollTo(log.model.index(row, 0))
            await until(lambda: log.model.event_at(row) is not None, "the row")  # noqa: B023 - awaited here
            for column in range(log.model.columnCount()):
                shown = str(log.model.data(log.model.index(row, column)))
                assert "\n" not in shown
                assert "\x00" not in shown
                assert len(shown) <= 600
        with pytest.raises(UserError, match="NUL"):
            await bridge.call(Publish(topic="orders/\x00/created"))
        assert person.stored >= len(payloads)

    play(scene)


def shown_topics(log: EventLogPanel) -> list[str]:
    """Topics of the rows in sight, as far as they are loaded."""
    rows = range(log.view.rowAt(2), log.view.rowAt(log.view.viewport().height() - 4) + 1)
    events = (log.model.event_at(row) for row in rows if row >= 0)
    return [event.topic + event.type + event.preview.decode().lower() for event in events if event is not None]


def tree_model(topics: TopicsPanel) -> QAbstractItemModel:
    """The model behind the tree of topics."""
    tree = topics.findChild(QTreeView, "topicTree")
    assert tree is not None
    return tree.model()


def topic_names(topics: TopicsPanel) -> list[str]:
    """First column of the top level of the tree."""
    model = tree_model(topics)
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def events_of(person: Person, prefix: str) -> int:
    """Events of a connection, as the tree of topics counts them."""
    model = tree_model(person.find(TopicsPanel))
    rows = {str(model.index(row, 0).data()): str(model.index(row, 1).data()) for row in range(model.rowCount())}
    return int(rows.get(prefix.rstrip("/"), "0").replace(",", "").replace("–", "0"))
