"""Exit codes, which scripts rely on, and the errors that lead to them; 2, wrong usage, comes from click."""

from __future__ import annotations

from eventmon.core.errors import UserError

DONE = 0
FAILED = 1
NOT_RUNNING = 3
TIMED_OUT = 4
INTERRUPTED = 130


class TimedOut(UserError):
    """What was waited for did not come in time."""
