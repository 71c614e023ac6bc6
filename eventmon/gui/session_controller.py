"""How connections begin: the demo, the Connect dialog, following a file; and what is open now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import ForgetConnection, OpenConnection, ReconnectConnection
from eventmon.gui.actions import CONNECTING
from eventmon.gui.connection_commands import ConnectionCommands
from eventmon.gui.context import PanelContext
from eventmon.gui.widgets.plain_text import message
from eventmon.gui.window_tasks import WindowTasks

if TYPE_CHECKING:
    from eventmon.gui.connect_flow import ConnectFlow
    from eventmon.gui.dialogs.connect import ConnectDialog

DEMO_URL = "demo://?rate=200"
DEMO_SCHEME = "demo:"
FILE_SCHEME = "pipe"
MAX_LISTED = 40
"""More connections make no menu; the tree has them all."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("SessionController", text)


class SessionController(QObject):
    """Opens connections and knows them.

    Attributes:
        opened: a connection was opened (its ``ConnectionStatus``).
        connections: all of them, as the newest frame says.
        of_connections: what can be done with each.
    """

    opened = Signal(object)

    def __init__(self, context: PanelContext, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("sessionController")
        self._context = context
        self._window = window
        self._tasks = WindowTasks(window)
        self._flow: ConnectFlow | None = None
        self.connections: list[ConnectionStatus] = []
        self.of_connections = ConnectionCommands(context, self._tasks, self.edit, window)
        context.bridge.connectionsChanged.connect(self._connections_changed)
        context.bridge.frameReady.connect(self._first_frame)
        commands = context.commands
        commands.bind("connect.demo", self.start_demo)
        commands.bind("connect.open", self.connect_to)
        commands.bind("connect.follow_file", lambda: self.connect_to(FILE_SCHEME))
        for command in CONNECTING:
            commands.set_enabled(command, False)

    def fill_menu(self, menu: QMenu) -> None:
        """The ways to connect, and what can be done with each connection."""
        menu.clear()
        for name in CONNECTING:
            menu.addAction(self._context.commands.bare_action(name))
        menu.addSeparator()
        for status in self.connections[:MAX_LISTED]:
            menu.addMenu(self.of_connections.menu(status, menu))

    def start_demo(self) -> None:
        """Open the demo stream, or the one that was closed before."""
        closed = [status.name for status in self._demos() if status.phase in ("closed", "failed")]
        work = self._reopen(closed[0]) if closed else self._open(DEMO_URL)
        self._tasks.begin(work, _tr("The demo stream could not be started"))

    def connect_to(self, scheme: str = "") -> None:
        """Ask what to connect to, beginning with one kind of source."""
        from eventmon.gui.dialogs.connect import ConnectDialog

        self._carry_out(
            ConnectDialog(self._context.theme, connections=self.connections, scheme=scheme, parent=self._window)
        )

    def edit(self, status: ConnectionStatus) -> None:
        """Ask what to change of a connection."""
        from eventmon.gui.dialogs.connect import ConnectDialog

        try:
            dialog = ConnectDialog(
                self._context.theme, connections=self.connections, edited=status, parent=self._window
            )
        except UserError as error:
            message(self._window, _tr("The connection cannot be edited"), str(error))
            return
        self._carry_out(dialog)

    async def wait(self) -> None:
        """Wait for what is under way, that of a dialog too."""
        if self._flow is not None:
            await self._flow.wait()
        await self._tasks.wait()

    async def end(self) -> None:
        """Close what asks, and wait for the rest."""
        if self._flow is not None:
            self._flow.dialog.reject()
        await self._tasks.wait()

    def _carry_out(self, dialog: ConnectDialog) -> None:
        from eventmon.gui.connect_flow import ConnectFlow

        flow = self._flow = ConnectFlow(self._context.bridge, dialog, self)
        flow.opened.connect(self.opened)
        flow.ended.connect(self._forget_flow)
        dialog.open()

    def _forget_flow(self) -> None:
        self._flow = None

    async def _open(self, url: str) -> None:
        """Open a connection that comes back with the next start; one that fails at once is forgotten again."""
        status = await self._context.bridge.call(OpenConnection(url=url, save=True))
        if status.phase == "failed":
            await self._context.bridge.call(ForgetConnection(name=status.name))
            raise UserError(status.detail)
        self.opened.emit(status)

    async def _reopen(self, name: str) -> None:
        self.opened.emit(await self._context.bridge.call(ReconnectConnection(name=name)))

    def _demos(self) -> list[ConnectionStatus]:
        return [status for status in self.connections if status.url.startswith(DEMO_SCHEME)]

    def _connections_changed(self, statuses: list[ConnectionStatus]) -> None:
        self.connections = statuses
        self._allow()

    def _first_frame(self) -> None:
        self._context.bridge.frameReady.disconnect(self._first_frame)
        self._allow()

    def _allow(self) -> None:
        runs = any(status.phase not in ("failed", "closed") for status in self._demos())
        for command in CONNECTING:
            self._context.commands.set_enabled(command, not (runs and command == "connect.demo"))
