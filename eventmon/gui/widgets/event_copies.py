"""What can be taken from an event to the clipboard, by key and by menu, in the dock and in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import size
from eventmon.gui.models.event_facts import cloudevent_text, payload_text
from eventmon.gui.models.event_json import MOST_BYTES
from eventmon.gui.widgets.event_hex_view import EventHexView
from eventmon.gui.widgets.event_tree_view import EventTreeView
from eventmon.gui.widgets.event_view import EventView


class EventCopies(QObject):
    """Copies from one event view, and the context menu that offers them. Secrets stay hidden while they are."""

    def __init__(self, context: PanelContext, view: EventView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        pages = view.pages
        for shown in (pages.tree.view, pages.attributes.view, pages.observers.view, pages.hex):
            shown.customContextMenuRequested.connect(lambda at, shown=shown: self._show_menu(shown, at))

    def copy_value(self) -> None:
        """The value of the field chosen, the bytes of the rows chosen, or the text selected."""
        widget = self._view.pages.view_of_tab()
        if isinstance(widget, EventTreeView | EventHexView):
            widget.copy_value()
        elif widget is self._view.pages.text:
            self._view.pages.text.copy()

    def copy_path(self) -> None:
        """Where in the payload the field chosen is."""
        self._view.pages.tree.view.copy_path()

    def copy_json(self) -> None:
        """The event as CloudEvents JSON."""
        detail = self._whole()
        if detail is not None:
            QGuiApplication.clipboard().setText(cloudevent_text(detail, reveal=self._view.revealed))

    def copy_payload(self) -> None:
        """The payload as text, or as digits where it is none."""
        detail = self._whole()
        if detail is not None:
            QGuiApplication.clipboard().setText(payload_text(detail.data, reveal=self._view.revealed))

    def menu(self, shown: EventTreeView | EventHexView) -> QMenu:
        """What can be taken from what is shown; the menu deletes itself when closed."""
        menu = QMenu(shown)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        offers = [("event.copy_value", self.copy_value), ("event.copy_path", self.copy_path)]
        offers += [("event.copy_payload", self.copy_payload), ("event.copy_json", self.copy_json)]
        for name, copy in offers:
            if name != "event.copy_path" or shown is self._view.pages.tree.view:
                command = self._context.commands.bare_action(name)
                action = menu.addAction(command.text())
                action.setShortcut(command.shortcut())
                action.triggered.connect(copy)
        return menu

    def _show_menu(self, shown: EventTreeView | EventHexView, at: QPoint) -> None:
        self.menu(shown).popup(shown.viewport().mapToGlobal(at))

    def _whole(self) -> EventDetail | None:
        """The event with all of its payload; None when there is none or it is too large, which is said."""
        detail = self._view.detail
        if detail is not None and detail.size > len(detail.data):
            much = self.tr("The payload has {size}. Up to {most} can be copied.")
            self._view.show_trouble(much.format(size=size(detail.size), most=size(MOST_BYTES)))
            return None
        self._view.show_trouble("")
        return detail
