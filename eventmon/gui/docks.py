"""All panels of the window as docks: made from the registry, arranged, gone to, and remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from eventmon.gui.arrangement import DEFAULT, BuiltIn
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.dock_arranger import DockArranger
from eventmon.gui.panels.base import PanelDescription
from eventmon.gui.widgets.panel_dock import PanelDock


class Docks(QObject):
    """The docks of a window. Exactly one of them shows that it has the keyboard."""

    def __init__(self, window: QMainWindow, context: PanelContext, panels: Sequence[PanelDescription]) -> None:
        super().__init__(window)
        self.setObjectName("docks")
        self._window = window
        self._context = context
        self._by_id = {panel.id: PanelDock(context, panel, window) for panel in panels}
        self._focused: PanelDock | None = None
        self._going = False
        self._states: dict[str, dict[str, Any]] = {}
        self._arranger = DockArranger(window, self._by_id, context.theme)
        self.arrange()
        for dock in self._by_id.values():
            self._bind(dock, context.commands)
        context.commands.bind("view.next_panel", lambda: self.step(1))
        context.commands.bind("view.previous_panel", lambda: self.step(-1))
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]
        for dock in self._by_id.values():
            dock.visibilityChanged.connect(self._mark_tabs)
            dock.dockLocationChanged.connect(self._mark_tabs)

    def __iter__(self) -> Iterator[PanelDock]:
        return iter(self._by_id.values())

    def dock(self, panel_id: str) -> PanelDock:
        """The dock of a panel."""
        return self._by_id[panel_id]

    @property
    def focused(self) -> PanelDock | None:
        """The dock that has, or last had, the keyboard."""
        return self._focused

    def arrange(self, name: BuiltIn = DEFAULT) -> None:
        """Put all docks into the places of a built-in arrangement."""
        self._arranger.arrange(name)

    def size_up(self) -> None:
        """Give the arranged docks their sizes; only works once the window is shown."""
        self._arranger.size_up()

    @contextmanager
    def keeping_focus(self) -> Iterator[None]:
        """Docks may go and come meanwhile: the keyboard is where it was in the end, when that dock is still open."""
        had_focus, self._going = self._focused, True
        try:
            yield
            if had_focus is not None and not had_focus.isHidden():
                had_focus.take_focus()
        finally:
            self._going = False

    def take_in(self, known: Sequence[str]) -> None:
        """Give a place to docks that a saved layout, which knows the given panels, does not have."""
        self._arranger.take_in(panel for panel in self._by_id if panel not in known)

    def open_panel(self, panel_id: str) -> None:
        """Make the panel of a dock, with what it saved last time."""
        self._by_id[panel_id].open_panel(self._states.get(panel_id))

    def save_states(self) -> dict[str, dict[str, Any]]:
        """What the panels want back; a panel that was never made keeps what it had."""
        saved = {name: dock.save_state() for name, dock in self._by_id.items() if dock.panel is not None}
        return self._states | saved

    def use_states(self, states: dict[str, dict[str, Any]]) -> None:
        """States for the panels that are made from now on."""
        self._states = states

    def go_to(self, panel_id: str) -> None:
        """Show a panel and give it the keyboard."""
        self._give_focus(self._by_id[panel_id])

    def step(self, direction: int) -> None:
        """Give the keyboard to the next or previous panel that is open."""
        shown = [dock for dock in self._by_id.values() if not dock.isHidden()]
        if not shown:
            return
        if self._focused in shown:
            self._give_focus(shown[(shown.index(self._focused) + direction) % len(shown)])
        else:
            self._give_focus(shown[0 if direction > 0 else -1])

    def _give_focus(self, dock: PanelDock) -> None:
        self._going = True
        try:
            dock.take_focus()
        finally:
            self._going = False

    def _bind(self, dock: PanelDock, commands: Commands) -> None:
        name = dock.description.id
        switch = f"view.panel.{name}"
        commands.bind(switch, lambda shown: _open_or_close(dock, shown))
        commands.bind(f"view.go.{name}", lambda: self.go_to(name))
        dock.shownChanged.connect(lambda shown: commands.set_checked(switch, shown))
        commands.set_checked(switch, not dock.isHidden())

    def _focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        dock = self._dock_of(now)
        if dock is None or dock is self._focused:
            return
        left = self._focused
        self._mark_focused(dock)
        if left is not None and old is not None and not self._going and not QApplication.mouseButtons():
            QTimer.singleShot(0, self, lambda: self._bring_back(left, old, dock))

    def _bring_back(self, left: PanelDock, old: QWidget, now: PanelDock) -> None:
        """A page that gives way to another in the same panel takes the keyboard nowhere else."""
        gone = not shiboken6.isValid(old) or not old.isVisible() or not old.isEnabled()
        if gone and self._focused is now and left.isVisible():
            left.take_focus()

    def _mark_focused(self, dock: PanelDock) -> None:
        if self._focused is not None:
            self._focused.header.set_focused(False)
        self._focused = dock
        dock.header.set_focused(True)

    def _dock_of(self, widget: QWidget | None) -> PanelDock | None:
        at: Any = widget
        while at is not None:
            if isinstance(at, PanelDock) and at in self._by_id.values():
                return at
            at = at.parentWidget()
        return None

    def _mark_tabs(self) -> None:
        for dock in self._by_id.values():
            dock.header.set_tabbed(bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating())


def _open_or_close(dock: PanelDock, shown: bool) -> None:
    """Show a dock in front of those it shares a place with, or close it."""
    dock.setVisible(shown)
    if shown:
        dock.raise_()
