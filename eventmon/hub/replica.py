"""An instance's copy of the shared definitions: what the hub has, with the own edits that wait put over it.

The copy is kept on disk, so that an instance can start without its hub and go on with what it knew last. A hub that
comes back with less than it had, after a crash or without its files, gets back what this instance is responsible for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from eventmon.hub.base import (
    OBSERVER,
    Content,
    HubChange,
    HubEdit,
    HubEntry,
    Key,
    Position,
    Snapshot,
    VersionConflict,
)
from eventmon.hub.waiting import Conflict, Shelf, Waiting

KNOWN_FILE = "known.json"
MOST_BECAME = 1_000


class Replica:
    """All definitions as this instance sees them."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        restores: Callable[[HubEntry], bool] = lambda _entry: False,
    ) -> None:
        """Take up what an earlier run knew; ``restores`` says which definitions a hub gets back if it lost them."""
        self.waiting = Waiting(shelf)
        self._shelf = shelf
        self._restores = restores
        known = _decoded(shelf.read(KNOWN_FILE))
        self.uuid = known.uuid
        self.position = known.position
        self._confirmed: dict[Key, HubEntry] = {entry.key: entry for entry in known.entries}
        self._view = dict(self._confirmed)
        self._serial = 0
        self._provisional: dict[str, int] = {}
        self._became: dict[int, int] = {}
        self._unkept = False
        self._look_again(self.waiting.keys())

    def find(self, kind: str, name: str) -> HubEntry | None:
        """One definition as it is here."""
        return self._view.get((kind, name))

    def of_kind(self, kind: str) -> list[HubEntry]:
        """All definitions of one kind as they are here."""
        return [entry for entry in self._view.values() if entry.kind == kind]

    def wish(self, edit: HubEdit, *, seen: int | None = None) -> HubEdit:
        """Let an edit wait, made from the version that was ``seen``; None for the one that is here.

        Raises:
            VersionConflict: that version has been replaced meanwhile; the conflict is on the list.
        """
        current = self._view.get(edit.target)
        version = current.version if current else 0
        if seen is not None and self._became.get(seen, seen) != version:
            self.waiting.refuse(edit, current)
            raise VersionConflict(edit, current)
        if edit.expected is not None:
            confirmed = self._confirmed.get(edit.target)
            edit = msgspec.structs.replace(edit, expected=confirmed.version if confirmed else 0)
        self.waiting.add(edit)
        self._look_again({edit.target, (edit.kind, edit.name)})
        return edit

    def adopt(self, snapshot: Snapshot) -> set[Key]:
        """Take all that a hub has; which definitions are others than before."""
        earlier, self._confirmed = self._confirmed, {entry.key: entry for entry in snapshot.entries}
        anew = bool(self.uuid) and self.uuid != snapshot.uuid
        set_back = not anew and snapshot.position.version < self.position.version
        if anew:
            self.waiting.rebase(self._version_of)
        if anew or set_back:
            self._give_back(earlier.values(), since=0 if anew else snapshot.position.version)
        self.uuid, self.position = snapshot.uuid, snapshot.position
        self._unkept = True
        changed = {
            key for key in earlier.keys() | self._confirmed.keys() if earlier.get(key) != self._confirmed.get(key)
        }
        for key in changed:
            self.waiting.see(key, self._confirmed.get(key))
        self._look_again(changed | self.waiting.keys())
        return changed

    def take(self, changes: Iterable[HubChange]) -> set[Key]:
        """Follow the hub; which definitions may be others than before."""
        changed: set[Key] = set()
        for change in changes:
            self.position = change.position
            self._unkept = True
            if self._version_of(change.key) < change.version:
                self._confirm(change.key, change.entry)
                changed.add(change.key)
            if self._is_done(change):
                changed |= self._settle(change.edit, change.entry)
        self._look_again(changed)
        return changed

    def sent(self, edit: HubEdit, entry: HubEntry | None) -> set[Key]:
        """The hub has done an edit; which definitions may be others than before."""
        if entry is None or edit.instead_of:
            self._confirm(edit.target, None)
        if entry is not None:
            self._confirm(entry.key, entry)
        changed = self._settle(edit.id, entry)
        self._look_again(changed)
        return changed

    def refused(self, conflict: VersionConflict) -> set[Key]:
        """The hub has refused an edit, which is on the list of conflicts now."""
        changed = self.waiting.refuse(conflict.edit, conflict.theirs)
        if conflict.theirs is not None and self._version_of(conflict.theirs.key) < conflict.theirs.version:
            self._confirm(conflict.theirs.key, conflict.theirs)
            changed.add(conflict.theirs.key)
        self._look_again(changed)
        return changed

    def keep(self) -> None:
        """Write down what is known, if that is news."""
        if self._unkept:
            self._unkept = False
            known = _Known(uuid=self.uuid, position=self.position, entries=list(self._confirmed.values()))
            self._shelf.write(KNOWN_FILE, msgspec.json.encode(known))

    def conflict(self, identity: str) -> Conflict | None:
        """The conflict of this id."""
        return next((each for each in self.waiting.conflicts if each.id == identity), None)

    def _version_of(self, key: Key) -> int:
        entry = self._confirmed.get(key)
        return entry.version if entry else 0

    def _confirm(self, key: Key, entry: HubEntry | None) -> None:
        if entry is None:
            self._confirmed.pop(key, None)
        else:
            self._confirmed[key] = entry
        self._unkept = True
        self.waiting.see(key, entry)

    def _is_done(self, change: HubChange) -> bool:
        """Whether this change ends what a waiting edit wished; one that renames makes two."""
        wish = self.waiting.find(change.edit)
        return wish is not None and (wish.content is None) == (change.entry is None)

    def _settle(self, edit: str, entry: HubEntry | None) -> set[Key]:
        version = entry.version if entry else 0
        provisional = self._provisional.pop(edit, None)
        if provisional is not None:
            self._became[provisional] = version
            while len(self._became) > MOST_BECAME:
                del self._became[next(iter(self._became))]
        return self.waiting.done(edit, version)

    def _look_again(self, keys: Iterable[Key]) -> None:
        for key in keys:
            entry = self.waiting.over(key, self._confirmed.get(key), self._as_entry)
            if entry is None:
                self._view.pop(key, None)
            else:
                self._view[key] = entry

    def _as_entry(self, edit: HubEdit, content: Content) -> HubEntry:
        """A definition as it is here before the hub has it, with a version that no hub gives."""
        if edit.id not in self._provisional:
            self._serial -= 1
            self._provisional[edit.id] = self._serial
        version = self._provisional[edit.id]
        return HubEntry(
            kind=edit.kind,
            name=edit.name,
            version=version,
            edit=edit.id,
            by=edit.by,
            at=edit.at,
            content=content,
        )

    def _give_back(self, earlier: Iterable[HubEntry], *, since: int) -> None:
        """Let those definitions wait again that the hub has lost and that are this instance's to restore."""
        for entry in earlier:
            now = self._confirmed.get(entry.key)
            lost = now is None if since == 0 else entry.version > since and entry != now
            if lost and self._restores(entry):
                version = now.version if now else 0
                self.waiting.put_before(
                    HubEdit(
                        id=f"{entry.edit}+",
                        kind=entry.kind,
                        name=entry.name,
                        content=entry.content,
                        expected=version if entry.kind == OBSERVER else None,
                        by=entry.by,
                        at=entry.at,
                    )
                )
        self.waiting.keep()


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    uuid: str = ""
    position: Position = Position()
    entries: list[HubEntry] = []


def _decoded(data: bytes | None) -> _Known:
    try:
        return msgspec.json.decode(data, type=_Known) if data else _Known()
    except (ValueError, RecursionError):  # written by a newer version, or damaged: the hub has it all
        return _Known()
