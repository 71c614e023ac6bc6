"""What somebody at a terminal is told of a connection: that it was interrupted, and what is missing once it is back.

A connection speaks at every try; people want one line when it breaks and one when it is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from eventmon.core.clock import MICROSECONDS
from eventmon.core.errors import UserError

Say = Callable[[str], None]
_NEXT_TRY = re.compile(r"\s(?:Trying again|Next try in \d+ s)\.\Z")


class Unreachable(UserError):
    """The source did not answer when it was asked for the first time; trying again later may help."""


class Watched:
    """How one connection is, and how it was.

    Attributes:
        phase: as the connection said last.
        detail: why, in its words.
        was_up: whether it has ever been connected.
    """

    def __init__(self, name: str, *, tests: bool, say: Say) -> None:
        """Make it.

        Args:
            name: the connection's.
            tests: whether the source is a server, which has to answer; a file may be waited for.
            say: shows a sentence.
        """
        self.phase = "connecting"
        self.detail = ""
        self.was_up = False
        self._name = name
        self._tests = tests
        self._say = say
        self._interrupted = False
        self._gap_said = False
        self._told = ""
        self._waits_said: set[str] = set()

    def status(self, phase: str, detail: str) -> None:
        """Take what the connection says of itself."""
        if phase == "failed" and self.settled and detail != self.detail:
            self._tell(detail)
        self.phase, self.detail = phase, detail
        if phase == "connected":
            self._back()
        elif phase == "waiting":
            self._waiting()

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Take a gap between two instants, microseconds since the epoch."""
        self._gap_said = True
        seconds = (ended - started) / MICROSECONDS
        self._tell(f"nothing was seen from {_clock(started)} to {_clock(ended)} ({seconds:.1f} s). {reason}")

    def problem(self, severity: str, text: str) -> None:
        """Take something that went wrong; an error before the first word of all is the fault that ends the verb."""
        if self.settled or severity != "error":
            self._tell(text)

    def fault(self) -> UserError | None:
        """Why this connection is not to be waited for; None when it is up or may come."""
        if self.phase == "failed":
            return UserError(f"{self._name}: {self.detail}")
        if self.phase == "waiting" and self._tests and not self.was_up:
            return Unreachable(f"{self._name}: {_NEXT_TRY.sub('', self.detail)}")
        return None

    @property
    def settled(self) -> bool:
        """Whether it has said how it is."""
        return self.phase != "connecting"

    def _back(self) -> None:
        if self._interrupted and not self._gap_said:
            self._tell("connected again.")
        self.was_up = True
        self._interrupted = self._gap_said = False

    def _waiting(self) -> None:
        if not self._tests:
            if self.detail not in self._waits_said:
                self._waits_said.add(self.detail)
                self._tell(self.detail)
        elif self.was_up and not self._interrupted:
            self._interrupted = True
            self._tell(self.detail)

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._say(f"{self._name}: {sentence}")


def _clock(instant: int) -> str:
    """The local time of day in milliseconds."""
    return datetime.fromtimestamp(instant / MICROSECONDS, UTC).astimezone().time().isoformat("milliseconds")
