"""Workspaces as files that are given away and taken in: written without secrets, looked at before anything is done.

What is chosen is named together with a digest of what it said when it was looked at, so that a file that changes
meanwhile brings nothing in that nobody has seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.approvals import digest_of
from eventmon.engine.connections import Connections
from eventmon.engine.definitions import ConnectionDefinition, ObserverDefinition
from eventmon.engine.kept_templates import KeptTemplates
from eventmon.engine.observers import Observers
from eventmon.engine.requests import (
    ChosenDefinition,
    ExportedWorkspace,
    ImportedWorkspace,
    ImportWorkspace,
    OnConflict,
    ReviewedDefinition,
    WorkspaceReview,
)
from eventmon.engine.template_definitions import TemplateDefinition
from eventmon.engine.template_secrets import placeholder_of, without_secrets
from eventmon.engine.topic_choices import KNOWN, NOT_RECORDED, TABLE, TopicChoices
from eventmon.engine.workspace import Workspace
from eventmon.engine.workspace_export import exportable, write_workspace
from eventmon.engine.workspace_reading import foreign_entries
from eventmon.engine.workspace_review import Here, list_digest, reviewed, reviewed_list
from eventmon.engine.workspace_tables import TABLES, Definition, Entry, Kept, Key

CHANGED = "“{name}” was changed in the file since it was looked at. Look at the file again."


class WorkspaceExchange:
    """Exports, reviews, imports and approves for one engine, on its loop."""

    def __init__(
        self,
        connections: Connections,
        observers: Observers,
        topics: TopicChoices,
        templates: KeptTemplates,
        workspace: Workspace | None,
    ) -> None:
        """Make it; ``workspace`` is the open one, None when nothing but templates is remembered."""
        self._connections = connections
        self._observers = observers
        self._topics = topics
        self._templates = templates
        self._workspace = workspace

    async def export(self, path: str) -> ExportedWorkspace:
        """Write what is in force to a file.

        Raises:
            UserError: it cannot be written there; the file is as it was.
        """
        target = _whole_path(path)
        if target.resolve() == self._templates.workspace.path.resolve():
            raise UserError("That is the workspace in use, which is written as it changes. Choose another file.")
        mounts = [mount.definition for mount in self._connections.mounts]
        connections, notes = exportable(mounts)
        observers = list(self._observers.definitions().values())
        templates, template_notes = _exportable_templates(self._templates.definitions)
        lists = {(TABLE, NOT_RECORDED): self._topics.not_recorded, (TABLE, KNOWN): self._topics.known}
        await asyncio.to_thread(write_workspace, target, [*connections, *observers, *templates], lists)
        return ExportedWorkspace(
            connections=len(connections),
            observers=len(observers),
            templates=len(templates),
            topics=sum(map(len, lists.values())),
            notes=notes + template_notes,
        )

    async def review(self, path: str) -> WorkspaceReview:
        """Say what each definition of a file would do.

        Raises:
            UserError: the file cannot be read or has a mistake.
        """
        source = _whole_path(path)
        entries = await asyncio.to_thread(foreign_entries, source)
        here = self._here()
        return WorkspaceReview(
            path=str(source), definitions=[_reviewed(key, entry, here) for key, entry in _said(entries)]
        )

    def unapproved(self) -> WorkspaceReview:
        """What is off in the workspace that is open."""
        if self._workspace is None:
            return WorkspaceReview(path="", definitions=[])
        definitions = [reviewed(definition, Here()) for definition in self._workspace.held]
        return WorkspaceReview(path=str(self._workspace.path), definitions=definitions)

    async def take(self, request: ImportWorkspace) -> ImportedWorkspace:
        """Take what was chosen; each for itself, so that one that cannot be used hinders no other.

        Raises:
            UserError: the file cannot be read or has a mistake.
        """
        entries = await asyncio.to_thread(foreign_entries, _whole_path(request.path))
        outcome = ImportedWorkspace()
        async with self._workspace.together() if self._workspace else nullcontext():
            for chosen in request.chosen:
                try:
                    await self._take(_chosen(entries, chosen), chosen, request.on_conflict, outcome)
                except UserError as error:
                    outcome.refused.append(f"“{chosen.name}”: {error}")
        return outcome

    async def approve(self, chosen: Iterable[ChosenDefinition]) -> ImportedWorkspace:
        """Let what was chosen of the open workspace act."""
        outcome = ImportedWorkspace()
        held = {
            (TABLES[type(each)].name, each.name): each for each in (self._workspace.held if self._workspace else ())
        }
        for one in chosen:
            try:
                await self._approve(_chosen(held, one))
                outcome.taken.append(one.name)
            except UserError as error:
                outcome.refused.append(f"“{one.name}”: {error}")
        return outcome

    async def _approve(self, entry: Entry) -> None:
        if isinstance(entry, ConnectionDefinition):
            await self._connections.approve(entry.name)
        elif isinstance(entry, ObserverDefinition):
            await self._observers.approve(entry)

    async def _take(
        self, entry: Entry, chosen: ChosenDefinition, on_conflict: OnConflict, outcome: ImportedWorkspace
    ) -> None:
        if isinstance(entry, tuple):
            await self._take_list(chosen.name, entry, outcome)
            return
        here = self._here()
        name = entry.name
        on_conflict = chosen.on_conflict or on_conflict
        if not here.is_taken(entry):
            await self._add(entry)
        elif on_conflict == "replace":
            await self._replace(entry)
        elif on_conflict == "rename":
            name = here.free_name(entry)
            await self._add(_renamed(entry, name))
        else:
            outcome.skipped.append(name)
            return
        outcome.taken.append(name)

    async def _take_list(self, key: str, texts: tuple[str, ...], outcome: ImportedWorkspace) -> None:
        if key == KNOWN:
            outcome.refused.extend(await self._topics.adopt(texts))
        else:
            for pattern in texts:
                await self._topics.record(pattern, record=False)
        outcome.taken.append(key)

    async def _add(self, definition: Kept) -> None:
        if isinstance(definition, TemplateDefinition):
            await self._templates.change([definition.template])
        elif isinstance(definition, ConnectionDefinition):
            await self._connections.adopt(definition)
        else:
            await self._observers.attach(definition)

    async def _replace(self, definition: Kept) -> None:
        if isinstance(definition, TemplateDefinition):
            await self._templates.change([definition.template])
            return
        if isinstance(definition, ObserverDefinition):
            await self._observers.edit(definition.name, definition)
            return
        await self._connections.edit(
            definition.name, url=definition.url, read_only=definition.read_only, color=definition.color
        )
        if definition.connected:
            await self._connections.reconnect(definition.name)
        else:
            await self._connections.close(definition.name)

    def _here(self) -> Here:
        return Here(
            connections={mount.name: mount.definition for mount in self._connections.mounts},
            observers=self._observers.definitions(),
            templates={each.place: each for each in self._templates.definitions},
            known=frozenset(self._topics.known),
            not_recorded=frozenset(self._topics.not_recorded),
            free_connection=self._connections.mounts.free_name,
        )


def _exportable_templates(definitions: Iterable[TemplateDefinition]) -> tuple[list[TemplateDefinition], list[str]]:
    """The templates as they may be given away, and a sentence for each secret that is left out."""
    kept, notes = [], []
    for definition in definitions:
        bare, names = without_secrets(definition)
        kept.append(bare)
        title = definition.place[1]
        notes += [f"“{name}” of “{title}” is not written: {placeholder_of(name)} stands for it." for name in names]
    return kept, notes


def _renamed(definition: Kept, name: str) -> Kept:
    change = {"title": name} if isinstance(definition, TemplateDefinition) else {"name": name}
    return msgspec.structs.replace(definition, **change)


def _said(entries: dict[Key, Entry]) -> Iterable[tuple[Key, Entry]]:
    """Entries that say something: lists are there with no texts in them as well."""
    return ((key, entry) for key, entry in entries.items() if entry)


def _reviewed(key: Key, entry: Entry, here: Here) -> ReviewedDefinition:
    return reviewed_list(key, entry, here) if isinstance(entry, tuple) else reviewed(entry, here)


def _chosen(entries: dict[Key, Entry] | dict[Key, Definition], chosen: ChosenDefinition) -> Entry:
    """The entry that was chosen; UserError when it is not what it was."""
    entry = entries.get((chosen.table, chosen.name))
    if entry is None:
        raise UserError(CHANGED.format(name=chosen.name))
    digest = list_digest(entry) if isinstance(entry, tuple) else digest_of(entry)
    if digest != chosen.digest:
        raise UserError(CHANGED.format(name=chosen.name))
    return entry


def _whole_path(path: str) -> Path:
    try:
        whole = Path(path).expanduser() if path and "\0" not in path else Path()
    except RuntimeError:  # the home of somebody who is not there
        whole = Path()
    if not whole.is_absolute():
        raise UserError("The file has to be a whole path. Begin it with / or ~.")
    return whole
