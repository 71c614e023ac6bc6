"""The pages of an event under their tabs: each is filled when it is looked at, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from eventmon.engine.requests import EventDetail
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_decoding import Decoded
from eventmon.gui.models.event_facts import attributes_of
from eventmon.gui.models.event_hex import EventHexModel
from eventmon.gui.models.event_text import PayloadPage, page_text
from eventmon.gui.widgets.event_hex_view import EventHexView
from eventmon.gui.widgets.event_observers_page import EventObserversPage
from eventmon.gui.widgets.event_paged_view import EventPagedView
from eventmon.gui.widgets.event_tabs import EventTabs
from eventmon.gui.widgets.event_text_view import EventTextView
from eventmon.gui.widgets.event_tree_page import EventTreePage

TAB_INSET: Final = 4
TREE: Final = "tree"
RAW: Final = "raw"
HEX: Final = "hex"
ATTRIBUTES: Final = "attributes"
OBSERVERS: Final = "observers"
TABS: Final = (TREE, RAW, HEX, ATTRIBUTES, OBSERVERS)

TAB_ICONS: Final = ("folder-tree", "file-text", "hash", "list", "radar")


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventPages", text)


class EventPages(QWidget):
    """Tabs and what is under them.

    Attributes:
        revealAsked: a hidden value was clicked.
        pageWanted: another page of the payload (its offset).
        decodeWanted: a tree of a big payload is to be made.
    """

    revealAsked = Signal()
    pageWanted = Signal(object)
    decodeWanted = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        field, value = _tr("Field"), _tr("Value")
        self.tree = EventTreePage(
            context, (field, value), _tr("Fields of the payload"), self, quoted=True, icon="braces"
        )
        self.attributes = EventTreePage(
            context, (_tr("Attribute"), value), _tr("Attributes"), self, quoted=False, icon="list"
        )
        self.observers = EventObserversPage(context, self)
        self.text = EventTextView(context.theme, self)
        self._bytes = EventHexModel(self)
        self.hex = EventHexView(context.theme, self._bytes, self)
        self.raw_page, self.hex_page = (EventPagedView(context, view, self) for view in (self.text, self.hex))
        self._filled: set[str] = set()
        self._fill: dict[str, Callable[[], None]] = {}
        self._revealed = False
        self._size = 0
        self._lay_out(context)
        for tree in (self.tree, self.attributes, self.observers):
            tree.view.revealAsked.connect(self.revealAsked)
        self.hex.revealAsked.connect(self.revealAsked)
        self.tree.decodeWanted.connect(self.decodeWanted)
        for paged in (self.raw_page, self.hex_page):
            paged.pager.wanted.connect(self.pageWanted)

    @property
    def tab(self) -> str:
        """The tab looked at."""
        return TABS[self.tabs.currentIndex()]

    def go_to_tab(self, tab: str) -> None:
        """Look at another tab."""
        if tab in TABS:
            self.tabs.setCurrentIndex(TABS.index(tab))

    def step_tab(self, direction: int) -> None:
        """The next or previous tab, round and round."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + direction) % len(TABS))
        self.view_of_tab().setFocus(Qt.FocusReason.OtherFocusReason)

    def view_of_tab(self) -> QWidget:
        """What takes the keyboard under the tab looked at."""
        trees = {TREE: self.tree, ATTRIBUTES: self.attributes, OBSERVERS: self.observers}
        if self.tab in trees:
            return trees[self.tab].keyboard_widget() or self.tabs
        return self.text if self.tab == RAW else self.hex

    def show_event(self, detail: EventDetail, tree: Decoded, *, utc: bool) -> None:
        """Show an event with the tree of its payload, or why it has none."""
        self._revealed = False
        self._size = detail.size
        self._fill = {
            TREE: lambda: self._show_tree(tree),
            ATTRIBUTES: lambda: self._show_attributes(detail, utc),
            OBSERVERS: lambda: self.observers.show_observers(detail),
        }
        self._filled = set()
        self._fill_tab()

    def show_tree(self, tree: Decoded) -> None:
        """Show the fields of the payload, or why there are none."""
        self._refill(TREE, lambda: self._show_tree(tree))

    def forget_tree(self) -> None:
        """Hold nothing of a big tree, which is taken apart now."""
        self._fill.pop(TREE, None)
        self.tree.model.show_value([])

    def show_attributes(self, detail: EventDetail, *, utc: bool) -> None:
        """Show the attributes anew."""
        self._refill(ATTRIBUTES, lambda: self._show_attributes(detail, utc))

    def show_observers(self, detail: EventDetail) -> None:
        """Show anew which observers match."""
        self._refill(OBSERVERS, lambda: self.observers.show_observers(detail))

    def show_page(self, page: PayloadPage, *, json: bool) -> None:
        """Show a page of the payload, as text and as bytes."""
        self._refill(RAW, lambda: self._show_text(page, json))
        self._refill(HEX, lambda: self._show_bytes(page, json))

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them."""
        self._revealed = revealed
        for tree in (self.tree, self.attributes):
            tree.view.set_revealed(revealed)
        self._bytes.set_revealed(revealed)
        self._filled -= {RAW, HEX}
        self._fill_tab()

    def _lay_out(self, context: PanelContext) -> None:
        titles = (_tr("Tree"), _tr("Raw"), _tr("Hex"), _tr("Attributes"), _tr("Observers"))
        self.tabs = EventTabs(context.theme, tuple(zip(titles, TAB_ICONS, strict=True)), self)
        self.tabs.setAccessibleName(_tr("Views of the event"))
        self._stack = QStackedLayout()
        for page in (self.tree, self.raw_page, self.hex_page, self.attributes, self.observers):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(TAB_INSET, 0, 0, 0)
        row.addWidget(self.tabs, 1)
        column.addLayout(row)
        column.addLayout(self._stack, 1)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.tabs.currentChanged.connect(lambda _index: self._fill_tab())

    def _fill_tab(self) -> None:
        tab = self.tab
        if tab in self._fill and tab not in self._filled:
            self._filled.add(tab)
            self._fill[tab]()

    def _refill(self, tab: str, fill: Callable[[], None]) -> None:
        self._fill[tab] = fill
        self._filled.discard(tab)
        self._fill_tab()

    def _show_attributes(self, detail: EventDetail, utc: bool) -> None:
        self.attributes.show_value(attributes_of(detail, utc))
        self.attributes.view.set_revealed(self._revealed)

    def _show_tree(self, tree: Decoded) -> None:
        if tree.decodable:
            self.tree.show_nothing(_tr("Big payload"), tree.why_not, decodable=self._size)
        elif tree.why_not:
            self.tree.show_nothing(_tr("No tree"), tree.why_not)
        else:
            self.tree.show_value(tree.value)
            self.tree.view.set_revealed(self._revealed)

    def _show_text(self, page: PayloadPage, json: bool) -> None:
        self.text.show_text(page_text(page, formatted=json, reveal=self._revealed), colored=json)
        self.raw_page.show_page(page, json=json, revealed=self._revealed)

    def _show_bytes(self, page: PayloadPage, json: bool) -> None:
        if not self._bytes.shows(page):
            self._bytes.show_page(page, revealed=self._revealed)
        self.hex_page.show_page(page, json=json, revealed=self._revealed)
