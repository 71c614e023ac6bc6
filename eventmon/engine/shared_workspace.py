"""A workspace whose observers and topics may be shared on a hub, while connections and all else stay in its file.

Without a hub it is the plain workspace. What comes from a hub and acts outside of Eventmon was perhaps written by
somebody else, so it is off until it is approved here, just as in a workspace file from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from eventmon.engine.approvals import Approvals
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from eventmon.engine.shared_definitions import LISTS, SharedDefinitions
from eventmon.engine.topic_choices import TABLE
from eventmon.engine.workspace import Workspace
from eventmon.engine.workspace_tables import Definition

D = TypeVar("D", ConnectionDefinition, ObserverDefinition)


class SharedWorkspace(Workspace):
    """The workspace of an engine that may be on a hub."""

    def __init__(self, path: Path, problems: Problems, approvals: Approvals | None = None) -> None:
        """Make it, shared on no hub."""
        super().__init__(path, problems, approvals)
        self._shared: SharedDefinitions | None = None
        self._shared_approvals: Approvals | None = None
        self._shared_held: dict[str, ObserverDefinition] = {}
        self._listed: dict[str, set[str]] = {}
        """What this instance has of each list: what it adds and takes out later is the difference to that."""
        self._told: dict[str, set[str]] = {}

    @property
    def held(self) -> list[Definition]:
        """Definitions that are off until they are approved."""
        if self._shared is None:
            return super().held
        files = [each for each in super().held if not isinstance(each, ObserverDefinition)]
        return [*files, *self._shared_held.values()]

    def share(self, definitions: SharedDefinitions, approvals: Approvals) -> None:
        """Take observers and topics from a hub, and keep them there."""
        self._shared, self._shared_approvals = definitions, approvals
        for definition in definitions.own():
            self.weigh(definition.name)

    def unshare(self) -> None:
        """Take them from the file again."""
        self._shared = self._shared_approvals = None
        self._shared_held.clear()
        self._listed.clear()
        self._told.clear()

    def has_lists(self, lists: Mapping[str, Iterable[str]]) -> None:
        """This instance has these lists, whatever the hub has."""
        for key, texts in lists.items():
            self._listed[key] = set(texts)
            self._told[key] = set(texts)

    def weigh(self, name: str) -> None:
        """Look whether an observer of the hub that runs here, or did, needs an approval as it is now."""
        found = self._shared.own_one(name) if self._shared is not None else None
        if found is not None and self._needs_approval(found.definition):
            self._shared_held[name] = found.definition
        else:
            self._shared_held.pop(name, None)

    def heard(self, key: str) -> tuple[list[str], list[str]]:
        """What others have put into a list of the hub and what they have taken out, since it was asked last."""
        if self._shared is None:
            return [], []
        now, before = set(self._shared.texts(key)), self._told.get(key, set())
        self._told[key] = now
        self._listed[key] = self._listed.get(key, set()) & now
        return sorted(now - before), sorted(before - now)

    def load(self, kind: type[D]) -> list[D]:
        """The definitions of the last run; of observers those that this instance runs."""
        if self._shared is not None and kind is ObserverDefinition:
            return self._shared.own()
        return super().load(kind)

    def read_list(self, table: str, key: str) -> tuple[str, ...]:
        """A list of texts."""
        if self._shared is not None and _is_shared(table, key):
            texts = self._shared.texts(key)
            self._listed[key], self._told[key] = set(texts), set(texts)
            return texts
        return super().read_list(table, key)

    def may_act(self, definition: Definition) -> bool:
        """Whether a definition may act as it is said here, whatever the hub says by now."""
        if self._shared is None or isinstance(definition, ConnectionDefinition):
            return super().may_act(definition)
        return not self._needs_approval(definition)

    async def approve(self, kind: type[Definition], name: str) -> None:
        """Let a definition act from now on, as it is."""
        if self._shared is None or self._shared_approvals is None or kind is not ObserverDefinition:
            await super().approve(kind, name)
        elif (definition := self._shared_held.pop(name, None)) is not None:
            await self._shared_approvals.give([_without_pause(definition)])

    async def keep(
        self, definition: Definition, *, instead_of: str = "", seen: int | None = None, whole: bool = False
    ) -> None:
        """Remember a definition; on a hub, made from the version that was ``seen``.

        Raises:
            VersionConflict: somebody else has changed it in the hub meanwhile.
        """
        if self._shared is None or self._shared_approvals is None or isinstance(definition, ConnectionDefinition):
            await super().keep(definition, instead_of=instead_of, whole=whole)
            return
        if whole:
            self._shared_held.pop(instead_of or definition.name, None)
        if (instead_of or definition.name) not in self._shared_held:
            await self._approve_own(self._shared_approvals, definition, instead_of)
        if self._shared.observer(instead_of or definition.name) is None:
            await self._shared.attach(definition)
        else:
            await self._shared.put(definition, instead_of=instead_of, seen=seen)

    async def bring(self, definition: ObserverDefinition, name: str) -> None:
        """Put an observer of the file into the hub under this name; one that is off stays off there.

        Raises:
            VersionConflict: somebody else was faster.
        """
        named = msgspec.structs.replace(definition, name=name)
        if not super().may_act(definition):
            self._shared_held[name] = named
        await self.keep(named)

    async def remove(self, kind: type[Definition], name: str) -> None:
        """Remember a definition no more."""
        if self._shared is None or kind is not ObserverDefinition:
            await super().remove(kind, name)
        else:
            found = self._shared.own_one(name)
            if found is not None and self._shared_approvals is not None:
                await self._shared_approvals.withdraw(found.definition)
            await self._shared.remove(name)

    async def keep_list(self, table: str, key: str, values: Iterable[str]) -> None:
        """Remember a list of texts."""
        if self._shared is not None and _is_shared(table, key):
            now, before = set(values), self._listed.get(key, set())
            self._listed[key] = now
            await self._shared.change_texts(key, added=now - before, removed=before - now)
        else:
            await super().keep_list(table, key, values)

    async def move_out(self) -> None:
        """Take observers and topics out of the file, now that a hub has them."""
        async with self.together():
            for definition in super().load(ObserverDefinition):
                await super().remove(ObserverDefinition, definition.name)
            for key in LISTS:
                await super().keep_list(TABLE, key, ())

    async def move_in(self, observers: Iterable[ObserverDefinition], lists: Mapping[str, Iterable[str]]) -> None:
        """Put observers and topics into the file that a hub has no longer."""
        async with self.together():
            for definition in observers:
                await super().keep(definition)
            for key, values in lists.items():
                await super().keep_list(TABLE, key, values)

    async def _approve_own(self, approvals: Approvals, definition: ObserverDefinition, instead_of: str) -> None:
        """Approve what is made here; what it replaces could be put back by somebody else, so it is approved no more."""
        if self._needs_approval(definition):
            await approvals.give([_without_pause(definition)])
        elif not approvals.cover(_without_pause(definition)):
            await approvals.withdraw(definition)
        if instead_of and instead_of != definition.name:
            await approvals.withdraw(msgspec.structs.replace(definition, name=instead_of))

    def _needs_approval(self, definition: ObserverDefinition) -> bool:
        from eventmon.engine.outside import deed_of  # a workspace without a hub needs none of it

        covered = self._shared_approvals is None or self._shared_approvals.cover(_without_pause(definition))
        deed = deed_of(definition)  # what cannot be used is not off, but failed
        return not covered and deed.acts and not deed.trouble


def _without_pause(definition: ObserverDefinition) -> ObserverDefinition:
    """What is approved: anybody of the team may pause and resume."""
    return msgspec.structs.replace(definition, paused=False)


def _is_shared(table: str, key: str) -> bool:
    return table == TABLE and key in LISTS


def workspace_of(options: EngineOptions, paths: Paths, problems: Problems) -> SharedWorkspace:
    """That of the profile, or the file that was named."""
    named, own = options.workspace, paths.workspace_file
    if named is None or named.resolve() == own.resolve():
        return SharedWorkspace(own, problems)
    path = named.absolute()
    return SharedWorkspace(path, problems, Approvals(paths.approvals_file, path, problems))
