"""What can be done with a connection: in the menus for the one selected, in the Connect menu for each.

Nothing is offered that makes no sense for the state a connection is in, and what reaches another machine or cannot be
taken back is asked first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, get_args

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionColor, ConnectionStatus
from eventmon.engine.requests import (
    CloseConnection,
    EditConnection,
    ForgetConnection,
    ReconnectConnection,
    Request,
)
from eventmon.gui.connection_texts import forget_question, lift_question, short_name
from eventmon.gui.context import PanelContext
from eventmon.gui.phases import MARKS, phase_word
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.window_tasks import WindowTasks

EDIT: Final = "connection.edit"
RECONNECT: Final = "connection.reconnect"
DISCONNECT: Final = "connection.disconnect"
READ_ONLY: Final = "connection.read_only"
FORGET: Final = "connection.forget"
COLORS: Final[dict[str, ConnectionColor]] = {
    f"connection.color_{color or 'none'}": color for color in get_args(ConnectionColor)
}
ALL: Final = (EDIT, RECONNECT, DISCONNECT, READ_ONLY, *COLORS, FORGET)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Connections", text)


def makes_sense(command: str, status: ConnectionStatus) -> bool:
    """Whether something can be done with a connection as it is now."""
    if command == RECONNECT:
        return status.phase in ("waiting", "failed", "closed")
    if command == DISCONNECT:
        return status.phase != "closed"
    return status.publishes if command == READ_ONLY else True


def fill_menu(menu: QMenu, action: Callable[[str], QAction]) -> None:
    """Put everything that can be done with a connection into a menu; ``action`` gives each command's action."""
    for command in (EDIT, RECONNECT, DISCONNECT):
        menu.addAction(action(command))
    menu.addSeparator()
    menu.addAction(action(READ_ONLY))
    colors = menu.addMenu(_tr("Colour"))
    for command in COLORS:
        colors.addAction(action(command))
    menu.addSeparator()
    menu.addAction(action(FORGET))


class ConnectionCommands(QObject):
    """Carries out the commands of connections."""

    def __init__(
        self, context: PanelContext, tasks: WindowTasks, edit: Callable[[ConnectionStatus], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._context = context
        self._tasks = tasks
        self._edit = edit
        self._window = window
        self._statuses: dict[str, ConnectionStatus] = {}
        context.bridge.connectionsChanged.connect(self._connections_changed)
        context.selection.connectionChanged.connect(lambda _name: self._show_selected())
        for command in ALL:
            context.commands.bind(command, lambda *_, command=command: self._run_selected(command))
        self._show_selected()

    def run(self, command: str, name: str) -> None:
        """Do something with a connection."""
        status = self._statuses.get(name)
        if status is None or not makes_sense(command, status):
            return
        if command == EDIT:
            self._edit(status)
        elif command == READ_ONLY:
            self._turn_read_only(status)
        elif command == FORGET:
            question = Question(self._window, _tr("Forget"), forget_question(name), _tr("Forget"))
            question.answered.connect(lambda yes: self._ask_if(yes, ForgetConnection(name=name)))
        elif command in COLORS:
            self._ask(EditConnection(name=name, color=COLORS[command]))
        else:
            self._ask(ReconnectConnection(name=name) if command == RECONNECT else CloseConnection(name=name))

    def menu(self, status: ConnectionStatus, parent: QWidget) -> QMenu:
        """Everything that can be done with one connection, whichever is selected."""
        title = f"{short_name(status.name)}: {phase_word(status.phase)}"
        menu = QMenu(title.replace("&", "&&"), parent)
        icon, token = MARKS[status.phase]
        menu.setIcon(self._context.theme.icon(icon or "plug", token))
        fill_menu(menu, lambda command: self._action(command, status, menu))
        return menu

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _action(self, command: str, status: ConnectionStatus, menu: QMenu) -> QAction:
        """A copy of a command's action that is about this connection."""
        pattern = self._context.commands.bare_action(command)
        action = QAction(pattern.text(), menu)
        action.setObjectName(command)
        action.setCheckable(pattern.isCheckable())
        action.setChecked(self._is_on(command, status))
        action.setEnabled(makes_sense(command, status))
        if command in COLORS:
            group = menu.findChild(QActionGroup) or QActionGroup(menu)
            group.addAction(action)
        action.triggered.connect(lambda _on: self.run(command, status.name))
        return action

    @staticmethod
    def _is_on(command: str, status: ConnectionStatus) -> bool:
        if command == READ_ONLY:
            return status.read_only
        return command in COLORS and COLORS[command] == status.color

    def _run_selected(self, command: str) -> None:
        self.run(command, self._context.selection.connection)
        self._show_selected()  # a switch shows what is, not what was wished

    def _show_selected(self) -> None:
        commands = self._context.commands
        status = self._statuses.get(self._context.selection.connection)
        for command in ALL:
            commands.set_enabled(command, status is not None and makes_sense(command, status))
            if status is not None and (command == READ_ONLY or command in COLORS):
                commands.set_checked(command, self._is_on(command, status))

    def _connections_changed(self, statuses: list[ConnectionStatus]) -> None:
        self._statuses = {status.name: status for status in statuses}
        self._show_selected()

    def _turn_read_only(self, status: ConnectionStatus) -> None:
        """On at once; off for another machine only after the one question."""
        host = foreign_host(status.url) if status.read_only else ""
        request = EditConnection(name=status.name, read_only=not status.read_only)
        if not host:
            self._ask(request)
            return
        question = Question(self._window, _tr("Read-only"), lift_question(status.name, host), _tr("Lift read-only"))
        question.answered.connect(lambda yes: self._ask_if(yes, request))

    def _ask_if(self, agreed: bool, request: Request[Any]) -> None:
        if agreed:
            self._ask(request)

    def _ask(self, request: Request[Any]) -> None:
        self._tasks.begin(self._call(request), _tr("The connection could not be changed"))

    async def _call(self, request: Request[Any]) -> None:
        await self._context.bridge.call(request)


def foreign_host(url: str) -> str:
    """The other machine that an address leads to; empty for this one."""
    from eventmon.engine.forms import values_of  # after the first paint

    try:
        known = values_of(url)
    except UserError:
        return url.strip() or _tr("another machine")
    return "" if known.local else str(known.values.get("host") or url)
