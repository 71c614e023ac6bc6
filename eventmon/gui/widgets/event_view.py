"""One event in full: header, tabs, footer; what the Event panel and a window of its own show alike."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_decoding import Decoded, EventDecoder, decode_small
from eventmon.gui.models.event_facts import facts_line, full_time, has_secrets, kind_of
from eventmon.gui.models.event_observers import EventObservers
from eventmon.gui.models.event_presence import EventPresence
from eventmon.gui.models.event_source import EventSource
from eventmon.gui.models.event_text import PayloadPage
from eventmon.gui.models.event_work import EventWork
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.event_footer import EventFooter
from eventmon.gui.widgets.event_header import EventHeader
from eventmon.gui.widgets.event_notices import EventNotices
from eventmon.gui.widgets.event_pages import EventPages
from eventmon.gui.widgets.event_progress import EventProgress


def _tr(text: str) -> str:
    return QCoreApplication.translate("Event", text)


class EventView(QWidget):
    """Shows the event last asked for with ``show_seq``, as soon as it can be seen.

    Attributes:
        shown: another event is shown (EventDetail), or none (None).
        revealed: whether the secrets of this event are shown.
    """

    shown = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wished = 0
        self._asked = 0
        self._json = False
        self._utc = context.commands.bare_action("view.utc").isChecked()
        self._secrets = False
        self.revealed = False
        self.source = EventSource(context.bridge, self)
        self.presence = EventPresence(context.bridge, self)
        self.observers = EventObservers(context.bridge, self)
        self.decoder = EventDecoder(context.bridge, self)
        self.copying = EventWork(context.bridge, self)
        self.header = EventHeader(context.theme, self)
        self.notices = EventNotices(self)
        self.pages = EventPages(context, self)
        self.footer = EventFooter(context.theme, self)
        self.nothing = EmptyState(context.theme, "braces", "", "", parent=self)
        self._lay_out()
        self._listen()
        self._say_nothing()

    @property
    def detail(self) -> EventDetail | None:
        """The event shown."""
        return self.source.detail

    def show_seq(self, seq: int) -> None:
        """Show an event; 0 for none. It is read when the view can be seen."""
        self._wished = seq
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was wished for meanwhile."""
        super().showEvent(event)
        self._read()

    def set_revealed(self, revealed: bool) -> None:
        """Show the secrets of this event, or hide them."""
        self.revealed = revealed
        self._secrets = self._secrets or revealed
        self.pages.set_revealed(revealed)
        self._say_around()

    def _read(self) -> None:
        if self._wished == self._asked:
            return
        self._asked = self._wished
        if self._asked:
            self.source.wish(self._asked)
        else:
            self._say_nothing()

    def _lay_out(self) -> None:
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.notices)
        for work in (self.decoder.work, self.copying):
            column.addWidget(EventProgress(self._context.theme, work, whole))
        column.addWidget(self.pages, 1)
        column.addWidget(self.footer)
        self._whole_page = whole
        self._stack = QStackedLayout(self)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.nothing)

    def _listen(self) -> None:
        self.source.arrived.connect(self._take)
        self.source.failed.connect(self._refused)
        self.source.pageArrived.connect(self._take_page)
        self.decoder.decoded.connect(self._take_decoded)
        self.decoder.failed.connect(self.notices.say_trouble)
        self.decoder.work.started.connect(lambda _doing: self.pages.tree.decode.setEnabled(False))
        self.decoder.work.ended.connect(lambda: self.pages.tree.decode.setEnabled(True))
        self.presence.deleted.connect(
            lambda: self._say_instead(_tr("This event was deleted"), _tr("It is no longer in the log."))
        )
        self.presence.outlived.connect(self._say_outlived)
        self.observers.changed.connect(self._take_observers)
        self.pages.pageWanted.connect(self.source.wish_page)
        self.pages.decodeWanted.connect(self._decode)
        self.pages.revealAsked.connect(lambda: self.set_revealed(True))
        self.footer.revealAsked.connect(self.set_revealed)
        self._context.commands.bare_action("view.utc").toggled.connect(self._set_utc)

    # ── the event ────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, detail: EventDetail) -> None:
        self._let_go()
        self.revealed = False
        tree = decode_small(detail)
        self._json = not tree.why_not
        self._secrets = has_secrets(detail)
        self.notices.say_trouble("")
        self.notices.say_notice("")
        self.header.set_stale(False)
        self.pages.show_event(detail, tree, utc=self._utc)
        self.source.wish_page(0)
        self._say_around()
        self.presence.watch(detail.seq)
        self.observers.watch(detail.seq)
        if tree.soon:
            self.decoder.decode(detail)
        had_keyboard = self.hasFocus()
        self._stack.setCurrentWidget(self._whole_page)
        if had_keyboard:
            self.pages.view_of_tab().setFocus()
        self.shown.emit(detail)

    def _take_page(self, page: PayloadPage) -> None:
        self._secrets = self._secrets or bool(page.secrets)
        begins = self.detail.data.lstrip()[:1] if self.detail is not None else b""
        self.pages.show_page(page, json=self._json or begins in (b"{", b"["))
        self._say_around()

    def _take_observers(self, names: list[str]) -> None:
        detail = self.source.take_observers(names)
        if detail is not None:
            self.pages.show_observers(detail)
            self._say_around()

    def _decode(self) -> None:
        if self.detail is not None:
            self.notices.say_trouble("")
            self.decoder.decode(self.detail)

    def _take_decoded(self, tree: Decoded) -> None:
        self._json = not tree.why_not
        self._secrets = self._secrets or tree.secrets
        self.pages.show_tree(tree)
        self._say_around()

    def _let_go(self) -> None:
        """Give back what was made of the last event."""
        if self.decoder.holds_tree:
            self.pages.forget_tree()
        self.decoder.let_go()

    def _set_utc(self, utc: bool) -> None:
        self._utc = utc
        detail = self.detail
        if detail is not None:
            self._say_around()
            self.pages.show_attributes(detail, utc=utc)

    # ── what is said of it ───────────────────────────────────────────────────────────────────────────────────────

    def _say_around(self) -> None:
        """Header and footer."""
        detail = self.detail
        if detail is not None:
            kind = kind_of(detail, json=self._json)
            told = full_time(detail.received, self._utc)
            self.header.say(detail.type, detail.topic, facts_line(detail, kind, self._utc), told)
            self.footer.say(len(detail.observers), secrets=self._secrets, revealed=self.revealed)

    def _refused(self, why: str) -> None:
        if self.detail is None:
            self._say_instead(_tr("This event cannot be shown"), why)
        else:
            self.notices.say_trouble(why)

    def _say_nothing(self) -> None:
        self._say_instead(_tr("No event selected"), _tr("Choose one in the event log to see all of it here."))

    def _say_outlived(self) -> None:
        self.header.set_stale(True)
        self.notices.say_notice(
            _tr("The log made room for newer events and no longer holds this one. What was read of it stays here.")
        )

    def _say_instead(self, title: str, sentence: str) -> None:
        """Say why there is no event, and hold nothing of the last one."""
        self.source.forget()
        self.presence.watch(0)
        self.observers.watch(0)
        self.copying.stop()
        self._let_go()
        had_keyboard = self._whole_page.isAncestorOf(QApplication.focusWidget() or self)
        self.nothing.set_text(title, sentence)
        self._stack.setCurrentWidget(self.nothing)
        if had_keyboard:
            self.setFocus()
        self.shown.emit(None)
