"""`eventmon hub`: look after the hub where a team shares its topics and observers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from eventmon.cli import exits
from eventmon.cli.hub_option import hub_option
from eventmon.cli.notices import notify
from eventmon.cli.options import common_options
from eventmon.engine.paths import Paths


@click.group("hub")
def COMMAND() -> None:
    """Look after the hub where a team shares its topics and observers."""


@COMMAND.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@hub_option("The hub; without it the one where the workspace of the profile is shared.")
@common_options
def import_file(file: Path, hub: str, profile: str) -> int:
    """Put the observers and topics of a workspace FILE into the hub.

    The Eventmon of the profile runs the observers: at once when it is on that hub, else once it is started there.
    Connections stay where they are. Observers whose names the hub has already are left out.
    """
    from eventmon.engine.hub_import import import_workspace

    done = asyncio.run(import_workspace(file, hub, Paths.for_profile(profile)))
    for name in done.taken:
        notify(f"The hub has an observer “{name}” already. Rename it in the file and import it again.")
    click.echo(f"imported {_counted(done.observers, 'observer')} and {_counted(done.topics, 'topic')} into {done.url}")
    return exits.FAILED if done.taken else exits.DONE


def _counted(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"
