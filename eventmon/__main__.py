"""Where ``eventmon``, ``python -m eventmon`` and ``main.py`` begin: hands the arguments to the command line.

Front ends do not import each other, so the window is handed to the command line from here, to be loaded when a verb
asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable


def main() -> None:
    """Run the chosen verb and end the process with its exit code."""
    from eventmon.cli.main import run

    sys.exit(run(sys.argv[1:], load_window=load_window))


def load_window() -> Callable[..., int]:
    """The window's entry point; ImportError when its libraries are not installed."""
    from eventmon.gui.application import run

    return run


if __name__ == "__main__":
    main()
