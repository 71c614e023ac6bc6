"""A thin line that fills from the left while something long is done; it keeps its place while nothing is."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from eventmon.gui.theme.theme import Theme

HEIGHT = 4


class ProgressLine(QWidget):
    """How far something has come, 0 to 1; nothing is painted when that is None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progressLine")
        self._theme = theme
        self._share: float | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def share(self) -> float | None:
        """How far it is."""
        return self._share

    def show_share(self, share: float | None) -> None:
        """Fill it so far."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and the part that is filled."""
        if self._share is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("hairline"))
        painter.setBrush(self._theme.color("hairline"))
        radius = HEIGHT / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(self._theme.color("accent"))
        painter.setBrush(self._theme.color("accent"))
        filled = self.rect()
        filled.setWidth(round(self.width() * min(max(self._share, 0.0), 1.0)))
        if filled.width():
            painter.drawRoundedRect(filled, radius, radius)
