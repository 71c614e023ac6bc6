"""Where ``eventmon``, ``python -m eventmon`` and ``main.py`` begin: hands the arguments to the command line.

Front ends do not import each other, so the window is handed to the command line from here, and the server for browsers
to both, to be loaded when somebody asks for them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eventmon.engine.options import EngineOptions
    from eventmon.engine.serving import StartListener


def main() -> None:
    """Run the chosen verb and end the process with its exit code."""
    from eventmon.cli.main import run

    sys.exit(run(sys.argv[1:], load_window=load_window, load_listener=load_listener))


def load_window() -> Callable[..., int]:
    """The window's entry point; ImportError when its libraries are not installed."""
    from dataclasses import replace

    from eventmon.gui.application import run

    def run_with_server(options: EngineOptions, **more: Any) -> int:
        return run(replace(options, load_listener=load_listener), **more)

    return run_with_server


def load_listener() -> StartListener:
    """The way to start the server for browsers."""
    from eventmon.web.listener import start_listener

    return start_listener


if __name__ == "__main__":
    main()
