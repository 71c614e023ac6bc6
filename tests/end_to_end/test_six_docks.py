"""Topic, observers, template, counters, detail, a failure and a pause; and all of it is back after a restart.

Real engine, real mouse and keys, in one window with all six docks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import ListObservers
from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
from eventmon.gui.dialogs.new_topic import NewTopicDialog
from eventmon.gui.panels.event import EventPanel
from eventmon.gui.panels.observers import ObserversPanel
from eventmon.gui.panels.publish import PublishPanel
from eventmon.gui.publish_templates import NameTemplateDialog
from tests.end_to_end.test_workbench import Person, events_of, play, until
from tests.gui.conftest import OFFSCREEN_SAYS
from tests.gui.test_attach_observer import choose, line

__all__ = ["play"]

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore(OFFSCREEN_SAYS)]

CONTROL = Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
TOPIC = "orders/eu/created"
ORDER = '{"order": "{{seq}}", "total": 129.99}'


async def observers(person: Person) -> dict[str, ObserverStatus]:
    return {each.name: each for each in await person.life.context.bridge.call(ListObservers())}


async def bring_to_front(person: Person) -> None:
    """Without a window manager nobody else does it when a dialog has closed."""
    person.window.activateWindow()
    await until(person.window.isActiveWindow, "the window is in front")


async def fire(person: Person) -> None:
    """Ctrl+Enter in the editor of the Publish dock."""
    await bring_to_front(person)
    person.find(PublishPanel).form.editor.setFocus()
    person.press(Qt.Key.Key_Return, CONTROL)


async def create_topic(person: Person) -> None:
    person.press(Qt.Key.Key_1, CONTROL)
    person.press(Qt.Key.Key_T, CONTROL)
    await until(lambda: person.window.findChild(NewTopicDialog) is not None, "the dialog of a new topic")
    dialog = person.find(NewTopicDialog)
    dialog.edit.selectAll()
    QTest.keyClicks(dialog.edit, TOPIC)
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    await until(lambda: person.window.findChild(NewTopicDialog) is None, "the topic is made")


async def attach(person: Person, kind: str, name: str, **settings: str) -> None:
    """Attach an observer of all orders by the dialog."""
    await bring_to_front(person)
    person.press(Qt.Key.Key_O, CONTROL_SHIFT)
    await until(lambda: person.window.findChild(AttachObserverDialog) is not None, "the dialog")
    dialog = person.find(AttachObserverDialog)
    choose(dialog, kind)
    for field, text in ((dialog.entry.name_line, name), (dialog.entry.pattern.line, "orders/#")):
        field.selectAll()
        QTest.keyClicks(field, text)
    for setting, text in settings.items():
        edit = line(dialog, setting)
        edit.selectAll()
        QTest.keyClicks(edit, text)
    person.click(dialog.attach_button)
    await until(lambda: person.window.findChild(AttachObserverDialog) is None, f"{name} is attached")


async def fire_from_template(person: Person) -> None:
    """Write an event, keep it as a template, take it from there, fire it."""
    panel = person.find(PublishPanel)
    person.life.context.commands.action("view.go.publish").trigger()
    panel.form.topic.line.setFocus()
    panel.form.topic.line.selectAll()
    QTest.keyClicks(panel.form.topic.line, TOPIC)
    panel.form.editor.setFocus()
    panel.form.editor.selectAll()
    QTest.keyClicks(panel.form.editor, ORDER)
    person.life.context.commands.action("publish.save_template").trigger()
    await until(lambda: person.window.findChild(NameTemplateDialog) is not None, "the name of the template")
    dialog = person.find(NameTemplateDialog)
    QTest.keyClicks(dialog.name, "EU order")
    person.click(dialog.save)
    await until(lambda: person.window.findChild(NameTemplateDialog) is None, "the template is kept")
    await fire(person)


def test_the_whole_round_is_played_and_all_is_back_after_a_restart(play: Callable[..., None], tmp_path: Path) -> None:
    folder = Path(os.environ.get("EVENTMON_SCREENSHOTS") or tmp_path)
    nowhere = tmp_path / "gone" / "orders.jsonl"

    async def first(person: Person) -> None:
        await create_topic(person)
        await attach(person, "counter", "All orders", sum="total")
        await attach(person, "alert", "Order came", text="Order on {{topic}}")
        await attach(person, "publish", "Mirror", topic="mirror/{{topic}}")
        await fire_from_template(person)
        await until(lambda: person.stored >= 2, "the order and its mirror")

        await until(lambda: person.log.model.rowCount() >= 2, "rows in the log")
        person.life.context.selection.setEvent(1)
        detail = person.find(EventPanel)
        await until(lambda: detail.view.pages.tree.view.model().rowCount() == 2, "the fields of the order")
        now = await observers(person)
        assert now["All orders"].values["count"] == 1
        assert now["All orders"].values["sum"] == pytest.approx(129.99)
        assert now["Order came"].delivered == 1
        assert events_of(person, "local") == 2

        await attach(person, "file", "Audit file", path=str(nowhere))
        for _ in range(5):
            before = person.stored
            await fire(person)
            await until(lambda: person.stored > before, "one more order")  # noqa: B023 - awaited here
        panel_of_observers = person.find(ObserversPanel)
        model = panel_of_observers.model

        def states() -> dict[str, str]:
            return {each.name: each.state for each in model.statuses()}

        await until(lambda: states().get("Audit file") == "stopped", "the observer is stopped")
        stopped = (await observers(person))["Audit file"]
        assert stopped.failed == 5
        assert "gone" in stopped.last_error
        person.window.grab().save(str(folder / "six-docks.png"))

        await bring_to_front(person)
        panel_of_observers.table.setFocus()
        panel_of_observers.table.select("Mirror")
        person.press(Qt.Key.Key_Space)
        await until(lambda: states()["Mirror"] == "paused", "the mirror is paused")

    async def second(person: Person) -> None:
        await until(lambda: person.find(ObserversPanel).model.rowCount() == 4, "the observers")
        now = await observers(person)
        assert {name: each.state for name, each in now.items()} == {
            "All orders": "active",
            "Order came": "active",
            "Mirror": "paused",
            "Audit file": now["Audit file"].state,
        }
        panel = person.find(PublishPanel)
        assert panel.form.topic.line.text() == TOPIC
        assert panel.form.editor.toPlainText() == ORDER
        assert [template.place[-1] for template in panel.kept.templates] == ["EU order"]
        await until(lambda: person.log.model.rowCount() >= 7, "the events of before")
        stored = person.stored
        await fire(person)
        await until(lambda: person.stored > stored, "one more order")
        QApplication.processEvents()
        assert (await observers(person))["All orders"].matched >= 1

    play(first)
    play(second)
