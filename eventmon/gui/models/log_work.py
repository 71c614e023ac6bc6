"""Work on events that takes longer than a click may: one thread at a time, its result comes back in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag
from threading import Thread
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

Result = TypeVar("Result")


class LogWork(QObject):
    """Runs one piece of work after the other has been told to stop."""

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logWork")
        self._stop = Flag()
        self._done.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def begin(self, work: Callable[[Flag], Result], then: Callable[[Result], None]) -> None:
        """Do ``work`` in a thread and call ``then`` in the GUI thread; what was under way is stopped and forgotten."""
        self._stop.set()
        stop = self._stop = Flag()
        Thread(target=lambda: self._carry(stop, work(stop), then), name="log-work", daemon=True).start()

    def _carry(self, stop: Flag, result: Result, then: Callable[[Result], None]) -> None:
        try:
            self._done.emit((stop, result, then))
        except RuntimeError:
            return  # the window closed meanwhile and Qt has deleted this object: nobody waits for the result

    def _hand_over(self, done: tuple[Flag, object, Callable[[object], None]]) -> None:
        stop, result, then = done
        if stop is self._stop:
            then(result)
