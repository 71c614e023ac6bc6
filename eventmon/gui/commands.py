"""The actions of the window: one for each command of the table, shown once somebody carries it out.

A command without a handler is not shown anywhere: nothing in the window is dead. A panel's handler makes its
commands appear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from eventmon.gui.command_definition import WINDOW, Command
from eventmon.gui.command_table import all_commands
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
        self._recording = True
        self._wanted: dict[str, bool] = {}
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
        """Grey the command out, or not; one that needs a session that records stays grey without it."""
        self._wanted[command_id] = enabled
        self._allow(command_id)

    def set_recording(self, recording: bool) -> None:
        """Grey out what a session that is only looked at cannot do, and say so in its tooltip; or give it back."""
        if recording != self._recording:
            self._recording = recording
            for command in self.table.values():
                if command.needs_recording:
                    self._allow(command.id)
                    self._explain(command)

    def refuse(self, command_id: str, reason: str) -> None:
        """Grey the command out and say why behind its name; an empty reason lets it be used again."""
        action = self._actions[command_id]
        title = QCoreApplication.translate("Commands", self.table[command_id].title)
        text = f"{title} ({reason})" if reason else title
        if action.text() != text:
            action.setText(text)
            plain_tooltip(action, _hint(action))
        self.set_enabled(command_id, not reason)

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
        plain_tooltip(action, _hint(action))
        action.triggered.connect(lambda checked: self._run(command, checked))
        return action

    def _allow(self, command_id: str) -> None:
        possible = self._recording or not self.table[command_id].needs_recording
        self._actions[command_id].setEnabled(possible and self._wanted.get(command_id, True))

    def _explain(self, command: Command) -> None:
        action = self._actions[command.id]
        hint = _hint(action)
        why = QCoreApplication.translate("Commands", "This session is only looked at, so nothing can be changed in it.")
        plain_tooltip(action, hint if self._recording else f"{hint}\n{why}")

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


def _hint(action: QAction) -> str:
    """What an action is called, and its key."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{action.text()} ({keys})" if keys else action.text()
