"""Questions to the engine whose answers come back in the GUI thread.

A future completes in a thread of the engine; only a queued signal may carry it over. Each answer goes to the callback
given with the question, so that whoever asked needs no table of what is under way.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from eventmon.core.errors import UserError
from eventmon.engine.requests import Request as Request
from eventmon.gui.bridge import EngineBridge

Answer = TypeVar("Answer")


class Inquiry(QObject):
    """Asks the engine; answers arrive on a later turn of the GUI's loop, never while asking."""

    _answered = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inquiry")
        self._bridge = bridge
        self._answered.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def ask(self, request: Request[Answer], then: Callable[[Answer], None], failed: Callable[[str], None]) -> None:
        """Ask; exactly one of the callbacks is called in the GUI thread: ``failed`` with a sentence for people."""
        self._bridge.submit(request).add_done_callback(lambda future: self._carry(future, then, failed))

    def _carry(self, future: Future[Any], then: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        try:
            self._answered.emit((future, then, failed))
        except RuntimeError:
            return  # the window closed meanwhile and Qt has deleted this object: nobody waits for the answer

    def _hand_over(self, answered: tuple[Future[Any], Callable[[Any], None], Callable[[str], None]]) -> None:
        future, then, failed = answered
        if future.cancelled():
            failed("The question was withdrawn. Try again.")
            return
        error = future.exception()
        if error is None:
            then(future.result())
        elif isinstance(error, UserError):
            failed(str(error))
        else:
            failed("The engine could not answer. Details are in the problem list.")
            raise error
