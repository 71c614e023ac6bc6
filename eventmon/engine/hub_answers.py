"""How the engine answers what is asked about its hub; the table of ``answers`` takes these in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import HubStatus
from eventmon.engine.shared_definitions import shared_observer

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine


class HubAnswers:
    """Answers requests about the hub of one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.ShareWorkspace: self._share,
            requests.LeaveHub: self._leave,
            requests.TryHub: self._try,
            requests.ReconnectHub: self._reconnect,
            requests.ReadConflict: self._read_conflict,
            requests.ResolveConflict: self._resolve,
        }

    async def _share(self, request: requests.ShareWorkspace) -> HubStatus:
        return await self._engine.hub.share(request.url)

    async def _leave(self, request: requests.LeaveHub) -> None:
        await self._engine.hub.leave()

    async def _try(self, request: requests.TryHub) -> str:
        from eventmon.engine.hub_trial import tried_hub

        return await tried_hub(request.url, self._engine.secrets)

    async def _reconnect(self, request: requests.ReconnectHub) -> None:
        self._engine.hub.current.try_now()

    async def _read_conflict(self, request: requests.ReadConflict) -> requests.HubVersions:
        from eventmon.engine.hub_standing import seen_conflict  # only who is on a hub needs it

        conflict = self._engine.hub.current.conflict(request.id)
        theirs = conflict.theirs
        return requests.HubVersions(
            conflict=seen_conflict(conflict),
            mine=_definition(conflict.wish.content),
            theirs=_definition(theirs.content if theirs else None),
            by=theirs.by if theirs else "",
            at=theirs.at if theirs else 0,
        )

    async def _resolve(self, request: requests.ResolveConflict) -> None:
        await self._engine.hub.current.resolve(request.id, mine=request.mine)


def _definition(content: dict[str, Any] | None) -> ObserverDefinition | None:
    observer = shared_observer(content)
    return observer.definition if observer is not None else None
