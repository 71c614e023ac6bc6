"""The common shape of our dialogs: content inset by 20 px, a quiet footer with the buttons at its right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from eventmon.gui.widgets.plain_list import FIRST_INSET, PlainList

INSET = 20
FORM_GAP = 12
LABEL_GAP = 4


class FooterButton(QPushButton):
    """A button as wide as its text is when it is the default one, and so heavier."""

    def sizeHint(self) -> QSize:
        """Room for the heavier text."""
        heavy = QFont(self.font())
        heavy.setWeight(QFont.Weight.DemiBold)
        more = QFontMetrics(heavy).horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(self.text())
        hint = super().sizeHint()
        return QSize(hint.width() + max(0, more) + 4, hint.height())

    def minimumSizeHint(self) -> QSize:
        """A footer cuts no verb."""
        return self.sizeHint()


def hairline(parent: QWidget) -> QFrame:
    """The line above a footer, or between a list and what is said of its selected row."""
    line = QFrame(parent)
    line.setProperty("role", "hairline")
    line.setFixedHeight(1)
    return line


class FramedDialog(QDialog):
    """A dialog with ``content`` (a vertical layout) and ``footer`` (a row, buttons go to its right)."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        body = QFrame(self)
        body.setProperty("role", "dialog_body")
        self.content = QVBoxLayout(body)
        self.content.setContentsMargins(INSET - FIRST_INSET, INSET, INSET - FIRST_INSET, INSET)
        self.content.setSpacing(FORM_GAP)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(INSET - 4, 12, INSET - 4, 12)
        self.footer.setSpacing(8)
        self.footer.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(body, 1)
        layout.addWidget(hairline(self))
        layout.addLayout(self.footer)

    def add_button(self, text: str, *, default: bool = False) -> QPushButton:
        """A button at the right end of the footer."""
        button = FooterButton(text, self)
        button.setAutoDefault(default)
        button.setDefault(default)
        button.setMinimumWidth(76)
        self.footer.addWidget(button)
        return button

    def add(self, *widgets: QWidget) -> QVBoxLayout:
        """Widgets under each other, 20 px from the edge; gives their layout."""
        box = QVBoxLayout()
        box.setContentsMargins(FIRST_INSET, 0, FIRST_INSET, 0)
        box.setSpacing(LABEL_GAP)
        for widget in widgets:
            box.addWidget(widget)
        self.content.addLayout(box)
        return box

    def add_list(self, shown: PlainList) -> None:
        """A list that takes the room there is, its texts in line with everything else."""
        self.content.addWidget(shown, 1)

    def add_line(self) -> None:
        """A hairline under the list, over what belongs to its selected row."""
        box = QVBoxLayout()
        box.setContentsMargins(FIRST_INSET, 0, FIRST_INSET, 0)
        box.addWidget(hairline(self))
        self.content.addLayout(box)
