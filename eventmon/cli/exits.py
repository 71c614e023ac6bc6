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


class Leave(Exception):
    """The command line ends here with a code; the sentence, which may be empty, is for the user."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code
