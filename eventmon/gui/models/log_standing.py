"""The figures below the log: what is shown, of how much, and what waits. Pure arithmetic over one state of the log."""

from __future__ import annotations

from dataclasses import dataclass

from eventmon.engine.frame import LogStatus
from eventmon.gui.models.row_holes import NO_HOLES, Holes


@dataclass
class Horizon:
    """How far the view may look: the whole log, less what was cleared away, up to where it was paused."""

    first: int = 1
    newest_stored: int = 0
    events: int = 0
    cleared_up_to: int = 0
    frozen_at: int | None = None
    most_rows: int = 100_000_000
    holes: Holes = NO_HOLES
    removals: int = 0

    def take(self, status: LogStatus) -> None:
        """Take the bounds of the log from a frame."""
        self.first = max(status.first_seq, 1) if status.events else status.newest_seq + 1
        self.newest_stored = status.newest_seq
        self.events = status.events
        self.removals = status.removals

    @property
    def paused(self) -> bool:
        """Whether new events wait."""
        return self.frozen_at is not None

    @property
    def newest(self) -> int:
        """The highest seq that may be shown."""
        return self.newest_stored if self.frozen_at is None else self.frozen_at

    @property
    def floor(self) -> int:
        """The lowest seq that may be shown."""
        return max(self.first, self.cleared_up_to + 1, self.newest - self.most_rows + 1)

    @property
    def cleared(self) -> bool:
        """Whether events that the log holds are left out because the view was cleared."""
        return self.cleared_up_to >= self.first

    @property
    def total(self) -> int:
        """Events that can be shown: all of the log, or those since the view was cleared."""
        return self.holes.events_between(self.cleared_up_to + 1, self.newest) if self.cleared else self.events

    @property
    def waiting(self) -> int:
        """Events that wait behind a paused view and are still in the log."""
        if self.frozen_at is None:
            return 0
        return self.holes.events_between(max(self.frozen_at + 1, self.first), self.newest_stored)

    @property
    def gone(self) -> int:
        """Events that came while the view was paused and are no longer kept: retention or the user removed them."""
        return 0 if self.frozen_at is None else max(self.first - 1 - self.frozen_at, 0)
