"""Holds one widget and passes on only what matters to those around it: that it needs more or less room than before.

Qt's layouts pass on every change of every text, up to the window, which then lays out all its docks anew: a footer
that counts thirty times a second cost a tenth of a core.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class SteadyFrame(QWidget):
    """A frame that its content fills. It has no layout, so that a change inside ends here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: QWidget | None = None
        self._told = QSize()

    def hold(self, content: QWidget) -> None:
        """Show this widget."""
        self._content = content
        content.setParent(self)
        content.setGeometry(self.rect())
        content.show()
        self._follow()

    def minimumSizeHint(self) -> QSize:
        """What the content needs now."""
        content = self._content
        if content is None:
            return super().minimumSizeHint()
        hint, least = content.minimumSizeHint(), content.minimumSize()
        return QSize(least.width() or hint.width(), least.height() or hint.height())

    def sizeHint(self) -> QSize:
        """What the content would like now."""
        return super().sizeHint() if self._content is None else self._content.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The content fills the frame."""
        super().resizeEvent(event)
        if self._content is not None:
            self._content.setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        """While it was hidden nobody told of changes."""
        super().showEvent(event)
        self._follow()

    def event(self, event: QEvent) -> bool:
        """Something inside changed: tell of it when the room it needs did."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._follow()
        return super().event(event)

    def _follow(self) -> None:
        needed = self.minimumSizeHint()
        if needed != self._told:
            self._told = needed
            self.updateGeometry()
