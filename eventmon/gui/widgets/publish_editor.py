"""The editor of the data: what is written comes out exactly, and a mistake is marked at its line.

Qt's own way to take the text out turns no-break spaces into blanks; this one does not.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.publish_highlighter import PublishHighlighter, units

_LINE_ENDS = str.maketrans({"\u2029": "\n", "\u2028": "\n"})
MIN_LINES = 2
Selection = QTextEdit.ExtraSelection
"""The plain editor takes its marks in the type of its richer sister."""


class PublishEditor(QPlainTextEdit):
    """Plain text with a mark for a mistake; Tab leaves it."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, name: str = "publishEditor", least_lines: int = MIN_LINES
    ) -> None:
        """Make it; it is never lower than so many lines."""
        super().__init__(parent)
        self.setObjectName(name)
        self._least_lines = least_lines
        self.setAccessibleName(self.tr("Data"))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._theme = theme
        self._mark = -1
        self.highlighter = PublishHighlighter(theme, self.document())
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """What is written, to the letter."""
        return self.document().toRawText().translate(_LINE_ENDS)

    def set_text(self, text: str) -> None:
        """Show another text; the one before cannot be brought back by undo."""
        self.setPlainText(text)

    def replace_text(self, text: str) -> None:
        """Write another text in the place of this one, so that undo brings it back."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()

    def sizeHint(self) -> QSize:
        """No more than the least: what is left is given to it anyway, and no scroll bar comes for its sake."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def save_room(self, scarce: bool) -> None:
        """Do without the bar under the text where lines are few; the keyboard and the wheel still go sideways."""
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if scarce else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setHorizontalScrollBarPolicy(policy)

    @property
    def marked(self) -> int:
        """The position that is marked; -1 for none."""
        return self._mark

    def mark(self, position: int) -> None:
        """Mark the line of a position, and the position itself; -1 takes the mark away."""
        self._mark = position
        self._show_mark()

    def go_to_mark(self) -> None:
        """Put the cursor where the mistake is."""
        if self._mark >= 0:
            self.setTextCursor(self._cursor_at(self._mark))
            self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A new line begins under the line before."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers() not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            super().keyPressEvent(event)
            return
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        cursor.insertText("\n" + before[: len(before) - len(before.lstrip(" "))])
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _cursor_at(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(units(self.text()[:position]), self.document().characterCount() - 1))
        return cursor

    def _show_mark(self) -> None:
        if self._mark < 0:
            self.setExtraSelections([])
            set_look(self, "state", "")
            return
        cursor = self._cursor_at(self._mark)
        line = QTextCharFormat()
        line.setBackground(self._theme.color("error_bg"))
        line.setProperty(QTextFormat.Property.FullWidthSelection, True)
        place = QTextCharFormat()
        place.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        place.setUnderlineColor(self._theme.color("error"))
        at = QTextCursor(cursor)
        moved = at.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        if not moved or not at.selectedText().strip("\u2029"):
            at = QTextCursor(cursor)
            at.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
        self.setExtraSelections([_selection(cursor, line), _selection(at, place)])
        set_look(self, "state", "error")

    def _restyle(self) -> None:
        theme = self._theme
        self.setFont(theme.mono)
        edge, focus, error, ground = (theme.color(token).name() for token in ("outline", "accent", "error", "base"))
        self.setStyleSheet(
            f".PublishEditor {{ background: {ground}; border: 1px solid {edge}; border-radius: 5px; padding: 2px; }}"
            f".PublishEditor:focus {{ border-color: {focus}; }}"
            f'.PublishEditor[state="error"] {{ border-color: {error}; }}'
        )
        self.setFont(theme.mono)
        self.setMinimumHeight(self._least_lines * self.fontMetrics().lineSpacing() + 16)
        self._show_mark()


def _selection(cursor: QTextCursor, look: QTextCharFormat) -> Selection:
    selection = Selection()
    selection.cursor = cursor
    selection.format = look
    return selection
