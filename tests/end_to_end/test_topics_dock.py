"""Topics muted, not recorded, pinned and made by hand in a real window, and all back after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from eventmon.engine.frame import Frame
from eventmon.engine.requests import Publish
from eventmon.gui.dialogs.new_topic import NewTopicDialog
from eventmon.gui.panels.topics import TopicsPanel
from tests.end_to_end.test_workbench import Person, play, until
from tests.gui.conftest import OFFSCREEN_SAYS

__all__ = ["play"]  # the fixture

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

TOPICS = ("orders/eu/created", "payments/failed", "heartbeat")
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Tree:
    """The Topics dock as somebody sees it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.panel = person.find(TopicsPanel)
        self.view = self.panel.view

    @property
    def frame(self) -> Frame:
        frame = self.person.life.context.bridge.last_frame
        assert frame is not None
        return frame

    def rows(self) -> list[str]:
        names, index = [], self.panel.model.index(0, 0)
        while index.isValid():
            names.append(str(index.data()))
            index = self.view.indexBelow(index)
        return names

    def marks(self, path: str) -> list[str]:
        node = self.panel.model.tree.find(path)
        return [] if node is None else self.view._rows.marks_of(node)

    def click(self, path: str) -> None:
        node = self.panel.model.tree.find(path)
        assert node is not None
        index = self.panel.model.index_of(node)
        assert index.isValid()
        place = QPoint(60, self.view.visualRect(index).center().y())
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    async def publish(self) -> None:
        for topic in TOPICS:
            await self.person.life.context.bridge.call(Publish(topic=topic, data=b"{}"))


def test_decisions_about_topics_hold_in_log_and_engine_and_over_a_restart(play: Callable[..., None]) -> None:
    async def decide(person: Person) -> None:
        tree = Tree(person)
        await tree.publish()
        await until(lambda: {"orders", "payments", "heartbeat"} <= set(tree.rows()), "the topics")
        tree.click("orders")
        person.press(Qt.Key.Key_M, CONTROL_SHIFT)
        assert tree.marks("orders") == ["eye-off"]
        tree.click("heartbeat")
        person.life.context.commands.action("topics.record").trigger()
        await until(lambda: tree.marks("heartbeat") == ["circle-off"], "the engine's word")
        tree.click("payments")
        person.life.context.commands.action("topics.pin").trigger()
        assert tree.rows()[:2] == ["local", "payments"]
        tree.view.setFocus()
        person.press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        dialog = person.find(NewTopicDialog)
        dialog.edit.setText("refunds")
        QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
        await until(lambda: "refunds" in tree.rows(), "the new topic")
        await tree.publish()
        await until(lambda: tree.frame.accounting.received == 6, "the second round")
        assert (tree.frame.accounting.stored, tree.frame.accounting.not_recorded) == (5, 1)
        await until(lambda: person.log.model.rows.events == 3, "the log without orders")
        node = tree.panel.model.tree.find("heartbeat")
        await until(lambda: node is not None and node.events == 2, "both counted")

    async def find_again(person: Person) -> None:
        tree = Tree(person)
        await until(lambda: {"orders", "payments", "heartbeat", "refunds"} <= set(tree.rows()), "the topics")
        assert tree.rows()[:2] == ["local", "payments"]
        assert [tree.marks(path) for path in ("orders", "heartbeat", "payments")] == [
            ["eye-off"],
            ["circle-off"],
            ["pin"],
        ]
        await tree.publish()
        await until(lambda: tree.frame.accounting.received == 9, "the third round")
        assert (tree.frame.accounting.stored, tree.frame.accounting.not_recorded) == (7, 2)
        await until(lambda: person.log.model.rows.events == 4, "the log without orders")

    play(decide)
    play(find_again)
