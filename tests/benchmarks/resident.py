"""How much memory this process holds now: several benchmarks watch it."""

from __future__ import annotations

import psutil


def resident_megabytes() -> float:
    """Resident memory of this process, in 10^6 bytes."""
    return float(psutil.Process().memory_info().rss) / 1e6
