"""Waiting that Ctrl+C always ends.

A signal that comes between Python's last look for one and the system call that sleeps is not noticed before the sleep
is over. So nothing on the main thread sleeps for long at a time.
"""

from __future__ import annotations

import time

LONGEST_NAP = 0.5


def sleep_until(instant: float) -> None:
    """Return when the monotonic clock has come to an instant."""
    while (left := instant - time.monotonic()) > 0:
        time.sleep(min(left, LONGEST_NAP))
