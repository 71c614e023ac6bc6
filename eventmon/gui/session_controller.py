"""What the user asks of the engine: coroutines outside every widget, and where their errors are shown."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.requests import CloseConnection, OpenConnection
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.widgets.plain_text import message

if TYPE_CHECKING:
    import asyncio

DEMO_URL = "demo://?rate=200"


def _tr(text: str) -> str:
    return QCoreApplication.translate("SessionController", text)


class SessionController(QObject):
    """Opens and closes connections.

    Attributes:
        opened: a connection was opened (its ``ConnectionStatus``).
    """

    opened = Signal(object)

    def __init__(self, bridge: EngineBridge, commands: Commands, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("sessionController")
        self._bridge = bridge
        self._commands = commands
        self._window = window
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections: list[ConnectionStatus] = []
        bridge.connectionsChanged.connect(self._connections_changed)
        bridge.frameReady.connect(self._first_frame)
        commands.bind("connect.demo", self.start_demo)
        commands.bind("connect.follow_file", self.ask_for_file)
        for command in ("connect.demo", "connect.follow_file"):
            commands.set_enabled(command, False)

    def start_demo(self) -> None:
        """Open the demo stream."""
        self._begin(self._open(DEMO_URL, _tr("The demo stream could not be started")))

    def ask_for_file(self) -> None:
        """Ask for a file to follow."""
        from eventmon.gui.dialogs.follow_file import FollowFileDialog

        dialog = FollowFileDialog(self._window)
        dialog.chosen.connect(lambda url: self._begin(self._follow(dialog, url)))
        dialog.open()

    def close_connection(self, name: str) -> None:
        """Close and forget a connection."""
        self._begin(self._close(name))

    async def wait(self) -> None:
        """Wait for what is under way."""
        import asyncio

        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        import asyncio

        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, url: str, failed: str) -> None:
        try:
            await self._open_or_say_why(url)
        except UserError as error:
            message(self._window, failed, str(error))

    async def _follow(self, dialog: Any, url: str) -> None:
        dialog.set_busy(True)
        try:
            await self._open_or_say_why(url)
        except UserError as error:
            dialog.set_busy(False)
            dialog.show_error(str(error))
            return
        dialog.accept()

    async def _open_or_say_why(self, url: str) -> None:
        """Open a connection; one that fails at once is forgotten again and its reason raised as UserError."""
        status = await self._bridge.call(OpenConnection(url=url))
        if status.phase == "failed":
            await self._bridge.call(CloseConnection(name=status.name))
            raise UserError(status.detail)
        self.opened.emit(status)

    async def _close(self, name: str) -> None:
        try:
            await self._bridge.call(CloseConnection(name=name))
        except UserError as error:
            message(self._window, _tr("The connection could not be closed"), str(error))

    def _connections_changed(self, statuses: list[ConnectionStatus]) -> None:
        self.connections = statuses
        self._allow()

    def _first_frame(self) -> None:
        self._bridge.frameReady.disconnect(self._first_frame)
        self._allow()

    def _allow(self) -> None:
        demo_runs = any(s.url.startswith("demo:") and s.phase not in ("failed", "closed") for s in self.connections)
        self._commands.set_enabled("connect.demo", not demo_runs)
        self._commands.set_enabled("connect.follow_file", True)
