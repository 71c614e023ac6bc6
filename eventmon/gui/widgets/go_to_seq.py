"""A small card over the log that asks where to go; Enter goes, Esc or a click elsewhere leaves.

A text that leads nowhere is answered on the card, so that it can be mended.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from eventmon.gui import formatting
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel

LONGEST = 40
FROM_TOP = 36
INSET = 12
_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class _PlaceEdit(QLineEdit):
    """Tells when the user is done without choosing; its keys are its own, not shortcuts of the log below."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim Enter and Esc before a shortcut does."""
        own = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS
        if own:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere leaves too; another window only borrows the keyboard."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()


class GoToSeq(QFrame):
    """Emits ``wanted`` with the text (str as object); deletes itself when closed."""

    wanted = Signal(object)

    def __init__(self, theme: Theme, first: int, newest: int, view: QWidget) -> None:
        super().__init__(view)
        self.setObjectName("goToSeq")
        self.setStyleSheet(
            f"#goToSeq {{ background: {theme.color('raised').name()}; border-radius: 8px;"
            f" border: 1px solid {theme.color('outline').name()}; }}"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._view = view
        label = PlainLabel(self.tr("Go to seq or time"), self)
        self.edit = _PlaceEdit(self)
        self.edit.setFont(theme.mono)
        self.edit.setMaxLength(LONGEST)
        self.edit.setPlaceholderText("1204, 14:07, -5m")
        self.edit.setMinimumWidth(self.edit.fontMetrics().horizontalAdvance("0" * 18))
        label.setBuddy(self.edit)
        self.edit.setAccessibleName(label.text())
        bounds = PlainLabel(f"{formatting.count(first)} – {formatting.count(newest)}", self)
        bounds.setProperty("tone", "text3")
        bounds.setFont(theme.small)
        self.problem = PlainLabel(parent=self)
        self.problem.setProperty("tone", "error")
        self.problem.setFont(theme.small)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._lay_out(label, bounds)
        self.edit.returnPressed.connect(self._choose)
        self.edit.textEdited.connect(lambda _text: self.say(""))
        self.edit.left.connect(self.leave)

    def open(self) -> None:
        """Show it near the top of the view, in the middle."""
        self._place()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def say(self, problem: str) -> None:
        """Say why the text leads nowhere; nothing takes it back."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.edit.setAccessibleDescription(problem)
        set_look(self.edit, "state", "error" if problem else "")
        self._place()

    def leave(self) -> None:
        """Close, and give the keyboard back to the rows."""
        if self.isVisible():
            self.hide()
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.close()

    def _lay_out(self, label: QWidget, bounds: QWidget) -> None:
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        for widget in (label, self.edit, bounds):
            self._line.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INSET, 8, INSET, 8)
        self._column.setSpacing(4)
        self._column.addLayout(self._line)
        self._column.addWidget(self.problem)

    def _place(self) -> None:
        """As wide as its first line, as high as that needs, and never wider than the view."""
        width = min(self._line.sizeHint().width() + 2 * INSET, self._view.width() - 8)
        height = self._column.totalHeightForWidth(width) if self._column.hasHeightForWidth() else 0
        self.resize(width, height or self._column.sizeHint().height())
        self.move((self._view.width() - self.width()) // 2, FROM_TOP)

    def _choose(self) -> None:
        text = self.edit.text()
        if text.strip():
            self.wanted.emit(text)
        else:
            self.leave()
