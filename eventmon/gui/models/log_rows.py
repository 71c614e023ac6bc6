"""Where the contents of rows come from: the engine, a page at a time, into the row cache.

Keeps what is in sight (and a page around it) at hand with one request under way; a fast drag over a million rows asks
for where it has come to, not for where it has been. After a failure it waits some frames before it asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from eventmon.engine.requests import Gap, ReadGaps, ReadRows, ReadRowsAt, Rows
from eventmon.gui.models.log_inquiry import Answer, Inquiry, Request
from eventmon.gui.models.log_model import LogModel

MAX_ROWS_A_REQUEST = 1_000
RANGE_SLACK = 50
"""So many rows too many are read rather than name each seq."""
FRAMES_TO_RETRY = 15

Callback = Callable[[], None]


class RowSource(QObject):
    """Fetches rows and gaps for the model.

    Attributes:
        failed: a sentence (str) why the engine did not answer; empty when it does again.
    """

    failed = Signal(object)

    def __init__(self, inquiry: Inquiry, model: LogModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rowSource")
        self._inquiry = inquiry
        self._model = model
        self.in_sight = (0, 0)
        self._sight_asked = False
        self._gaps_asked = False
        self._gaps_known = 0
        self._last_gap = 0
        self._broken = False
        self._frames_to_wait = 0

    def forget(self) -> None:
        """Another log: nothing known holds any more."""
        self._model.cache.clear()
        self._gaps_known = self._last_gap = 0

    def ready(self) -> bool:
        """Whether to ask in this frame: after a failure some are let pass."""
        self._frames_to_wait = max(self._frames_to_wait - 1, 0)
        return not self._frames_to_wait

    def ask(self, request: Request[Answer], then: Callable[[Answer], None], otherwise: Callback) -> None:
        """Ask the engine; a failure is shown before ``otherwise`` is called."""

        def answered(answer: Answer) -> None:
            self._mended()
            then(answer)

        def refused(text: str) -> None:
            self._broken, self._frames_to_wait = True, FRAMES_TO_RETRY
            self.failed.emit(text)
            otherwise()

        self._inquiry.ask(request, answered, refused)

    def fetch(self, seqs: Sequence[int], then: Callback, otherwise: Callback) -> None:
        """Bring rows into the cache, at most ``MAX_ROWS_A_REQUEST`` of those given."""
        asked = seqs[:MAX_ROWS_A_REQUEST]

        def arrived(answer: Rows) -> None:
            self._model.cache.put(answer.rows)
            self._model.cache.mark_absent(asked)
            then()

        span = asked[-1] - asked[0] + 1
        if span <= min(len(asked) + RANGE_SLACK, MAX_ROWS_A_REQUEST):
            self.ask(ReadRows(first=asked[0], count=span), arrived, otherwise)
        else:
            self.ask(ReadRowsAt(seqs=list(asked)), arrived, otherwise)

    def fetch_in_sight(self) -> None:
        """Fetch what is in sight and not here, together with the page before and after it."""
        if self._sight_asked:
            return
        first, last = self.in_sight
        if not self._missing(first - 1, last + 1):
            return
        page = last - first + 1
        self._sight_asked = True
        self.fetch(self._missing(first - page, last + page + 1), self._sight_arrived, self._sight_failed)

    def know_gaps(self, stored: int, then: Callback) -> None:
        """Put gaps into the model that were stored since the last time; ``stored`` is how many there are."""
        if self._gaps_asked or stored <= self._gaps_known:
            return
        self._gaps_asked = True

        def arrived(gaps: list[Gap]) -> None:
            self._gaps_asked = False
            self._gaps_known = stored
            fresh = [gap for gap in gaps if gap.id > self._last_gap]
            self._last_gap = max([self._last_gap, *(gap.id for gap in fresh)])
            self._model.add_gaps(fresh)
            then()

        def failed() -> None:
            self._gaps_asked = False

        self.ask(ReadGaps(after_id=self._last_gap), arrived, failed)

    def _missing(self, first: int, end: int) -> list[int]:
        items = self._model.rows.items(max(first, 0), end - max(first, 0))
        return self._model.cache.missing(item for item in items if isinstance(item, int))

    def _sight_arrived(self) -> None:
        self._sight_asked = False
        self._model.touch(*self.in_sight)
        self.fetch_in_sight()

    def _sight_failed(self) -> None:
        self._sight_asked = False

    def _mended(self) -> None:
        if self._broken:
            self._broken = False
            self.failed.emit("")
