"""`eventmon`: the window, the default verb."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eventmon.cli.front_ends import FrontEnds
from eventmon.cli.opening import open_window
from eventmon.cli.options import common_options, engine_options

STANDARD_INPUT = "-"

if TYPE_CHECKING:
    from eventmon.engine.serving import ServerAddress


@click.command("window")
@click.argument("session", required=False, metavar="[SESSION|-]")
@engine_options
@click.option("--read-only", "look", is_flag=True, help="Open SESSION to look only.")
@common_options
@click.pass_obj
def COMMAND(
    front_ends: FrontEnds,
    *,
    session: str | None,
    log: Path | None,
    connections: tuple[tuple[str, str], ...],
    workspace: Path | None,
    hub: str,
    listen: ServerAddress | None,
    profile: str,
    look: bool,
) -> int:
    """Open the window on SESSION, or on the default session of the profile; with - read standard input.

    A second start brings the first window to the front; beside `eventmon serve` the window shows that engine.
    """
    from_input = session == STANDARD_INPUT
    if session is not None and not from_input and log is not None:
        raise click.UsageError("SESSION and --log name the same thing. Give one of them.")
    path = log if session is None or from_input else Path(session)
    if look and (path is None or from_input or connections or workspace is not None or hub or listen is not None):
        raise click.UsageError(
            "--read-only needs a SESSION, and neither - nor --connect, --workspace, --hub or --listen. "
            "Leave one of them out."
        )
    return open_window(
        front_ends.load_window,
        path=path,
        connections=connections,
        workspace=workspace,
        hub=hub,
        listen=listen,
        profile=profile,
        from_input=from_input,
        look=look,
    )
