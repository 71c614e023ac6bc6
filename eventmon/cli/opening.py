"""Opening the window: whether to open one, to look at a running engine, or to raise what is there.

Apart from the verb, so that the most common start, without any argument, loads nothing that reads arguments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from eventmon.cli import exits
from eventmon.cli.display import require_display
from eventmon.core.errors import UserError
from eventmon.engine.instances import Instance, find_instance
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths

if TYPE_CHECKING:
    from eventmon.engine.serving import ServerAddress

LoadWindow = Callable[[], Callable[..., int]]
"""Imports the window and gives its entry point; front ends do not import each other, so it is handed in."""
GUI_PACKAGES = frozenset({"PySide6", "shiboken6", "pyqtgraph", "qasync", "numpy"})


def open_window(
    load_window: LoadWindow,
    *,
    path: Path | None = None,
    connections: tuple[tuple[str, str], ...] = (),
    workspace: Path | None = None,
    hub: str = "",
    listen: ServerAddress | None = None,
    profile: str = "default",
    from_input: bool = False,
    look: bool = False,
) -> int:
    """Open the window on a session, or join the engine that runs; the exit code.

    Args:
        load_window: gives the window's entry point.
        path: the session file; None for the default session of the profile.
        connections: (name, URL) of connections to open.
        workspace: the file of definitions; None for that of the profile.
        hub: where topics and observers are shared in this run; empty for where they are by the workspace.
        listen: where the server for browsers listens; None leaves it as it is.
        profile: whose Eventmon.
        from_input: read standard input too.
        look: open the session to look only; one that the running engine has open is shown as it is.

    Raises:
        UserError: there is no display, a library is missing, or the running engine cannot take this.
    """
    paths = Paths.for_profile(profile)
    running = find_instance(paths)
    if running is not None and (path is None or str(path.absolute()) == running.session):
        _require_joinable(running, from_input=from_input, workspace=workspace, hub=hub)
        return _join(running, paths, connections, listen, load_window)
    if workspace is not None:
        from eventmon.cli.workspace import require_workspace

        require_workspace(workspace)
    if from_input:
        connections = (*connections, ("stdin", "pipe:-"))
    options = EngineOptions(
        session=path,
        profile=profile,
        connections=connections,
        workspace=workspace,
        hub=hub,
        listen=listen,
        serve_control=running is None and not look,
        role="window",
        look=look,
    )
    return _window_entry(load_window)(options)


def _require_joinable(running: Instance, *, from_input: bool, workspace: Path | None, hub: str) -> None:
    """Raise UserError when the engine that runs cannot take what was asked for."""
    if from_input:
        raise UserError(
            f"Eventmon is running already (process {running.pid}) and cannot take this standard input. "
            "Use `eventmon publish TOPIC --lines`, or name another --profile."
        )
    if workspace is not None:
        raise UserError(
            f"Eventmon is running already (process {running.pid}) with a workspace of its own. "
            "Import the file in its window, or name another --profile."
        )
    if hub:
        raise UserError(
            f"Eventmon is running already (process {running.pid}). Share its workspace in its window, "
            "or name another --profile."
        )


def _join(
    running: Instance,
    paths: Paths,
    connections: tuple[tuple[str, str], ...],
    listen: ServerAddress | None,
    load_window: LoadWindow,
) -> int:
    """Use the engine that runs: raise its window, or look at it when it has none."""
    from eventmon.cli.joining import hand_over

    if running.role == "window":
        hand_over(paths, connections, listen, raise_window=True)
        sys.stdout.write(f"Eventmon is running already (process {running.pid}); its window comes to the front.\n")
        return exits.DONE
    run = _window_entry(load_window)
    hand_over(paths, connections, listen, raise_window=False)
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
