"""A page of a payload as text: read-only, not wrapped, coloured as JSON; lines arrive with a bounded length."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.payload_highlighter import PayloadHighlighter

INSET = 8


class EventTextView(QPlainTextEdit):
    """Shows text as it is; the keyboard selects in it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(self.tr("Payload as text"))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(INSET)
        self._highlighter = PayloadHighlighter(theme, self.document())
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str, *, colored: bool) -> None:
        """Show another text; the same one keeps its place."""
        self._highlighter.set_on(colored)
        if text != self.toPlainText():
            self.setPlainText(text)

    def _restyle(self) -> None:
        self.setFont(self._theme.mono)
