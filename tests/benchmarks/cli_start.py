"""What starting a verb costs, as ratios to a bare Python process: verbs are run in shell loops, so it adds up.

Run: ``python -m tests.benchmarks.cli_start``. Floor: ``python -c pass``. The libraries alone stand beside it, as they
are the part that no verb can save.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.measure import compare
from tests.benchmarks.table import Row, main
from tests.helpers.server import CLI, Server, cli_environment

FLOOR = "python -c pass (floor)"
LIBRARIES = "import click, http.client, msgspec"
VERBS = (("--version",), ("stats",), ("publish", "orders/created", "{}", "--quiet"), ("query", "--count"))


def rows(quick: bool = False) -> list[Row]:
    """Each verb against a running engine."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        candidates = {
            FLOOR: _process(server, sys.executable, "-c", "pass"),
            LIBRARIES: _process(server, sys.executable, "-c", LIBRARIES),
            **{" ".join(("eventmon", *verb[:1])): _process(server, *CLI, *verb) for verb in VERBS},
        }
        return compare(FLOOR, candidates, events=1, rounds=3 if quick else 7)


def _process(server: Server, *command: str) -> Callable[[], object]:
    environment = cli_environment(server.home)
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)


if __name__ == "__main__":
    main("starting a verb", rows)
