"""How the engine answers what is asked about observers; the table of ``answers`` takes these in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.event_reading import whole_event
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observers import Observers, look_around, tried

if TYPE_CHECKING:
    from eventmon.engine.elsewhere_changes import ElsewhereChanges
    from eventmon.engine.engine import Engine


class ObserverAnswers:
    """Answers requests about the observers of one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.AttachObserver: self._attach,
            requests.EditObserver: self._edit,
            requests.ReadObserver: self._read,
            requests.PauseObserver: self._pause,
            requests.ResumeObserver: self._resume,
            requests.ResetObserver: self._reset,
            requests.DetachObserver: self._detach,
            requests.ListObservers: self._list,
            requests.TryObserver: self._try,
        }

    async def _attach(self, request: requests.AttachObserver) -> ObserverStatus:
        return await self._engine.observers.attach(request.definition)

    async def _edit(self, request: requests.EditObserver) -> ObserverStatus:
        return await self._runner(request.name).edit(request.name, request.definition, seen=request.seen)

    async def _read(self, request: requests.ReadObserver) -> ObserverDefinition:
        return self._runner(request.name).definition(request.name)

    async def _pause(self, request: requests.PauseObserver) -> ObserverStatus:
        return await self._runner(request.name).pause(request.name)

    async def _resume(self, request: requests.ResumeObserver) -> ObserverStatus:
        return await self._runner(request.name).resume(request.name)

    async def _reset(self, request: requests.ResetObserver) -> ObserverStatus:
        return await self._runner(request.name).reset(request.name)

    async def _detach(self, request: requests.DetachObserver) -> None:
        await self._runner(request.name).detach(request.name)

    def _runner(self, name: str) -> Observers | ElsewhereChanges:
        """Who carries out changes of an observer: this engine, or the instance of the hub that runs it."""
        sharing = self._engine.hub.sharing
        if sharing is None or sharing.definitions.elsewhere(name) is None:
            return self._engine.observers
        from eventmon.engine.elsewhere_changes import ElsewhereChanges  # loads the client of hubs

        return ElsewhereChanges(sharing, self._engine.observers)

    async def _list(self, request: requests.ListObservers) -> list[ObserverStatus]:
        return self._engine.observers.statuses()

    async def _try(self, request: requests.TryObserver) -> requests.ObserverTrial:
        await look_around(request.definition)
        return tried(request.definition, await whole_event(self._engine, request.seq))
