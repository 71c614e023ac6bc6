"""The server as the window sees it: asked how it is while somebody looks, switched and renewed on request.

Answers come in the engine's thread and are handed over, so nothing here waits.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from eventmon.engine.requests import ReadServer, RenewTokens, Request, StartServer, StopServer
from eventmon.engine.server_status import ServerAddress, ServerStatus
from eventmon.gui.arrivals import arrivals
from eventmon.gui.bridge import EngineBridge

LOOK_MS = 1_000


class ServerSwitch(QObject):
    """Asks the engine about its server.

    Attributes:
        changed: how the server is now (``ServerStatus``).
        refused: why what was asked for was not done (a sentence).
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("serverSwitch")
        self._bridge = bridge
        self._looking = False
        self.status = ServerStatus()
        bridge.engineLost.connect(lambda _why: self._show(ServerStatus()))
        self._timer = QTimer(self)
        self._timer.setObjectName("serverLook")
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def watch(self, watching: bool) -> None:
        """Look once a second, or not at all."""
        if watching:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Ask how it is, unless that is being asked already."""
        if self._bridge.attached and not self._looking:
            self._looking = True
            self._ask(ReadServer(), wished=False)

    def start(self, port: int) -> None:
        """Switch it on for this machine alone."""
        self._ask(StartServer(address=ServerAddress(port=port)))

    def stop(self) -> None:
        """Switch it off."""
        self._ask(StopServer())

    def renew(self) -> None:
        """Make new tokens."""
        self._ask(RenewTokens())

    def _ask(self, request: Request[ServerStatus], *, wished: bool = True) -> None:
        future = self._bridge.submit(request)
        future.add_done_callback(arrivals().expect(self, partial(self._take, wished)))

    def _take(self, wished: bool, future: Future[Any]) -> None:
        if not wished:
            self._looking = False
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self._show(future.result())
        elif wished:
            self.refused.emit(str(error))
            self._show(self.status, anew=True)

    def _show(self, status: ServerStatus, *, anew: bool = False) -> None:
        if status != self.status or anew:
            self.status = status
            self.changed.emit(status)
