"""The templates of the workspace, as the window asks for them: by folder and name, wherever in the file they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from eventmon.core.errors import UserError
from eventmon.engine.template_definitions import (
    Place,
    TemplateDefinition,
    definition_of,
    require_room,
    require_template_name,
    texts_of,
)
from eventmon.engine.templates import NamedTemplate
from eventmon.engine.workspace import Workspace
from eventmon.engine.workspace_reading import MAX_DOTS, has_long_key


class KeptTemplates:
    """Lives on the engine's loop."""

    def __init__(self, workspace: Workspace) -> None:
        """Make it over the workspace that holds them."""
        self.workspace = workspace

    @property
    def version(self) -> int:
        """Another one whenever there are others or one of them is another."""
        return self.workspace.template_changes

    @property
    def definitions(self) -> list[TemplateDefinition]:
        """As they stand in the workspace."""
        return self.workspace.templates

    @property
    def templates(self) -> list[NamedTemplate]:
        """By folder and name."""
        found = [each.template for each in self.definitions]
        return sorted(found, key=lambda each: (each.folder.casefold(), each.name.casefold()))

    async def follow(self, every: float) -> None:
        """See what other programs do to them, every so many seconds, until it is cancelled."""
        while True:
            await asyncio.sleep(every)
            await self.workspace.follow()

    async def change(self, put: Iterable[NamedTemplate], removed: Iterable[Place] = ()) -> bool:
        """Take templates out, and put others in, in the place of those of their folder and name.

        Returns:
            Whether the file has it so now; where it has not, a problem says why, and it is written later.

        Raises:
            UserError: one cannot be kept; nothing has changed.
        """
        here = {each.name: each for each in self.definitions}
        changes: dict[str, TemplateDefinition | None] = {}
        gone = set(removed)
        changes.update((name, None) for name, each in here.items() if each.place in gone)
        for template in put:
            name = _name_for(template, {**here, **changes})
            changes[name] = _readable(definition_of(template, name))
        after = {**here, **changes}
        require_room(each for each in after.values() if each is not None)
        changes = {name: each for name, each in changes.items() if here.get(name) != each}
        return await self.workspace.change_templates(changes) if changes else True


def _name_for(template: NamedTemplate, there: dict[str, TemplateDefinition | None]) -> str:
    """The name of its table: that of the one it replaces, else its own or, where that is taken, with a number."""
    require_template_name(template.name)
    if template.folder:
        require_template_name(template.folder)
    for name, each in there.items():
        if each is not None and each.place == template.place:
            return name
    name, number = template.name, 1
    while there.get(name) is not None:
        number += 1
        name = f"{template.name[:190]}-{number}"
    return name


def _readable(definition: TemplateDefinition) -> TemplateDefinition:
    """The template, unless a workspace that holds it would be refused where it is not trusted."""
    if any(has_long_key(text) for text in texts_of(definition)):
        raise UserError(
            f"The template holds more than {MAX_DOTS} words joined by dots, which no workspace may hold. "
            "Put the data into a file and choose File as its content."
        )
    return definition
