"""Completing placeholders in an editor: two braces open the list, Enter or Tab takes what is chosen in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QPlainTextEdit

_BEGUN: Final = re.compile(r"\{\{[\w.]*\Z")
_TAKES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class PlaceholderCompletion(QObject):
    """Offers placeholders at the cursor of one editor."""

    def __init__(self, editor: QPlainTextEdit, placeholders: Sequence[str]) -> None:
        super().__init__(editor)
        self._editor = editor
        self.completer = QCompleter(QStringListModel(list(placeholders), self), self)
        self.completer.setWidget(editor)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.activated.connect(self.put)
        popup = self.completer.popup()
        assert popup is not None, "a completer that pops up has a list"
        self._popup = popup
        self._popup.installEventFilter(self)
        editor.textChanged.connect(self._offer)

    def put(self, placeholder: str) -> None:
        """Write a placeholder at the cursor, in the place of what is begun of one."""
        cursor = self._editor.textCursor()
        cursor.clearSelection()
        for _ in self._begun():
            cursor.deletePreviousChar()
        cursor.insertText(placeholder)
        self._editor.setTextCursor(cursor)
        self._editor.setFocus()

    def eventFilter(self, _popup: QObject, event: QEvent) -> bool:
        """Take what is chosen in the list before the editor sees the key: it would begin a new line."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in _TAKES:
            return False
        chosen = self._popup.currentIndex()
        self._popup.hide()
        self.put(str(chosen.data()))
        return True

    def _begun(self) -> str:
        """The placeholder that is being typed; empty for none."""
        cursor = self._editor.textCursor()
        cursor.setPosition(cursor.position())
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        found = _BEGUN.search(cursor.selectedText())
        return found[0] if found else ""

    def _offer(self) -> None:
        begun, popup = self._begun(), self._popup
        self.completer.setCompletionPrefix(begun)
        if not begun or not self._editor.hasFocus() or not self.completer.completionCount():
            popup.hide()
            return
        popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        place = self._editor.cursorRect()
        place.setWidth(popup.sizeHintForColumn(0) + 32)
        self.completer.complete(place)
