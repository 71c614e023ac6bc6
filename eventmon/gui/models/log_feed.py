"""Drives the log model: frames come in, the model is told what to show.

Rows that would appear at once are fetched before the row count is raised, so nothing blank flashes at the tail. One
request for the tail, one for the viewport and one for the search are under way at most. No event ever comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import Frame, LogStatus
from eventmon.engine.requests import Hits
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_filter import LogFilter
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.models.log_rows import RowSource
from eventmon.gui.models.log_search import SEARCH_DEPTH, Found, LogSearch
from eventmon.gui.models.log_standing import Horizon
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


class LogFeed(QObject):
    """Between the engine and the model of the log.

    Attributes:
        changed: something that the footer says is different now.
        opened: another log is shown from now on.
        source: fetches contents; says what fails.
        horizon: how far the view may look.
        search: the filter in force, None when everything is shown.
        muted: patterns of topics that are not shown, whatever the filter is.
    """

    changed = Signal()
    opened = Signal()

    def __init__(self, bridge: EngineBridge, model: LogModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("logFeed")
        self.model = model
        self.source = RowSource(Inquiry(bridge, self), model, self)
        self.horizon = Horizon()
        self.search: LogSearch | None = None
        self.muted: tuple[str, ...] = ()
        self._shown_search: LogSearch | None = None
        self._status: LogStatus | None = None
        self._staged: Extension | None = None
        self._wide = 1
        bridge.frameReady.connect(self.take_frame)

    # ── intents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def set_filter(self, wanted: LogFilter) -> None:
        """Show only what matches; the rows shown now stay until the first hits are here."""
        self._staged = None
        newest = self.horizon.newest
        wanted = replace(wanted, hidden=self.muted)
        if not wanted:
            self.search = None
            self._stage(Extension(newest, fresh=True))
        else:
            oldest = max(self.horizon.floor, newest - SEARCH_DEPTH + 1)
            self.search = LogSearch(wanted, newest=newest, oldest=oldest)
            if self.search.complete:
                self._stage(Extension(newest, search=self.search, fresh=True))
            self._advance()
        self.changed.emit()

    def set_muted(self, patterns: tuple[str, ...]) -> None:
        """Show no events of these topics."""
        if patterns != self.muted:
            self.muted = patterns
            self.set_filter(self.search.filter if self.search else LogFilter())

    def set_paused(self, paused: bool) -> None:
        """Freeze the view; what arrives meanwhile waits in the log."""
        if paused == self.horizon.paused:
            return
        if paused:
            staged = self._staged.high if self._staged else self.model.rows.high
            self.horizon.frozen_at = self.search.reaching if self.search else max(staged, 0)
        else:
            self.horizon.frozen_at = None
            self._advance()
        self.changed.emit()

    def clear_view(self) -> None:
        """Show only what comes from now on; nothing is deleted."""
        newest = self.horizon.newest
        self.horizon.cleared_up_to = newest
        self._staged = None
        rows = self.model.rows
        hits = () if rows.shown.filtered else None
        self.model.show(rows.sibling(newest + 1, newest, hits, hidden_gaps=rows.gaps.known))
        if self.search is not None:
            self.set_filter(self.search.filter)
        self.changed.emit()

    def show_all(self) -> None:
        """Take back ``clear_view``."""
        self.horizon.cleared_up_to = 0
        self.set_filter(self.search.filter if self.search else LogFilter())

    def stop_scan(self) -> None:
        """Search no further into the past."""
        if self.search is not None:
            self.search.stop()
        self.changed.emit()

    def scan_older(self) -> None:
        """Search on into the past, ten times as far as so far."""
        if self.search is not None:
            further = 9 * max(self.search.scanned, SEARCH_DEPTH)
            self.search.reach(max(self.horizon.floor, self.search.scanned_low - further))
            self._advance()
        self.changed.emit()

    @property
    def can_scan_older(self) -> bool:
        """Whether the search stands still above older events."""
        search = self.search
        return search is not None and not search.running and search.scanned_low > self.horizon.floor

    def set_in_sight(self, first: int, last: int, wide: int) -> None:
        """The rows in the viewport now, and how many it could hold."""
        self.source.in_sight = (first, last)
        self._wide = max(wide, 1)
        self.source.fetch_in_sight()

    # ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────

    def take_frame(self, frame: Frame) -> None:
        """Take the state of the log from a frame and show what is new."""
        status, before = frame.log, self._status
        self.horizon.take(status)
        self._status = status
        if before is None or before.path != status.path:
            self._open(status)
        if self.source.ready():
            if not self.horizon.paused:
                self.source.know_gaps(status.gaps, self.changed.emit)
            self._follow_retention()
            self._advance()
            self.source.fetch_in_sight()
        if before != status:
            self.changed.emit()

    def _open(self, status: LogStatus) -> None:
        self.source.forget()
        self.horizon.cleared_up_to = 0
        self._staged = None
        self.opened.emit()
        self.model.show(RowMap(self.horizon.floor, 0))
        if self.search is not None:
            self.set_filter(self.search.filter)

    def _follow_retention(self) -> None:
        floor, rows = self.horizon.floor, self.model.rows
        if self.search is not None:
            self.search.raise_oldest(floor)
        if floor > rows.low:
            first, last = self.source.in_sight
            seen = (item for item in rows.items(first, last - first + 1) if isinstance(item, int))
            self.model.drop_below(min(floor, next(seen, floor)))

    def _advance(self) -> None:
        if self._staged is not None or self._status is None:
            return
        if self.search is None:
            if self.horizon.newest > self.model.rows.high:
                self._stage(Extension(self.horizon.newest))
            return
        search = self.search
        request = search.next_request(self.horizon.newest)
        if request is not None:
            self.source.ask(request, lambda hits: self._take_hits(search, hits), search.forget_request)

    # ── search ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_hits(self, search: LogSearch, hits: Hits) -> None:
        if search is not self.search:
            return
        found = search.accept(hits)
        if found is not None:
            self._show_found(search, found)
        self._advance()
        self.changed.emit()

    def _show_found(self, search: LogSearch, found: Found) -> None:
        fresh = self._shown_search is not search
        if fresh or found.newer:
            high = found.reached if found.newer else search.scanned_high
            self._stage(Extension(high, found.hits, search, fresh))
        else:
            self.model.reach(found.reached, found.hits)

    # ── rows at the bottom: fetched first, then shown ────────────────────────────────────────────────────────────

    def _stage(self, extension: Extension) -> None:
        self._staged = extension

        def give_up() -> None:
            if self._staged is extension:
                self._staged = None

        missing = self.model.cache.missing(self._tail_of(extension))
        if missing:
            self.source.fetch(missing, lambda: self._apply(extension), give_up)
        else:
            self._apply(extension)

    def _tail_of(self, extension: Extension) -> Sequence[int]:
        count = self._wide + ROWS_BESIDES
        rows = self.model.rows
        if not extension.fresh and self.source.in_sight[1] < len(rows) - 1:
            return ()  # the bottom is out of sight, so nothing of this will be seen
        if extension.search is not None:
            return extension.hits[-count:]
        return range(max(extension.high - count + 1, self.horizon.floor), extension.high + 1)

    def _apply(self, extension: Extension) -> None:
        if self._staged is not extension:
            return
        self._staged = None
        if extension.fresh:
            self._show_anew(extension)
        else:
            self.model.grow(extension.high, extension.hits)
        self._advance()
        self.changed.emit()

    def _show_anew(self, extension: Extension) -> None:
        search = self._shown_search = extension.search
        low, hits = (self.horizon.floor, None) if search is None else (search.scanned_low, extension.hits)
        hidden = None if self.horizon.cleared_up_to else 0
        self.model.show(self.model.rows.sibling(low, extension.high, hits, hidden_gaps=hidden))
