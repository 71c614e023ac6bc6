"""`eventmon serve`: the engine on the main thread, without a window, until a signal ends it in order."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from eventmon.cli import exits
from eventmon.cli.options import common_options, engine_options
from eventmon.cli.signals import on_end_signals
from eventmon.cli.workspace import approve_all, require_workspace, say_what_is_off
from eventmon.core.errors import UserError
from eventmon.engine.instances import find_instance
from eventmon.engine.paths import Paths

if TYPE_CHECKING:
    from eventmon.cli.front_ends import FrontEnds
    from eventmon.engine.options import EngineOptions
    from eventmon.engine.serving import ServerAddress


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The line on standard output that says where the engine can be reached."""

    ready: bool = True
    pid: int
    socket: str
    http: str | None = None
    log: str


@click.command("serve")
@engine_options
@click.option("--approve", is_flag=True, help="Allow what the workspace FILE does as it is now, and remember that.")
@common_options
@click.pass_obj
def COMMAND(
    front_ends: FrontEnds,
    *,
    log: Path | None,
    connections: tuple[tuple[str, str], ...],
    workspace: Path | None,
    hub: str,
    approve: bool,
    listen: ServerAddress | None,
    profile: str,
) -> int:
    """Run the engine without a window.

    Prints one JSON line when it is ready. SIGTERM and Ctrl+C close the log and end it. What is off in a workspace
    that was not approved here is said on standard error, a line each.
    """
    from eventmon.engine.options import EngineOptions

    if approve and workspace is None:
        raise click.UsageError("--approve is about a --workspace FILE. Name the file.")
    paths = Paths.for_profile(profile)
    if (running := find_instance(paths)) is not None:
        raise UserError(
            f"Eventmon is running already for the profile “{profile}” ({running.role}, process {running.pid}). "
            "End it first, or name another --profile."
        )
    if workspace is not None:
        require_workspace(workspace)
    import eventmon.engine.control  # noqa: F401 - loaded before the loop runs, so that it does not stand still

    if listen is not None and front_ends.load_listener is not None:
        front_ends.load_listener()
    options = EngineOptions(
        session=log,
        profile=profile,
        connections=connections,
        workspace=workspace,
        hub=hub,
        listen=listen,
        load_listener=front_ends.load_listener,
        role="serve",
    )
    asyncio.run(_serve(options, paths, approve=approve))
    return exits.DONE


async def _serve(options: EngineOptions, paths: Paths, *, approve: bool) -> None:
    from eventmon.engine.engine import Engine

    ended = asyncio.Event()
    on_end_signals(ended.set)
    engine = Engine(options, paths)
    await engine.start()
    try:
        if options.workspace is not None:
            await (approve_all if approve else say_what_is_off)(engine)
        session = options.session or paths.default_session
        ready = Ready(
            pid=os.getpid(),
            socket=str(paths.socket_path),
            http=engine.serving.url,
            log=str(session.absolute()),
        )
        _say_ready(ready)
        await ended.wait()
    finally:
        await engine.stop()


def _say_ready(ready: Ready) -> None:
    """Print the line; a closed standard output is no reason to stop serving."""
    try:
        click.echo(msgspec.json.encode(ready))
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
