"""What the tests of connecting share: connections as frames carry them, and a dialog under real keys and clicks."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.dialogs.connect import ConnectDialog
from eventmon.gui.widgets.labelled_field import LabelledField
from eventmon.gui.widgets.plain_text import Question

LOCAL_URL = "redis://localhost?channels=orders.*"
PROD_URL = "redis://watcher:hunter2@prod.shop.example:7000?streams=audit&channels=orders.*,payments.*"
PROD_MASKED = PROD_URL.replace("hunter2", "***")
PROD = ConnectionStatus(
    name="prod", url=PROD_MASKED, phase="connected", publishes=True, read_only=True, color="red", saved=True
)
LEGACY = ConnectionStatus(
    name="legacy", url="redis://localhost:7001", phase="failed", detail="The password was not accepted.", publishes=True
)
SHOP = ConnectionStatus(name="shop", url="demo://?rate=200", phase="connected")


def place(dialog: ConnectDialog, name: str) -> LabelledField:
    """A field of the form with its label and note."""
    found = dialog.entry.form.place_of(name)
    assert found is not None, name
    return found


def line(dialog: ConnectDialog, name: str) -> QLineEdit:
    """The line of a field."""
    found = place(dialog, name).findChild(QLineEdit, f"field.{name}")
    assert found is not None, name
    return found


def paste(field: QLineEdit, text: str) -> None:
    """Put a text into a line as a user does: select all, paste."""
    QGuiApplication.clipboard().setText(text)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def retype(field: QLineEdit, text: str) -> None:
    """Type over what a line holds."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def question(over: QWidget) -> Question:
    """The one question that is open over a window."""
    (found,) = [box for box in over.findChildren(Question) if box.isVisible()]
    return found


def answer(over: QWidget, *, yes: bool) -> str:
    """Answer the open question by a click; gives what it asked."""
    box = question(over)
    text = box.text()
    QTest.mouseClick(box.yes if yes else box.no, Qt.MouseButton.LeftButton)
    return text


async def turns(number: int = 5) -> None:
    """Let the event loop turn, so that what was begun goes on as far as it can."""
    for _ in range(number):
        await asyncio.sleep(0)
