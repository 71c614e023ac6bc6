"""Changes of observers that another instance of the hub runs: the definition is changed, and its instance obeys."""

from __future__ import annotations

import msgspec

from eventmon.core.pattern import Pattern
from eventmon.engine.definitions import ObserverDefinition, require_observer_name
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_forms import normalised
from eventmon.engine.observers import Observers
from eventmon.engine.sharing import Sharing


class ElsewhereChanges:
    """Does to an observer of another instance what ``Observers`` does to those of this one."""

    def __init__(self, sharing: Sharing, observers: Observers) -> None:
        self._sharing = sharing
        self._observers = observers

    def definition(self, name: str) -> ObserverDefinition:
        """The definition of an observer that is known to run elsewhere."""
        found = self._sharing.definitions.elsewhere(name)
        assert found is not None, name
        return found.definition

    async def edit(self, name: str, definition: ObserverDefinition, *, seen: int | None) -> ObserverStatus:
        """Put another definition in the place of an observer.

        Raises:
            VersionConflict: it is not at the version that was ``seen``.
            UserError: the definition cannot be used.
        """
        definition = normalised(definition)
        Pattern(definition.pattern)
        if definition.name != name:
            require_observer_name(definition.name)
            self._observers.require_free(definition.name)
        await self._sharing.definitions.put(definition, instead_of=name, seen=seen)
        return self._status(definition.name)

    async def pause(self, name: str) -> ObserverStatus:
        """Let an observer see nothing until it is resumed."""
        definition = msgspec.structs.replace(self.definition(name), paused=True)
        await self._sharing.definitions.put(definition)
        return self._status(name)

    async def resume(self, name: str) -> ObserverStatus:
        """Let a paused or stopped observer see events again."""
        await self._sharing.definitions.nudge(name, resume=True)
        return self._status(name)

    async def reset(self, name: str) -> ObserverStatus:
        """Let an observer count from 0."""
        await self._sharing.definitions.nudge(name, reset=True)
        return self._status(name)

    async def detach(self, name: str) -> None:
        """End an observer."""
        await self._sharing.definitions.remove(name)
        self._sharing.look()

    def _status(self, name: str) -> ObserverStatus:
        self._sharing.look()
        return self._observers.status(name)
