"""The event in full and pages of its payload, asked of the engine; the newest wish wins.

Holding an arrow key down in the log wishes for events faster than they can be read: one question is under way, and
behind it waits only the last wish.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.event_json import MOST_BYTES
from eventmon.gui.models.event_text import LOOK_AHEAD, LOOK_BACK, PAGE_BYTES, PayloadPage
from eventmon.gui.models.log_inquiry import Inquiry


class EventSource(QObject):
    """Reads one event at a time.

    Attributes:
        arrived: the event last wished for (EventDetail), with at most ``MOST_BYTES`` of its payload.
        failed: why it cannot be had (a sentence, str as object).
        pageArrived: a page of its payload (PayloadPage).
    """

    arrived = Signal(object)
    failed = Signal(object)
    pageArrived = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inquiry = Inquiry(bridge, self)
        self._wished: int | None = None
        self._asking = False
        self._unwanted = False
        self._detail: EventDetail | None = None
        self._page_wished = 0

    @property
    def detail(self) -> EventDetail | None:
        """The event read last."""
        return self._detail

    def wish(self, seq: int) -> None:
        """Read an event; an older wish that waits is forgotten."""
        self._wished = seq
        self._ask()

    def forget(self) -> None:
        """Show nothing more of the event read last, or of what is under way."""
        self._wished = self._detail = None
        self._unwanted = self._asking

    def take_observers(self, names: list[str]) -> EventDetail | None:
        """Other observers match the event now; gives it as it is then."""
        if self._detail is not None:
            self._detail = msgspec.structs.replace(self._detail, observers=names)
        return self._detail

    def wish_page(self, offset: int) -> None:
        """Read the page of the payload that begins there."""
        detail = self._detail
        if detail is None:
            return
        self._page_wished = offset
        end = min(offset + PAGE_BYTES + LOOK_AHEAD, detail.size)
        if end <= len(detail.data):
            self._take_page(detail, detail.data[:end], 0, offset)
            return
        begin = max(0, offset - LOOK_BACK)
        self._inquiry.ask(
            ReadEvent(seq=detail.seq, offset=begin, limit=end - begin),
            lambda answer: self._take_page(detail, answer.data, begin, offset),
            self.failed.emit,
        )

    def _ask(self) -> None:
        if self._wished is None or self._asking:
            return
        seq, self._wished, self._asking, self._unwanted = self._wished, None, True, False
        self._inquiry.ask(ReadEvent(seq=seq, limit=MOST_BYTES), self._take, self._refuse)

    def _take(self, detail: EventDetail) -> None:
        self._asking = False
        if self._wished is None and not self._unwanted:
            self._detail = detail
            self.arrived.emit(detail)
        self._ask()

    def _refuse(self, why: str) -> None:
        self._asking = False
        if self._wished is None and not self._unwanted:
            self._detail = None
            self.failed.emit(why)
        self._ask()

    def _take_page(self, detail: EventDetail, data: bytes, begin: int, offset: int) -> None:
        shown = self._detail
        if shown is None or detail.seq != shown.seq or offset != self._page_wished:
            return
        back = offset - begin
        self.pageArrived.emit(PayloadPage(offset=offset, size=detail.size, before=data[:back], data=data[back:]))
