"""How an Attach dialog is carried out: dry runs and attaching; coroutines outside every widget.

One flow belongs to one dialog and ends with it: whatever is still under way then is cancelled.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import Frame
from eventmon.engine.requests import AttachObserver, EditObserver, ReadRowsAt, TryObserver
from eventmon.gui.context import PanelContext
from eventmon.gui.dialog_flow import DialogFlow
from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
from eventmon.gui.known_topics import KnownTopics


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserverFlow(DialogFlow):
    """Carries out what a dialog wishes.

    Attributes:
        attached: an observer was attached or changed (its ``ObserverStatus``).
        seen: the version in the hub that is edited; None without a hub.
    """

    attached = Signal(object)

    def __init__(
        self, context: PanelContext, dialog: AttachObserverDialog, topics: KnownTopics, parent: QObject
    ) -> None:
        super().__init__(dialog, parent)
        self._bridge = context.bridge
        self._selection = context.selection
        self.dialog = dialog
        self._topics = topics
        self.seen: int | None = None
        self._refused = False
        self._compare = context.commands.bare_action("hub.compare")
        self._trying = False
        self._tried: tuple[ObserverDefinition, int] | None = None
        dialog.attachWanted.connect(self._attach)
        dialog.trialWanted.connect(self._try)
        context.selection.eventChanged.connect(self._try)

    # Wishes

    def _attach(self) -> None:
        definition = self.dialog.entry.checked()
        if definition is not None:
            self.begin(self._carry_out(definition))

    def _try(self) -> None:
        """One dry run at a time, and none when it would say the same as the last."""
        entry = self.dialog.entry
        if self._trying:
            return
        if entry.pattern.pattern() is None or entry.form.missing():
            self._tried = None
            self.dialog.trial.show_nothing(_tr("Fill in the form to see what it would do."))
            return
        seq = self._seq()
        wish = (entry.definition(), seq)
        if not seq:
            self._tried = None
            self.dialog.trial.show_nothing(_tr("No event to test on yet. Select one in the log."))
        elif wish != self._tried:
            self._trying, self._tried = True, wish
            self.begin(self._tell_what_it_does(*wish))

    # Carried out

    async def _carry_out(self, definition: ObserverDefinition) -> None:
        edited = self.dialog.edited
        self.dialog.set_busy(_tr("Attaching…") if edited is None else _tr("Saving…"))
        try:
            if edited is None:
                status = await self._bridge.call(AttachObserver(definition=definition))
            else:
                status = await self._bridge.call(EditObserver(name=edited.name, definition=definition, seen=self.seen))
        except UserError as error:
            self.dialog.set_busy("")
            self.dialog.show_error(str(error))
            if self.seen is not None and not self._refused:
                self._refused = True
                self._bridge.frameReady.connect(self._compare_when_late)
            return
        self.attached.emit(status)
        self.dialog.accept()

    def _compare_when_late(self, frame: Frame) -> None:
        """Somebody was faster: what was filled in is kept by the engine, so both versions are shown instead."""
        edited = self.dialog.edited
        if edited is not None and frame.hub and any(each.name == edited.name for each in frame.hub.conflicts):
            self._bridge.frameReady.disconnect(self._compare_when_late)
            self.dialog.reject()
            self._compare.trigger()

    async def _tell_what_it_does(self, definition: ObserverDefinition, seq: int) -> None:
        view = self.dialog.trial
        try:
            topic = await self._topic_of(seq)
            trial = await self._bridge.call(TryObserver(definition=definition, seq=seq))
        except UserError as error:
            view.show_refusal(str(error))
            self.dialog.entry.point_at(str(error))
        else:
            view.show_event(topic, seq, selected=seq == self._selection.current_event)
            view.show_trial(trial)
        finally:
            self._trying = False
        if (self.dialog.entry.definition(), self._seq()) != (definition, seq):
            self._try()

    async def _topic_of(self, seq: int) -> str:
        matching = self.dialog.entry.pattern.matching
        if matching is not None and matching.newest == seq:
            return matching.newest_topic
        rows = (await self._bridge.call(ReadRowsAt(seqs=[seq]))).rows
        if not rows:
            raise UserError(_tr("The event is no longer in the log. Select another one."))
        return rows[0].topic

    def _seq(self) -> int:
        """The event to test on: the selected one, else the newest that matches; 0 for none."""
        matching = self.dialog.entry.pattern.matching
        return self._selection.current_event or (matching.newest if matching is not None else 0)
