"""A small card over the log that asks for the seq to go to; Enter goes, Esc or a click elsewhere leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from eventmon.gui import formatting
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel

MOST_DIGITS = 24
FROM_TOP = 36


class _SeqEdit(QLineEdit):
    """Digits; tells when the user is done without choosing."""

    left = Signal()

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
    """Emits ``chosen`` with the seq (int as object, it may be larger than Qt's); deletes itself when closed."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, first: int, newest: int, view: QWidget) -> None:
        super().__init__(view)
        self.setObjectName("goToSeq")
        self.setStyleSheet(
            f"#goToSeq {{ background: {theme.color('raised').name()}; border-radius: 8px;"
            f" border: 1px solid {theme.color('outline').name()}; }}"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._view = view
        label = PlainLabel(self.tr("Go to seq"), self)
        self.edit = _SeqEdit(self)
        self.edit.setFont(theme.mono)
        self.edit.setValidator(QRegularExpressionValidator(r"[0-9][0-9,  .']*", self.edit))
        self.edit.setMaxLength(MOST_DIGITS)
        self.edit.setMinimumWidth(self.edit.fontMetrics().horizontalAdvance("0" * 16))
        label.setBuddy(self.edit)
        self.edit.setAccessibleName(label.text())
        bounds = PlainLabel(f"{formatting.count(first)} – {formatting.count(newest)}", self)
        bounds.setProperty("tone", "text3")
        bounds.setFont(theme.small)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for widget in (label, self.edit, bounds):
            layout.addWidget(widget)
        self.edit.returnPressed.connect(self._choose)
        self.edit.left.connect(self._leave)

    def open(self) -> None:
        """Show it near the top of the view, in the middle."""
        self.adjustSize()
        self.move((self._view.width() - self.width()) // 2, FROM_TOP)
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self) -> None:
        digits = "".join(character for character in self.edit.text() if character.isdigit())
        if digits:
            self.chosen.emit(int(digits))
            self._leave()

    def _leave(self) -> None:
        if self.isVisible():
            self.hide()
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.close()
