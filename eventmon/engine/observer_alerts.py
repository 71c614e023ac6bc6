"""What observers tell the user now: numbered, so that every viewer gets each once, and bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from eventmon.core.secret_names import masked
from eventmon.engine.frame import MAX_ALERTS_A_FRAME, Alert
from eventmon.engine.problems import Problems

MAX_TEXT = 1_000


class Alerts:
    """The newest alerts. Lives on the engine's loop.

    Attributes:
        newest: number of the newest one; 0 before the first.
    """

    def __init__(self, problems: Problems, clock: Callable[[], int]) -> None:
        """Make it; ``clock`` gives microseconds since the epoch."""
        self.newest = 0
        self._problems = problems
        self._clock = clock
        self._alerts: deque[Alert] = deque(maxlen=MAX_ALERTS_A_FRAME)

    def tell(self, observer: str, severity: str, text: str) -> None:
        """Show an alert in every window, and list it with the problems."""
        text = masked(text[:MAX_TEXT])  # it is looked at, also by whoever passes by
        self.newest += 1
        self._alerts.append(
            Alert(number=self.newest, observer=observer, severity=severity, text=text, at=self._clock())
        )
        self._problems.report(severity, f"observer {observer}", text)

    def since(self, number: int) -> list[Alert]:
        """Those after one with this number, at most as many as a frame holds, the newest."""
        if number >= self.newest:
            return []
        return [alert for alert in self._alerts if alert.number > number]
