"""Where ``eventmon``, ``python -m eventmon`` and ``main.py`` begin: hands the arguments to the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the chosen verb and end the process with its exit code."""
    from eventmon.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
