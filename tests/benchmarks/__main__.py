"""All benchmarks as one table: ``python -m tests.benchmarks [NAME...] [--quick]``.

Each runs in a process of its own: memory, Qt and the switch interval of one must not colour the next. A figure that is
missed is printed, never an error; a benchmark that breaks is a line that says so.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.benchmarks.table import Report, Row, show

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = (
    "core_publish",
    "window_under_load",
    "six_docks_under_load",
    "store_log",
    "first_paint",
    "engine_path",
    "core_topics",
    "connectors_read",
    "redis_path",
    "gui_log",
    "gui_topics",
    "cli_start",
    "hub",
    "page_load",
)


def main() -> None:
    """Run what is named, or everything, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="smaller doses, for a first look")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    wanted = [name for name in BENCHMARKS if name in (arguments.names or BENCHMARKS)]
    show([run(name, quick=arguments.quick) for name in wanted], quick=arguments.quick)


def run(name: str, *, quick: bool) -> Report:
    """One benchmark in a process of its own."""
    print(f"{name}…", file=sys.stderr, flush=True)
    start = time.monotonic()
    options = ("--json", "--quick") if quick else ("--json",)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    if done.returncode != 0:
        broken = Row(name="broke off; the lines on standard error say why", value="", target="runs", met=False)
        return Report(area=name, rows=[broken])
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Report)


if __name__ == "__main__":
    main()
