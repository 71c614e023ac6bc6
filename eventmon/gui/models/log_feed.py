"""Drives the log model: frames come in, the model is told what to show.

Rows that would appear at once are fetched before the row count is raised, so nothing blank flashes at the tail. One
request for the tail, one for the viewport and one for the search are under way at most. No event ever comes here.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import Frame, LogStatus
from eventmon.engine.requests import Hits
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_arrivals import Arrivals, Extension
from eventmon.gui.models.log_filter import LogFilter
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.log_model import LogModel
from eventmon.gui.models.log_removals import Removals
from eventmon.gui.models.log_rows import RowSource
from eventmon.gui.models.log_search import SEARCH_DEPTH, Found, LogSearch
from eventmon.gui.models.log_standing import Horizon
from eventmon.gui.models.row_map import RowMap


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
        self._removals = Removals(self.source)
        self._arrivals = Arrivals(self.source, model, self.horizon, self._have_shown)
        self._status: LogStatus | None = None
        bridge.frameReady.connect(self.take_frame)

    # ── intents ──────────────────────────────────────────────────────────────────────────────────────────────────

    def set_filter(self, wanted: LogFilter) -> None:
        """Show only what matches; the rows shown now stay until the first hits are here."""
        self._arrivals.forget()
        newest = self.horizon.newest
        wanted = replace(wanted, hidden=self.muted)
        if not wanted:
            self.search = None
            self._arrivals.stage(Extension(newest, fresh=True))
        else:
            oldest = max(self.horizon.floor, newest - SEARCH_DEPTH + 1)
            self.search = LogSearch(wanted, newest=newest, oldest=oldest)
            if self.search.complete:
                self._arrivals.stage(Extension(newest, search=self.search, fresh=True))
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
            reaching = self.search.reaching if self.search else self._arrivals.reaching
            self.horizon.frozen_at = max(reaching, 0)
        else:
            self.horizon.frozen_at = None
            self._advance()
        self.changed.emit()

    def clear_view(self) -> None:
        """Show only what comes from now on; nothing is deleted."""
        newest = self.horizon.newest
        self.horizon.cleared_up_to = newest
        self._arrivals.forget()
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
        self._arrivals.wide = max(wide, 1)
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
            self._removals.follow(status, self._take_holes)
            if not self.horizon.paused:
                self.source.know_gaps(status.gaps, self.changed.emit)
            self._follow_retention()
            self._advance()
            self.source.fetch_in_sight()
        if before != status:
            self.changed.emit()

    def _open(self, status: LogStatus) -> None:
        self.source.forget()
        self._removals.forget()
        self.horizon.holes = self._removals.holes
        self.horizon.cleared_up_to = 0
        self._arrivals.forget()
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

    def _take_holes(self) -> None:
        self.horizon.holes = self._removals.holes
        self._arrivals.thin_out(self._removals.holes)
        self._advance()
        self.changed.emit()

    def _have_shown(self) -> None:
        self._advance()
        self.changed.emit()

    def _advance(self) -> None:
        if self._arrivals.waiting or self._status is None or self._removals.unknown(self._status):
            return
        if self.search is None:
            if self.horizon.newest > self.model.rows.high:
                self._arrivals.stage(Extension(self.horizon.newest))
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
        fresh = self._arrivals.search is not search
        if fresh or found.newer:
            high = found.reached if found.newer else search.scanned_high
            self._arrivals.stage(Extension(high, found.hits, search, fresh))
        else:
            self.model.reach(found.reached, found.hits)
