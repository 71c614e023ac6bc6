"""Whether the event that is shown is still in the log: asked only when the log said that some were removed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import Frame
from eventmon.engine.requests import ReadEvent
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_inquiry import Inquiry


class EventPresence(QObject):
    """Watches one event at a time.

    Attributes:
        deleted: it was deleted.
        outlived: the log keeps only newer events now.
    """

    deleted = Signal()
    outlived = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._inquiry = Inquiry(bridge, self)
        self._seq = 0
        self._removals = 0
        bridge.frameReady.connect(self._look)

    def watch(self, seq: int) -> None:
        """Watch an event that was read just now; 0 for none."""
        self._seq = seq
        frame = self._bridge.last_frame
        self._removals = frame.log.removals if frame is not None else 0

    def _look(self, frame: Frame) -> None:
        log = frame.log
        if not self._seq:
            return
        if log.removals != self._removals:
            self._removals = log.removals
            seq = self._seq
            self._inquiry.ask(ReadEvent(seq=seq, limit=0), _nothing, lambda _why: self._tell(seq))
        elif self._seq < log.first_seq:
            self._seq = 0
            self.outlived.emit()

    def _tell(self, seq: int) -> None:
        if seq == self._seq and self._bridge.attached:
            self._seq = 0
            self.deleted.emit()


def _nothing(_answer: Any) -> None:
    """It is still there."""
