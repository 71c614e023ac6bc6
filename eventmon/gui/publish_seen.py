"""Learns the source and the subject of events that are looked at, so that the Publish panel can complete them.

Rows of the log hold neither, so the selected event is asked for: once somebody rests on it, and while the panel shows.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.publish_recent import RecentValues
from eventmon.gui.publish_rest import RestTimer

REST_MS = 300
LONGEST_MS = 2_000


class PublishSeen(QObject):
    """Tells recent values of the event that is selected."""

    def __init__(self, context: PanelContext, recent: RecentValues, panel: QWidget) -> None:
        super().__init__(panel)
        self._selection = context.selection
        self._recent = recent
        self._panel = panel
        self._inquiry = Inquiry(context.bridge, self)
        self._rest = RestTimer("publishSeen", REST_MS, LONGEST_MS, self)
        self._rest.timeout.connect(self._ask)
        context.selection.eventChanged.connect(lambda seq: self._rest.touch() if seq else None)

    def _ask(self) -> None:
        seq = self._selection.current_event
        if seq and self._panel.isVisible():
            self._inquiry.ask(ReadEvent(seq=seq, limit=1), self._take, lambda _why: None)

    def _take(self, detail: EventDetail) -> None:
        self._recent.see(detail.source, detail.subject or "")
