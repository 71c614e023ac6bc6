"""From the log to the event with keys and mouse: the dock follows, a window of its own stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.main_window import MainWindow
from eventmon.gui.panels.event import EventPanel
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.widgets.event_window import EventWindow
from tests.gui.event_script import SHIPMENT, EventScript
from tests.gui.log_script import LogScript
from tests.helpers.scripted_engine import ScriptedEngine


class Desk:
    """The whole window over a scripted log."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine) -> None:
        self.script = LogScript(engine, 1_000)
        self.events = EventScript(engine)
        self.window = MainWindow(context)
        self.window.resize(1_280, 800)
        self.window.show()
        self.window.open_panels()
        self.window.activateWindow()
        self.log = self.found(EventLogPanel)
        self.event = self.found(EventPanel)

    def found(self, kind: type[QWidget]) -> QWidget:
        panel = self.window.findChild(kind)
        assert isinstance(panel, kind)
        return panel

    def settle(self) -> None:
        for _ in range(40):
            QCoreApplication.processEvents()

    def facts(self) -> str:
        assert isinstance(self.event, EventPanel)
        return self.event.view.header.facts.text()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, modifiers)
        self.settle()


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(context, engine)
    log = desk.log
    assert isinstance(log, EventLogPanel)
    try:
        qtbot.waitUntil(lambda: len(log.model.rows) == 1_000)
        log.view.setFocus()
        desk.settle()
        yield desk
    finally:
        desk.window.allow_close()


def test_the_dock_follows_the_row_that_is_selected(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Up)
    desk.press(Qt.Key.Key_Up)
    first = desk.facts()
    assert "seq 99" in first
    desk.press(Qt.Key.Key_Up)
    assert desk.facts() != first


def test_its_own_window_opens_with_shift_and_enter_and_stays(desk: Desk) -> None:
    for _ in range(2):
        desk.press(Qt.Key.Key_Up)
    seq = desk.facts().split(" · ")[1]
    desk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    (window,) = desk.window.findChildren(EventWindow)
    assert window.isWindow()
    desk.events.payloads = (SHIPMENT,)
    assert isinstance(desk.log, EventLogPanel)
    desk.window.activateWindow()
    desk.log.view.setFocus()
    desk.settle()
    desk.press(Qt.Key.Key_Up)
    assert seq in window.view.header.facts.text()
    assert seq not in desk.facts()


def test_the_dock_is_gone_to_by_key_and_its_tabs_are_walked(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Up)
    desk.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert desk.event.isAncestorOf(focus)
    assert isinstance(desk.event, EventPanel)
    for tab in ("raw", "hex", "attributes", "observers", "tree"):
        desk.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert desk.event.pages.tab == tab
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text()
    desk.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.clipboard().text().startswith('{"specversion":"1.0"')
