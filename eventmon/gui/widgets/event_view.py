"""One event in full: header, tabs, footer; what the Event panel and a window of its own show alike."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import size
from eventmon.gui.models.event_facts import (
    facts_line,
    full_time,
    has_secrets,
    kind_of,
)
from eventmon.gui.models.event_json import MOST_BYTES, JsonValue, NotReadable, read_json
from eventmon.gui.models.event_source import EventSource
from eventmon.gui.models.event_text import PayloadPage, is_text
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.event_footer import EventFooter
from eventmon.gui.widgets.event_header import EventHeader
from eventmon.gui.widgets.event_pages import EventPages
from eventmon.gui.widgets.plain_text import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("Event", text)


class EventView(QWidget):
    """Shows the event last asked for with ``show_seq``, as soon as it can be seen.

    Attributes:
        shown: another event is shown (EventDetail), or none (None).
    """

    shown = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wished = 0
        self._asked = 0
        self._json = False
        self._utc = context.commands.bare_action("view.utc").isChecked()
        self._revealed = False
        self.source = EventSource(context.bridge, self)
        self.header = EventHeader(context.theme, self)
        self.pages = EventPages(context, self)
        self.footer = EventFooter(context.theme, self)
        self.nothing = EmptyState(context.theme, "braces", "", "", parent=self)
        self._trouble = PlainLabel(parent=self)
        self._trouble.setProperty("tone", "error")
        self._trouble.setWordWrap(True)
        self._trouble.setContentsMargins(12, 2, 12, 6)
        self._trouble.hide()
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
        self._revealed = revealed
        self.pages.set_revealed(revealed)
        self._say_footer()

    @property
    def revealed(self) -> bool:
        """Whether the secrets of this event are shown."""
        return self._revealed

    def show_trouble(self, sentence: str) -> None:
        """Say over the event what could not be done; an empty sentence takes it away."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def _read(self) -> None:
        if self._wished == self._asked:
            return
        self._asked = self._wished
        if self._asked:
            self.source.wish(self._asked)
        else:
            self.source.forget()
            self._say_nothing()

    def _lay_out(self) -> None:
        whole = QWidget(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._trouble)
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
        self.pages.pageWanted.connect(self.source.wish_page)
        self.pages.revealAsked.connect(lambda: self.set_revealed(True))
        self.footer.revealAsked.connect(self.set_revealed)
        self._context.commands.bare_action("view.utc").toggled.connect(self._set_utc)

    def _take(self, detail: EventDetail) -> None:
        self._revealed = False
        value, why_not = _tree_of(detail)
        self._json = not why_not
        kind = kind_of(detail, json=self._json)
        told = full_time(detail.received, self._utc)
        self.header.say(detail.type, detail.topic, facts_line(detail, kind, self._utc), told)
        self._secrets = has_secrets(detail)
        self.show_trouble("")
        self.pages.show_event(detail, value, why_not, self._utc)
        self.source.wish_page(0)
        self._say_footer()
        self._stack.setCurrentWidget(self._whole_page)
        self.shown.emit(detail)

    def _take_page(self, page: PayloadPage) -> None:
        self.pages.show_page(page, json=self._json or page.data[:1] in (b"{", b"["))

    def _refused(self, why: str) -> None:
        if self.detail is None:
            self.nothing.set_text(_tr("This event cannot be shown"), why)
            self._stack.setCurrentWidget(self.nothing)
            self.shown.emit(None)
        else:
            self.show_trouble(why)

    def _say_nothing(self) -> None:
        self.nothing.set_text(_tr("No event selected"), _tr("Choose one in the event log to see all of it here."))
        self._stack.setCurrentWidget(self.nothing)
        self.shown.emit(None)

    def _say_footer(self) -> None:
        if self.detail is not None:
            self.footer.say(len(self.detail.observers), secrets=self._secrets, revealed=self._revealed)

    def _set_utc(self, utc: bool) -> None:
        self._utc = utc
        detail = self.detail
        if detail is not None:
            self._take(detail)


def _tree_of(detail: EventDetail) -> tuple[JsonValue, str]:
    """The payload as a value, or why there is none."""
    if not detail.size:
        return None, _tr("The event has no payload.")
    if detail.size > len(detail.data):
        much = _tr("The payload has {size}, a tree is made of up to {most}. Raw and Hex show all of it.")
        return None, much.format(size=size(detail.size), most=size(MOST_BYTES))
    if not is_text(detail.data):
        return None, _tr("The payload is not text. Hex shows every byte.")
    try:
        return read_json(detail.data), ""
    except NotReadable as why:
        return None, _tr("The payload is not JSON that can be read. {why}").format(why=why)
