"""How the engine answers what is asked of connections: opened and changed, tried and browsed; see ``answers``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.frame import ConnectionStatus

if TYPE_CHECKING:
    from eventmon.engine.address import Address
    from eventmon.engine.engine import Engine


class ConnectionAnswers:
    """Answers requests about the connections of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.OpenConnection: self._open_connection,
            requests.EditConnection: self._edit_connection,
            requests.CloseConnection: self._close_connection,
            requests.ReconnectConnection: self._reconnect_connection,
            requests.ForgetConnection: self._forget_connection,
            requests.ListConnections: self._list_connections,
            requests.TryConnection: self._try_connection,
            requests.Browse: self._browse,
        }

    async def _open_connection(self, request: requests.OpenConnection) -> ConnectionStatus:
        opened = await self._engine.connections.open(
            request.url, request.name, save=request.save, read_only=request.read_only, color=request.color
        )
        return await self._engine.connections.first_word(opened.name)

    async def _edit_connection(self, request: requests.EditConnection) -> ConnectionStatus:
        connections = self._engine.connections
        await connections.edit(request.name, url=request.url, read_only=request.read_only, color=request.color)
        return await connections.first_word(request.name)

    async def _close_connection(self, request: requests.CloseConnection) -> None:
        await self._engine.connections.close(request.name)

    async def _reconnect_connection(self, request: requests.ReconnectConnection) -> ConnectionStatus:
        await self._engine.connections.reconnect(request.name)
        return await self._engine.connections.first_word(request.name)

    async def _forget_connection(self, request: requests.ForgetConnection) -> None:
        await self._engine.connections.forget(request.name)

    async def _list_connections(self, request: requests.ListConnections) -> list[ConnectionStatus]:
        return self._engine.connections.statuses()

    async def _try_connection(self, request: requests.TryConnection) -> requests.ConnectionTest:
        from eventmon.engine.trying import tried

        return await tried(request.url, lender=self._lender(request.name), secrets=self._engine.secrets)

    async def _browse(self, request: requests.Browse) -> requests.BrowsedNames:
        from eventmon.engine.trying import browsed

        lender = self._lender(request.name)
        return await browsed(request.url, request.cursor, lender=lender, secrets=self._engine.secrets)

    def _lender(self, name: str) -> Address | None:
        """The address whose secrets ``***`` stands for."""
        mount = self._engine.connections.mounts.get(name)
        return mount.address if mount else None
