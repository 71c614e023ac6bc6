"""The one clock that stamps events, so that tests can put another in its place."""

from __future__ import annotations

from time import time_ns

MICROSECONDS = 1_000_000


def now_microseconds() -> int:
    """Microseconds since the Unix epoch (UTC)."""
    return time_ns() // 1000
