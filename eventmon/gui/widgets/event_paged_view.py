"""A view of a page of the payload, under it what cannot be known of the page's secrets, and the pager."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import size
from eventmon.gui.models.event_text import LOOK_BACK, PayloadPage
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.event_pager import EventPager
from eventmon.gui.widgets.plain_text import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventPages", text)


def secrets_note(page: PayloadPage, *, json: bool) -> str:
    """What of the page's secrets cannot be told apart; empty when all are hidden."""
    if not page.known_from_start:
        return _tr("A secret that begins more than {size} before this page cannot be told apart and is shown.").format(
            size=size(LOOK_BACK)
        )
    if not json and page.mentions_secrets:
        return _tr("This is not JSON: secrets are hidden where they are written like name=value, and shown elsewhere.")
    return ""


class EventPagedView(QWidget):
    """A view with its note and its pager."""

    def __init__(self, context: PanelContext, view: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: Theme = context.theme
        self.pager = EventPager(context.theme, self)
        self.note = PlainLabel("", self)
        self.note.setProperty("tone", "text2")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(12, 3, 12, 3)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(view, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.pager)
        context.theme.changed.connect(self._restyle)
        self._restyle()

    def show_page(self, page: PayloadPage, *, json: bool, revealed: bool) -> None:
        """Say which page is shown, and what of its secrets cannot be known."""
        note = "" if revealed else secrets_note(page, json=json)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.pager.show_page(page)

    def _restyle(self) -> None:
        self.note.setFont(self._theme.small)
