"""The address of a connection as one line: typed, pasted, or written by the form beside it.

What is pasted is judged at once, what is typed when it rests: half an address is no mistake yet.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.labelled_field import LabelledField

REST_MS: Final = 400


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connect", text)


class AddressField(LabelledField):
    """The line with its label and note.

    Attributes:
        touched: the user changed it.
        settled: the user is done for now (the address, str as object).
    """

    touched = Signal()
    settled = Signal(object)

    def __init__(self, theme: Theme) -> None:
        self.line = QLineEdit()
        self.line.setObjectName("address")
        self.line.setFont(theme.mono)
        super().__init__(theme, _tr("Address"), self.line, _tr("Paste an address here to fill the form"))
        self._fresh = False
        self._before = ""
        self._rest = QTimer(self)
        self._rest.setObjectName("addressRest")
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.settle)
        self.line.textEdited.connect(self._edited)
        self.line.editingFinished.connect(self._left)

    def settle(self) -> None:
        """Have what was typed judged now."""
        self._rest.stop()
        if self._fresh:
            self._fresh = False
            self.settled.emit(self.line.text().strip())

    def show_address(self, address: str) -> None:
        """Write another address; what was typed before gives way."""
        self._rest.stop()
        self._fresh = False
        self.clear_error()
        if address != self.line.text():
            at_end = self.line.hasFocus() and self.line.cursorPosition() == len(self.line.text())
            self.line.setText(address)
            self.line.setCursorPosition(len(address) if at_end else 0)
        self._before = address

    def _left(self) -> None:
        """An address is read from its beginning."""
        self.settle()
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)

    def _edited(self, text: str) -> None:
        self.touched.emit()
        self.clear_error()
        self._fresh = True
        before, self._before = self._before, text
        if _inserted(before, text) > 1:
            self.settle()
        else:
            self._rest.start()


def _inserted(before: str, after: str) -> int:
    """How many characters a change put in at one place: typing one, pasting many."""
    start = _alike(before, after)
    return len(after) - start - _alike(before[start:][::-1], after[start:][::-1])


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))
