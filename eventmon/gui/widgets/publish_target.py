"""Whose topic it is: the colour of the connection as a bar, its name and how it is; nothing for a local topic."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.connection_texts import COLOR_TOKENS, about_connection, short_name
from eventmon.gui.phases import MARKS, phase_word
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

BAR = 4
ICON = 14
DOT = 8


class PublishTarget(QWidget):
    """One line about the connection that a topic belongs to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("publishTarget")
        self._theme = theme
        self.status: ConnectionStatus | None = None
        self._icon = PlainLabel(parent=self)
        self._icon.setFixedWidth(ICON)
        self._name = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._state = PlainLabel(parent=self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(BAR + 6, 1, 0, 1)
        layout.setSpacing(6)
        layout.addWidget(self._icon)
        layout.addWidget(self._name)
        layout.addWidget(self._state)
        layout.addStretch(1)
        theme.changed.connect(self._restyle)
        self.show_status(None)

    @property
    def text(self) -> str:
        """What it says; empty for a local topic."""
        return f"{self._name.text()} {self._state.text()}".strip()

    def show_status(self, status: ConnectionStatus | None) -> None:
        """Show a connection, or nothing."""
        self.status = status
        self.setVisible(status is not None)
        if status is None:
            self._name.setText("")
            self._state.setText("")
            return
        self._name.setText(short_name(status.name))
        words = [phase_word(status.phase)]
        if not status.publishes:
            words.append(QCoreApplication.translate("Publish", "only receives"))
        elif status.read_only:
            words.append(QCoreApplication.translate("Publish", "read-only"))
        self._state.setText(", ".join(words))
        plain_tooltip(self, about_connection(status))
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar in the connection's colour, and a dot for a connected one."""
        if self.status is None:
            return
        painter = QPainter(self)
        token = COLOR_TOKENS.get(self.status.color)
        if token:
            painter.fillRect(0, 0, BAR, self.height(), self._theme.color(token))
        icon, tone = MARKS[self.status.phase]
        if not icon:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(tone))
            middle = self._icon.geometry().center()
            painter.drawEllipse(middle.x() - DOT // 2 + 1, middle.y() - DOT // 2 + 1, DOT, DOT)

    def _restyle(self) -> None:
        self._name.setFont(self._theme.body)
        self._state.setFont(self._theme.small)
        if self.status is None:
            return
        icon, tone = MARKS[self.status.phase]
        set_look(self._state, "tone", tone)
        if icon:
            self._icon.setPixmap(self._theme.pixmap(icon, tone, ICON, self.devicePixelRatioF()))
        else:
            self._icon.clear()
        self.update()
