"""The line below an event: how many observers it matches, and that something is hidden, with the way to see it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.gui.models.event_facts import observers_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.plain_text import PlainLabel

HEIGHT = 24


class EventFooter(QWidget):
    """Observers and secrets.

    Attributes:
        revealAsked: show the secrets (True) or hide them.
    """

    revealAsked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._revealed = False
        self._observers = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._observers.setProperty("tone", "text2")
        self.reveal = LinkButton("", self)
        self.reveal.clicked.connect(lambda: self.revealAsked.emit(not self._revealed))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 1, 12, 0)
        layout.addWidget(self._observers, 1)
        layout.addWidget(self.reveal)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """What is said of the observers."""
        return self._observers.text()

    def say(self, observers: int, *, secrets: bool, revealed: bool) -> None:
        """Say it of another event."""
        self._revealed = revealed
        self._observers.setText(observers_line(observers))
        self.reveal.setVisible(secrets)
        self.reveal.setText(self.tr("Hide secrets") if revealed else self.tr("Show secrets"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and a hairline above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("base"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("hairline"))

    def _restyle(self) -> None:
        for widget in (self._observers, self.reveal):
            widget.setFont(self._theme.small)
        self.reveal.setFixedHeight(self.reveal.fontMetrics().height() + 2)
        self.setFixedHeight(max(HEIGHT, self._observers.fontMetrics().height() + 8))
