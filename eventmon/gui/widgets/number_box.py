"""A line for a number with arrows beside it: the line keeps its own rules, the arrows only step.

Qt's own spin boxes hold a number at all times; here nothing may be written, which stands for a default.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

MARGIN = 8
"""Before the text: the sheet's padding does not reach it."""
ROOM_FOR_ARROWS = 38
"""Beside the text, edges included."""
SAMPLE = "1,000,000"


class NumberBox(QAbstractSpinBox):
    """Arrows round a line; ``step`` is called with how many steps, ``can_step`` with one of them."""

    def __init__(
        self,
        name: str,
        line: QLineEdit,
        step: Callable[[int], None],
        can_step: Callable[[int], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._step = step
        self._can_step = can_step
        self.setLineEdit(line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line.setTextMargins(MARGIN, 0, 0, 0)

    def sizeHint(self) -> QSize:
        """Room for what is usual; Qt knows of no numbers here."""
        width = self.fontMetrics().horizontalAdvance(SAMPLE) + ROOM_FOR_ARROWS
        return QSize(width, super().sizeHint().height())

    def stepBy(self, steps: int) -> None:
        """An arrow was pressed, or its key."""
        self._step(steps)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Which arrows lead somewhere."""
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._can_step(1):
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._can_step(-1):
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a form scrolls it and changes no number."""
        event.ignore()
