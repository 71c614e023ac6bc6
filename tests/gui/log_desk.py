"""Somebody in front of the Event log dock: a panel over a scripted log, real keys and presses, frames on demand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from eventmon.gui.context import PanelContext
from eventmon.gui.panels.event_log import EventLogPanel
from eventmon.gui.widgets.filter_bar import FilterBar
from eventmon.gui.widgets.log_footer import LogFooter
from tests.gui.log_script import LogScript
from tests.helpers.scripted_engine import ScriptedEngine

NO_KEYS = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A panel in front of somebody, over a scripted log whose frames come when asked for."""

    def __init__(self, context: PanelContext, engine: ScriptedEngine, events: int = 1_000) -> None:
        self.context = context
        self.engine = engine
        self.script = LogScript(engine, events)
        context.bridge._timer.stop()
        self.panel = EventLogPanel(context)
        self.view = self.panel.view
        self.rows = self.panel.model.rows
        self.panel.resize(900, 420)
        self.panel.show()
        self.panel.activateWindow()
        self.frame()
        self.view.setFocus()

    def frame(self, grow: int = 0) -> None:
        if grow:
            self.script.grow(grow)
        self.context.bridge._ask_for_frame()
        self.settle()

    def settle(self) -> None:
        for _ in range(30):
            QCoreApplication.processEvents()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.keyClick(self.view, key, modifiers)
        self.settle()

    def wheel(self, clicks: int) -> None:
        """Turn the wheel over the rows; negative is towards the newest."""
        at = QPointF(200, 100)
        event = QWheelEvent(
            at,
            self.view.viewport().mapToGlobal(at),
            QPoint(0, 0),
            QPoint(0, clicks * 120),
            Qt.MouseButton.NoButton,
            NO_KEYS,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view.viewport(), event)
        self.settle()

    def click(self, y: int, modifiers: Qt.KeyboardModifier = NO_KEYS, x: int = 200) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, modifiers, QPoint(x, y))
        self.settle()

    def run(self, command: str) -> None:
        self.context.commands.action(command).trigger()
        self.settle()

    def type_filter(self, text: str) -> None:
        self.run("log.filter_focus")
        QTest.keyClick(self.bar.field.edit, Qt.Key.Key_End)
        QTest.keyClicks(self.bar.field.edit, text)
        QTest.keyClick(self.bar.field.edit, Qt.Key.Key_Return)
        self.settle()
        self.view.setFocus()

    @property
    def bar(self) -> FilterBar:
        return self.panel.filter_bar

    @property
    def says(self) -> str:
        return self.footer.words()

    @property
    def footer(self) -> LogFooter:
        return self.panel.footer

    def seq_at(self, y: int) -> int | None:
        return self.panel.model.seq_at(self.view.rowAt(y))

    def last_in_sight(self) -> int | None:
        return self.seq_at(self.view.viewport().height() - 1)

    def selected(self) -> list[Any]:
        return self.view.selected_items(100)
