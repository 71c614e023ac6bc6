"""A push button for a command: it triggers the action, and is grey while the action is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from eventmon.gui.dialogs.frame import FooterButton
from eventmon.gui.widgets.plain_text import same_tooltip


class ActionButton(FooterButton):
    """Follows its action for as long as it lives, with the reason why it is grey; the action may live longer."""

    def __init__(self, action: QAction, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text or action.text().replace("&", ""), parent)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        """Room for the heavier text only where it is the default button."""
        return super().sizeHint() if self.isDefault() else QPushButton.sizeHint(self)

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        same_tooltip(self, self._action)
