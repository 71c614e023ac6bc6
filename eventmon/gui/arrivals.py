"""What threads hand to the window: put down from any thread, taken up in the window's own.

A signal that a thread emits on an object which the window deletes in that very moment ends the process, whatever
Python checks before. So threads touch no object of the window: they put what they have into a box of one object that
lives as long as the process, and only the window's thread looks who waited for it and whether that one is still there.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Callable
from functools import cache, partial
from itertools import count
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid


class Arrivals(QObject):
    """The box and who waits for what will be in it."""

    _came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("arrivals")
        self._window_thread: Final = threading.get_ident()
        self._numbers = count()
        self._awaited: dict[int, tuple[QObject, Callable[[Any], None]]] = {}
        self._box: deque[tuple[int, Any]] = deque()
        self._lock = threading.RLock()
        self._closed = False
        self._came.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def expect(self, owner: QObject, then: Callable[[Any], None], *, later: bool = False) -> Callable[[Any], None]:
        """What a thread calls once with what it has; then ``then`` gets it in the window's thread.

        Args:
            owner: when it has been deleted by then, nobody waits any more and nothing is called.
            then: takes what arrived.
            later: also what is put down in the window's thread waits for a later turn of its loop.
        """
        number = next(self._numbers)
        self._awaited[number] = (owner, then)
        return partial(self._put, number, later)

    def close(self) -> None:
        """Take nothing any more: Qt is about to delete all there is."""
        with self._lock:
            self._closed = True

    def _put(self, number: int, later: bool, what: Any) -> None:
        if not later and threading.get_ident() == self._window_thread:
            self._give(number, what)
            return
        with self._lock:
            if not self._closed:
                self._box.append((number, what))
                self._came.emit()

    def _hand_over(self) -> None:
        self._give(*self._box.popleft())

    def _give(self, number: int, what: Any) -> None:
        owner, then = self._awaited.pop(number)
        if isValid(owner):
            then(what)


@cache
def arrivals() -> Arrivals:
    """The one of this process; made in the window's thread."""
    made = Arrivals()
    atexit.register(made.close)  # runs before Qt's own, for that was registered earlier
    return made
