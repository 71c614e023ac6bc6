"""The workspace: the definitions of a profile that come back with the next start, in a TOML file for people.

The file is kept as its owner wrote it: comments and order stay, only changed keys are touched, and a file with a
mistake in it is reported by table and key and left alone. It holds no secret, so it may be kept in git.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar, cast

from eventmon.core.errors import UserError
from eventmon.engine.approvals import Approvals
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.outside import deed_of
from eventmon.engine.problems import Problems
from eventmon.engine.template_definitions import TemplateDefinition
from eventmon.engine.workspace_file import Outcome, WorkspaceFile
from eventmon.engine.workspace_reading import text_of
from eventmon.engine.workspace_tables import TABLES, TEMPLATES, Definition, Entry, Key, entries_of

WHERE = "workspace"

D = TypeVar("D", ConnectionDefinition, ObserverDefinition)
K = TypeVar("K", ConnectionDefinition, ObserverDefinition, TemplateDefinition)


def read_workspace(path: Path, kind: type[K]) -> list[K]:
    """The definitions of one kind in a workspace file, in its order; none when there is no file yet.

    Raises:
        UserError: the file cannot be read or has a mistake; the sentence names table and key.
    """
    text = text_of(path)
    return [] if text is None else _of_kind(entries_of(text, path).values(), kind)


class Workspace:
    """The workspace of a running engine: what is to be remembered stays in memory until the file has it.

    Attributes:
        path: the file.
        mark_of_secrets: what the names of its passwords end in, so that one workspace never changes those of another.
    """

    def __init__(self, path: Path, problems: Problems, approvals: Approvals | None = None) -> None:
        """Make it; ``approvals`` decides on what acts outside, None trusts the file as its user's own."""
        self.path = path
        self._problems = problems
        self.mark_of_secrets = "" if approvals is None else "-of-" + re.sub(r"[^\w-]", "-", path.stem)
        self._approvals = approvals
        self._known: dict[Key, Entry] = {}
        self._unwritten: dict[Key, Entry | None] = {}
        self._held: dict[Key, Definition] = {}
        self._read = False
        self._waiting = 0
        self._seen = 0
        self._template_changes = 0
        self._file = WorkspaceFile(path, foreign=approvals is not None)

    @property
    def held(self) -> list[Definition]:
        """Definitions that are off until they are approved, in the order of the file."""
        self._load()
        return list(self._held.values())

    def load(self, kind: type[D]) -> list[D]:
        """The definitions of the last run; none, and a problem, when the file has a mistake."""
        self._load()
        return _of_kind(self._known.values(), kind)

    def read_list(self, table: str, key: str) -> tuple[str, ...]:
        """A list of texts of the last run, such as ``not_recorded`` of ``[topics]``; empty when there is none."""
        self._load()
        return cast("tuple[str, ...]", self._known.get((table, key), ()))

    @property
    def templates(self) -> list[TemplateDefinition]:
        """Templates that are kept, those of other programs too as far as they were seen."""
        self._load()
        return _of_kind(self._known.values(), TemplateDefinition)

    @property
    def template_changes(self) -> int:
        """Grows whenever templates are others."""
        self._load()
        return self._template_changes

    async def follow(self) -> None:
        """Have the templates that another program has put into the file; what else it changed waits for a start."""
        self._load()
        self._take_templates(await asyncio.to_thread(self._file.look))

    async def change_templates(self, changes: Mapping[str, TemplateDefinition | None]) -> bool:
        """Remember templates by name, None no more; whether the file has it so now. They act by nothing themselves."""
        self._load()
        keys = {(TEMPLATES, name): definition for name, definition in changes.items()}
        for key, definition in keys.items():
            self._forget(key)
            if definition is not None:
                self._known[key] = self._unwritten[key] = definition
        self._template_changes += 1
        await self._write()
        return not any(key in self._unwritten for key in keys)

    def may_act(self, definition: Definition) -> bool:
        """Whether a definition may act; one that may not is off until it is approved."""
        return (TABLES[type(definition)].name, definition.name) not in self._held

    async def approve(self, kind: type[Definition], name: str) -> None:
        """Let a definition act from now on, as it is."""
        definition = self._held.pop((TABLES[kind].name, name), None)
        if definition is not None and self._approvals is not None:
            await self._approvals.give([definition])

    async def keep(
        self, definition: Definition, *, instead_of: str = "", seen: int | None = None, whole: bool = False
    ) -> None:
        """Remember a definition, or what changed of it; ``instead_of`` is the name it had before.

        Where definitions are shared, ``seen`` is the version that it was made from; a file has none.

        What is made or changed here is approved by that, unless it was off: then it stays off, if it was not given
        as a ``whole``, by somebody who has seen all of it.
        """
        table = TABLES[type(definition)].name
        key, before = (table, definition.name), (table, instead_of or definition.name)
        held = self._held.pop(before, None) is not None and not whole
        if held:
            self._held[key] = definition
        replaced = self._known.get(before)
        if before != key:
            self._forget(before)
        await self._keep(key, definition)
        if before != key and self._approvals is not None and isinstance(replaced, type(definition)):
            await self._approvals.withdraw(replaced)
        if not held and self._approvals is not None and not deed_of(definition).trouble:
            await self._approvals.give([definition])

    async def remove(self, kind: type[Definition], name: str) -> None:
        """Remember a definition no more."""
        key = (TABLES[kind].name, name)
        definition = self._known.get(key)
        self._held.pop(key, None)
        self._forget(key)
        await self._write()
        if self._approvals is not None and isinstance(definition, kind):
            await self._approvals.withdraw(definition)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Write all that is kept and removed in here at once, when it is done."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            await self._write()

    async def keep_list(self, table: str, key: str, values: Iterable[str]) -> None:
        """Remember a list of texts."""
        await self._keep((table, key), tuple(values))

    def _load(self) -> None:
        if self._read:
            return
        self._read = True
        try:
            self._known = self._file.read()
        except UserError as error:
            self._tell(error)
            return
        self._template_changes += any(key[0] == TEMPLATES for key in self._known)
        if self._approvals is not None:
            self._held = dict(_held(self._known, self._approvals))

    async def _keep(self, key: Key, entry: Entry) -> None:
        self._known[key] = self._unwritten[key] = entry
        await self._write()

    def _forget(self, key: Key) -> None:
        self._known.pop(key, None)
        self._unwritten[key] = None

    async def _write(self) -> None:
        """Write what the file does not hold yet; when it cannot be written, a problem says so and nothing is lost."""
        if self._waiting:
            return
        changes = dict(self._unwritten)
        try:
            outcome = await asyncio.to_thread(self._file.change, changes, dict(self._known))
        except UserError as error:
            self._tell(error)
            return
        for key, entry in changes.items():
            if key in self._unwritten and self._unwritten[key] is entry:
                del self._unwritten[key]
        self._take_templates(outcome)
        for sentence in outcome.sentences(self.path):
            self._problems.report("warning", WHERE, sentence)

    def _take_templates(self, outcome: Outcome | None) -> None:
        """Have the templates that the file has, whoever put them there, and those that are still to be written."""
        if outcome is None or outcome.number < self._seen:
            return
        self._seen = outcome.number
        before = {key: entry for key, entry in self._known.items() if key[0] == TEMPLATES}
        ours = {key: entry for key, entry in before.items() if key in self._unwritten}
        now = {key: entry for key, entry in outcome.templates.items() if key not in self._unwritten} | ours
        if now != before:
            self._template_changes += 1
            self._known = {key: entry for key, entry in self._known.items() if key not in before} | now

    def _tell(self, error: UserError) -> None:
        self._problems.report("warning", WHERE, f"{error} Until then changes are not remembered.")


def _held(entries: Mapping[Key, Entry], approvals: Approvals) -> Iterator[tuple[Key, Definition]]:
    """What is off until it is approved; what cannot be used is not off, but failed: there is nothing to approve."""
    for key, entry in entries.items():
        if isinstance(entry, (ConnectionDefinition, ObserverDefinition)):
            deed = deed_of(entry)
            if deed.acts and not deed.trouble and not approvals.cover(entry):
                yield key, entry


def _of_kind(entries: Iterable[Entry], kind: type[K]) -> list[K]:
    return [entry for entry in entries if isinstance(entry, kind)]
