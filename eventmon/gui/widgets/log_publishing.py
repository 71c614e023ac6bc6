"""Publishing from the log: the selected events once more, or one of them into the Publish panel to be edited first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from eventmon.core.payload import MAX_PAYLOAD_BYTES
from eventmon.engine.requests import EventDetail, ReadEvent
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import count
from eventmon.gui.models.log_gathering import MOST_EVENTS
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.log_publish_again import PublishedAgain, publish_again, published_sentence
from eventmon.gui.models.log_work import LogWork
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.widgets.log_view import LogView
from eventmon.gui.widgets.plain_text import Question

AGAIN = "log.publish_again"
EDIT = "log.edit_publish"
PUBLISH_PANEL = "view.go.publish"
Say = Callable[[str], None]


class RowPublishing(QObject):
    """The commands that publish what is selected in a log view; editing is offered where there is a panel for it."""

    commands = (AGAIN, EDIT)

    def __init__(self, context: PanelContext, view: LogView, trouble: Say, note: Say) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._trouble = trouble
        self._note = note
        self._work = LogWork(self)
        self._inquiry = Inquiry(context.bridge, self)
        self._bind(AGAIN, self.publish_again)
        if PUBLISH_PANEL in context.commands.table:
            self._bind(EDIT, self.edit)

    def publish_again(self) -> None:
        """Publish the selected events once more, more than one only after a question."""
        seqs = self._view.selected_seqs()
        if len(seqs) > MOST_EVENTS:
            self._trouble(self.tr("Select at most {count} events to publish again.").format(count=count(MOST_EVENTS)))
        elif len(seqs) > 1:
            question = self.tr("Publish {count} events again, in their order?").format(count=count(len(seqs)))
            box = Question(self._view.window(), self.tr("Publish again"), question, self.tr("Publish"))
            box.answered.connect(lambda yes: self._publish(seqs) if yes else None)
        elif seqs:
            self._publish(seqs)

    def edit(self) -> None:
        """Put the selected event into the Publish panel."""
        seq = self._context.selection.current_event
        if seq in self._view.selected_seqs():
            whole = ReadEvent(seq=seq, limit=MAX_PAYLOAD_BYTES)
            self._inquiry.ask(whole, self._hand_over, self._trouble)

    def _bind(self, command: str, handler: Callable[[], None]) -> None:
        self._context.commands.bind(command, handler)
        self._view.addAction(self._context.commands.action(command))

    def _publish(self, seqs: list[int]) -> None:
        ask = self._context.bridge.submit
        self._work.begin(lambda stop: publish_again(ask, seqs, stop), self._published)

    def _published(self, result: PublishedAgain) -> None:
        (self._trouble if result.problem else self._note)(published_sentence(result))

    def _hand_over(self, detail: EventDetail) -> None:
        draft = PublishDraft(
            topic=detail.topic,
            type=detail.type,
            source=detail.source,
            subject=detail.subject or "",
            content_type=detail.datacontenttype or "",
            headers=detail.headers,
            data=detail.data,
        )
        self._context.selection.publishWanted.emit(draft)
