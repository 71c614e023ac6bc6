"""Work on a whole payload away from the window: it is read page by page, then worked on in a thread of its own.

A thread shares the interpreter with the window, so the work has to be made of many small steps; what is done here at
once (joining the pages) takes some 20 ms for the largest payload there can be.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_inquiry import Inquiry

READ_BYTES: Final = 1024 * 1024
LOOK_MS: Final = 15
"""How often the window looks whether the work is done, while there is some."""

Made = TypeVar("Made")


class EventWork(QObject):
    """One piece of work at a time; a newer one takes the place of an older, whose outcome is dropped.

    Attributes:
        started: work began (what it is, a sentence without its full stop).
        progressed: so many hundredths of the payload have been read (int).
        ended: it was done, failed or was stopped.
    """

    started = Signal(str)
    progressed = Signal(int)
    ended = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inquiry = Inquiry(bridge, self)
        self._number = 0
        self._under_way = False
        self._parts: list[bytes] = []
        self._look: Callable[[], None] = _nothing
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._tick)

    @property
    def under_way(self) -> bool:
        """Whether there is work."""
        return self._under_way

    def read(
        self,
        detail: EventDetail,
        doing: str,
        work: Callable[[bytes], Made],
        then: Callable[[Made], None],
        failed: Callable[[str], None],
    ) -> None:
        """Do work on all of an event's payload; exactly one of the callbacks is called, none when it is stopped."""
        number = self._begin(doing)
        self._parts = [detail.data]
        act = partial(self._act, then=then, failed=failed)
        self._read_on(number, detail, lambda parts: act(lambda: work(b"".join(parts))), failed)

    def run(
        self, doing: str, work: Callable[[], Made], then: Callable[[Made], None], failed: Callable[[str], None]
    ) -> None:
        """Do work that needs nothing read."""
        self._begin(doing)
        self._act(work, then=then, failed=failed)

    def stop(self) -> None:
        """Drop what is under way."""
        self._number += 1
        self._end()

    def _tick(self) -> None:
        self._look()

    def _begin(self, doing: str) -> int:
        self.stop()
        self._under_way = True
        self.started.emit(doing)
        return self._number

    def _end(self) -> None:
        self._parts = []
        self._look = _nothing
        self._clock.stop()
        if self._under_way:
            self._under_way = False
            self.ended.emit()

    def _read_on(
        self, number: int, detail: EventDetail, whole: Callable[[list[bytes]], None], failed: Callable[[str], None]
    ) -> None:
        have = sum(map(len, self._parts))
        self.progressed.emit(100 * have // max(detail.size, 1))
        if have >= detail.size:
            parts, self._parts = self._parts, []
            whole(parts)
            return
        self._inquiry.ask(
            ReadEvent(seq=detail.seq, offset=have, limit=READ_BYTES),
            lambda answer: self._take(
                number, answer.data, lambda: self._read_on(number, detail, whole, failed), failed
            ),
            lambda why: self._fail(number, why, failed),
        )

    def _take(self, number: int, data: bytes, on: Callable[[], None], failed: Callable[[str], None]) -> None:
        if number != self._number:
            return
        if not data:
            self._fail(number, _tr("The payload ends before its size. Hex shows what there is."), failed)
            return
        self._parts.append(data)
        on()

    def _fail(self, number: int, why: str, failed: Callable[[str], None]) -> None:
        if number == self._number:
            self._end()
            failed(why)

    def _act(self, work: Callable[[], Any], *, then: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        made: list[Any] = []
        self._look = partial(self._finish, made, then, failed)
        self._clock.start()
        threading.Thread(target=_make, args=(work, made), name="event-work", daemon=True).start()

    def _finish(self, outcome: list[Any], then: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        if not outcome:
            return
        self._end()
        made = outcome[0]
        if isinstance(made, UserError):
            failed(str(made))
        elif isinstance(made, Exception):
            failed(_tr("This could not be done. Details are in the problem list."))
            raise made
        else:
            then(made)


def _nothing() -> None:
    """There is no work."""


def _make(work: Callable[[], Any], outcome: list[Any]) -> None:
    """Run in the thread: nothing of Qt is touched here, for the window may close at any moment."""
    try:
        outcome.append(work())
    except Exception as error:  # noqa: BLE001 – the border of the thread: raised again in the window
        outcome.append(error)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventWork", text)
