"""A small field over the log that asks for the seq to go to; Enter goes, Esc or a click elsewhere leaves."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from eventmon.gui import formatting
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel

MOST_DIGITS = 24


class GoToSeq(QFrame):
    """Emits ``chosen`` with the seq (int as object, it may be larger than Qt's)."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, first: int, newest: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("goToSeq")
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = PlainLabel(self.tr("Go to seq"), self)
        self.edit = QLineEdit(self)
        self.edit.setFont(theme.mono)
        self.edit.setValidator(QRegularExpressionValidator(r"[0-9][0-9,  .']*", self.edit))
        self.edit.setMaxLength(MOST_DIGITS)
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("0" * 16))
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

    def open_over(self, view: QWidget) -> None:
        """Show it at the top of the view, in the middle."""
        self.adjustSize()
        self.move(view.mapToGlobal(QPoint((view.width() - self.width()) // 2, 8)))
        self.show()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self) -> None:
        digits = "".join(character for character in self.edit.text() if character.isdigit())
        if digits:
            self.chosen.emit(int(digits))
            self.close()
