"""Rows that are about to be shown: their contents are fetched first, so that nothing flashes blank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eventmon.gui.models.log_model import LogModel
from eventmon.gui.models.log_rows import RowSource
from eventmon.gui.models.log_search import LogSearch
from eventmon.gui.models.log_standing import Horizon
from eventmon.gui.models.row_holes import Holes
from eventmon.gui.models.row_map import RowMap

ROWS_BESIDES = 8
"""Rows fetched beyond the tail in sight: Δ needs the row above, and the view may be a row taller meanwhile."""


@dataclass(frozen=True)
class Extension:
    """Rows to come at the bottom as soon as those that will be in sight are here.

    ``fresh``: it takes the place of everything shown.
    """

    high: int
    hits: Sequence[int] = ()
    search: LogSearch | None = None
    fresh: bool = False


class Arrivals:
    """Fetches the contents of rows to come, then shows these; one extension waits at most.

    Attributes:
        wide: how many rows the viewport could hold.
        search: the filter of what is shown.
    """

    def __init__(self, source: RowSource, model: LogModel, horizon: Horizon, shown: Callable[[], None]) -> None:
        self._source = source
        self._model = model
        self._horizon = horizon
        self._shown = shown
        self._staged: Extension | None = None
        self.wide = 1
        self.search: LogSearch | None = None

    @property
    def waiting(self) -> bool:
        """Whether rows are to come."""
        return self._staged is not None

    @property
    def reaching(self) -> int:
        """The highest seq that is shown or about to be."""
        return self._staged.high if self._staged else self._model.rows.high

    def forget(self) -> None:
        """Nothing is to come any more."""
        self._staged = None

    def stage(self, extension: Extension) -> None:
        """Show more, in place of what is waiting."""
        self._staged = extension

        def give_up() -> None:
            if self._staged is extension:
                self._staged = None

        missing = self._model.cache.missing(self._tail_of(extension))
        if missing:
            self._source.fetch(missing, lambda: self._apply(extension), give_up)
        else:
            self._apply(extension)

    def thin_out(self, holes: Holes) -> None:
        """Take away what was deleted, as soon as the rows that will be in sight are here."""
        rows = self._model.rows.with_holes(holes)
        if len(rows) == len(self._model.rows) and self._horizon.floor <= rows.low:
            self._model.rows = rows  # what was deleted is not shown, so no row changes
            return

        missing = self._model.cache.missing(self._in_sight_of(rows))
        if not missing:
            self._show_thinned(rows)
            return

        def arrived() -> None:
            if holes is self._horizon.holes:  # else more was deleted meanwhile, or another log is shown
                self._show_thinned(self._model.rows.with_holes(holes))

        self._source.fetch(missing, arrived, arrived)

    def _show_thinned(self, rows: RowMap) -> None:
        rows.raise_low(self._horizon.floor)
        self._model.show(rows)
        self._shown()

    def _tail_of(self, extension: Extension) -> Sequence[int]:
        count = self.wide + ROWS_BESIDES
        rows = self._model.rows
        if not extension.fresh and self._source.in_sight[1] < len(rows) - 1:
            return ()  # the bottom is out of sight, so nothing of this will be seen
        if extension.search is not None:
            return extension.hits[-count:]
        return rows.shown.holes.newest_live(self._horizon.floor, extension.high, count)

    def _in_sight_of(self, rows: RowMap) -> list[int]:
        """What will be in sight when the event at the top stays there, or the newest at the bottom."""
        first, last = self._source.in_sight
        before = self._model.rows
        if last < len(before) - 1:
            top = next((item for item in before.items(first, last - first + 1) if isinstance(item, int)), before.low)
            first = rows.row_at_or_after(top)
        else:
            first = len(rows) - self.wide
        first = max(min(first, len(rows) - self.wide), 0)
        items = rows.items(max(first - ROWS_BESIDES, 0), self.wide + 2 * ROWS_BESIDES)
        return [item for item in items if isinstance(item, int)]

    def _apply(self, extension: Extension) -> None:
        if self._staged is not extension:
            return
        self._staged = None
        if extension.fresh:
            self._show_anew(extension)
        else:
            self._model.grow(extension.high, extension.hits)
        self._shown()

    def _show_anew(self, extension: Extension) -> None:
        search = self.search = extension.search
        low, hits = (self._horizon.floor, None) if search is None else (search.scanned_low, extension.hits)
        hidden = None if self._horizon.cleared_up_to else 0
        self._model.show(self._model.rows.sibling(low, extension.high, hits, hidden_gaps=hidden))
