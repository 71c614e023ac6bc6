"""What stands under a field: a quiet note, or an icon and a sentence when something has to be mended or went well."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel

ICON = 14
_ICONS = {"error": "circle-alert", "warn": "triangle-alert", "ok": "check"}


class FieldNote(QWidget):
    """One sentence; takes no room while there is none. Its tone is ``text3``, ``ok``, ``warn`` or ``error``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = PlainLabel(parent=self)
        self._text = PlainLabel(parent=self)
        self._text.setWordWrap(True)
        self._text.setFont(theme.small)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        theme.changed.connect(self._restyle)
        self.say("")

    @property
    def text(self) -> str:
        """What it says now."""
        return self._text.text()

    @property
    def tone(self) -> str:
        """How it says it."""
        return str(self._text.property("tone") or "")

    def say(self, sentence: str, tone: str = "text3") -> None:
        """Show a sentence; an empty one takes the note away."""
        self._text.setText(sentence)
        set_look(self._text, "tone", tone)
        self._icon.setVisible(tone in _ICONS)
        self._restyle()
        self.setVisible(bool(sentence))

    def _restyle(self) -> None:
        if self.tone in _ICONS:
            pixmap = self._theme.pixmap(_ICONS[self.tone], self.tone, ICON, self.devicePixelRatioF())
            self._icon.setPixmap(pixmap)
