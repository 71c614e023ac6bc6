"""A hub inside this process: the same contract without a server, for whatever shares one engine or one test.

It is also the plainest statement of what the contract means, which the hub on a server is compared with.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from eventmon.hub.base import (
    LIFE_SECONDS,
    ChangesLost,
    HubChange,
    HubEdit,
    HubEntry,
    IdentityTaken,
    InstanceInfo,
    Key,
    Position,
    Presence,
    Pulse,
    Snapshot,
    VersionConflict,
)

KEPT_CHANGES = 10_000


class LocalHub:
    """Definitions in memory, for any number of clients on one loop."""

    def __init__(self, *, kept_changes: int = KEPT_CHANGES, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Make it, empty; ``kept_changes`` is how many can be told to one who was away."""
        self._uuid = uuid.uuid4().hex
        self._kept_changes = kept_changes
        self._version = 0
        self._edit = ""
        self._entries: dict[Key, HubEntry] = {}
        self._changes: deque[HubChange] = deque(maxlen=kept_changes)
        self._done: dict[str, None] = {}
        self._changed = asyncio.Event()
        self._present: dict[str, tuple[Presence, float]] = {}
        self._monotonic = monotonic

    async def load(self) -> Snapshot:
        """Everything there is."""
        position = Position(version=self._version, edit=self._edit)
        return Snapshot(uuid=self._uuid, position=position, entries=list(self._entries.values()))

    async def apply(self, edit: HubEdit) -> HubEntry | None:
        """Change a definition; what it is then."""
        there = self._entries.get((edit.kind, edit.name))
        if edit.id in self._done or (edit.content is None and there is None):
            return there
        target = self._entries.get(edit.target)
        if edit.expected is not None and edit.expected != (target.version if target else 0):
            raise VersionConflict(edit, target)
        if edit.instead_of and there is not None:
            raise VersionConflict(edit, there)
        if target is not None and (edit.content is None or edit.instead_of):
            self._take_out(edit, edit.target)
        return None if edit.content is None else self._put(edit, edit.content)

    async def resumes(self, position: Position) -> bool:
        """Whether changes can be told from a position on."""
        if position == Position(version=self._version, edit=self._edit):
            return True
        if position == Position():
            return self._changes[0].version == 1
        return any(change.position == position for change in self._changes)

    async def changes(self, after: Position, *, wait: bool = True) -> list[HubChange]:
        """The next changes, in order."""
        while wait and self._version == after.version:
            await self._changed.wait()
        fresh = [change for change in self._changes if change.version > after.version]
        if self._version < after.version or (fresh and fresh[0].version != after.version + 1):
            raise ChangesLost
        return fresh

    async def beat(self, presence: Presence, *, known: Mapping[str, Presence]) -> Pulse:
        """Say that an instance lives; who else does."""
        now = self._monotonic()
        self._present = {key: value for key, value in self._present.items() if now - value[1] < LIFE_SECONDS}
        info = presence.info
        earlier = self._present.get(info.id)
        own = known.get(info.id)
        begins = own is None or own.info.run != info.run
        if earlier and earlier[0].info.run != info.run and (earlier[0].info.place != info.place or not begins):
            raise IdentityTaken(earlier[0].info)
        self._present[info.id] = (presence, now)
        return Pulse(uuid=self._uuid, version=self._version, present=[each for each, _ in self._present.values()])

    async def leave(self, info: InstanceInfo) -> None:
        """Say that an instance has ended."""
        present = self._present.get(info.id)
        if present and present[0].info.run == info.run:
            del self._present[info.id]

    async def close(self) -> None:
        """Nothing is held."""

    def _put(self, edit: HubEdit, content: dict[str, object]) -> HubEntry:
        entry = HubEntry(
            kind=edit.kind,
            name=edit.name,
            version=self._version + 1,
            edit=edit.id,
            by=edit.by,
            at=edit.at,
            content=msgspec.json.decode(msgspec.json.encode(content)),
        )
        self._entries[entry.key] = entry
        self._note(edit, entry.key, entry)
        return entry

    def _take_out(self, edit: HubEdit, key: Key) -> None:
        del self._entries[key]
        self._note(edit, key, None)

    def _note(self, edit: HubEdit, key: Key, entry: HubEntry | None) -> None:
        self._version += 1
        self._edit = edit.id
        self._done[edit.id] = None
        while len(self._done) > self._kept_changes:
            del self._done[next(iter(self._done))]
        self._changes.append(HubChange(kind=key[0], name=key[1], version=self._version, edit=edit.id, entry=entry))
        self._changed.set()
        self._changed = asyncio.Event()
