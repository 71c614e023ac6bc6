"""A field that completes what is typed from what was seen, and opens a list of it; anything may be written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QSizePolicy, QWidget

MAX_LENGTH = 8_192
MIN_LETTERS = 3
LONGEST_SUGGESTION = 256


class SuggestField(QComboBox):
    """One line with suggestions.

    Attributes:
        edited: the user changed the text.
    """

    edited = Signal()

    def __init__(self, name: str, find: Callable[[str], list[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(MIN_LETTERS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = self.lineEdit()
        assert line is not None
        self.line = line
        self.setAccessibleName(name)
        line.setAccessibleName(name)
        line.setMaxLength(MAX_LENGTH)
        self._found = QStringListModel(self)
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(10)
        self.setCompleter(completer)
        line.textEdited.connect(self._typed)
        self.activated.connect(lambda _index: self.edited.emit())
        completer.activated.connect(lambda _text: self.edited.emit())

    def text(self) -> str:
        """What is written."""
        return self.line.text()

    def completions(self, typed: str) -> list[str]:
        """What is offered for a text: no more than a list can show as it is."""
        return [text for text in self._find(typed) if text.isprintable() and len(text) <= LONGEST_SUGGESTION]

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def showPopup(self) -> None:
        """The list, made anew each time it opens."""
        text = self.text()
        self.clear()
        self.addItems(self.completions(""))
        self.setEditText(text)
        if self.count():
            super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a field changes nothing."""
        event.ignore()

    def _typed(self, text: str) -> None:
        found = self.completions(text) if text else []
        self._found.setStringList([] if found == [text] else found)
        self.edited.emit()
