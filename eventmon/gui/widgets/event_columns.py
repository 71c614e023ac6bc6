"""How names and values share the width of a tree: by parts of it, so that a wider panel widens both."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTreeView

from eventmon.gui.models.event_tree import FIELD

NAME_SHARE: Final = 0.42
LEAST_SHARE: Final = 0.15
MOST_SHARE: Final = 0.85
LEAST_NAME: Final = 48


class EventColumns(QObject):
    """The two columns of one view; what the user drags is kept as a share."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view
        self.share = NAME_SHARE
        header = view.header()
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(LEAST_NAME)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._resized)

    def set_share(self, share: float) -> None:
        """Give the names that much of the width."""
        self.share = min(max(share, LEAST_SHARE), MOST_SHARE)
        self.apply()

    def apply(self) -> None:
        """Share the width there is now."""
        width = max(LEAST_NAME, round(self._view.viewport().width() * self.share))
        self._view.header().resizeSection(FIELD, width)

    def _resized(self, section: int, _before: int, width: int) -> None:
        room = self._view.viewport().width()
        if section == FIELD and QGuiApplication.mouseButtons() and room:
            self.share = min(max(width / room, LEAST_SHARE), MOST_SHARE)
