"""Which seqs were deleted out of the log: read from the engine once whenever their number has changed.

While a deletion runs the number changes with every slice; then it is enough to ask a few times a second.
"""

from __future__ import annotations

from collections.abc import Callable

from pyroaring import BitMap64

from eventmon.engine.frame import LogStatus
from eventmon.engine.requests import ReadRemoved, Removed
from eventmon.gui.models.log_rows import RowSource
from eventmon.gui.models.row_holes import NO_HOLES, Holes

FRAMES_BETWEEN = 6


class Removals:
    """The holes of one log.

    Attributes:
        holes: the deleted seqs, as far as they are known.
    """

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self.forget()

    def forget(self) -> None:
        """Another log: nothing was deleted from it, as far as is known."""
        self.holes = NO_HOLES
        self._version = 0
        self._asked: object | None = None
        self._frames_to_wait = 0

    def unknown(self, status: LogStatus) -> bool:
        """Whether nothing is known of what was deleted from this log, although something was."""
        return bool(status.removals) and not self._version

    def follow(self, status: LogStatus, then: Callable[[], None]) -> None:
        """Read anew what was deleted if that has changed; ``then`` the holes are here."""
        self._frames_to_wait = max(self._frames_to_wait - 1, 0)
        if status.removals == self._version or self._asked is not None or self._frames_to_wait:
            return
        asked = self._asked = object()

        def arrived(answer: Removed) -> None:
            if asked is self._asked:
                self._take(answer)
                then()

        def failed() -> None:
            if asked is self._asked:
                self._asked = None

        self._source.ask(ReadRemoved(), arrived, failed)

    def _take(self, answer: Removed) -> None:
        self._asked = None
        self._frames_to_wait = FRAMES_BETWEEN
        self._version = answer.removals
        self.holes = Holes(BitMap64.deserialize(answer.seqs))
