"""Opening the Attach dialog: for a new observer, for a change of one, for a second one like it; one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.forms import ObserverForm
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import ReadObserver
from eventmon.gui.context import PanelContext
from eventmon.gui.known_topics import known_topics
from eventmon.gui.widgets.observer_table import ObserverTable
from eventmon.gui.window_tasks import WindowTasks

if TYPE_CHECKING:
    from eventmon.gui.observer_flow import ObserverFlow


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserverDialogs(QObject):
    """Opens the dialog over the window of one table.

    Attributes:
        attached: an observer is new or was changed (its ``ObserverStatus``).
    """

    attached = Signal(object)

    def __init__(
        self, context: PanelContext, table: ObserverTable, forms: Callable[[], tuple[ObserverForm, ...]]
    ) -> None:
        super().__init__(table)
        self._context = context
        self._table = table
        self._forms = forms
        self._topics = known_topics(context.bridge)
        self._tasks = WindowTasks(table)
        self._flow: ObserverFlow | None = None

    def attach(self, pattern: str) -> None:
        """Ask what to attach, beginning with a pattern."""
        self._open(pattern=pattern)

    def edit(self, status: ObserverStatus) -> None:
        """Ask what to change of an observer."""
        self._tasks.begin(self._edit(status), _tr("The observer cannot be edited"))

    def duplicate(self, status: ObserverStatus) -> None:
        """Ask what is to be different in a second one."""
        self._tasks.begin(self._duplicate(status.name), _tr("The observer cannot be duplicated"))

    async def wait(self) -> None:
        """Wait for what is under way, that of a dialog too."""
        await self._tasks.wait()
        if self._flow is not None:
            await self._flow.wait()

    async def _edit(self, status: ObserverStatus) -> None:
        definition = await self._context.bridge.call(ReadObserver(name=status.name))
        self._open(edited=definition, seen=status.version)

    async def _duplicate(self, name: str) -> None:
        definition = await self._context.bridge.call(ReadObserver(name=name))
        self._open(model=definition)

    def _open(
        self,
        *,
        pattern: str = "",
        edited: ObserverDefinition | None = None,
        model: ObserverDefinition | None = None,
        seen: int = 0,
    ) -> None:
        from eventmon.gui.dialogs.attach_observer import AttachObserverDialog
        from eventmon.gui.observer_flow import ObserverFlow

        if self._flow is not None:
            self._flow.dialog.raise_()
            return
        dialog = AttachObserverDialog(
            self._context.theme,
            self._forms(),
            self._topics,
            taken=[status.name for status in self._table.observers.statuses()],
            pattern=pattern,
            edited=edited,
            model=model,
            parent=self._table.window(),
        )
        flow = self._flow = ObserverFlow(self._context, dialog, self._topics, self)
        flow.seen = seen or None
        flow.attached.connect(self.attached)
        flow.ended.connect(self._forget_flow)
        dialog.open()

    def _forget_flow(self) -> None:
        self._flow = None
