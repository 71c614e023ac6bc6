"""Questions to the engine whose answers come back in the GUI thread.

A future completes in a thread of the engine and is carried over by the arrivals. Each answer goes to the callback
given with the question, so that whoever asked needs no table of what is under way.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from eventmon.core.errors import UserError
from eventmon.engine.requests import Request as Request
from eventmon.gui.arrivals import arrivals
from eventmon.gui.bridge import EngineBridge

Answer = TypeVar("Answer")


class Inquiry(QObject):
    """Asks the engine; answers arrive on a later turn of the GUI's loop, never while asking."""

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inquiry")
        self._bridge = bridge

    def ask(self, request: Request[Answer], then: Callable[[Answer], None], failed: Callable[[str], None]) -> None:
        """Ask; exactly one of the callbacks is called in the GUI thread: ``failed`` with a sentence for people."""
        take = arrivals().expect(self, partial(_hand_over, then, failed), later=True)
        self._bridge.submit(request).add_done_callback(take)


def _hand_over(then: Callable[[Any], None], failed: Callable[[str], None], future: Future[Any]) -> None:
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
