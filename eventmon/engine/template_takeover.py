"""Templates that an earlier version kept beside its drafts are taken over into the workspace, once.

The file of before goes only when the workspace has its templates and the drafts have a file of their own.
"""

from __future__ import annotations

import asyncio
import re

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.kept_templates import KeptTemplates
from eventmon.engine.paths import Paths
from eventmon.engine.problems import Problems
from eventmon.engine.template_definitions import Place
from eventmon.engine.templates import MAX_NAME, NamedTemplate, part_from_templates, read_former

WHERE = "templates"


async def take_over(paths: Paths, kept: KeptTemplates, problems: Problems) -> None:
    """Take templates of before over, if there are any; a problem says why they cannot be."""
    former = paths.former_templates_file
    if not former.exists():
        return
    try:
        book = await asyncio.to_thread(read_former, former)
        if await kept.change(_fresh(book.templates, kept)):
            await asyncio.to_thread(part_from_templates, former, paths.drafts_file)
    except UserError as error:
        problems.report("warning", WHERE, f"The templates in {former} are not taken over: {error}")


def _fresh(templates: tuple[NamedTemplate, ...], kept: KeptTemplates) -> list[NamedTemplate]:
    """Those that are not there yet; where another has the place, one comes under another name."""
    there: dict[Place, NamedTemplate] = {each.place: each for each in kept.templates}
    fresh = []
    for former in templates:
        wanted = msgspec.structs.replace(former, folder=_line(former.folder), name=_line(former.name) or "-")
        template, number = wanted, 1
        while there.get(template.place, template) != template:
            number += 1
            template = msgspec.structs.replace(wanted, name=f"{wanted.name[: MAX_NAME - 10]}-{number}")
        if template.place not in there:
            there[template.place] = template
            fresh.append(template)
    return fresh


def _line(text: str) -> str:
    """A name as names are now: on one line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:MAX_NAME]
