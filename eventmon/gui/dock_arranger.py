"""Docks put into the places and sizes of a built-in arrangement, whichever of them there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QMainWindow

from eventmon.gui.arrangement import (
    DEFAULT,
    GUTTER,
    BuiltIn,
    Node,
    Place,
    Split,
    arrangement,
    least_height,
    least_width,
    open_panels_of,
    panels_of,
    shared_out,
)
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.panel_dock import PanelDock

_FIRST_AREA = Qt.DockWidgetArea.LeftDockWidgetArea


class DockArranger:
    """Arranges the docks of a window."""

    def __init__(self, window: QMainWindow, docks: Mapping[str, PanelDock], theme: Theme) -> None:
        self._window = window
        self._docks = docks
        self._theme = theme
        self._areas = {name: str(dock.description.area) for name, dock in docks.items()}
        self._tree: Node | None = None

    def arrange(self, name: BuiltIn = DEFAULT) -> None:
        """Put all docks into their places; their sizes, and who is in front, come with ``size_up``."""
        for dock in self._docks.values():
            if dock.isFloating():  # Qt would hide, reparent and show a docked one too
                dock.setFloating(False)
            self._window.removeDockWidget(dock)
        self._tree = arrangement(name, self._areas, int(self._window.width() / self._scale))
        if self._tree is None:
            return
        self._window.addDockWidget(_FIRST_AREA, self._first(self._tree), Qt.Orientation.Horizontal)
        self._place(self._tree)
        shown = set(open_panels_of(self._tree) or panels_of(self._tree))  # a window without panels says nothing
        for panel, dock in self._docks.items():
            dock.setVisible(panel in shown)

    def size_up(self) -> None:
        """Give the arranged docks their sizes, first tabs in front; only works once the window is shown."""
        if self._tree is None:
            return
        self._settle()
        room = QRect()
        for panel in open_panels_of(self._tree):
            if self._docks[panel].isVisibleTo(self._window) and not self._docks[panel].isFloating():
                room = room.united(self._docks[panel].geometry())
        self._size(self._tree, room.width(), room.height())
        self._settle()
        self._raise_first(self._tree)  # there are no tabs before the docks are laid out

    def take_in(self, panels: Iterable[str]) -> None:
        """Give a place to docks that a saved layout did not know: beside one of their area, as a tab.

        One that the arrangement closes stays closed.
        """
        strangers = list(panels)
        known = [panel for panel in self._docks if panel not in strangers]
        for stranger in strangers:
            dock = self._docks[stranger]
            alike = [panel for panel in known if self._areas[panel] == self._areas[stranger]]
            dock.setFloating(False)
            if alike or known:
                self._window.tabifyDockWidget(self._docks[(alike or known)[0]], dock)
            else:
                self._window.addDockWidget(_FIRST_AREA, dock)
            dock.setVisible(self._tree is None or stranger in open_panels_of(self._tree))

    def _settle(self) -> None:
        """Lay out now what Qt would lay out later."""
        layout = self._window.layout()
        if layout is not None:
            layout.activate()

    @property
    def _scale(self) -> float:
        return self._theme.text_percent / 100

    def _first(self, node: Node) -> PanelDock:
        return self._docks[panels_of(node)[0]]

    def _place(self, node: Node) -> None:
        """Split outer parts first, or the inner ones would be split with them."""
        if isinstance(node, Place):
            for panel in node.panels[1:]:
                self._window.tabifyDockWidget(self._docks[node.panels[0]], self._docks[panel])
            return
        orientation = _orientation(node)
        for before, after in pairwise(node.parts):
            self._window.splitDockWidget(self._first(before), self._first(after), orientation)
        for part in node.parts:
            self._place(part)

    def _raise_first(self, node: Node) -> None:
        if isinstance(node, Split):
            for part in node.parts:
                self._raise_first(part)
        elif node.open:
            self._docks[node.open[0]].raise_()

    def _size(self, node: Node, width: int, height: int) -> None:
        if isinstance(node, Place):
            return
        parts = [part for part in node.parts if open_panels_of(part)]
        room = (width if node.horizontal else height) - GUTTER * (len(parts) - 1)
        least = [self._least(part, node.horizontal) for part in parts]
        sizes = shared_out(room, [part.share for part in parts], least)
        # Qt only obeys when all docks of a row are named; one for each part, the first that is open.
        firsts = [self._docks[open_panels_of(part)[0]] for part in parts]
        self._window.resizeDocks(firsts, sizes, _orientation(node))
        for part, size in zip(parts, sizes, strict=True):
            self._size(part, size if node.horizontal else width, height if node.horizontal else size)

    def _least(self, node: Node, horizontal: bool) -> int:
        """What a part needs: by the table, or by what its panels ask for when that is more."""
        docks = [self._docks[panel] for panel in open_panels_of(node)]
        hints = [dock.minimumSizeHint() for dock in docks]
        if horizontal:
            wanted = max(hint.width() for hint in hints) if isinstance(node, Place) else 0
            return max(int(least_width(node) * self._scale), wanted)
        wanted = max(hint.height() for hint in hints) if isinstance(node, Place) else 0
        return max(int(least_height(node) * self._scale), wanted)


def _orientation(node: Split) -> Qt.Orientation:
    return Qt.Orientation.Horizontal if node.horizontal else Qt.Orientation.Vertical
