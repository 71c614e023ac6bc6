"""What keeps the window's thread for longer than a handler may: slots, timers and input, each by itself.

Qt hands every event through the application's ``notify``, so that is where they are timed, in processor time of the
thread: what another thread or program took is nobody's fault here. A handler called by another counts for itself.
Painting is Qt's and is judged by the lateness of the timer.
"""

from __future__ import annotations

import sys
from time import thread_time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

LIMIT_SECONDS = 0.004
PAINTING = (QEvent.Type.UpdateRequest, QEvent.Type.Paint)


class TimingApplication(QApplication):
    """Notes every event that took its receiver longer than the limit.

    Attributes:
        slow: seconds by what was handled, once for each time.
        handled: all events, for comparison.
    """

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.slow: list[tuple[str, float]] = []
        self.handled = 0
        self._inner = [0.0]

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Handle it, and time it without what it made others handle."""
        kind = event.type()
        self._inner.append(0.0)
        start = thread_time()
        done = super().notify(receiver, event)
        taken = thread_time() - start
        own = taken - self._inner.pop()
        self._inner[-1] += taken
        self.handled += 1
        if own > LIMIT_SECONDS and kind not in PAINTING:
            name = receiver.objectName() if isValid(receiver) else ""  # some handlers end their receiver
            self.slow.append((f"{kind.name} of {name or type(receiver).__name__}", own))
        return done

    def forget(self) -> None:
        """Begin anew."""
        self.slow.clear()
        self.handled = 0
