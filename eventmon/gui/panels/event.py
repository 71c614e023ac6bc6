"""The Event dock: everything of the event selected in the log, which it follows; windows of their own do not."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.panels.base import Panel
from eventmon.gui.widgets.event_copies import EventCopies
from eventmon.gui.widgets.event_view import EventView
from eventmon.gui.widgets.event_window import EventWindow

MIN_WIDTH = 312
NEED_AN_EVENT = ("event.copy_json", "event.copy_payload", "event.copy_value", "event.copy_path")


class EventPanel(Panel):
    """The event selected, in full."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("eventPanel")
        self.setMinimumWidth(MIN_WIDTH)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.view = EventView(context, self)
        self.pages = self.view.pages
        self.copies = EventCopies(context, self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._trees = (self.pages.tree.view, self.pages.attributes.view, self.pages.observers.view)
        self._bind()
        self._enable(None)
        self.view.shown.connect(self._enable)
        context.selection.eventChanged.connect(self._follow)
        self._follow(context.selection.current_event)

    # ── the dock's contract ──────────────────────────────────────────────────────────────────────────────────────

    def title_actions(self) -> list[QAction]:
        """A window of its own, and the copy."""
        return [self.context.commands.action("event.own_window"), self.context.commands.action("event.copy_json")]

    def focus_widget(self) -> QWidget:
        """What is under the tab, or the whole panel while there is no event."""
        widget = self.pages.view_of_tab()
        return widget if widget.isVisibleTo(self) else self

    def save_state(self) -> dict[str, Any]:
        """The tab, and how wide the names are in each tree."""
        return {"tab": self.pages.tab, "names": [tree.columns.share for tree in self._trees]}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take both back."""
        self.pages.go_to_tab(str(state.get("tab")))
        shares = state.get("names")
        for tree, share in zip(self._trees, shares if isinstance(shares, list) else [], strict=False):
            if isinstance(share, int | float):
                tree.columns.set_share(float(share))

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _bind(self) -> None:
        commands = self.context.commands
        commands.bind("event.copy_json", self.copies.copy_json)
        commands.bind("event.copy_payload", self.copies.copy_payload)
        commands.bind("event.copy_value", self.copies.copy_value)
        commands.bind("event.copy_path", self.copies.copy_path)
        commands.bind("event.next_tab", lambda: self.pages.step_tab(1))
        commands.bind("event.previous_tab", lambda: self.pages.step_tab(-1))
        commands.bind("event.own_window", self._open_window)
        self.addAction(commands.action("event.own_window"))

    def _enable(self, detail: EventDetail | None) -> None:
        for name in NEED_AN_EVENT:
            self.context.commands.set_enabled(name, detail is not None)

    def _follow(self, seq: int) -> None:
        self.view.show_seq(seq)
        self.context.commands.set_enabled("event.own_window", bool(seq))

    def _open_window(self) -> None:
        seq = self.context.selection.current_event
        if seq:
            EventWindow(self.context, seq, self.window()).show()
