"""Firing what is written: begins runs, shows how far they are, and says under its field why one ended early."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from eventmon.engine.placeholders import Firing
from eventmon.engine.templates import Draft
from eventmon.gui.context import PanelContext
from eventmon.gui.models.publish_plan import DraftError, begin_plan, now_firing
from eventmon.gui.models.publish_texts import refusal_sentence, run_sentence, whole_answer
from eventmon.gui.publish_connection import PublishConnection
from eventmon.gui.publish_runner import Kind, PublishRunner
from eventmon.gui.widgets.publish_actions import PublishActions
from eventmon.gui.widgets.publish_form import PublishForm
from eventmon.gui.widgets.publish_status import PublishStatus


class PublishFiring(QObject):
    """Carries out fire, repeat, stop and burst.

    Attributes:
        begun: a run begins with this draft.
        ended: a run is over; what is said of it comes after this.
        fired: how many events were fired, in all runs of the profile.
    """

    begun = Signal(object)
    ended = Signal()

    def __init__(
        self,
        context: PanelContext,
        *,
        form: PublishForm,
        status: PublishStatus,
        row: PublishActions,
        connection: PublishConnection,
        look: Callable[[], Draft],
    ) -> None:
        """Make it; ``look`` checks what is written and gives it."""
        super().__init__(form)
        self.fired = 0
        self.runner = PublishRunner(context.bridge, self._next_firing, self)
        self._commands = context.commands
        self._form = form
        self._status = status
        self._row = row
        self._connection = connection
        self._look = look
        self.runner.progressed.connect(self._show_run)
        self.runner.ended.connect(self._run_ended)

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

    def _next_firing(self) -> Firing:
        self.fired += 1
        return now_firing(self.fired)

    def _start(self, kind: Kind) -> None:
        if self.runner.running or self._row.refused:
            return
        draft = self._look()
        self._status.refusal.say("")
        self._status.show_answer("")
        self.begun.emit(draft)
        row = self._row
        self.runner.start(begin_plan(draft), kind, count=row.count.value(), every_ms=row.every.value())

    def _show_run(self) -> None:
        run = self.runner
        self._row.set_running(run.running and run.kind != "once")
        for name in ("fire", "burst"):
            self._commands.set_enabled(f"publish.{name}", not run.running)
        mounted = self._connection.owner is not None
        self._status.show_answer(run_sentence(run, mounted), whole_answer(run.last, mounted) if run.last else "")

    def _run_ended(self) -> None:
        self._show_run()
        self.ended.emit()
        refusal = self.runner.refusal
        if refusal is None:
            return
        sentence = refusal_sentence(self.runner)
        if isinstance(refusal, DraftError):
            self._form.show_error(DraftError(refusal.field, sentence, refusal.position, refusal.cell))
            widget = self._form.faulty_widget()
            if widget is not None:
                widget.setFocus()
            self._form.editor.go_to_mark()
        elif self._connection.owner is not None:
            self._form.show_error(DraftError("topic", sentence))
        else:
            self._status.refusal.say(sentence, "error")
