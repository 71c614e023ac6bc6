"""What can be taken from an event to the clipboard, by key and by menu, in the dock and in a window of its own.

A payload that was not read whole is read for the copy, and what takes long is made outside the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.formatting import size
from eventmon.gui.models.event_facts import cloudevent_text, payload_text
from eventmon.gui.widgets.event_hex_view import EventHexView
from eventmon.gui.widgets.event_tree_view import EventTreeView, storable
from eventmon.gui.widgets.event_view import EventView


class EventCopies(QObject):
    """Copies from one event view, and the context menu that offers them. Secrets stay hidden while they are."""

    def __init__(self, context: PanelContext, view: EventView) -> None:
        super().__init__(view)
        self._context = context
        self._view = view
        self._work = view.copying
        pages = view.pages
        for shown in (pages.tree.view, pages.attributes.view, pages.observers.view, pages.hex, pages.text):
            shown.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            shown.customContextMenuRequested.connect(lambda at, shown=shown: self._show_menu(shown, at))

    def copy_value(self) -> None:
        """The value of the field chosen, the bytes of the rows chosen, or the text selected."""
        pages = self._view.pages
        widget = pages.view_of_tab()
        if widget is pages.tree.view and self._view.decoder.holds_tree:
            self._copy_big_value()
        elif isinstance(widget, EventTreeView | EventHexView):
            widget.copy_value()
        elif widget is pages.text:
            pages.text.copy()

    def copy_path(self) -> None:
        """Where in the payload the field chosen is, or the name of the attribute chosen."""
        pages = self._view.pages
        widget = pages.view_of_tab()
        if widget in (pages.tree.view, pages.attributes.view):
            assert isinstance(widget, EventTreeView)
            widget.copy_path()

    def copy_json(self) -> None:
        """The event as CloudEvents JSON."""
        reveal = self._view.revealed
        self._copy(lambda detail: cloudevent_text(detail, reveal=reveal))

    def copy_payload(self) -> None:
        """The payload as text, or as digits where it is none."""
        reveal = self._view.revealed
        self._copy(lambda detail: payload_text(detail.data, reveal=reveal))

    def menu(self, shown: QAbstractScrollArea) -> QMenu:
        """What can be taken from what is shown; the menu deletes itself when closed."""
        menu = QMenu(shown)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pages = self._view.pages
        offers = [("event.copy_value", self.copy_value), ("event.copy_path", self.copy_path)]
        offers += [("event.copy_payload", self.copy_payload), ("event.copy_json", self.copy_json)]
        for name, act in offers:
            if name != "event.copy_path" or shown in (pages.tree.view, pages.attributes.view):
                command = self._context.commands.bare_action(name)
                action = menu.addAction(command.text())
                action.setShortcut(command.shortcut())
                action.triggered.connect(act)
        return menu

    def _show_menu(self, shown: QAbstractScrollArea, at: QPoint) -> None:
        self.menu(shown).popup(shown.viewport().mapToGlobal(at))

    def _copy(self, text_of: Callable[[EventDetail], str]) -> None:
        """Copy what is made of the event with all of its payload."""
        detail = self._view.detail
        self._view.notices.say_trouble("")
        if detail is None:
            return
        if detail.size <= len(detail.data):
            QGuiApplication.clipboard().setText(text_of(detail))
            return

        def work(data: bytes) -> str:
            return text_of(msgspec.structs.replace(detail, data=data))

        self._work.read(detail, self._doing(detail), work, _to_clipboard, self._view.notices.say_trouble)

    def _copy_big_value(self) -> None:
        tree = self._view.pages.tree
        node, detail = tree.view.current_node(), self._view.detail
        if node is not None and detail is not None:
            texts, trouble = copy(tree.model.texts), self._view.notices.say_trouble
            self._work.run(self._doing(detail), lambda: storable(texts.copy_text(node)), _to_clipboard, trouble)

    def _doing(self, detail: EventDetail) -> str:
        return self.tr("Copying from {size}").format(size=size(detail.size))


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
