"""The strip above the rows: what went wrong stays until it is taken back, a note leaves by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel

NOTE_MS = 8_000


class LogNotice(PlainLabel):
    """One sentence, or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("logTrouble")
        self.setWordWrap(True)
        self.setContentsMargins(12, 2, 12, 6)
        self.hide()
        self.timer = QTimer(self, singleShot=True, interval=NOTE_MS)
        self.timer.setObjectName("logNoteTimer")
        self.timer.timeout.connect(self.hide)

    def say_trouble(self, text: str) -> None:
        """Say what went wrong; nothing takes it back, and a note with it."""
        self.timer.stop()
        self._say(text, "error")

    def say_note(self, text: str) -> None:
        """Say what was done, for a while; nothing takes back what was said last."""
        if text:
            self.timer.start()
        self._say(text, "text2")

    def _say(self, text: str, tone: str) -> None:
        set_look(self, "tone", tone)
        self.setText(text)
        self.setVisible(bool(text))
