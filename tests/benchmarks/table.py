"""The benchmark table: its lines, how they are printed, and the start of every benchmark from the command line.

A line is text for people plus the verdict, so that a figure keeps the unit that suits it and benchmarks of every kind
share one table. It travels as JSON from the process that measured to the one that prints.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import msgspec

VERDICTS = {True: "met", False: "NOT MET", None: ""}
HEAD = ("area", "measured", "value", "ratio", "target", "")
RIGHT = (2, 3)
QUICK = " (quick doses: a first look; the targets are for the full ones)"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    Attributes:
        name: what was measured.
        value: the figure with its unit.
        ratio: to the floor of the same run; None where there is no floor.
        target: what is asked for; empty when the line is there to compare.
        met: whether it is reached; None without a target.
    """

    name: str
    value: str
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All lines of one benchmark.

    Attributes:
        area: what they are about.
        rows: the lines.
    """

    area: str
    rows: list[Row]


def main(area: str, rows: Callable[[bool], list[Row]]) -> None:
    """Run one benchmark as a program: ``--quick`` for smaller doses, ``--json`` for the program that prints all."""
    parser = argparse.ArgumentParser(description=f"Benchmark: {area}.")
    parser.add_argument("--quick", action="store_true", help="smaller doses, for a first look")
    parser.add_argument("--json", action="store_true", help="print the lines as JSON")
    arguments = parser.parse_args()
    report = Report(area=area, rows=rows(arguments.quick))
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        show([report], quick=arguments.quick)


def show(reports: Sequence[Report], *, quick: bool) -> None:
    """Print one aligned table and how many figures asked for were reached."""
    lines = [HEAD, *(_cells(report.area, row) for report in reports for row in report.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            cell.rjust(width) if column in RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    verdicts = [row.met for report in reports for row in report.rows]
    print(f"{verdicts.count(True)} targets met, {verdicts.count(False)} not met{QUICK if quick else ''}")


def _cells(area: str, row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    return (area, row.name, row.value, ratio, row.target, VERDICTS[row.met])
