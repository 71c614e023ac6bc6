"""The layouts of a window: the built-in ones and the user's own, chosen, saved, renamed, deleted, put back.

Places of docks are kept as Qt saves them. A saved layout whose panels are not all there is taken as far as it goes,
and a panel that it does not know joins its neighbours as a tab.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QMainWindow, QToolBar

from eventmon.core.errors import UserError
from eventmon.gui.arrangement import BUILT_IN, DEFAULT, BuiltIn
from eventmon.gui.docks import Docks
from eventmon.gui.layout import MAX_NAME, MAX_OWN, VERSION, Layout, OwnLayout

OWN: Final = "own/"
"""What the names of the user's own layouts begin with, where both kinds are meant."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Layouts", text)


class WindowLayouts(QObject):
    """Knows the layouts and puts the docks into them.

    Attributes:
        changed: another layout was chosen, or the user's own ones are different.
        chosen: the one chosen last: a built-in one, or ``own/`` and a name.
        own: the user's own, by name, in the order they were saved.
    """

    changed = Signal()

    def __init__(self, window: QMainWindow, docks: Docks) -> None:
        super().__init__(window)
        self.setObjectName("windowLayouts")
        self._window = window
        self._docks = docks
        self._placed = False
        self._saved = Layout()
        self.chosen: str = DEFAULT
        self.own: dict[str, OwnLayout] = {}

    def restore(self, layout: Layout) -> None:
        """Take back a saved layout; the docks follow once the window is shown."""
        self._window.restoreGeometry(QByteArray(layout.geometry))
        self._docks.use_states(layout.panels)
        self._saved = layout
        self.own = dict(layout.own)
        known = layout.chosen in BUILT_IN or layout.chosen.removeprefix(OWN) in self.own
        self.chosen = layout.chosen if known else DEFAULT
        self.changed.emit()

    def place(self) -> None:
        """Place the docks, once: only when the window is shown, for Qt scales what is restored before that."""
        self._placed = True
        if not self._put(self._saved.state, self._saved.docks):
            self._docks.arrange(self._built_in)
            self._docks.size_up()

    def save(self) -> Layout:
        """The layout of now."""
        return Layout(
            geometry=bytes(self._window.saveGeometry().data()),
            state=self._state() if self._placed else self._saved.state,
            docks=self._panels() if self._placed else self._saved.docks,
            panels=self._docks.save_states(),
            chosen=self.chosen,
            own=dict(self.own),
        )

    def choose(self, name: str) -> None:
        """Put all docks where a layout has them, at once; one that is gone is the default."""
        own = self.own.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        self.chosen = name if own is not None or name in BUILT_IN else DEFAULT
        with self._docks.keeping_focus():
            if own is None or not self._put(own.state, own.panels):
                self._docks.arrange(self._built_in)
                self._docks.size_up()
        self.changed.emit()

    def reset(self) -> None:
        """The chosen layout as it is meant to be."""
        self.choose(self.chosen)

    def save_as(self, name: str) -> None:
        """Keep the places of now under a name, and choose it; the same name again takes its place.

        Raises:
            UserError: the name cannot be used, or there are too many.
        """
        name = self._checked(name)
        if len(self.own) >= MAX_OWN and name not in self.own:
            raise UserError(_tr("There are {n} layouts already. Delete one first.").format(n=MAX_OWN))
        self.own[name] = OwnLayout(state=self._state(), panels=self._panels())
        self.chosen = OWN + name
        self.changed.emit()

    def rename(self, name: str, fresh: str) -> None:
        """Give one of the user's own another name; it keeps its place in the list.

        Raises:
            UserError: the name cannot be used or is taken.
        """
        fresh = self._checked(fresh)
        if fresh != name and fresh in self.own:
            raise UserError(_tr("There is a layout “{name}” already. Choose another name.").format(name=fresh))
        self.own = {fresh if each == name else each: layout for each, layout in self.own.items()}
        if self.chosen == OWN + name:
            self.chosen = OWN + fresh
        self.changed.emit()

    def delete(self, name: str) -> None:
        """Forget one of the user's own; the docks stay where they are."""
        self.own.pop(name, None)
        if self.chosen == OWN + name:
            self.chosen = DEFAULT
        self.changed.emit()

    @property
    def chosen_own(self) -> str:
        """The name of the user's own layout that is chosen; empty when a built-in one is."""
        return self.chosen.removeprefix(OWN) if self.chosen.startswith(OWN) else ""

    @property
    def _built_in(self) -> BuiltIn:
        return next((name for name in BUILT_IN if name == self.chosen), DEFAULT)

    def _put(self, state: bytes, panels: tuple[str, ...]) -> bool:
        shown = [bar for bar in self._window.findChildren(QToolBar) if not bar.isHidden()]
        if not state or not self._window.restoreState(QByteArray(state), VERSION):
            return False
        for bar in self._window.findChildren(QToolBar):
            bar.setVisible(bar in shown)  # strips of notices come and go with what they say, not with a layout
        self._docks.take_in(panels)
        return True

    def _state(self) -> bytes:
        return bytes(self._window.saveState(VERSION).data())

    def _panels(self) -> tuple[str, ...]:
        return tuple(dock.description.id for dock in self._docks)

    @staticmethod
    def _checked(name: str) -> str:
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME:
            raise UserError(_tr("A layout needs a name of up to {n} letters.").format(n=MAX_NAME))
        return name
