"""The three lines over an event: its type, its topic, and when, which, how big and what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.log_delegate import shorten_topic
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

STEP_ABOVE = 2
"""The title is so many points above the text."""


class TopicLabel(PlainLabel):
    """A topic that gives up its leading levels first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, elide=Qt.TextElideMode.ElideLeft)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        if not self.is_cut():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = shorten_topic(self.text(), self.contentsRect().width(), QFontMetricsF(self.font()))
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)


class EventHeader(QWidget):
    """Type, topic and facts of the event shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self.topic = TopicLabel(self)
        self.facts = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        for label, tone in ((self.title, ""), (self.topic, "text2"), (self.facts, "text2")):
            label.setProperty("tone", tone)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 2, 12, 4)
        layout.setSpacing(1)
        for label in (self.title, self.topic, self.facts):
            layout.addWidget(label)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, title: str, topic: str, facts: str, told: str) -> None:
        """Show an event; ``told`` is the tooltip of the facts."""
        for label, text in ((self.title, title), (self.topic, topic), (self.facts, facts)):
            label.setText(text)
            plain_tooltip(label, text)
        plain_tooltip(self.facts, f"{facts}\n{told}")
        self.setAccessibleName(f"{self.title.text()}, {self.topic.text()}, {facts}")

    def set_stale(self, stale: bool) -> None:
        """Grey while the event shown is no longer in the log."""
        title, rest = ("text3", "text3") if stale else ("", "text2")
        if self.title.property("tone") == title:
            return
        for label, tone in ((self.title, title), (self.topic, rest), (self.facts, rest)):
            label.setProperty("tone", tone)
            label.style().polish(label)
        self._restyle()  # polishing takes the fonts away

    def _restyle(self) -> None:
        font = QFont(self._theme.title)
        font.setPointSizeF(font.pointSizeF() + STEP_ABOVE * self._theme.text_percent / 100)
        self.title.setFont(font)
        self.topic.setFont(self._theme.body)
        self.facts.setFont(self._theme.body)
