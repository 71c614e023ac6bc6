"""The actions of the window: one for each command of the table, shown once somebody carries it out.

A command without a handler is not shown anywhere: nothing in the window is dead. A panel's handler makes its
commands appear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from eventmon.gui.command_table import WINDOW, Command, all_commands
from eventmon.gui.panels.base import PanelDescription
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import plain_tooltip

Handler = Callable[..., object]

_ROLES: Final = {
    "edit.preferences": QAction.MenuRole.PreferencesRole,
    "session.quit": QAction.MenuRole.QuitRole,
    "help.about": QAction.MenuRole.AboutRole,
}


class Commands(QObject):
    """The actions of the table, each made once and shown once it is bound to a handler.

    Attributes:
        boundChanged: a command appeared or went.
    """

    boundChanged = Signal()

    def __init__(
        self, theme: Theme, parent: QObject | None = None, *, panels: Sequence[PanelDescription] = PANELS
    ) -> None:
        super().__init__(parent)
        self.setObjectName("commands")
        self._theme = theme
        self.table: dict[str, Command] = {command.id: command for command in all_commands(panels)}
        self._handlers: dict[str, Handler] = {}
        self._choices: dict[str, QActionGroup] = {}
        self._dressed: set[str] = set()
        self._actions = {command.id: self._make(command) for command in self.table.values()}
        theme.changed.connect(self._restyle)

    def action(self, command_id: str) -> QAction:
        """The one action of a command, with its icon.

        Raises:
            KeyError: there is no such command.
        """
        if command_id not in self._dressed:
            self._dressed.add(command_id)
            self._dress(command_id)
        return self._actions[command_id]

    def bare_action(self, command_id: str) -> QAction:
        """The same action where no icon is shown: drawing all of them would slow the start."""
        return self._actions[command_id]

    def bind(self, command_id: str, handler: Handler) -> None:
        """Give a command its handler, which makes it appear; a later one takes the place of the first.

        Switches call ``handler(checked)``, all others ``handler()``.
        """
        appears = command_id not in self._handlers
        self._handlers[command_id] = handler
        if appears:
            self._actions[command_id].setVisible(True)
            self.boundChanged.emit()

    def unbind(self, command_id: str) -> None:
        """Take the command away."""
        if self._handlers.pop(command_id, None) is not None:
            self._actions[command_id].setVisible(False)
            self.boundChanged.emit()

    def is_bound(self, command_id: str) -> bool:
        """Whether the command does something."""
        return command_id in self._handlers

    def set_enabled(self, command_id: str, enabled: bool) -> None:
        """Grey the command out, or not."""
        self._actions[command_id].setEnabled(enabled)

    def set_checked(self, command_id: str, checked: bool) -> None:
        """Show a switch as on or off without calling its handler."""
        self._actions[command_id].setChecked(checked)

    def bound(self) -> list[Command]:
        """Commands that do something now, in the order of the table."""
        return [command for command in self.table.values() if command.id in self._handlers]

    def _make(self, command: Command) -> QAction:
        action = QAction(QCoreApplication.translate("Commands", command.title), self)
        action.setObjectName(command.id)
        action.setVisible(False)
        action.setCheckable(command.checkable)
        action.setIconVisibleInMenu(False)
        action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
        if command.shortcut:
            action.setShortcuts(QKeySequence.listFromString(command.shortcut))
        if command.scope != WINDOW:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if command.choice:
            self._choices.setdefault(command.choice, QActionGroup(self)).addAction(action)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        plain_tooltip(action, f"{action.text()} ({keys})" if keys else action.text())
        action.triggered.connect(lambda checked: self._run(command, checked))
        return action

    def _dress(self, command_id: str) -> None:
        icon = self.table[command_id].icon
        if icon:
            self._actions[command_id].setIcon(self._theme.icon(icon))

    def _restyle(self) -> None:
        for command_id in self._dressed:
            self._dress(command_id)

    def _run(self, command: Command, checked: bool) -> None:
        handler = self._handlers.get(command.id)
        if handler is None:
            return
        if command.checkable:
            handler(checked)
        else:
            handler()
