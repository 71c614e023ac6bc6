"""Which lines the plot shows, in which colours, and on which scale. No Qt.

A group keeps its colour while the window lives, and a line that is shown leaves only when another is clearly busier:
otherwise colours and lines would flicker with the traffic.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor, isnan, log10

from eventmon.gui.models.rate_groups import Group, Grouping, RateGroups

MAX_LINES = 4
MAX_PICKED = 8
CLEARLY = 1.25
"""How much busier another group has to be to take a line's place."""
FIRST_DASHED = 4
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RateLine:
    """One line: samples of a second each, oldest first, NaN where nobody measured."""

    group: Group
    color: int
    samples: Sequence[float]

    @property
    def dashed(self) -> bool:
        """Whether colour alone would not tell it from another."""
        return self.color >= FIRST_DASHED


class LineChoice:
    """Chooses the busiest groups and gives colours out."""

    def __init__(self, groups: RateGroups) -> None:
        self._groups = groups
        self._colors: dict[str, int] = {}
        self._shown: list[Group] = []
        self.known = 0

    def lines(self, grouping: Grouping, seconds: int, picked: Sequence[str] = ()) -> list[RateLine]:
        """The lines of the last ``seconds`` seconds, busiest first when they were chosen.

        ``picked`` names those the user wants, in that order, whether they are busy or not.
        """
        if picked:
            return self._picked(grouping, seconds, picked)
        history = self._groups.history
        sums = {group: history.total(group, seconds) for group in self._groups.groups(grouping)}
        busy = {group: total for group, total in sums.items() if total > 0}
        self.known = len(busy)
        stayed = {group for group in self._shown if group.grouping == grouping}
        ranked = sorted(busy, key=lambda group: (-busy[group] * (CLEARLY if group in stayed else 1), group.name))
        chosen = ranked[:MAX_LINES]
        kept = [group for group in self._shown if group in chosen]
        self._shown = kept + [group for group in chosen if group not in kept]
        return [RateLine(group, self._color(group), history.samples(group)[-seconds:]) for group in self._shown]

    def names(self, grouping: Grouping, most: int) -> list[str]:
        """Those that can be picked, busiest first."""
        history = self._groups.history
        sums = {group.name: history.total(group, history.seconds) for group in self._groups.groups(grouping)}
        return sorted(sums, key=lambda name: (-sums[name], name))[:most]

    def _picked(self, grouping: Grouping, seconds: int, picked: Sequence[str]) -> list[RateLine]:
        self.known = len(self._groups.groups(grouping))
        groups = [Group(grouping, name) for name in picked[:MAX_PICKED]]
        return [RateLine(group, self._color(group), self._groups.history.samples(group)[-seconds:]) for group in groups]

    def _color(self, group: Group) -> int:
        """A topic has one colour in whatever grouping; observers and the sum of all have their own."""
        kind = group.grouping if group.grouping in ("total", "observers") else ""
        return self._colors.setdefault(f"{kind} {group.name}", len(self._colors))


def nice_ceiling(top: float) -> float:
    """The smallest round figure (1, 1.5, 2, 3, 4, 5, 6, 8 × 10ⁿ) that is not below ``top``, at least 1."""
    if not top > 1:
        return 1.0
    power = 10.0 ** floor(log10(top))
    for factor in (1, 1.5, 2, 3, 4, 5, 6, 8, 10):
        if factor * power >= top * (1 - 1e-9):
            return max(1.0, factor * power)
    return 10 * power


def ticks(ceiling: float, most: int = 4) -> list[float]:
    """Even round ticks from zero to a ceiling of ``nice_ceiling``: at most ``most`` steps, at least one."""
    digit = round(ceiling / 10.0 ** floor(log10(ceiling)), 3)
    steps = {1.0: (4, 2), 1.5: (3,), 2.0: (4, 2), 3.0: (3,), 4.0: (4, 2), 5.0: (5,), 6.0: (3, 2), 8.0: (4, 2)}
    parts = next((parts for parts in steps.get(digit, ()) if parts <= most and (ceiling >= parts)), 1)
    return [ceiling * part / parts for part in range(parts + 1)]


def rates_as_csv(lines: Sequence[RateLine], newest: int, names: Sequence[str]) -> str:
    """The plotted samples as CSV, one row a second (RFC 3339, UTC); what nobody measured is an empty cell.

    Cells that a spreadsheet would take for a formula get a leading apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["time", *map(safe_cell, names)])
    length = max((len(line.samples) for line in lines), default=0)
    for place in range(length):
        cells = ["" if isnan(line.samples[place]) else f"{line.samples[place]:.3f}" for line in lines]
        if any(cells):
            writer.writerow([_rfc3339(newest - length + 1 + place), *cells])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _rfc3339(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
