"""A panel of three lines for tests of the window itself, so that they need none of the real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from eventmon.gui.context import PanelContext
from eventmon.gui.panels.base import DockArea, Panel, PanelDescription


class SmallPanel(Panel):
    """A field whose text is the panel's state."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.field = QLineEdit(self)
        QVBoxLayout(self).addWidget(self.field)

    def title_actions(self) -> list[QAction]:
        return [self.context.commands.action("log.clear_view")]

    def focus_widget(self) -> QWidget:
        return self.field

    def save_state(self) -> dict[str, Any]:
        return {"text": self.field.text()}

    def restore_state(self, state: dict[str, Any]) -> None:
        self.field.setText(str(state.get("text", "")))


def broken() -> Callable[[PanelContext], Panel]:
    raise ImportError("libplots.so is missing")


def described(panel_id: str, area: DockArea, shortcut: str, factory: Any = None) -> PanelDescription:
    return PanelDescription(
        id=panel_id,
        title=panel_id.replace("_", " ").capitalize(),
        icon="list",
        area=area,
        shortcut=shortcut,
        factory=factory or (lambda: SmallPanel),
    )


SMALL_PANELS = (
    described("topics", "left", "Ctrl+1"),
    described("event_log", "centre", "Ctrl+2"),
    described("counters", "bottom", "Ctrl+6"),
)
