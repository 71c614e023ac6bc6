"""What every panel keeps: one file, one description in the registry, its state in plain JSON values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from eventmon.gui.context import PanelContext


class Panel(QWidget):
    """Content of one dock. The dock's header shows ``note`` beside the title and at most three ``title_actions``."""

    noteChanged = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    def title_actions(self) -> list[QAction]:
        """Actions of the header, at most three."""
        return []

    def focus_widget(self) -> QWidget:
        """What gets the keyboard when the panel is gone to."""
        return self

    def save_state(self) -> dict[str, Any]:
        """What has to come back after a restart, as JSON values."""
        return {}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take back what ``save_state`` gave; anything odd in it is ignored."""


DockArea = Literal["left", "centre", "right", "bottom"]


@dataclass(frozen=True, kw_only=True)
class PanelDescription:
    """One line of the registry: View menu, saved layouts and smoke tests are derived from it."""

    id: str
    title: str
    icon: str
    area: DockArea
    shortcut: str
    factory: Callable[[], Callable[[PanelContext], Panel]]
    """Imports the panel's module lazily and gives its class."""
