"""Delete topic: how much hangs on it is counted and said, and its events go only where that is ticked.

The topic leaves the tree; its events stay in the log, as every event does that nobody deletes.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from eventmon.engine.requests import DeleteTopic
from eventmon.gui import formatting
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_deleting import DeletionWork
from eventmon.gui.models.log_deletion import EventCount, topic_scope
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.plain_text import PlainLabel
from eventmon.gui.widgets.progress_line import ProgressLine

WIDTH: Final = 440
TOPIC_LIMIT: Final = 300


def _tr(text: str) -> str:
    return QCoreApplication.translate("DeleteTopic", text)


class DeleteTopicDialog(FramedDialog):
    """Asks whether a topic is to be deleted, with all below it, and with its events or without.

    Attributes:
        deleted: what was deleted, as a sentence.
        work: counts and deletes the events.
    """

    deleted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        bridge: EngineBridge,
        topic: str,
        pattern: str,
        parent: QWidget | None = None,
        *,
        below: str = "",
        refused: str = "",
    ) -> None:
        """Make it.

        ``pattern`` means the topic and those below it, ``below`` says how many these are, ``refused`` why it cannot be
        deleted now: that has to be said before its events are gone.
        """
        super().__init__(_tr("Delete topic"), parent)
        self.setObjectName("deleteTopic")
        self.setMinimumWidth(WIDTH)
        self._topic = topic
        self._below = below
        self._refused = bool(refused)
        self._inquiry = Inquiry(bridge, self)
        self.work = DeletionWork(bridge, self)
        name = PlainLabel(formatting.one_line(topic, TOPIC_LIMIT), self, elide=Qt.TextElideMode.ElideLeft)
        name.setFont(theme.title)
        self.amount = PlainLabel("", self)
        self.amount.setProperty("tone", "text2")
        self.tick = QCheckBox("", self)
        self.tick.setObjectName("deleteEventsToo")
        self.progress = ProgressLine(theme, self)
        self.note = FieldNote(theme, self)
        self.add(name, self.amount)
        self.add(self.tick, self.progress, self.note)
        self.content.addStretch(1)
        self._add_buttons()
        self.tick.toggled.connect(lambda _on: self._say())
        self.work.changed.connect(self._say)
        self.work.ended.connect(self._events_deleted)
        self.work.failed.connect(self._refuse)
        frame = bridge.last_frame
        if frame is not None:
            self.work.count(topic_scope(pattern), frame.log)
        self._say()
        if refused:
            self.tick.hide()
            self._refuse(refused)

    def reject(self) -> None:
        """Close; while events are being deleted, stop first."""
        if self.work.deleting:
            self.work.stop()
            self.stop_button.setEnabled(False)
        else:
            self.work.forget()
            super().reject()

    def _add_buttons(self) -> None:
        self.cancel = self.add_button(_tr("Cancel"), default=True)
        self.cancel.clicked.connect(self.reject)
        self.stop_button = self.add_button(_tr("Stop"))
        self.stop_button.clicked.connect(self.reject)
        self.stop_button.hide()
        self.delete_button = self.add_button(_tr("Delete topic"))
        self.delete_button.clicked.connect(self._delete)

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────

    def _say(self) -> None:
        counting, deletion = self.work.counting, self.work.deletion
        if deletion is not None:
            share = formatting.count(deletion.deleted)
            events = log_texts.events(deletion.counted.found)
            self.amount.setText(_tr("{n} of {events} deleted").format(n=share, events=events))
            self.progress.show_share(deletion.progress)
        elif counting is not None:
            self._say_counted(counting)

    def _say_counted(self, counting: EventCount) -> None:
        events = log_texts.events(counting.found)
        so_far = events if counting.done else _tr("{events} so far").format(events=events)
        self.amount.setText(", ".join(filter(None, (self._below, so_far))))
        if self._refused:
            return
        self.progress.show_share(None if counting.done else counting.progress)
        self.tick.setText(
            _tr("Delete its {events} too").format(events=events) if counting.done else _tr("Delete its events too")
        )
        self.tick.setEnabled(counting.done and counting.found > 0)
        self.tick.setVisible(not counting.done or counting.found > 0)
        too = self.tick.isChecked()
        text = _tr("Delete topic and {events}").format(events=events) if too else _tr("Delete topic")
        self.delete_button.setText(text)
        self.note.say(
            _tr("Deleted events do not come back. The topic does with its next event.")
            if too
            else _tr("Its events stay in the log. The topic comes back with its next event.")
        )

    # ── deleting ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _delete(self) -> None:
        self._show_buttons(deleting=True)
        if self.tick.isChecked():
            self.work.delete()
        else:
            self._delete_topic(0)

    def _events_deleted(self) -> None:
        deletion = self.work.deletion
        if deletion is None:
            return
        if deletion.stopped:
            done = log_texts.events(deletion.deleted)
            self.deleted.emit(_tr("Stopped: {events} of it were deleted, the topic stays.").format(events=done))
            self.accept()
        else:
            self._delete_topic(deletion.deleted)

    def _delete_topic(self, events: int) -> None:
        request = DeleteTopic(topic=self._topic, events=self.tick.isChecked())
        self._inquiry.ask(request, lambda topics: self._done(topics, events), self._refuse)

    def _done(self, topics: int, events: int) -> None:
        number = _tr("1 topic") if topics == 1 else _tr("{n} topics").format(n=formatting.count(topics))
        parts = (number, log_texts.events(events) if events else "")
        self.deleted.emit(_tr("Deleted: {what}.").format(what=_tr(" and ").join(filter(None, parts))))
        self.accept()

    def _refuse(self, sentence: str) -> None:
        """Say why it cannot be done; the topic and what is left of its events stay."""
        self._show_buttons(deleting=False)
        self.progress.show_share(None)
        self.note.say(sentence, "error")
        self.delete_button.setEnabled(False)
        self.cancel.setText(_tr("Close"))
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_buttons(self, *, deleting: bool) -> None:
        self.tick.setEnabled(not deleting)
        self.delete_button.setVisible(not deleting)
        self.cancel.setVisible(not deleting)
        self.stop_button.setVisible(deleting and self.tick.isChecked())
