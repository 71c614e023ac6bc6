"""At most so many in so many seconds, whenever one looks: a window that slides, not a bucket that is full at first."""

from __future__ import annotations

from collections import deque


class RateLimit:
    """Knows when the newest ones were."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=count)

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more; 0 when there is."""
        if len(self._times) < (self._times.maxlen or 0):
            return 0.0
        return max(0.0, self._times[0] + self._seconds - now)

    def take(self, now: float) -> None:
        """Count one."""
        self._times.append(now)
