"""Edits that wait for the hub, and those that it refused because somebody was faster; both outlive the process.

Edits are sent in the order in which they were made. One that builds on another waiting one takes over the version
which that one gets; when that one is refused, so is all that builds on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from eventmon.hub.base import Content, HubEdit, HubEntry, Key

WAITING_FILE = "waiting.json"


class Shelf(Protocol):
    """Where an instance keeps small files over restarts."""

    def read(self, name: str) -> bytes | None:
        """What was written last; None for nothing that can be read."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Keep this in the place of what was there, all or nothing."""
        ...


class WaitingEdit(msgspec.Struct, kw_only=True):
    """An edit on its way; ``after`` is the id of the waiting edit it builds on."""

    edit: HubEdit
    after: str = ""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """An edit that was not done because somebody was faster; a person chooses.

    Attributes:
        id: of the edit.
        kind: of the definition.
        name: of the definition, as it is in the hub.
        wish: what was wished; None inside for its removal.
        theirs: what the hub has; None when it is gone.
    """

    id: str
    kind: str
    name: str
    wish: HubEdit
    theirs: HubEntry | None


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    waiting: list[WaitingEdit] = []
    conflicts: list[Conflict] = []


class Waiting:
    """The queue of edits and the list of conflicts of one instance."""

    def __init__(self, shelf: Shelf) -> None:
        """Take up what an earlier run left."""
        self._shelf = shelf
        kept = _decoded(shelf.read(WAITING_FILE))
        self._edits: list[WaitingEdit] = kept.waiting
        self._conflicts: dict[str, Conflict] = {conflict.id: conflict for conflict in kept.conflicts}

    def __len__(self) -> int:
        return len(self._edits)

    @property
    def conflicts(self) -> list[Conflict]:
        """What somebody has to choose about."""
        return list(self._conflicts.values())

    @property
    def first(self) -> HubEdit | None:
        """The edit to be sent next."""
        return self._edits[0].edit if self._edits else None

    def find(self, edit: str) -> HubEdit | None:
        """The edit of this id, if it still waits."""
        return next((waiting.edit for waiting in self._edits if waiting.edit.id == edit), None)

    def add(self, edit: HubEdit) -> None:
        """Let an edit wait."""
        before = self.last_on(edit.target)
        self._edits.append(WaitingEdit(edit=edit, after=before.id if before else ""))
        self.keep()

    def last_on(self, key: Key) -> HubEdit | None:
        """The newest waiting edit that made a definition what it is here."""
        return next((each.edit for each in reversed(self._edits) if (each.edit.kind, each.edit.name) == key), None)

    def done(self, edit: str, version: int) -> set[Key]:
        """An edit is in the hub, at a version; the keys that it concerned."""
        found = self._take(edit)
        if found is None:
            return set()
        for waiting in self._edits:
            if waiting.after == edit:
                waiting.after = ""
                if waiting.edit.expected is not None:
                    waiting.edit = msgspec.structs.replace(waiting.edit, expected=version)
        self.keep()
        return _keys(found)

    def refuse(self, edit: HubEdit, theirs: HubEntry | None) -> set[Key]:
        """An edit was not done, nor can what builds on it; the keys that are as the hub has them again."""
        self._take(edit.id)
        refused, ids = [edit], {edit.id}
        for waiting in list(self._edits):
            if waiting.after in ids:
                self._edits.remove(waiting)
                refused.append(waiting.edit)
                ids.add(waiting.edit.id)
        name = theirs.name if theirs is not None else edit.target[1]
        last = refused[-1]
        self._conflicts[edit.id] = Conflict(id=edit.id, kind=edit.kind, name=name, wish=last, theirs=theirs)
        self.keep()
        return {key for each in refused for key in _keys(each)}

    def resolve(self, conflict: str) -> Conflict | None:
        """Take a conflict off the list."""
        found = self._conflicts.pop(conflict, None)
        if found is not None:
            self.keep()
        return found

    def see(self, key: Key, entry: HubEntry | None) -> bool:
        """Bring conflicts about a definition up to what the hub has now; whether there was one."""
        stale = [each for each in self._conflicts.values() if (each.kind, each.name) == key and each.theirs != entry]
        for conflict in stale:
            self._conflicts[conflict.id] = msgspec.structs.replace(conflict, theirs=entry)
        return bool(stale)

    def rebase(self, expected: Callable[[Key], int]) -> None:
        """The hub was made anew: what waits is expected upon what it has now."""
        for waiting in self._edits:
            if not waiting.after and waiting.edit.expected is not None:
                waiting.edit = msgspec.structs.replace(waiting.edit, expected=expected(waiting.edit.target))
        self.keep()

    def put_before(self, edit: HubEdit) -> None:
        """Let an edit wait before all others, which build on it where they are about the same."""
        for waiting in self._edits:
            if not waiting.after and waiting.edit.target == (edit.kind, edit.name):
                waiting.after = edit.id
        self._edits.insert(0, WaitingEdit(edit=edit))

    def over(
        self, key: Key, entry: HubEntry | None, provisional: Callable[[HubEdit, Content], HubEntry]
    ) -> HubEntry | None:
        """What a definition is here, with what waits put over what the hub has."""
        for waiting in self._edits:
            edit = waiting.edit
            if edit.content is not None and (edit.kind, edit.name) == key:
                entry = provisional(edit, edit.content)
            elif edit.target == key:
                entry = None
        return entry

    def keys(self) -> set[Key]:
        """The definitions about which something waits."""
        return {key for waiting in self._edits for key in _keys(waiting.edit)}

    def keep(self) -> None:
        """Write all of it down."""
        kept = _Kept(waiting=self._edits, conflicts=self.conflicts)
        self._shelf.write(WAITING_FILE, msgspec.json.encode(kept))

    def _take(self, edit: str) -> HubEdit | None:
        for index, waiting in enumerate(self._edits):
            if waiting.edit.id == edit:
                del self._edits[index]
                return waiting.edit
        return None


def _keys(edit: HubEdit) -> set[Key]:
    return {edit.target, (edit.kind, edit.name)}


def _decoded(data: bytes | None) -> _Kept:
    try:
        return msgspec.json.decode(data, type=_Kept) if data else _Kept()
    except (ValueError, RecursionError):  # written by a newer version, or damaged: nothing that could be sent
        return _Kept()
