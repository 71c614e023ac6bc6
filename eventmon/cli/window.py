"""`eventmon`: the window. Decides whether to open one, to look at a running engine, or to raise what is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from eventmon.cli import exits
from eventmon.cli.display import require_display
from eventmon.cli.options import LoadWindow, common_options, engine_options
from eventmon.core.errors import UserError
from eventmon.engine.instances import Instance, find_instance
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths

STANDARD_INPUT = "-"
GUI_PACKAGES = frozenset({"PySide6", "shiboken6", "pyqtgraph", "qasync", "numpy"})


@click.command("window")
@click.argument("session", required=False, metavar="[SESSION|-]")
@engine_options
@common_options
@click.pass_obj
def COMMAND(
    load_window: LoadWindow,
    *,
    session: str | None,
    log: Path | None,
    connections: tuple[tuple[str, str], ...],
    profile: str,
) -> int:
    """Open the window on SESSION, or on the default session of the profile; with - read standard input.

    A second start brings the first window to the front; beside `eventmon serve` the window shows that engine.
    """
    from_input = session == STANDARD_INPUT
    if session is not None and not from_input and log is not None:
        raise click.UsageError("SESSION and --log name the same thing. Give one of them.")
    path = log if session is None or from_input else Path(session)
    paths = Paths.for_profile(profile)
    running = find_instance(paths)
    if running is not None and (path is None or str(path.absolute()) == running.session):
        if from_input:
            raise UserError(
                f"Eventmon is running already (process {running.pid}) and cannot take this standard input. "
                "Use `eventmon publish TOPIC --lines`, or name another --profile."
            )
        return _join(running, paths, connections, load_window)
    if from_input:
        connections = (*connections, ("stdin", "pipe:-"))
    options = EngineOptions(
        session=path, profile=profile, connections=connections, serve_control=running is None, role="window"
    )
    return _window_entry(load_window)(options)


def _join(running: Instance, paths: Paths, connections: tuple[tuple[str, str], ...], load_window: LoadWindow) -> int:
    """Use the engine that runs: raise its window, or look at it when it has none."""
    from eventmon.cli.joining import hand_over

    if running.role == "window":
        hand_over(paths, connections, raise_window=True)
        click.echo(f"Eventmon is running already (process {running.pid}); its window comes to the front.")
        return exits.DONE
    run = _window_entry(load_window)
    hand_over(paths, connections, raise_window=False)
    options = EngineOptions(profile=paths.profile, serve_control=False, role="window")
    return run(options, viewer_socket=paths.socket_path)


def _window_entry(load_window: LoadWindow) -> Callable[..., int]:
    """The window's entry point, once it is sure that a window can be shown."""
    require_display(os.environ)
    try:
        return load_window()
    except ImportError as error:
        if (error.name or "").partition(".")[0] in GUI_PACKAGES:
            raise UserError(_what_is_missing(error)) from error
        raise


def _what_is_missing(error: ImportError) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"The window needs {error.name}. Install it with `pip install 'eventmon[gui]'`, or use `eventmon serve`."
    return f"The window's libraries cannot be loaded ({error}). Install the system packages that `make run` names."
