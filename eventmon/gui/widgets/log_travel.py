"""Going to a place in the log: asks for it on a card, finds it, selects it, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from eventmon.core.errors import UserError
from eventmon.engine.requests import Rows
from eventmon.gui.context import PanelContext
from eventmon.gui.models import log_destination, log_texts
from eventmon.gui.models.log_destination import ToSeq
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.log_time_search import NOTHING_HERE, TimeSearch
from eventmon.gui.widgets.go_to_seq import GoToSeq
from eventmon.gui.widgets.log_view import LogView


class LogTravel(QObject):
    """Ctrl+J of one log view; ``note`` says what was done instead of what was asked for."""

    def __init__(self, context: PanelContext, feed: LogFeed, view: LogView, note: Callable[[str], None]) -> None:
        super().__init__(view)
        self._context = context
        self._feed = feed
        self._view = view
        self._note = note
        self._inquiry = Inquiry(context.bridge, self)
        self._search: TimeSearch | None = None
        self._card: GoToSeq | None = None
        context.commands.bind("log.go_to_seq", self.ask)

    def ask(self) -> None:
        """Show the card."""
        horizon = self._feed.horizon
        card = GoToSeq(self._context.theme, horizon.floor, horizon.newest, self._view)
        card.wanted.connect(self._go)
        card.destroyed.connect(lambda: self._forget(card))
        self._card = card
        card.open()

    def _forget(self, card: GoToSeq) -> None:
        if self._card is card:
            self._card = self._search = None

    def _go(self, text: str) -> None:
        horizon, utc = self._feed.horizon, self._view.log.utc
        try:
            destination = log_destination.parse_destination(text, utc=utc)
        except UserError as error:
            self._refuse(str(error))
            return
        if isinstance(destination, ToSeq):
            self._go_to_seq(destination.seq)
            return
        frame = self._context.bridge.last_frame
        now = frame.taken if frame is not None else 0
        newest = next(iter(horizon.holes.newest_live(horizon.floor, horizon.newest, 1)), 0)
        self._search = TimeSearch(destination, first=horizon.floor, newest=newest, now=now, utc=utc)
        self._step(self._search)

    def _go_to_seq(self, seq: int) -> None:
        first, newest = self._feed.horizon.floor, self._feed.horizon.newest
        if newest < first:
            self._refuse(NOTHING_HERE)
        elif not first <= seq <= newest:
            self._refuse(log_destination.outside_seqs(seq, first, newest))
        else:
            self._arrive(seq)

    def _step(self, search: TimeSearch) -> None:
        request = search.next_request()
        if search.sentence:
            self._refuse(search.sentence)
        elif request is not None:
            self._inquiry.ask(request, lambda rows: self._take(search, rows), self._refuse)
        elif search.found is not None:
            self._arrive(search.found)

    def _take(self, search: TimeSearch, rows: Rows) -> None:
        if search is self._search:
            search.accept(rows)
            self._step(search)

    def _refuse(self, sentence: str) -> None:
        if self._card is not None:
            self._card.say(sentence)

    def _arrive(self, seq: int) -> None:
        if self._card is not None:
            self._card.leave()
        self._view.show_seq(seq)
        rows = self._view.log.rows
        if seq in rows.shown.holes:
            self._note(log_texts.deleted(seq, last=not rows.shown.after(seq)))
        elif rows.row_of(seq) is None:
            self._note(log_texts.nearest_to(seq))
