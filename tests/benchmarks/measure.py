"""Timing and the lines of the benchmark table: ratios to a floor of the same run, since absolute times mean little.

The things compared are run in turn, round after round, so that a slow moment of the machine hits all of them; the
ratio is the median of the rounds' ratios, not the ratio of two medians.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import perf_counter, perf_counter_ns

from tests.benchmarks.table import Row

NONE_ASKED: Mapping[str, float] = {}


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


def compare(
    floor: str,
    candidates: Mapping[str, Callable[[], object]],
    *,
    events: int,
    rounds: int = 15,
    at_most: Mapping[str, float] = NONE_ASKED,
) -> list[Row]:
    """The lines of ``measure``; ``at_most`` gives the ratios asked for by name."""
    measured = measure(floor, candidates, events=events, rounds=rounds)
    return [
        compared(name, duration(nanoseconds / 1e9), ratio, at_most=at_most.get(name))
        for name, (nanoseconds, ratio) in measured.items()
    ]


def compared(
    name: str, value: str, ratio: float, *, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """A line whose ratio to the floor is what may be asked for."""
    if at_most is not None:
        return Row(name=name, value=value, ratio=ratio, target=f"<= {at_most:g}x", met=ratio <= at_most)
    if at_least is not None:
        return Row(name=name, value=value, ratio=ratio, target=f">= {at_least:g}x", met=ratio >= at_least)
    return Row(name=name, value=value, ratio=ratio)


def limited(
    name: str, amount: float, at_most: float, *, show: Callable[[float], str], ratio: float | None = None
) -> Row:
    """A line whose amount itself has a limit; ``show`` writes both with their unit."""
    return Row(name=name, value=show(amount), ratio=ratio, target=f"<= {show(at_most)}", met=amount <= at_most)


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them: "373 ns", "1.24 ms", "52 s"."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{_short(seconds / scale)} {unit}"
    return f"{_short(seconds * 1e9)} ns"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def megabytes(amount: float) -> str:
    """Megabytes (10^6 bytes), whole ones."""
    return f"{amount:.0f} MB"


def cores(amount: float) -> str:
    """Processor time a second: 1.00 is one core kept busy."""
    return f"{amount:.2f} cores"


def seconds_of(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """What one call takes by a clock."""
    start = clock()
    work()
    return clock() - start


def p99(times: list[float]) -> float:
    """The time that 99 of 100 stay below."""
    return quantiles(times, n=100)[98]
