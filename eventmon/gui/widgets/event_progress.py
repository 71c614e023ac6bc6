"""The line that says what is being done with a whole payload, how far it is, and stops it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.gui.models.event_work import EventWork
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.link_button import LinkButton
from eventmon.gui.widgets.plain_text import PlainLabel

PATIENCE_MS: Final = 300
"""What is done sooner needs no words."""


class EventProgress(QWidget):
    """Hidden while nothing takes long."""

    def __init__(self, theme: Theme, work: EventWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("eventProgress")
        self._theme = theme
        self._doing = ""
        self._text = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._text.setProperty("tone", "text2")
        self.stop = LinkButton(self.tr("Stop"), self)
        self.stop.clicked.connect(work.stop)
        self.patience = QTimer(self)
        self.patience.setSingleShot(True)
        self.patience.setInterval(PATIENCE_MS)
        self.patience.timeout.connect(self.show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.setSpacing(12)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.stop)
        work.started.connect(self._start)
        work.progressed.connect(self._say)
        work.ended.connect(self._end)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """What the line says."""
        return self._text.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tint."""
        QPainter(self).fillRect(event.rect(), self._theme.color("info_bg"))

    def _start(self, doing: str) -> None:
        self._doing = doing
        self.stop.setAccessibleName(self.tr("Stop: {doing}").format(doing=doing))
        self._say(0)
        self.patience.start()

    def _say(self, hundredths: int) -> None:
        self._text.setText(self.tr("{doing}: {part} %").format(doing=self._doing, part=min(hundredths, 99)))

    def _end(self) -> None:
        self.patience.stop()
        self.hide()

    def _restyle(self) -> None:
        for widget in (self._text, self.stop):
            widget.setFont(self._theme.small)
        self.stop.setFixedHeight(self.stop.fontMetrics().height() + 2)
