"""Big live numbers that can be read from across the room.

Digits have equal width and each number keeps the widest slot it has needed, so nothing moves while they change. What
does not fit is left out, the least important first, rather than cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from eventmon.gui.theme.theme import Theme

INSET = 12
SIZES = ((44, 900, 40), (34, 520, 28), (22, 0, 18))
"""Pixels of the digits, the width from which they are used, the gap between numbers."""
MIN_GAP = 8
LABEL_GAP = 1
_SAMPLE = "0"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to show. ``keep`` says which stay longest when there is no room: 0 stays to the last."""

    text: str
    label: str
    token: str
    keep: int


@dataclass(slots=True)
class _Slot:
    figure: Figure
    left: int


class BigNumbers(QWidget):
    """A row of figures with a label under each."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figures: tuple[Figure, ...] = ()
        self._stale = False
        self._digits: dict[str, int] = {}
        self._slots: list[_Slot] = []
        self._fonts: dict[int, tuple[QFont, QFontMetrics]] = {}
        self._bearings: dict[int, int] = {}
        self._step = SIZES[-1]
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def shown(self) -> list[Figure]:
        """The figures there is room for, from left to right."""
        return [slot.figure for slot in self._slots]

    @property
    def digit_size(self) -> int:
        """Pixels of the digits now, at normal text size."""
        return self._step[0]

    def show_figures(self, figures: Sequence[Figure], *, stale: bool = False) -> None:
        """Show these; ``stale`` ones are grey."""
        if (tuple(figures), stale) == (self._figures, self._stale):
            return
        labels = [figure.label for figure in self._figures]
        self._figures, self._stale = tuple(figures), stale
        if self._widen() or labels != [figure.label for figure in figures]:
            self._lay_out()
        else:
            by_label = {figure.label: figure for figure in figures}
            for slot in self._slots:
                slot.figure = by_label[slot.figure.label]
        self.setAccessibleName(", ".join(f"{figure.text} {figure.label}" for figure in self._figures))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the digits of this width and their labels."""
        _, metrics = self._fonts[self._step[0]]
        return QSize(320, metrics.height() + self._label.height() + LABEL_GAP + 4)

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the size of the digits, and what there is room for."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the digits, shifted so that their ink stands above the label, and the labels."""
        painter = QPainter(self)
        font, metrics = self._fonts[self._step[0]]
        baseline = metrics.ascent()
        for slot in self._slots:
            painter.setFont(font)
            painter.setPen(self._color(slot.figure))
            painter.drawText(slot.left - self._bearings[self._step[0]], baseline, slot.figure.text)
            painter.setFont(self._theme.small)
            painter.setPen(self._theme.color("text3" if self._stale else "text2"))
            label_line = baseline + metrics.descent() + LABEL_GAP + self._label.ascent()
            painter.drawText(slot.left, label_line, slot.figure.label)

    def _color(self, figure: Figure) -> QColor:
        return self._theme.color("text3" if self._stale else figure.token)

    def _widen(self) -> bool:
        """Note numbers that need more room than ever before."""
        wider = False
        for figure in self._figures:
            needed = len(figure.text)
            if needed > self._digits.get(figure.label, 0):
                self._digits[figure.label] = needed
                wider = True
        return wider

    def _width(self, figure: Figure, metrics: QFontMetrics) -> int:
        """The slot of a number: that of its text with every digit the widest."""
        longest = max(self._digits.get(figure.label, 0), len(figure.text))
        grown = longest - len(figure.text)
        text = "".join(_SAMPLE if sign.isdigit() else sign for sign in figure.text) + _SAMPLE * grown
        return max(metrics.horizontalAdvance(text), self._label.horizontalAdvance(figure.label))

    def _lay_out(self) -> None:
        room = self.width() - 2 * INSET
        for step in SIZES:
            figures = list(self._figures)
            _, metrics = self._fonts[step[0]]
            widths = [self._width(figure, metrics) for figure in figures]
            if self.width() >= step[1] and _needed(widths) <= room:
                break
        while len(figures) > 1 and _needed(widths) > room:
            least = max(range(len(figures)), key=lambda place: figures[place].keep)
            del figures[least], widths[least]
        gap = min(step[2], (room - sum(widths)) // max(1, len(widths) - 1))
        changed = step != self._step
        self._step = step
        left = INSET
        self._slots = []
        for figure, width in zip(figures, widths, strict=True):
            self._slots.append(_Slot(figure, left))
            left += width + gap
        if changed:
            self.updateGeometry()
        self.update()

    def _restyle(self) -> None:
        scale = self._theme.text_percent / 100
        for size, _, _ in SIZES:
            font = self._theme.number_font(round(size * scale))
            self._fonts[size] = font, QFontMetrics(font)
            self._bearings[size] = _bearing(QFontMetrics(font))
        self._label = QFontMetrics(self._theme.small)
        self._lay_out()
        self.updateGeometry()


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + MIN_GAP * (len(widths) - 1)


def _bearing(metrics: QFontMetrics) -> int:
    """How far the ink of digits begins right of where they are drawn: the same for all, or numbers would jump."""
    return min(metrics.tightBoundingRect(digit).left() for digit in "0123456789")
