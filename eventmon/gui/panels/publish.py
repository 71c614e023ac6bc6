"""The Publish dock: an event is written, checked as it is typed, and fired once, repeatedly or in a burst.

Nothing typed is lost: the draft is kept a second after the last key, what is replaced goes into the history, and a
mistake is said under the field it is about while everything stays as it was written.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from eventmon.core.errors import UserError
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.placeholders import Firing
from eventmon.engine.requests import EditConnection
from eventmon.engine.templates import Draft, DraftBook
from eventmon.gui.connection_commands import foreign_host
from eventmon.gui.connection_texts import lift_question, short_name
from eventmon.gui.context import PanelContext
from eventmon.gui.models.publish_history import HistoryWalk
from eventmon.gui.models.publish_payload import indented
from eventmon.gui.models.publish_plan import DraftError, begin_plan, check, draft_from, now_firing, preview
from eventmon.gui.models.publish_texts import (
    placeholder_count,
    refusal_sentence,
    run_sentence,
    valid_sentence,
    whole_answer,
)
from eventmon.gui.models.publish_topics import KnownTopics
from eventmon.gui.panels.base import Panel
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.publish_runner import Kind, PublishRunner
from eventmon.gui.publish_store import DraftStore
from eventmon.gui.publish_template_use import TemplateUse
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.widgets.publish_actions import PublishActions
from eventmon.gui.widgets.publish_form import ROOM_FOR_PAIRS, PublishForm
from eventmon.gui.widgets.publish_status import PublishStatus

CHECK_MS = 200
ROOM_FOR_MORE = 440
"""Height, at the usual text size, from which the rarer fields show by themselves."""
ROOM_FOR_MORE_IF_NARROW = 560
ROOM_FOR_NEXT = 330


def _tr(text: str) -> str:
    return QCoreApplication.translate("Publish", text)


class PublishPanel(Panel):
    """Content of the Publish dock."""

    _lifted = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.known = KnownTopics()
        self.store = DraftStore(context.paths.templates_file if context.paths else None, self)
        self.form = PublishForm(context.theme, self.known)
        self.status = PublishStatus(context.theme)
        self.runner = PublishRunner(context.bridge, self._next_firing, self)
        commands = context.commands
        self.actions_row = PublishActions(
            context.theme, *(commands.bare_action(f"publish.{name}") for name in ("fire", "repeat", "burst"))
        )
        self.templates = TemplateUse(context, self.store, self)
        self.walk = HistoryWalk(self._keep)
        self._fired = self.store.book.fired
        self._statuses: dict[str, ConnectionStatus] = {}
        self._more: bool | None = None
        self._lay_out()
        self._check_due = QTimer(self)
        self._check_due.setObjectName("publishCheck")
        self._check_due.setSingleShot(True)
        self._check_due.setInterval(CHECK_MS)
        self._check_due.timeout.connect(self.check_now)
        self._connect()
        self._bind()
        self.form.show_draft(self.store.book.draft)
        if self.store.trouble:
            self.status.refusal.say(self.store.trouble, "error")
        frame = context.bridge.last_frame
        if frame is not None:
            self.known.take(frame.topics)
            self._connections_changed(frame.connections or [])
        self.check_now()

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
        draft = self.form.draft()
        self.store.keep_draft(draft, self._fired)
        self.store.flush()
        actions = self.actions_row
        kept = {} if self.store.keeps else {"draft": msgspec.to_builtins(draft), "fired": self._fired}
        return kept | {
            "every": actions.every.value(),
            "burst": actions.count.value(),
            "more": self._more,
            "template": list(self.templates.place or ()),
        }

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        for name, spin in (("every", self.actions_row.every), ("burst", self.actions_row.count)):
            value = state.get(name)
            if type(value) is int and spin.minimum() <= value <= spin.maximum():
                spin.setValue(value)
        self._restore_draft(state)
        if isinstance(state.get("more"), bool):
            self._more = state["more"]
            self._fit()
        place = state.get("template")
        if isinstance(place, list) and len(place) == 2 and all(isinstance(part, str) for part in place):
            self.templates.restore((place[0], place[1]), self.form.draft())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    # What the user asks for

    def fire(self) -> None:
        """Fire once."""
        self._start("once")

    def repeat_or_stop(self) -> None:
        """Fire again and again; or stop whatever is under way."""
        if self.runner.running:
            self.runner.stop()
        else:
            self._start("repeat")

    def burst(self) -> None:
        """Fire many, as fast as they are taken."""
        self._start("burst")

    def fill(self, wanted: PublishDraft) -> None:
        """Show an event that another panel wants published, and take the keyboard."""
        self.replace(draft_from(wanted))
        self.templates.leave()
        self.context.commands.bare_action("view.go.publish").trigger()
        if self.form.format == "file":
            self.form.show_error("file", _tr("The payload is too big for the editor. Save it to a file and choose it."))

    def replace(self, draft: Draft) -> None:
        """Show another draft; the one before is kept in the history unless it stands somewhere already."""
        current = self.form.draft()
        if current not in (Draft(), draft, *(each.draft for each in self.store.book.templates)):
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
        self._check_due.stop()
        draft = self.form.draft()
        self.store.keep_draft(draft, self._fired)
        self.templates.compare(draft)
        self._enable_history(draft)
        self.form.clear_errors()
        firing = now_firing(self._fired + 1)
        try:
            plan = check(draft, firing)
        except DraftError as error:
            self.form.show_error(error.field, str(error), error.position)
            self.status.show_state("", "")
            self.status.show_answer("")
            self.status.show_next("", shown=False)
            return
        number = plan.placeholders
        valid = valid_sentence(draft.format, plan.data) if draft.format != "file" else ""
        self.status.show_state(valid, placeholder_count(number), formats=draft.format == "json" and bool(draft.body))
        self.status.show_next(preview(plan, firing) if plan.body.spans else "", shown=self._has_room_for_next())

    # Inside: looks

    def _lay_out(self) -> None:
        self.form.add_tail(self.status)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.addWidget(self.actions_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)

    def _fit(self) -> None:
        scale = self.context.theme.text_percent / 100
        width = self.width()
        self.form.fit(width)
        self.form.editor.save_room(self.height() < ROOM_FOR_NEXT * scale)
        self.actions_row.fit(width)
        enough = ROOM_FOR_MORE if width >= ROOM_FOR_PAIRS * scale else ROOM_FOR_MORE_IF_NARROW
        more = self._more if self._more is not None else self.height() >= enough * scale
        if more != self.form.more_shown:
            self.form.show_more(more)
        if self.actions_row.has_room_for_burst(width):
            self.actions_row.take_burst()
            self.actions_row.burst_box.show()
        else:
            self.form.take_burst(self.actions_row.burst_box)
        self.status.show_next(self.status.next_text, shown=self._has_room_for_next())

    def _has_room_for_next(self) -> bool:
        return self.form.more_shown or self.height() >= ROOM_FOR_NEXT * self.context.theme.text_percent / 100

    def _more_turned(self, shown: bool) -> None:
        self._more = shown
        self._fit()

    def _enable_history(self, draft: Draft) -> None:
        for name, direction in (("back", 1), ("forward", -1)):
            can = self.walk.can_go(draft, self.store.book.history, direction)
            self.context.commands.set_enabled(f"publish.history_{name}", can)

    # Inside: wiring

    def _connect(self) -> None:
        bridge = self.context.bridge
        bridge.topicsChanged.connect(self.known.take)
        bridge.connectionsChanged.connect(self._connections_changed)
        self.context.selection.publishWanted.connect(self.fill)
        self.form.edited.connect(self._check_due.start)
        self.form.topicEdited.connect(self._show_target)
        self.form.moreChanged.connect(self._more_turned)
        self.status.format.clicked.connect(self.format_json)
        self.actions_row.liftWanted.connect(self._ask_to_lift)
        self.runner.progressed.connect(self._show_run)
        self.runner.ended.connect(self._run_ended)
        self.store.changed.connect(self._check_due.start)
        self.store.troubled.connect(lambda why: self.status.refusal.say(why, "error"))
        self.templates.wanted.connect(self.replace)
        self.templates.noteChanged.connect(self.noteChanged)
        self._lifted.connect(self._take_lifted)
        self.context.theme.changed.connect(self._fit)

    def _bind(self) -> None:
        commands = self.context.commands
        commands.bind("publish.open", lambda: commands.bare_action("view.go.publish").trigger())
        commands.bind("publish.fire", self.fire)
        commands.bind("publish.repeat", self.repeat_or_stop)
        commands.bind("publish.burst", self.burst)
        commands.bind("publish.format", self.format_json)
        commands.bind("publish.history_back", lambda: self._walk(1))
        commands.bind("publish.history_forward", lambda: self._walk(-1))
        commands.bind("publish.save_template", lambda: self.templates.save(self.form.draft()))
        commands.bind("publish.templates", lambda: self.templates.show_menu(self.form.draft()))

    # Inside: drafts

    def _restore_draft(self, state: dict[str, Any]) -> None:
        """What the layout keeps when the file of the drafts could not be used."""
        if self.form.draft() != Draft() or "draft" not in state:
            return
        try:
            self._show(msgspec.convert(state["draft"], Draft))
        except msgspec.ValidationError:
            return
        fired = state.get("fired")
        self._fired = max(self._fired, fired) if isinstance(fired, int) else self._fired

    def _show(self, draft: Draft) -> None:
        self.form.show_draft(draft)
        self._show_target()
        self.check_now()

    def _keep(self, draft: Draft) -> None:
        self.store.change(partial(DraftBook.with_history, draft=draft))

    def _walk(self, direction: int) -> None:
        current = self.form.draft()
        walk = self.walk
        there = walk.older(current, self.store.book.history) if direction > 0 else walk.newer(current)
        if there is not None:
            self._show(there)

    # Inside: firing

    def _next_firing(self) -> Firing:
        self._fired += 1
        return now_firing(self._fired)

    def _start(self, kind: Kind) -> None:
        if self.runner.running or self.actions_row.refused:
            return
        self.check_now()
        draft = self.form.draft()
        self.status.refusal.say("")
        self.status.show_answer("")
        if draft.topic:
            self._keep(draft)
            self.walk.forget()
        row = self.actions_row
        self.runner.start(begin_plan(draft), kind, count=row.count.value(), every_ms=row.every.value())

    def _show_run(self) -> None:
        run = self.runner
        self._show_running(run.running)
        mounted = self._owner() is not None
        self.status.show_answer(run_sentence(run, mounted), whole_answer(run.last, mounted) if run.last else "")

    def _run_ended(self) -> None:
        self._show_run()
        self.check_now()
        refusal = self.runner.refusal
        if isinstance(refusal, DraftError):
            self.form.show_error(refusal.field, refusal_sentence(self.runner), refusal.position)
            widget = self.form.faulty_widget()
            if widget is not None:
                widget.setFocus()
        elif refusal is not None and self._owner() is not None:
            self.form.show_error("topic", refusal_sentence(self.runner))
        elif refusal is not None:
            self.status.refusal.say(refusal_sentence(self.runner), "error")

    def _show_running(self, running: bool) -> None:
        self.actions_row.set_running(running and self.runner.kind != "once")
        for name in ("fire", "burst"):
            self.context.commands.set_enabled(f"publish.{name}", not running)

    # Inside: connections

    def _owner(self) -> ConnectionStatus | None:
        """The connection that the topic belongs to."""
        return self._statuses.get(self.form.topic.text().partition("/")[0])

    def _connections_changed(self, statuses: list[ConnectionStatus]) -> None:
        self._statuses = {status.name: status for status in statuses}
        self._show_target()

    def _show_target(self) -> None:
        status = self._owner()
        if status != self.form.target.status:
            self.form.target.show_status(status)
        if status is None or self.runner.running:
            self.actions_row.refuse("")
        elif not status.publishes and status.phase == "connected":
            self.actions_row.refuse(_tr("{name} only receives.").format(name=short_name(status.name)))
        elif status.read_only:
            self.actions_row.refuse(_tr("{name} is read-only.").format(name=short_name(status.name)), liftable=True)
        else:
            self.actions_row.refuse("")

    def _ask_to_lift(self) -> None:
        status = self._owner()
        if status is None:
            return
        host = foreign_host(status.url) or _tr("this machine")
        question = Question(self, _tr("Read-only"), lift_question(status.name, host), _tr("Lift read-only"))
        question.answered.connect(lambda yes: self._lift(status.name) if yes else None)

    def _lift(self, name: str) -> None:
        future = self.context.bridge.submit(EditConnection(name=name, read_only=False))
        future.add_done_callback(self._lifted.emit)

    def _take_lifted(self, future: Future[ConnectionStatus]) -> None:
        error = future.exception()
        if isinstance(error, UserError):
            self.form.show_error("topic", str(error))
        elif error is not None:
            raise error
        else:
            status = future.result()
            self._connections_changed([*(self._statuses | {status.name: status}).values()])
