"""What can be done with observers: from the menus, the keyboard, the boxes of the table and its context menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.engine.forms import ObserverForm
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import (
    DetachObserver,
    PauseObserver,
    Request,
    ResetObserver,
    ResumeObserver,
)
from eventmon.gui.context import PanelContext
from eventmon.gui.models import observer_texts
from eventmon.gui.observer_dialogs import ObserverDialogs
from eventmon.gui.widgets.observer_table import ObserverTable
from eventmon.gui.widgets.plain_text import Question
from eventmon.gui.window_tasks import WindowTasks

ATTACH: Final = "observer.attach"
ON: Final = "observer.on"
EDIT: Final = "observer.edit"
DUPLICATE: Final = "observer.duplicate"
SHOW_FAILED: Final = "observer.show_failed"
RESET: Final = "observer.reset"
COPY_ROW: Final = "observer.copy_row"
DETACH: Final = "observer.detach"
OF_SELECTED: Final = (ON, EDIT, DUPLICATE, SHOW_FAILED, COPY_ROW, RESET, DETACH)
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
        self._tasks = WindowTasks(table)
        self._dialogs = ObserverDialogs(context, table, forms)
        self._dialogs.attached.connect(self.attached)
        table.boxClicked.connect(self.turn)
        table.opened.connect(self._dialogs.edit)
        table.currentChangedTo.connect(lambda _name: self.show_selected())
        table.customContextMenuRequested.connect(self._show_menu)
        context.selection.attachWanted.connect(self.attach)
        self._bind()

    # What can be done

    def attach(self, pattern: str = "") -> None:
        """Ask what to attach, beginning with a pattern."""
        self._dialogs.attach(pattern or self._context.selection.topic_filter)

    def turn(self, status: ObserverStatus) -> None:
        """On when it is off, off when it is on."""
        active = status.state == "active"
        self._ask(PauseObserver(name=status.name) if active else ResumeObserver(name=status.name))

    def resume(self, name: str) -> None:
        """On again."""
        self._ask(ResumeObserver(name=name))

    def reset(self, status: ObserverStatus) -> None:
        """Let an observer count from 0, after a question."""
        text, verb = observer_texts.reset_question(status), _tr("Reset counters")
        question = Question(self._table.window(), verb, text, verb)
        question.answered.connect(lambda yes: self._ask(ResetObserver(name=status.name)) if yes else None)

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
        commands.set_enabled(SHOW_FAILED, status is not None and bool(status.last_error_seq) and not status.host)

    def menu(self) -> QMenu:
        """What can be done with the selected observer; it deletes itself when closed."""
        menu = QMenu(self._table)
        menu.setObjectName("observerMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = self._context.commands.action
        if self._table.current() is not None:
            for command in (ON, EDIT, DUPLICATE, SHOW_FAILED, COPY_ROW, RESET):
                menu.addAction(action(command))
            menu.addSeparator()
            menu.addAction(action(DETACH))
            menu.addSeparator()
        menu.addAction(action(ATTACH))
        return menu

    async def wait(self) -> None:
        """Wait for what is under way, that of a dialog too."""
        await self._tasks.wait()
        await self._dialogs.wait()

    # Inside

    def _bind(self) -> None:
        commands = self._context.commands
        commands.bind(ATTACH, self.attach)
        commands.bind(ON, lambda _on: self._with_selected(self.turn))
        commands.bind(EDIT, lambda: self._with_selected(self._dialogs.edit))
        commands.bind(DUPLICATE, lambda: self._with_selected(self._dialogs.duplicate))
        commands.bind(RESET, lambda: self._with_selected(self.reset))
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
