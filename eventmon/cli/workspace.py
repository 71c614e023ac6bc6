"""A workspace that is named on the command line: its mistakes, what is off in it, and how that is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eventmon.cli.notices import notify

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine


def require_workspace(path: Path) -> None:
    """UserError when there is a file and it has a mistake: whoever names it wants what it says."""
    from eventmon.engine.workspace_reading import foreign_entries

    if path.exists():
        foreign_entries(path)


async def say_what_is_off(engine: Engine) -> None:
    """Say in a line each what waits to be approved, and how."""
    from eventmon.engine.requests import ReviewWorkspace

    for each in (await engine.answer(ReviewWorkspace())).definitions:
        what = f"The {each.table.removesuffix('s')} “{each.name}” is off: it {each.words}."
        notify(f"{what} Start with --approve to allow it, or approve it in the window.")


async def approve_all(engine: Engine) -> None:
    """Approve everything that waits to be approved, as it is now."""
    from eventmon.engine.requests import ApproveDefinitions, ChosenDefinition, ReviewWorkspace

    off = (await engine.answer(ReviewWorkspace())).definitions
    chosen = [ChosenDefinition(table=each.table, name=each.name, digest=each.digest) for each in off]
    for sentence in (await engine.answer(ApproveDefinitions(chosen=chosen))).refused:
        notify(sentence)
