"""Making an engine agree with its hub: whatever others have changed there is done here, one change after the other.

It compares what is with what shall be, so it does not matter who changed what, in which order, or how often it is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from eventmon.core.errors import UserError
from eventmon.engine.shared_definitions import SharedDefinitions, SharedObserver
from eventmon.engine.topic_choices import KNOWN, NOT_RECORDED
from eventmon.hub.base import OBSERVER, TOPIC, Key

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine
    from eventmon.engine.shared_workspace import SharedWorkspace


class HubObedience:
    """Carries out what the hub says, on the engine's loop.

    Attributes:
        definitions: observers and topics as the hub has them.
    """

    definitions: SharedDefinitions

    def __init__(self, engine: Engine, workspace: SharedWorkspace, *, say: Callable[[str], object]) -> None:
        """Make it; ``say`` hears what cannot be done."""
        self._engine = engine
        self._workspace = workspace
        self._say = say
        self._dirty: set[Key] = set()
        self._work = asyncio.Event()
        self._obeyed: dict[str, tuple[int, int]] = {}
        self._ids: dict[str, str] = {}

    def mark(self, keys: set[Key]) -> None:
        """These definitions may be others than before; wakes ``work`` even when there are none."""
        self._dirty |= keys
        self._work.set()

    def mark_everything(self) -> None:
        """Compare everything."""
        self.mark({(OBSERVER, name) for name in self.definitions.observers()} | {(TOPIC, "")})

    def trust(self) -> None:
        """What is known by now is so already: the workspace has just been restored from it."""
        self._dirty.clear()

    def remember(self) -> None:
        """Take how often observers were resumed and reset until now for what is done."""
        for name, observer in self.definitions.observers().items():
            self._obeyed[observer.id] = (observer.resumed, observer.resets)
            self._ids[name] = observer.id

    async def work(self, done: Callable[[bool], None]) -> None:
        """Obey until cancelled; ``done`` is called after each round with whether anything was looked at."""
        while True:
            await self._work.wait()
            self._work.clear()
            keys, self._dirty = self._dirty, set()
            if keys:
                await self._obey({name for kind, name in keys if kind == OBSERVER})
                await self._obey_lists()
            done(bool(keys))

    async def _obey(self, names: set[str]) -> None:
        found = {name: self.definitions.own_one(name) for name in sorted(names)}
        ids = {observer.id: observer.definition for observer in found.values() if observer is not None}
        for name, observer in found.items():
            self._workspace.weigh(name)
            if observer is None:
                renamed = ids.get(self._ids.pop(name, ""))
                await self._engine.observers.obey(name, renamed)
        for name, observer in found.items():
            if observer is not None:
                await self._obey_one(name, observer)

    async def _obey_one(self, name: str, observer: SharedObserver) -> None:
        resumed, resets = self._obeyed.get(observer.id, (observer.resumed, observer.resets))
        self._obeyed[observer.id] = (observer.resumed, observer.resets)
        self._ids[name] = observer.id
        await self._engine.observers.obey(
            name, observer.definition, resume=observer.resumed > resumed, reset=observer.resets > resets
        )

    async def _obey_lists(self) -> None:
        topics = self._engine.topic_choices
        added, removed = self._workspace.heard(KNOWN)
        if added:
            for sentence in await topics.adopt(added):
                self._say(sentence)
        for topic in removed:
            topics.disown(topic)
        added, removed = self._workspace.heard(NOT_RECORDED)
        for patterns, record in ((removed, True), (added, False)):
            for pattern in patterns:
                try:
                    await topics.record(pattern, record=record)
                except UserError as error:
                    self._say(str(error))
