"""The page of the observers whose pattern matches an event: their names at once, their kinds when the engine says."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import EventDetail, ListObservers
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_facts import observers_of
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.widgets.event_tree_page import EventTreePage

NAMES_SHARE: Final = 0.64
"""Of the width: names are sentences, kinds are words."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventPages", text)


class EventObserversPage(EventTreePage):
    """Lists the observers of one event."""

    def __init__(self, context: PanelContext, parent: QWidget) -> None:
        titles = (_tr("Observer"), _tr("Kind"))
        super().__init__(context, titles, _tr("Observers that match"), parent, quoted=False, icon="radar")
        self.view.columns.set_share(NAMES_SHARE)
        self._inquiry = Inquiry(context.bridge, self)
        self._observed: EventDetail | None = None

    def show_observers(self, detail: EventDetail) -> None:
        """Show those of an event."""
        if not detail.observers:
            self.show_nothing(
                _tr("No observer matches"), _tr("No attached observer has a pattern that matches this topic.")
            )
            return
        self._observed = detail
        self.show_value(observers_of(detail, []))
        self._inquiry.ask(ListObservers(), lambda known: self._show_kinds(detail, known), lambda _why: None)

    def _show_kinds(self, detail: EventDetail, known: list[ObserverStatus]) -> None:
        if detail is self._observed:
            self.show_value(observers_of(detail, known))
