"""What a panel shows when it has nothing: an icon, a title, one sentence and at most one button, centred."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.plain_text import PlainLabel

WIDTH = 280
ICON_SIZE = 24


class EmptyState(QWidget):
    """A calm page that says why there is nothing to see, and what would change that."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        sentence: str,
        action: QAction | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = PlainLabel(parent=self)
        self._title = PlainLabel(title, self)
        self._sentence = PlainLabel(sentence, self)
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("tone", "text2")
        column = QWidget(self)
        column.setMaximumWidth(WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addStretch(1)
        for label in (self._icon, self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        if action is not None:
            layout.addSpacing(8)
            button = ActionButton(action)
            self.setFocusProxy(button)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        centred = QHBoxLayout(self)
        centred.setContentsMargins(12, 12, 12, 12)
        centred.addStretch(1)
        centred.addWidget(column, 100)
        centred.addStretch(1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_text(self, title: str, sentence: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "text3", ICON_SIZE, self.devicePixelRatioF()))
        self._title.setFont(self._theme.title)
        self._sentence.setFont(self._theme.body)
