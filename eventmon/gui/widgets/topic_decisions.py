"""What can be decided about the selected topic: muted, recorded, pinned; and what begins here: publish, attach.

What the panel decides alone holds at once. Recording is the engine's, so a switch shows what the engine says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.core.pattern import Pattern
from eventmon.engine.frame import Frame
from eventmon.engine.requests import RecordTopics
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import one_line
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.publish_draft import PublishDraft
from eventmon.gui.widgets.topic_row_painter import MUTED, NOT_RECORDED, PINNED, RECORDED, SHOWN
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

MUTE: Final = "topics.mute"
RECORD: Final = "topics.record"
PIN: Final = "topics.pin"
PUBLISH: Final = "topics.publish_here"
ATTACH: Final = "topics.attach_here"
NEEDED_PANELS: Final = {PUBLISH: "publish", ATTACH: "observers"}
"""Commands that make sense only beside another panel."""
SHOWN_PATTERN: Final = 60


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


class TopicDecisions(QObject):
    """Carries out decisions about the topics of one view.

    Attributes:
        said: a sentence about what could not be done; empty when there is nothing to say.
    """

    said = Signal(str)

    def __init__(self, context: PanelContext, view: TopicTreeView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._model = view.topics()
        self._marks = self._model.marks
        self._inquiry = Inquiry(context.bridge, self)
        view.selectionModel().currentChanged.connect(lambda *_: self.show_selected())
        view.markClicked.connect(self._mark_clicked)
        self._bind()
        self.show_selected()

    @property
    def ids(self) -> tuple[str, ...]:
        """The commands that do something here, as the context menu has them."""
        bound = self._context.commands.is_bound
        return tuple(command for command in (PUBLISH, ATTACH, MUTE, RECORD, PIN) if bound(command))

    def take(self, frame: Frame) -> None:
        """Take over what the engine does not record."""
        if frame.not_recorded is not None:
            self._marks.set_not_recorded(frame.not_recorded)
            self._show()

    def restore(self, saved: object) -> None:
        """Take mutes and pins back."""
        self._marks.restore(saved)
        self._model.show_pins()
        self._context.selection.setMuted(self._marks.muted.texts)
        self._show()

    def mute(self, muted: bool) -> None:
        """Hide the selected topic and all below it from the log, or show them again."""
        pattern = self._pattern()
        if pattern is not None:
            marks = self._marks.muted
            changed = marks.add(pattern) if muted else marks.remove(pattern)
            wider = "" if muted else marks.wider_than(pattern)
            self.said.emit(self._within(_tr("Muted with {pattern}: show that again instead."), wider))
            if changed:
                self._context.selection.setMuted(marks.texts)
        self._show()

    def record(self, record: bool) -> None:
        """Store the events of the selected topic and all below it, or only count them."""
        pattern = self._pattern()
        if pattern is not None:
            request = RecordTopics(pattern=pattern.text, record=record)
            self._inquiry.ask(request, lambda _done: self.said.emit(""), self.said.emit)
        self._show()  # the switch goes over when the engine has

    def pin(self, pinned: bool) -> None:
        """Let the selected topic stand before its neighbours, or no more."""
        node = self._topic()
        if node is not None:
            self._model.pin(node, pinned=pinned)
        self._show()

    def publish_here(self) -> None:
        """Begin an event of the selected topic, of the type that was seen there last."""
        node = self._topic()
        if node is not None:
            kind = node.own.types[-1] if node.own is not None and node.own.types else ""
            self._context.selection.publishWanted.emit(PublishDraft(topic=self._model.tree.path(node), type=kind))

    def attach_here(self) -> None:
        """Begin an observer of the selected topic and all below it."""
        node = self._topic()
        if node is not None:
            self._context.selection.attachWanted.emit(self._model.tree.pattern(node))

    def show_selected(self) -> None:
        """Let the commands say what holds for the selected topic."""
        commands = self._context.commands
        node = self._topic()
        for command in self.ids:
            commands.set_enabled(command, node is not None)
        for command, state in ((MUTE, self._marks.is_muted), (RECORD, self._marks.is_recorded)):
            commands.set_checked(command, node is not None and state(node))
        commands.set_checked(PIN, node is not None and self._marks.is_pinned(node))

    def _bind(self) -> None:
        commands = self._context.commands
        commands.bind(MUTE, self.mute)
        commands.bind(RECORD, self.record)
        commands.bind(PIN, self.pin)
        begin: dict[str, Callable[[], None]] = {PUBLISH: self.publish_here, ATTACH: self.attach_here}
        for command, handler in begin.items():
            if f"view.panel.{NEEDED_PANELS[command]}" in commands.table:
                commands.bind(command, handler)

    def _topic(self) -> TopicNode | None:
        """The selected topic; None when it is none, as ``local``."""
        node = self._view.current_node()
        return None if node is None or node is self._model.tree.local or self._model.rows.hidden(node) else node

    def _pattern(self) -> Pattern | None:
        node = self._topic()
        return None if node is None else self._marks.pattern(node)

    def _mark_clicked(self, mark: str) -> None:
        turned: dict[str, Callable[[], None]] = {
            MUTED: lambda: self.mute(False),
            SHOWN: lambda: self.mute(True),
            NOT_RECORDED: lambda: self.record(True),
            RECORDED: lambda: self.record(False),
            PINNED: lambda: self.pin(False),
        }
        if mark in turned:
            turned[mark]()

    @staticmethod
    def _within(sentence: str, wider: str) -> str:
        return sentence.format(pattern=one_line(wider, SHOWN_PATTERN)) if wider else ""

    def _show(self) -> None:
        self._view.viewport().update()
        self.show_selected()
