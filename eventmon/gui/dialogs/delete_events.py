"""Delete events: which ones, counted before anything is asked, deleted only by a button that names their number.

It is open beside the window, not over it: while a long deletion runs, the log and everything else goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from eventmon.engine.frame import LogStatus
from eventmon.gui import formatting
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.dialogs.frame import FramedDialog
from eventmon.gui.models import log_texts
from eventmon.gui.models.log_deleting import DeletionWork
from eventmon.gui.models.log_deletion import DeletionScope, EventCount, EventDeletion, time_range
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.field_note import FieldNote
from eventmon.gui.widgets.plain_text import PlainLabel
from eventmon.gui.widgets.progress_line import ProgressLine

WIDTH: Final = 460
INDENT: Final = 24
"""Where the text of a radio button begins."""
DETAIL_LIMIT: Final = 300


def _tr(text: str) -> str:
    return QCoreApplication.translate("DeleteEvents", text)


class DeleteEventsDialog(FramedDialog):
    """Asks which events are to be deleted, counts and deletes them.

    Attributes:
        work: counts and deletes; says when it has ended.
    """

    def __init__(
        self,
        theme: Theme,
        bridge: EngineBridge,
        scopes: Sequence[DeletionScope],
        parent: QWidget | None = None,
        *,
        utc: bool = False,
    ) -> None:
        super().__init__(_tr("Delete events"), parent)
        self.setObjectName("deleteEvents")
        self.setMinimumWidth(WIDTH)
        self._bridge = bridge
        self._utc = utc
        self.work = DeletionWork(bridge, self)
        self._scopes = list(scopes)
        self._choice_parts: list[QWidget] = []
        self.choices = QButtonGroup(self)
        self.amount = PlainLabel("", self)
        self.amount.setFont(theme.title)
        self.span = PlainLabel("", self)
        self.span.setProperty("tone", "text2")
        self.progress = ProgressLine(theme, self)
        self.trouble = FieldNote(theme, self)
        self._lay_out(theme)
        self.work.changed.connect(self._say)
        self.work.ended.connect(self.accept)
        self.work.failed.connect(self._fail)
        self.choices.idClicked.connect(self.choose)
        self.choices.button(0).setChecked(True)
        self.choices.button(0).setFocus(Qt.FocusReason.OtherFocusReason)
        self.choose(0)

    def choose(self, number: int) -> None:
        """Count one of the scopes."""
        self.trouble.say("")
        status = self._status
        if status is not None:
            self.work.count(self._scopes[number], status)

    def reject(self) -> None:
        """Close; while events are being deleted, stop first."""
        if self.work.deleting:
            self.work.stop()
            self.stop_button.setEnabled(False)
        else:
            self.work.forget()
            super().reject()

    @property
    def _status(self) -> LogStatus | None:
        frame = self._bridge.last_frame
        return None if frame is None else frame.log

    def _lay_out(self, theme: Theme) -> None:
        self.content.setSpacing(16)
        box = self.add()
        box.setSpacing(10)
        for number, scope in enumerate(self._scopes):
            self._add_choice(box, number, scope)
        figures = self.add(self.amount, self.span)
        figures.addSpacing(4)
        figures.addWidget(self.progress)
        self.warning = FieldNote(theme, self)
        self.warning.say(_tr("Deleted events do not come back. Counters stay as they are."))
        self.add(self.warning, self.trouble)
        self.content.addStretch(1)
        self.cancel = self.add_button(_tr("Cancel"), default=True)
        self.cancel.clicked.connect(self.reject)
        self.stop_button = self.add_button(_tr("Stop"))
        self.stop_button.clicked.connect(self.reject)
        self.stop_button.hide()
        self.delete_button = self.add_button("")
        self.delete_button.clicked.connect(self._delete)

    def _add_choice(self, box: QVBoxLayout, number: int, scope: DeletionScope) -> None:
        titles = {
            "filter": _tr("Events that match the filter"),
            "topic": _tr("Events of the selected topic and all below"),
            "all": _tr("All events of the session"),
        }
        button = QRadioButton(titles[scope.key], self)
        button.setObjectName(f"delete_{scope.key}")
        self.choices.addButton(button, number)
        elide = Qt.TextElideMode.ElideLeft if scope.key == "topic" else Qt.TextElideMode.ElideRight
        detail = PlainLabel(formatting.one_line(scope.detail, DETAIL_LIMIT), self, elide=elide)
        detail.setProperty("tone", "text2")
        detail.setContentsMargins(INDENT, 0, 0, 0)
        button.setAccessibleDescription(detail.text())
        texts = [detail]
        if scope.hidden:
            texts.append(self._muted_note(len(scope.hidden)))
        group = QVBoxLayout()
        group.setSpacing(1)
        for widget in (button, *texts):
            group.addWidget(widget)
            self._choice_parts.append(widget)
        box.addLayout(group)

    def _muted_note(self, patterns: int) -> PlainLabel:
        text = _tr("{muted}: not deleted").format(muted=log_texts.muted(patterns))
        note = PlainLabel(text, self, elide=Qt.TextElideMode.ElideRight)
        note.setProperty("tone", "text3")
        note.setContentsMargins(INDENT, 0, 0, 0)
        return note

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────

    def _say(self) -> None:
        counting, deletion = self.work.counting, self.work.deletion
        if deletion is not None:
            self._say_deleting(deletion)
        elif counting is not None:
            self._say_counted(counting)

    def _say_counted(self, counting: EventCount) -> None:
        events = log_texts.events(counting.found)
        if counting.done:
            self.amount.setText(events if counting.found else _tr("No event matches"))
            self.span.setText("" if self.work.span is None else time_range(*self.work.span, self._utc))
        else:
            self.amount.setText(_tr("{events} so far").format(events=events))
            share = int(counting.progress * 100)
            self.span.setText(_tr("Counting, {share} % looked at").format(share=share))
        self.progress.show_share(None if counting.done else counting.progress)
        ready = counting.done and counting.found > 0
        self.delete_button.setText(_tr("Delete {events}").format(events=events) if ready else _tr("Delete events"))
        self.delete_button.setEnabled(ready)

    def _say_deleting(self, deletion: EventDeletion) -> None:
        self.amount.setText(
            _tr("{n} of {events} deleted").format(
                n=formatting.count(deletion.deleted), events=log_texts.events(deletion.counted.found)
            )
        )
        self.progress.show_share(deletion.progress)

    # ── deleting ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _delete(self) -> None:
        self._show_buttons(deleting=True)
        self.stop_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.work.delete()

    def _show_buttons(self, *, deleting: bool) -> None:
        for widget in self._choice_parts:
            widget.setEnabled(not deleting)
        self.delete_button.setVisible(not deleting)
        self.cancel.setVisible(not deleting)
        self.stop_button.setVisible(deleting)

    def _fail(self, sentence: str) -> None:
        """Say why it does not go on; choosing again counts anew."""
        self._show_buttons(deleting=False)
        self.progress.show_share(None)
        self.trouble.say(sentence, "error")
        self.delete_button.setEnabled(False)
        self.cancel.setText(_tr("Close"))
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
