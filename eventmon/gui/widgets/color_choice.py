"""The colour that marks a connection, chosen from a row of swatches by mouse or arrow keys."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from eventmon.engine.frame import ConnectionColor
from eventmon.gui.connection_texts import COLOR_TOKENS, color_word
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import plain_tooltip

SIZE = 24
SWATCH = 14


class Swatch(QAbstractButton):
    """One colour as a disc; a stroke stands for none, a ring round it for chosen."""

    def __init__(self, theme: Theme, color: ConnectionColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.color: ConnectionColor = color
        self.setCheckable(True)
        self.setFixedSize(SIZE, SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(color_word(color))
        plain_tooltip(self, color_word(color))

    def sizeHint(self) -> QSize:
        """A target of 24 px."""
        return QSize(SIZE, SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Disc, ring, and the edge of the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, middle = self._theme, QPointF(SIZE / 2, SIZE / 2)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        if self.color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(COLOR_TOKENS[self.color]))
            painter.drawEllipse(middle, SWATCH / 2, SWATCH / 2)
        else:
            painter.setPen(QPen(theme.color("text2"), 1.5))
            painter.drawLine(QPointF(SIZE / 2 - 4, SIZE / 2 + 4), QPointF(SIZE / 2 + 4, SIZE / 2 - 4))
            if not self.isChecked():
                painter.drawEllipse(middle, SWATCH / 2, SWATCH / 2)
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "text"), 1.5))
            painter.drawEllipse(QRectF(1.5, 1.5, SIZE - 3, SIZE - 3))


class ColorChoice(QWidget):
    """All colours in a row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.swatches: dict[str, Swatch] = {}
        for color in get_args(ConnectionColor):
            swatch = self.swatches[color] = Swatch(theme, color, self)
            self._group.addButton(swatch)
            layout.addWidget(swatch)
        layout.addStretch(1)
        self._group.idToggled.connect(lambda _id, _on: self._follow())
        self.set_color("")

    def color(self) -> ConnectionColor:
        """The colour chosen."""
        button = self._group.checkedButton()
        assert isinstance(button, Swatch)
        return button.color

    def set_color(self, color: ConnectionColor) -> None:
        """Show another one as chosen."""
        self.swatches[color].setChecked(True)

    def _follow(self) -> None:
        """The keyboard comes to the colour that is chosen."""
        button = self._group.checkedButton()
        if button is not None:
            self.setFocusProxy(button)
