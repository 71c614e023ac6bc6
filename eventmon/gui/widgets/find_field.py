"""A quiet field to find things in a panel: Enter and F3 go on, Esc clears, Down goes to the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from eventmon.gui.theme.theme import Theme

MAX_LENGTH = 4_096


class FindField(QLineEdit):
    """The field.

    Attributes:
        nextWanted: to the next hit (1) or the previous one (-1).
        left: the keyboard wants to go to the list; the text stays.
    """

    nextWanted = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("quiet", "true")
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setMaxLength(MAX_LENGTH)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(self)
        self._clear.setText(self.tr("Clear"))
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        self._clear.setVisible(False)
        theme.changed.connect(self._restyle)
        self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that have a meaning of their own here."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.nextWanted.emit(-1 if back else 1)
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif key == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        self._glass.setIcon(self._theme.icon("search", "text3"))
        self._clear.setIcon(self._theme.icon("x", "text3"))
