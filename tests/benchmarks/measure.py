"""Median-of-runs timing for benchmarks, as ratios to a floor of the same run, since absolute times mean little.

The things compared are run in turn, round after round, so that a slow moment of the machine hits all of them; the
ratio is the median of the rounds' ratios, not the ratio of two medians.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter_ns

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a benchmark table.

    Attributes:
        name: what was measured.
        nanoseconds: per event, the median of the rounds.
        ratio: to the floor of the same round, the median of the rounds.
        target: the highest ratio that is asked for, None when the line is there to compare.
    """

    name: str
    nanoseconds: float
    ratio: float
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return None if self.target is None else self.ratio <= self.target


def measure(
    floor: str, candidates: Mapping[str, Callable[[], object]], *, events: int, rounds: int = 15
) -> dict[str, tuple[float, float]]:
    """Nanoseconds per event and ratio to the candidate called ``floor``, each call working on ``events``."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for candidate in candidates.values():
        candidate()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, candidate in candidates.items():
                start = perf_counter_ns()
                candidate()
                times[name].append((perf_counter_ns() - start) / events)
    finally:
        gc.enable()
    base = times[floor]
    return {
        name: (median(values), median(value / least for value, least in zip(values, base, strict=True)))
        for name, values in times.items()
    }


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the rows as a table."""
    print(title)
    for row in rows:
        target = "" if row.target is None else f"target {row.target:4.1f}x  {'met' if row.met else 'NOT MET'}"
        print(f"  {row.name:44s} {row.nanoseconds:9.0f} ns {row.ratio:7.2f}x  {target}".rstrip())
