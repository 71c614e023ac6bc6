"""Work on events that takes longer than a click may: one thread at a time, its result comes back in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QObject

from eventmon.gui.arrivals import arrivals

Result = TypeVar("Result")


class LogWork(QObject):
    """Runs one piece of work after the other has been told to stop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logWork")
        self._stop = Flag()

    def begin(self, work: Callable[[Flag], Result], then: Callable[[Result], None]) -> None:
        """Do ``work`` in a thread and call ``then`` in the GUI thread; what was under way is stopped and forgotten."""
        self._stop.set()
        stop = self._stop = Flag()
        done = arrivals().expect(self, partial(self._hand_over, stop, then), later=True)
        Thread(target=lambda: done(work(stop)), name="log-work", daemon=True).start()

    def _hand_over(self, stop: Flag, then: Callable[[Result], None], result: Result) -> None:
        if stop is self._stop:
            then(result)
