"""What the parts of the status bar are made of: a dot, a bar, widgets that come and go as one, a tag with a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from eventmon.gui.formatting import one_line
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip


class Dot(QWidget):
    """A filled circle in the colour of a token."""

    def __init__(self, theme: Theme, token: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._token = token
        self.setFixedSize(8, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._token))
        painter.drawEllipse(QRectF(self.rect()))


class FillBar(QWidget):
    """How full the log is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setFixedSize(48, 4)

    def set_share(self, share: float) -> None:
        """Show a share between 0 and 1."""
        share = max(0.0, min(1.0, share))
        if round(share * 48) != round(self._share * 48):
            self.update()
        self._share = share

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track and fill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("pressed"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        painter.setBrush(self._theme.color("warn" if self._share > 0.95 else "outline"))
        painter.drawRoundedRect(QRectF(0, 0, max(4.0, 48 * self._share) if self._share > 0.01 else 0, 4), 2, 2)


class Part(QWidget):
    """Some widgets side by side that come and go as one; ``level`` 0 shows the most."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self.levels = 1
        self.level = 0
        self.box = QHBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(spacing)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_level(self, level: int) -> None:
        """Show less; the last level is nothing."""
        self.level = level
        self.setVisible(level < self.levels)


class Tag(Part):
    """A connection: the mark of its phase and its name, with everything else in the tooltip."""

    def __init__(self, theme: Theme, name: str, mark: tuple[str, str], about: str) -> None:
        super().__init__()
        self._about = ""
        icon, token = mark
        if icon:
            picture = PlainLabel()
            picture.setPixmap(theme.pixmap(icon, token, 14, self.devicePixelRatioF()))
            self.box.addWidget(picture)
        else:
            self.box.addWidget(Dot(theme, token))
        self.name = PlainLabel(one_line(name, 24))
        self.name.setFont(theme.small)
        self.box.addWidget(self.name)
        self.describe(about)

    def describe(self, about: str) -> None:
        """What hovering and assistive tools tell."""
        if about != self._about:
            self._about = about
            plain_tooltip(self, about)
            self.setAccessibleName(one_line(about))
