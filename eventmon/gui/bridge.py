"""The one place where happenings of the engine become Qt signals.

The window pulls: a timer asks for a frame, at most one request is under way, and its answer leaves as a handful of
signals. However many events flow, Qt sees at most one of each signal a tick.
"""

from __future__ import annotations

from collections.abc import Awaitable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from eventmon.core.errors import UserError
from eventmon.engine.client import EngineClient
from eventmon.engine.frame import Frame
from eventmon.engine.requests import Request, TakeFrame
from eventmon.gui.arrivals import arrivals

Answer = TypeVar("Answer")

FRAME_INTERVAL_MS = 33


class EngineBridge(QObject):
    """Frames in, coalesced signals out; intents and questions go the other way through ``call``.

    Attributes:
        frameReady: every frame (a ``Frame``), before the narrower signals.
        topicsChanged: ``list[TopicDelta]``, when topics changed.
        connectionsChanged: ``list[ConnectionStatus]``, all of them, when one changed.
        problemRaised: ``list[Problem]``, new or counted up.
        raiseRequested: another start asked for this window.
        engineLost: a sentence; the engine does not answer any more.
    """

    frameReady = Signal(object)
    topicsChanged = Signal(object)
    connectionsChanged = Signal(object)
    problemRaised = Signal(object)
    raiseRequested = Signal()
    engineLost = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engineBridge")
        self._client: EngineClient | None = None
        self._viewer = f"window-{id(self)}"
        self._pending: Future[Frame] | None = None
        self._raised = 0
        self._last: Frame | None = None
        self._timer = QTimer(self)
        self._timer.setObjectName("frameTimer")
        self._timer.setInterval(FRAME_INTERVAL_MS)
        self._timer.timeout.connect(self._ask_for_frame)

    @property
    def last_frame(self) -> Frame | None:
        """The newest frame, or None before the first."""
        return self._last

    @property
    def attached(self) -> bool:
        """Whether an engine is there to be asked."""
        return self._client is not None

    def attach(self, client: EngineClient) -> None:
        """Start pulling frames from an engine."""
        self._client = client
        self._timer.start()
        self._ask_for_frame()

    def detach(self) -> None:
        """Stop pulling; the engine itself is left alone."""
        self._timer.stop()
        self._client = None
        self._pending = None

    def call(self, request: Request[Answer]) -> Awaitable[Answer]:
        """Ask the engine from a coroutine of the window's loop.

        Raises:
            UserError: in plain words, when the engine refuses or is not there.
        """
        import asyncio  # after the first paint

        return asyncio.wrap_future(self.submit(request))

    def submit(self, request: Request[Answer]) -> Future[Answer]:
        """Ask the engine without a coroutine; the future completes in another thread."""
        if self._client is None:
            refused: Future[Answer] = Future()
            refused.set_exception(UserError("The engine is not running yet. Try again in a moment."))
            return refused
        return self._client.call(request)

    def _ask_for_frame(self) -> None:
        if self._client is None or self._pending is not None:
            return
        self._pending = self._client.call(TakeFrame(viewer=self._viewer))
        self._pending.add_done_callback(arrivals().expect(self, self._frame_arrived))

    def _frame_arrived(self, future: Future[Frame]) -> None:
        if future is not self._pending:
            return  # asked of an engine that was detached since
        self._pending = None
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._timer.stop()
            self.engineLost.emit(str(error))
            return
        self._deliver(future.result())

    def _deliver(self, frame: Frame) -> None:
        self._last = frame
        self.frameReady.emit(frame)
        if frame.topics:
            self.topicsChanged.emit(frame.topics)
        if frame.connections is not None:
            self.connectionsChanged.emit(frame.connections)
        if frame.problems:
            self.problemRaised.emit(frame.problems)
        if frame.raised > self._raised:
            self._raised = frame.raised
            self.raiseRequested.emit()
