"""The Publish dock: an event is written, checked as it is typed, and fired once, repeatedly or in a burst.

Nothing typed is lost: the draft is kept a second after the last key, what is replaced goes into the history, and a
mistake is said under the field it is about while everything stays as it was written.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from eventmon.engine.templates import Draft, DraftBook
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import known_topics
from eventmon.gui.models.publish_history import HistoryWalk
from eventmon.gui.models.publish_payload import indented
from eventmon.gui.models.publish_plan import DraftError, check, draft_from, now_firing, preview
from eventmon.gui.models.publish_recent import RecentValues
from eventmon.gui.models.publish_texts import placeholder_count, valid_sentence
from eventmon.gui.panels.base import Panel
from eventmon.gui.publish_connection import PublishConnection
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.publish_firing import PublishFiring
from eventmon.gui.publish_rest import RestTimer
from eventmon.gui.publish_seen import PublishSeen
from eventmon.gui.publish_store import DraftStore
from eventmon.gui.publish_template_store import TemplateStore
from eventmon.gui.publish_template_use import TemplateUse
from eventmon.gui.widgets.publish_actions import PublishActions
from eventmon.gui.widgets.publish_form import PublishForm
from eventmon.gui.widgets.publish_status import PublishStatus

CHECK_MS = 200
LONGEST_MS = 1_000
ROOM_FOR_NEXT = 330
"""Height, at the usual text size, from which the next firing has a line of its own."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishPanel(Panel):
    """Content of the Publish dock."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.store = DraftStore(context.paths.drafts_file if context.paths else None, self)
        self.kept = TemplateStore(context.bridge, self)
        self.status = PublishStatus(context.theme)
        recent = RecentValues(lambda: [*self.store.book.history, *(each.draft for each in self.kept.templates)])
        self.form = PublishForm(context.theme, known_topics(context.bridge).names, recent, self.status)
        self.seen = PublishSeen(context, recent, self)
        commands = context.commands
        self.row = PublishActions(
            context.theme, *(commands.bare_action(f"publish.{name}") for name in ("fire", "repeat", "burst"))
        )
        self.connection = PublishConnection(context.bridge, self.form, self.row, self)
        self.firing = PublishFiring(
            context,
            form=self.form,
            status=self.status,
            row=self.row,
            connection=self.connection,
            look=self._look,
        )
        self.firing.fired = self.store.book.fired
        self.templates = TemplateUse(context, self.kept, self)
        self.walk = HistoryWalk(self._keep)
        self._check_due = RestTimer("publishCheck", CHECK_MS, LONGEST_MS, self)
        self._lay_out()
        self._connect()
        self._bind()
        if self.store.trouble:
            self.status.trouble.say(self.store.trouble, "error")
        frame = context.bridge.last_frame
        if frame is not None:
            self.connection.take(frame.connections or [])
        self._show(self.store.book.draft)

    # What the dock asks for

    def title_actions(self) -> list[QAction]:
        """Back, forward, templates."""
        names = ("history_back", "history_forward", "templates")
        return [self.context.commands.action(f"publish.{name}") for name in names]

    def focus_widget(self) -> QWidget:
        """The topic while there is none, then the data."""
        return self.form.editor if self.form.topic.text() and self.form.editor.isVisible() else self.form.topic

    def save_state(self) -> dict[str, Any]:
        """What belongs to the panel; what was written is saved at once, for the window closes."""
        draft, fired = self.form.draft(), self.firing.fired
        self.store.keep_draft(draft, fired)
        self.store.flush()
        self.kept.flush()
        kept = {} if self.store.keeps else {"draft": msgspec.to_builtins(draft), "fired": fired}
        place = list(self.templates.place or ())
        return kept | self.row.save_state() | {"more": self.form.wish, "template": place}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self.row.restore_state(state)
        self._restore_draft(state)
        if isinstance(state.get("more"), bool):
            self.form.wish = state["more"]
            self._fit()
        place = state.get("template")
        if isinstance(place, list) and len(place) == 2 and all(isinstance(part, str) for part in place):
            self.templates.restore((place[0], place[1]), self.form.draft())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    # What the user asks for

    def fill(self, wanted: PublishDraft) -> None:
        """Show an event that another panel wants published, and take the keyboard; a topic alone leaves the rest."""
        draft = draft_from(wanted)
        if wanted == PublishDraft(topic=wanted.topic):
            draft = msgspec.structs.replace(self.form.draft(), topic=draft.topic)
        self.replace(draft)
        self.templates.leave()
        self.context.commands.bare_action("view.go.publish").trigger()
        if draft.format == "file" and wanted.data:
            too_big = _tr("The payload is too big for the editor. Save it to a file and choose it.")
            self.form.show_error(DraftError("file", too_big))

    def replace(self, draft: Draft) -> None:
        """Show another draft; the one before is kept in the history unless it stands somewhere already."""
        current = self.form.draft()
        if current not in (Draft(), draft, *(each.draft for each in self.kept.templates)):
            self._keep(current)
        self.walk.forget()
        self._show(draft)

    def format_json(self) -> None:
        """Put the JSON in order; undo brings it back as it was."""
        text = self.form.editor.text()
        ordered = indented(text)
        if ordered != text:
            self.form.editor.replace_text(ordered)

    def check_now(self) -> None:
        """Look at what is written: mistakes, the next firing, and keep it."""
        self._look()

    # Inside: looks

    def _lay_out(self) -> None:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.addWidget(self.row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)

    def _fit(self) -> None:
        width, height = self.width(), self.height()
        roomy = height >= ROOM_FOR_NEXT * self.context.theme.text_percent / 100
        self.form.fit(width, height)
        self.form.editor.save_room(not roomy)
        self.status.set_roomy(roomy or self.form.more_shown)
        self.row.fit(width)
        if self.row.has_room_for_burst(width):
            self.row.take_burst()
        else:
            self.form.take_burst(self.row.burst_box)

    # Inside: wiring

    def _connect(self) -> None:
        self._check_due.timeout.connect(self.check_now)
        self.context.selection.publishWanted.connect(self.fill)
        self.form.edited.connect(self._check_due.touch)
        self.form.moreChanged.connect(self._fit)
        self.status.format.clicked.connect(self.format_json)
        self.firing.begun.connect(self._begun)
        self.firing.ended.connect(self.check_now)
        self.store.changed.connect(self._check_due.touch)
        self.kept.changed.connect(self._check_due.touch)
        for troubled in (self.store.troubled, self.kept.troubled):
            troubled.connect(lambda why: self.status.trouble.say(why, "error"))
        self.templates.wanted.connect(self.replace)
        self.templates.noteChanged.connect(self.noteChanged)
        self.context.theme.changed.connect(self._fit)

    def _bind(self) -> None:
        commands = self.context.commands
        commands.bind("publish.open", lambda: commands.bare_action("view.go.publish").trigger())
        commands.bind("publish.fire", self.firing.fire)
        commands.bind("publish.repeat", self.firing.repeat_or_stop)
        commands.bind("publish.burst", self.firing.burst)
        commands.bind("publish.format", self.format_json)
        commands.bind("publish.history_back", lambda: self._walk(1))
        commands.bind("publish.history_forward", lambda: self._walk(-1))
        commands.bind("publish.save_template", lambda: self.templates.save(self.form.draft()))
        commands.bind("publish.templates", lambda: self.templates.show_menu(self.form.draft()))

    # Inside: drafts

    def _look(self) -> Draft:
        self._check_due.stop()
        draft = self.form.draft()
        self.store.keep_draft(draft, self.firing.fired)
        self.templates.compare(draft)
        for name, direction in (("back", 1), ("forward", -1)):
            can = self.walk.can_go(draft, self.store.book.history, direction)
            self.context.commands.set_enabled(f"publish.history_{name}", can)
        self.form.clear_errors()
        firing = now_firing(self.firing.fired + 1)
        try:
            plan = check(draft, firing)
        except DraftError as error:
            self.form.show_error(error)
            self.status.show_state("", "")
            self.status.show_answer("")
            self.status.show_next("")
            return draft
        valid = valid_sentence(draft.format, plan.data) if draft.format != "file" else ""
        formats = draft.format == "json" and bool(draft.body)
        self.status.show_state(valid, placeholder_count(plan.placeholders), formats=formats)
        self.status.show_next(preview(plan, firing) if plan.body.spans else "")
        return draft

    def _show(self, draft: Draft) -> None:
        self.form.show_draft(draft)
        self.connection.show()
        self.check_now()

    def _keep(self, draft: Draft) -> None:
        self.store.change(partial(DraftBook.with_history, draft=draft))

    def _begun(self, draft: Draft) -> None:
        if draft.topic:
            self._keep(draft)
            self.walk.forget()

    def _walk(self, direction: int) -> None:
        current = self.form.draft()
        walk = self.walk
        there = walk.older(current, self.store.book.history) if direction > 0 else walk.newer(current)
        if there is not None:
            self._show(there)

    def _restore_draft(self, state: dict[str, Any]) -> None:
        """What the layout keeps when the file of the drafts could not be used."""
        if self.form.draft() != Draft() or "draft" not in state:
            return
        try:
            self._show(msgspec.convert(state["draft"], Draft))
        except msgspec.ValidationError:
            return
        fired = state.get("fired")
        self.firing.fired = max(self.firing.fired, fired) if isinstance(fired, int) else self.firing.fired
