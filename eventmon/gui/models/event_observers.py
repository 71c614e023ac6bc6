"""Which observers match the event that is shown: asked again when one was attached, changed, paused or detached.

Their counts change many times a second and say nothing of it, so only what decides is compared.
"""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import Frame, ObserverStatus
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_inquiry import Inquiry


class EventObservers(QObject):
    """Watches one event at a time.

    Attributes:
        changed: the names of those that match may be others now (list of str as object).
    """

    changed = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inquiry = Inquiry(bridge, self)
        self._seq = 0
        self._known: frozenset[Hashable] | None = None
        bridge.frameReady.connect(self._look)

    def watch(self, seq: int) -> None:
        """Watch an event that was read just now; 0 for none."""
        self._seq = seq

    def _look(self, frame: Frame) -> None:
        if frame.attached is None:
            return
        deciding = frozenset(_deciding(status) for status in frame.attached)
        before, self._known = self._known, deciding
        if self._seq and deciding != before:
            self._inquiry.ask(ReadEvent(seq=self._seq, limit=0), self._take, lambda _why: None)

    def _take(self, detail: EventDetail) -> None:
        if detail.seq == self._seq:
            self.changed.emit(detail.observers)


def _deciding(status: ObserverStatus) -> Hashable:
    return status.name, status.kind, status.pattern, status.state
