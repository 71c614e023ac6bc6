"""What can be done with observers: from the menus, the keyboard, the boxes of the table and its context menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.forms import ObserverForm
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import (
    DetachObserver,
    PauseObserver,
    ReadObserver,
    Request,
    ResumeObserver,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import known_topics
from eventmon.gui.models import observer_texts
from eventmon.gui.widgets.observer_table import ObserverTable
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.window_tasks import WindowTasks

if TYPE_CHECKING:
    from eventmon.gui.observer_flow import ObserverFlow

ATTACH: Final = "observer.attach"
ON: Final = "observer.on"
EDIT: Final = "observer.edit"
DUPLICATE: Final = "observer.duplicate"
SHOW_FAILED: Final = "observer.show_failed"
COPY_ROW: Final = "observer.copy_row"
DETACH: Final = "observer.detach"
OF_SELECTED: Final = (ON, EDIT, DUPLICATE, SHOW_FAILED, COPY_ROW, DETACH)
"""What needs a selected observer."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserverCommands(QObject):
    """Carries out the commands of observers for one table.

    Attributes:
        changed: the engine has changed an observer (its ``ObserverStatus``).
        attached: an observer is new or has another name (its ``ObserverStatus``).
    """

    changed = Signal(object)
    attached = Signal(object)

    def __init__(
        self, context: PanelContext, table: ObserverTable, forms: Callable[[], tuple[ObserverForm, ...]]
    ) -> None:
        super().__init__(table)
        self._context = context
        self._table = table
        self._forms = forms
        self._tasks = WindowTasks(table)
        self._flow: ObserverFlow | None = None
        self.topics = known_topics(context.bridge)
        table.boxClicked.connect(self.turn)
        table.opened.connect(self.edit)
        table.currentChangedTo.connect(lambda _name: self.show_selected())
        table.customContextMenuRequested.connect(self._show_menu)
        context.selection.attachWanted.connect(self.attach)
        self._bind()

    # What can be done

    def attach(self, pattern: str = "") -> None:
        """Ask what to attach, beginning with a pattern."""
        self._open(pattern=pattern or self._context.selection.topic_filter)

    def turn(self, status: ObserverStatus) -> None:
        """On when it is off, off when it is on."""
        active = status.state == "active"
        self._ask(PauseObserver(name=status.name) if active else ResumeObserver(name=status.name))

    def resume(self, name: str) -> None:
        """On again."""
        self._ask(ResumeObserver(name=name))

    def edit(self, status: ObserverStatus) -> None:
        """Ask what to change of an observer."""
        self._tasks.begin(self._edit(status.name), _tr("The observer cannot be edited"))

    def duplicate(self, status: ObserverStatus) -> None:
        """Ask what is to be different in a second one."""
        self._tasks.begin(self._duplicate(status.name), _tr("The observer cannot be duplicated"))

    def detach(self, status: ObserverStatus) -> None:
        """End an observer for good, after a question."""
        question = Question(self._table.window(), _tr("Detach"), observer_texts.detach_question(status), _tr("Detach"))
        question.answered.connect(lambda yes: self._ask(DetachObserver(name=status.name)) if yes else None)

    def show_selected(self) -> None:
        """Offer what makes sense for the selected observer as it is now."""
        commands, status = self._context.commands, self._table.current()
        for command in OF_SELECTED:
            commands.set_enabled(command, status is not None)
        commands.set_checked(ON, status is not None and status.state == "active")
        commands.set_enabled(SHOW_FAILED, status is not None and bool(status.last_error_seq))

    def menu(self) -> QMenu:
        """What can be done with the selected observer; it deletes itself when closed."""
        menu = QMenu(self._table)
        menu.setObjectName("observerMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = self._context.commands.action
        if self._table.current() is not None:
            for command in (ON, EDIT, DUPLICATE, SHOW_FAILED, COPY_ROW):
                menu.addAction(action(command))
            menu.addSeparator()
            menu.addAction(action(DETACH))
            menu.addSeparator()
        menu.addAction(action(ATTACH))
        return menu

    async def wait(self) -> None:
        """Wait for what is under way, that of a dialog too."""
        await self._tasks.wait()
        if self._flow is not None:
            await self._flow.wait()

    # Inside

    def _bind(self) -> None:
        commands = self._context.commands
        commands.bind(ATTACH, self.attach)
        commands.bind(ON, lambda _on: self._with_selected(self.turn))
        commands.bind(EDIT, lambda: self._with_selected(self.edit))
        commands.bind(DUPLICATE, lambda: self._with_selected(self.duplicate))
        commands.bind(SHOW_FAILED, lambda: self._with_selected(self._show_failed))
        commands.bind(COPY_ROW, lambda: self._with_selected(self._copy_row))
        commands.bind(DETACH, lambda: self._with_selected(self.detach))
        for command in OF_SELECTED:
            self._table.addAction(commands.bare_action(command))
        self.show_selected()

    def _with_selected(self, act: Callable[[ObserverStatus], None]) -> None:
        status = self._table.current()
        if status is not None:
            act(status)
        self.show_selected()  # a switch shows what is, not what was wished

    def _show_failed(self, status: ObserverStatus) -> None:
        self._context.selection.setEvent(status.last_error_seq)

    @staticmethod
    def _copy_row(status: ObserverStatus) -> None:
        QGuiApplication.clipboard().setText(observer_texts.row(status))

    def _show_menu(self, at: QPoint) -> None:
        self.menu().popup(self._table.viewport().mapToGlobal(at))

    def _ask(self, request: Request[Any]) -> None:
        self._tasks.begin(self._call(request), _tr("The observer could not be changed"))

    async def _call(self, request: Request[Any]) -> None:
        answer = await self._context.bridge.call(request)
        if isinstance(answer, ObserverStatus):
            self.changed.emit(answer)

    async def _edit(self, name: str) -> None:
        definition = await self._context.bridge.call(ReadObserver(name=name))
        self._open(edited=definition)

    async def _duplicate(self, name: str) -> None:
        definition = await self._context.bridge.call(ReadObserver(name=name))
        self._open(model=definition)

    def _open(
        self,
        *,
        pattern: str = "",
        edited: ObserverDefinition | None = None,
        model: ObserverDefinition | None = None,
    ) -> None:
        from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
        from eventmon.gui.observer_flow import ObserverFlow

        if self._flow is not None:
            self._flow.dialog.raise_()
            return
        dialog = AttachObserverDialog(
            self._context.theme,
            self._forms(),
            self.topics,
            taken=[status.name for status in self._table.observers.statuses()],
            pattern=pattern,
            edited=edited,
            model=model,
            parent=self._table.window(),
        )
        flow = self._flow = ObserverFlow(self._context, dialog, self.topics, self)
        flow.attached.connect(self.attached)
        flow.ended.connect(self._forget_flow)
        dialog.open()

    def _forget_flow(self) -> None:
        self._flow = None
