"""The Observers dock: every attached observer with how it fares, to be switched, edited, duplicated and detached.

Frames carry all observers at most four times a second, whatever the event rate, and the model tells the view once for
each; nothing here is done per event.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.forms import ObserverForm
from eventmon.engine.frame import Frame, ObserverStatus
from eventmon.engine.requests import ListObservers
from eventmon.gui.arrivals import arrivals
from eventmon.gui.context import PanelContext
from eventmon.gui.models import observer_texts
from eventmon.gui.models.observer_columns import choices_from, choices_to_save
from eventmon.gui.models.observer_model import ObserverModel
from eventmon.gui.observer_commands import ATTACH, ObserverCommands
from eventmon.gui.observer_kinds import engine_forms, kind_icons
from eventmon.gui.panels.base import Panel
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.observer_strip import ObserverStrip
from eventmon.gui.widgets.observer_table import ObserverTable
from eventmon.gui.widgets.plain_text import same_tooltip


def _tr(text: str) -> str:
    return QCoreApplication.translate("Observers", text)


class ObserversPanel(Panel):
    """Content of the Observers dock."""

    def __init__(
        self,
        context: PanelContext,
        parent: QWidget | None = None,
        *,
        forms: Callable[[], tuple[ObserverForm, ...]] = engine_forms,
    ) -> None:
        super().__init__(context, parent)
        self.model = ObserverModel(self)
        self.table = ObserverTable(context.theme, self.model, kind_icons(forms), self)
        self.strip = ObserverStrip(context.theme, self)
        self.of_observers = ObserverCommands(context, self.table, forms)
        self._note = ""
        self._awaited = ""
        self._add = QAction(_tr("Attach observer"), self)
        attach = context.commands.bare_action(ATTACH)
        self._add.triggered.connect(attach.trigger)
        attach.changed.connect(self._follow_attach)
        self._follow_attach()
        self._lay_out()
        self._connect()
        self._restyle()
        if context.bridge.last_frame is not None:  # made after the frame that holds all of them
            answer = context.bridge.submit(ListObservers())
            answer.add_done_callback(arrivals().expect(self, self._take_list))

    # What the dock asks for

    def title_actions(self) -> list[QAction]:
        """Attach."""
        return [self._add]

    def focus_widget(self) -> QWidget:
        """The table, or the button of the empty page."""
        return self.table if self.model.statuses() else self._empty

    def save_state(self) -> dict[str, Any]:
        """The user's choice of columns."""
        return {"columns": choices_to_save(self.table.columns.choices)}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self.table.columns.choices = choices_from(state.get("columns"))
        self.table.columns.lay_out()

    # What happens

    def take(self, frame: Frame) -> None:
        """Show the observers of a frame that holds them."""
        if frame.attached is not None:
            self.show_observers(frame.attached)

    def show_observers(self, statuses: list[ObserverStatus]) -> None:
        """Show these observers."""
        self.model.take(statuses)
        if self._awaited:
            self._select(self._awaited)
        self._show_state()

    # Inside

    def _lay_out(self) -> None:
        self._empty = EmptyState(
            self.context.theme,
            "radar",
            _tr("No observers attached"),
            _tr("An observer counts events, alerts you, publishes in answer or writes to a file."),
            self.context.commands.bare_action(ATTACH),
            parent=self,
        )
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addLayout(self._pages, 1)

    def _connect(self) -> None:
        self.context.bridge.frameReady.connect(self.take)
        self.strip.resumeWanted.connect(self.of_observers.resume)
        self.of_observers.changed.connect(self._put)
        self.of_observers.attached.connect(self._put_new)
        self.context.theme.changed.connect(self._restyle)

    def _take_list(self, answer: Future[list[ObserverStatus]]) -> None:
        if not answer.cancelled() and answer.exception() is None and not self.model.statuses():
            self.show_observers(answer.result())

    def _put(self, status: ObserverStatus) -> None:
        """Show an observer as the engine has just said it is, before the next frame says all."""
        self.model.put(status)
        self._show_state()

    def _put_new(self, status: ObserverStatus) -> None:
        """A new observer is selected as soon as it is there."""
        self._awaited = status.name
        self.model.put(status)
        self._select(status.name)
        self._show_state()

    def _select(self, name: str) -> None:
        if self.model.row_of(name) >= 0:
            self._awaited = ""
            self.table.select(name)

    def _show_state(self) -> None:
        statuses = self.model.statuses()
        self._pages.setCurrentWidget(self.table if statuses else self._empty)
        self.strip.show_stopped([status for status in statuses if status.state == "stopped"])
        self.of_observers.show_selected()
        note = observer_texts.note(self.model.states.numbers())
        if note != self._note:
            self._note = note
            self.noteChanged.emit(note)

    def _follow_attach(self) -> None:
        """The icon is grey while the command is, and says the same of it."""
        attach = self.context.commands.bare_action(ATTACH)
        self._add.setEnabled(attach.isEnabled())
        same_tooltip(self._add, attach)

    def _restyle(self) -> None:
        self._add.setIcon(self.context.theme.icon("plus"))
