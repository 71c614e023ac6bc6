"""Observers and topics as a hub has them: between what the engine knows and what is kept there by name and version.

Each observer says which instance runs it, the one where it was attached. The others see it, count it and may change
it; its instance obeys.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import msgspec

from eventmon.core.clock import now_microseconds
from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition, require_observer_name
from eventmon.hub.base import OBSERVER, TOPIC, UNRECORDED, Content, HubEdit, HubEntry
from eventmon.hub.follower import Follower

LISTS = {"known": TOPIC, "not_recorded": UNRECORDED}
"""Under which kind a hub has the lists of topics of a workspace."""


class SharedObserver(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub keeps of an observer.

    Attributes:
        id: stays the same when its name changes.
        instance: runs it.
        host: the host of that instance, for people.
        definition: what it is.
        resumed: grows whenever somebody resumes it though its definition stays the same.
        resets: grows whenever somebody lets it count from 0.
    """

    id: str
    instance: str
    host: str
    definition: ObserverDefinition
    resumed: int = 0
    resets: int = 0


def shared_observer(content: Content | None, name: str = "") -> SharedObserver | None:
    """An observer as a hub has it, under a name if one is given; None for what this version does not understand."""
    try:
        found = None if content is None else msgspec.convert(content, SharedObserver)
        if found is not None:
            require_observer_name(found.definition.name)
    except (msgspec.ValidationError, UserError, RecursionError):
        return None
    return found if found is None or not name or found.definition.name == name else None


def new_observer(definition: ObserverDefinition, *, instance: str, host: str) -> SharedObserver:
    """An observer that no hub has yet."""
    return SharedObserver(id=uuid.uuid4().hex, instance=instance, host=host, definition=definition)


def new_edit(
    kind: str, name: str, content: Content | None, *, by: str, expected: int | None, instead_of: str = ""
) -> HubEdit:
    """An edit that is made now."""
    return HubEdit(
        id=uuid.uuid4().hex,
        kind=kind,
        name=name,
        content=content,
        expected=expected,
        by=by,
        at=now_microseconds(),
        instead_of=instead_of,
    )


class SharedDefinitions:
    """The definitions of a hub, read from the copy and written through the follower. Lives on the engine's loop."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._replica = follower.replica
        self._understood: dict[str, tuple[int, SharedObserver | None]] = {}

    @property
    def instance(self) -> str:
        """The id of this instance."""
        return self._follower.info.id

    def observer(self, name: str) -> SharedObserver | None:
        """One observer, wherever it runs."""
        entry = self._replica.find(OBSERVER, name)
        return self._read(entry) if entry else None

    def version(self, name: str) -> int:
        """The version of an observer's definition; 0 when there is none."""
        entry = self._replica.find(OBSERVER, name)
        return entry.version if entry else 0

    def observers(self) -> dict[str, SharedObserver]:
        """All observers that this version understands, by name."""
        found = {entry.name: self._read(entry) for entry in self._replica.of_kind(OBSERVER)}
        return {name: observer for name, observer in found.items() if observer is not None}

    def own(self) -> list[ObserverDefinition]:
        """The observers that this instance runs, by name: a hub keeps no order."""
        mine = {name: each.definition for name, each in self.observers().items() if each.instance == self.instance}
        return [mine[name] for name in sorted(mine)]

    def own_one(self, name: str) -> SharedObserver | None:
        """An observer, if this instance runs it."""
        found = self.observer(name)
        return found if found is not None and found.instance == self.instance else None

    def elsewhere(self, name: str) -> SharedObserver | None:
        """An observer, if another instance runs it."""
        found = self.observer(name)
        return found if found is not None and found.instance != self.instance else None

    async def put(self, definition: ObserverDefinition, *, instead_of: str = "", seen: int | None = None) -> None:
        """Share an observer or what changed of it; who runs it stays so.

        Raises:
            VersionConflict: somebody else was faster.
        """
        found = self.observer(instead_of or definition.name)
        if found is None:
            found = self._new(definition)
        content = msgspec.structs.replace(found, definition=definition)
        await self._edit(OBSERVER, definition.name, content, instead_of=instead_of, seen=seen)

    async def attach(self, definition: ObserverDefinition) -> None:
        """Share a new observer, which this instance runs.

        Raises:
            VersionConflict: somebody else was faster.
        """
        await self._edit(OBSERVER, definition.name, self._new(definition), seen=0)

    async def nudge(self, name: str, *, resume: bool = False, reset: bool = False) -> None:
        """Let the instance that runs an observer resume it, or let it count from 0."""
        found = self.observer(name)
        if found is not None:
            content = msgspec.structs.replace(
                found,
                definition=msgspec.structs.replace(found.definition, paused=found.definition.paused and not resume),
                resumed=found.resumed + resume,
                resets=found.resets + reset,
            )
            await self._edit(OBSERVER, name, content)

    async def remove(self, name: str, *, seen: int | None = None) -> None:
        """Share an observer no more; harmless when there is none."""
        if self._replica.find(OBSERVER, name) is not None:
            await self._edit(OBSERVER, name, None, seen=seen)

    async def edit_raw(self, wish: HubEdit, current: HubEntry | None) -> None:
        """Make a refused wish true upon what is there now."""
        content = wish.content
        rename = wish.instead_of if current is not None and current.name == wish.instead_of else ""
        await self._apply(wish.kind, wish.name, content, instead_of=rename)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of topics or of patterns, as the workspace calls it."""
        return tuple(entry.name for entry in self._replica.of_kind(LISTS[key]))

    async def change_texts(self, key: str, *, added: Iterable[str], removed: Iterable[str]) -> None:
        """Put texts into a list and take others out."""
        kind = LISTS[key]
        for name in sorted(added):
            if self._replica.find(kind, name) is None:
                await self._apply(kind, name, {}, expected=None)
        for name in sorted(removed):
            if self._replica.find(kind, name) is not None:
                await self._apply(kind, name, None, expected=None)

    def _read(self, entry: HubEntry) -> SharedObserver | None:
        version, observer = self._understood.get(entry.name, (0, None))
        if version != entry.version:
            observer = shared_observer(entry.content, entry.name)
            self._understood[entry.name] = (entry.version, observer)
        return observer

    def _new(self, definition: ObserverDefinition) -> SharedObserver:
        return new_observer(definition, instance=self.instance, host=self._follower.info.host)

    async def _edit(
        self,
        kind: str,
        name: str,
        content: SharedObserver | None,
        *,
        instead_of: str = "",
        seen: int | None = None,
    ) -> None:
        said: Any = None if content is None else msgspec.to_builtins(content)
        await self._apply(kind, name, said, instead_of=instead_of if instead_of != name else "", seen=seen)

    async def _apply(
        self,
        kind: str,
        name: str,
        content: Content | None,
        *,
        instead_of: str = "",
        seen: int | None = None,
        expected: int | None = 0,
    ) -> None:
        """``expected`` is None where versions do not matter; the copy puts in the number otherwise."""
        by = self._follower.info.host
        edit = new_edit(kind, name, content, by=by, expected=expected, instead_of=instead_of)
        await self._follower.edit(edit, seen=seen)

    def require_free(self, name: str) -> None:
        """UserError when an observer of another instance has this name."""
        found = self.elsewhere(name)
        if found is not None:
            raise UserError(f"There is an observer “{name}” already, on {found.host}. Choose another name.")
