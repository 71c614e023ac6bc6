"""The pages of an event under their tabs: each is filled when it is looked at, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from eventmon.engine.frame import ObserverStatus
from eventmon.engine.requests import EventDetail, ListObservers
from eventmon.gui.context import PanelContext
from eventmon.gui.models.event_facts import attributes_of, observers_of
from eventmon.gui.models.event_hex import EventHexModel
from eventmon.gui.models.event_json import JsonValue
from eventmon.gui.models.event_text import PayloadPage, page_text
from eventmon.gui.models.event_tree import EventTreeModel
from eventmon.gui.models.log_inquiry import Inquiry
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.event_hex_view import EventHexView
from eventmon.gui.widgets.event_pager import EventPager
from eventmon.gui.widgets.event_text_view import EventTextView
from eventmon.gui.widgets.event_tree_view import EventTreeView

TAB_INSET: Final = 4
TREE: Final = "tree"
RAW: Final = "raw"
HEX: Final = "hex"
ATTRIBUTES: Final = "attributes"
OBSERVERS: Final = "observers"
TABS: Final = (TREE, RAW, HEX, ATTRIBUTES, OBSERVERS)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EventPages", text)


class TreePage(QStackedWidget):
    """Fields and values, or why there are none."""

    def __init__(
        self, context: PanelContext, titles: tuple[str, str], name: str, parent: QWidget, *, quoted: bool, icon: str
    ) -> None:
        super().__init__(parent)
        self.model = EventTreeModel(titles, quoted=quoted, parent=self)
        self.view = EventTreeView(context.theme, self.model, name, self)
        self.nothing = EmptyState(context.theme, icon, "", "", parent=self)
        self.addWidget(self.view)
        self.addWidget(self.nothing)

    def show_value(self, value: JsonValue) -> None:
        """Show fields."""
        self.view.show_value(value)
        self.setCurrentWidget(self.view)

    def show_nothing(self, title: str, sentence: str) -> None:
        """Say why there are no fields."""
        self.nothing.set_text(title, sentence)
        self.setCurrentWidget(self.nothing)


class PagedView(QWidget):
    """A view of a page with the pager under it."""

    def __init__(self, context: PanelContext, view: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.pager = EventPager(context.theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(view, 1)
        layout.addWidget(self.pager)


class EventPages(QWidget):
    """Tabs and what is under them.

    Attributes:
        revealAsked: a hidden value was clicked.
        pageWanted: another page of the payload (its offset).
        tabChanged: another tab (its name).
    """

    revealAsked = Signal()
    pageWanted = Signal(object)
    tabChanged = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        field, value = _tr("Field"), _tr("Value")
        self.tree = TreePage(context, (field, value), _tr("Fields of the payload"), self, quoted=True, icon="braces")
        self.attributes = TreePage(
            context, (_tr("Attribute"), value), _tr("Attributes"), self, quoted=False, icon="list"
        )
        self.observers = TreePage(
            context, (_tr("Observer"), _tr("Kind")), _tr("Observers that match"), self, quoted=False, icon="radar"
        )
        self.text = EventTextView(context.theme, self)
        self._bytes = EventHexModel(self)
        self.hex = EventHexView(context.theme, self._bytes, self)
        self.raw_page, self.hex_page = (PagedView(context, view, self) for view in (self.text, self.hex))
        self._inquiry = Inquiry(context.bridge, self)
        self._observed: EventDetail | None = None
        self._filled: set[str] = set()
        self._fill: dict[str, Callable[[], None]] = {}
        self._revealed = False
        self._lay_out()
        for tree in (self.tree, self.attributes, self.observers):
            tree.view.revealAsked.connect(self.revealAsked)
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
            page = trees[self.tab]
            return page.view if page.currentWidget() is page.view else self.tabs
        return self.text if self.tab == RAW else self.hex

    def show_event(self, detail: EventDetail, value: JsonValue, why_not: str, utc: bool) -> None:
        """Show an event; ``why_not`` says why its payload has no tree."""
        self._revealed = False
        self._fill = {
            TREE: lambda: self._show_tree(value, why_not),
            ATTRIBUTES: lambda: self.attributes.show_value(attributes_of(detail, utc)),
            OBSERVERS: lambda: self._show_observers(detail),
        }
        self._filled = set()
        self._fill_tab()

    def show_page(self, page: PayloadPage, *, json: bool) -> None:
        """Show a page of the payload, as text and as bytes."""
        self._fill |= {RAW: lambda: self._show_text(page, json), HEX: lambda: self._show_bytes(page)}
        self._filled -= {RAW, HEX}
        self._fill_tab()

    def set_revealed(self, revealed: bool) -> None:
        """Show secrets, or hide them."""
        self._revealed = revealed
        for tree in (self.tree, self.attributes):
            tree.view.set_revealed(revealed)
        self._filled.discard(RAW)
        self._fill_tab()

    def _lay_out(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setAccessibleName(_tr("Views of the event"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (_tr("Tree"), _tr("Raw"), _tr("Hex"), _tr("Attributes"), _tr("Observers")):
            self.tabs.addTab(title)
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
        self.tabs.currentChanged.connect(self._tab_changed)

    def _tab_changed(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._fill_tab()
        self.tabChanged.emit(self.tab)

    def _fill_tab(self) -> None:
        tab = self.tab
        if tab in self._fill and tab not in self._filled:
            self._filled.add(tab)
            self._fill[tab]()

    def _show_tree(self, value: JsonValue, why_not: str) -> None:
        if why_not:
            self.tree.show_nothing(_tr("No tree"), why_not)
        else:
            self.tree.show_value(value)
            self.tree.view.set_revealed(self._revealed)

    def _show_observers(self, detail: EventDetail) -> None:
        if not detail.observers:
            self.observers.show_nothing(
                _tr("No observer matches"), _tr("No attached observer has a pattern that matches this topic.")
            )
            return
        self._observed = detail
        self.observers.show_value(observers_of(detail, []))
        self._inquiry.ask(ListObservers(), lambda known: self._show_kinds(detail, known), lambda _why: None)

    def _show_kinds(self, detail: EventDetail, known: list[ObserverStatus]) -> None:
        if detail is self._observed:
            self.observers.show_value(observers_of(detail, known))

    def _show_text(self, page: PayloadPage, json: bool) -> None:
        self.text.show_text(page_text(page, formatted=json, reveal=self._revealed), colored=json)
        self.raw_page.pager.show_page(page)

    def _show_bytes(self, page: PayloadPage) -> None:
        self._bytes.show_bytes(page.shown, page.offset, page.size)
        self.hex_page.pager.show_page(page)
