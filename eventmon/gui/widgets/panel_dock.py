"""The dock of one panel: our header while it is docked, the system's own frame while it floats.

The panel itself is made later than its dock, so that the window is on the screen before heavy libraries load. A
panel that cannot be made shows why in its place, and the rest of the window works.
"""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QLineEdit, QPushButton, QWidget

from eventmon.gui.context import PanelContext
from eventmon.gui.panels.base import Panel, PanelDescription
from eventmon.gui.widgets.dock_title import DockTitle
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.steady_frame import SteadyFrame

log = logging.getLogger(__name__)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PanelDock", text)


class PanelDock(QDockWidget):
    """A dock with a header of ours.

    Attributes:
        shownChanged: the panel was opened or closed (bool).
        failed: the panel could not be made; why (str).
    """

    shownChanged = Signal(bool)
    failed = Signal(object)

    def __init__(self, context: PanelContext, description: PanelDescription, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("Panel", description.title)
        super().__init__(title.replace("&", "&&"), parent)
        self.setObjectName(f"panel.{description.id}")
        self.description = description
        self.panel: Panel | None = None
        self._context = context
        self._header = DockTitle(context.theme, title, self)
        self.setTitleBarWidget(self._header)
        self._add_menu()
        self._body = SteadyFrame(self)
        self._body.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._body.setAutoFillBackground(True)
        self._body.setBackgroundRole(self._body.palette().ColorRole.Base)
        self.setWidget(self._body)
        self.topLevelChanged.connect(self._floating_changed)
        self.visibilityChanged.connect(lambda _visible: self.shownChanged.emit(not self.isHidden()))

    @property
    def header(self) -> DockTitle:
        """The header shown while docked."""
        return self._header

    def open_panel(self, state: dict[str, Any] | None = None) -> None:
        """Make the panel, once; ``state`` is what it saved last time."""
        if self.panel is not None:
            return
        try:
            self.panel = self.description.factory()(self._context)
            self.panel.restore_state(state or {})
        except Exception as error:  # border: a panel that cannot be made must not take the window with it
            log.exception("The panel %s could not be opened", self.description.id)
            self.failed.emit(f"{type(error).__name__}: {error}")
            self._body.hold(self._failure())
            return
        self.panel.setObjectName(self.description.id)
        self.panel.noteChanged.connect(self._header.set_note)
        self._header.set_actions(self.panel.title_actions())
        self._bring_shortcuts()
        self._body.hold(self.panel)

    def save_state(self) -> dict[str, Any]:
        """What the panel wants back next time."""
        return self.panel.save_state() if self.panel is not None else {}

    def take_focus(self) -> None:
        """Show the panel and give it the keyboard."""
        self.show()
        self.raise_()
        if self.isFloating():
            self.activateWindow()
        self._focus_target().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _focus_target(self) -> QWidget:
        """What the panel names or, while that is hidden, its first button or field that can be seen."""
        wished = self.panel.focus_widget() if self.panel is not None else self._body
        if wished.isVisible() and wished.focusPolicy() != Qt.FocusPolicy.NoFocus:
            return wished
        for kind in (QPushButton, QLineEdit):
            for widget in self._body.findChildren(kind):
                if widget.isVisible() and widget.isEnabled():
                    return widget
        return self._body

    def _failure(self) -> EmptyState:
        return EmptyState(
            self._context.theme,
            "circle-alert",
            _tr("This panel could not be opened"),
            _tr("The rest of the window works. The cause is listed under Problems."),
        )

    def _bring_shortcuts(self) -> None:
        """Shortcuts of this panel's commands act while the keyboard is inside it."""
        commands = self._context.commands
        for command in commands.table.values():
            if command.scope == self.description.id:
                self.addAction(commands.action(command.id))

    def _add_menu(self) -> None:
        menu = self._header.menu
        floating = QAction(_tr("Float"), self)
        floating.triggered.connect(lambda: self.setFloating(True))
        close = QAction(_tr("Close"), self)
        close.triggered.connect(self.close)
        menu.addAction(floating)
        menu.addAction(close)

    def _floating_changed(self, floating: bool) -> None:
        self.setTitleBarWidget(None if floating else self._header)  # type: ignore[arg-type]  # None is Qt's own frame
        self._header.setVisible(not floating)
