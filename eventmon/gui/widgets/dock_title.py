"""The 32 px header of a panel: its title, a note, at most three actions and a menu.

It handles no mouse event, so that dragging, double-click and docking stay Qt's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import PlainLabel, plain_tooltip

HEIGHT = 32
MAX_ACTIONS = 3
ACCENT_LINE = 2


def icon_button(parent: QWidget, action: QAction | None = None) -> QToolButton:
    """A button of 24 px that shows an icon only; its name for assistive tools is the action's text."""
    button = QToolButton(parent)
    button.setProperty("icon_only", "true")
    button.setFixedSize(24, 24)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    if action is not None:
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
    return button


class DockTitle(QWidget):
    """Header of a docked panel."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._focused = False
        self._tabbed = False
        self._has_note = False
        self._needed = HEIGHT
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._title = PlainLabel(title, self, elide=Qt.TextElideMode.ElideRight)
        self._note = PlainLabel("", self, elide=Qt.TextElideMode.ElideRight)
        self._note.setProperty("tone", "text3")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(0)
        self._menu = QMenu(self)
        self._more = icon_button(self)
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        name = QCoreApplication.translate("DockTitle", "More for {panel}").format(panel=title)
        self._more.setAccessibleName(name)
        plain_tooltip(self._more, name)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def menu(self) -> QMenu:
        """The menu behind the ellipsis."""
        return self._menu

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Show the first three actions as icons."""
        for action in actions[:MAX_ACTIONS]:
            self._actions.addWidget(icon_button(self, action))

    def set_note(self, note: str) -> None:
        """Show a note beside the title; it is hidden where it would be cut."""
        self._has_note = bool(note)
        self._note.setText(note)
        self._fit()

    def set_focused(self, focused: bool) -> None:
        """Show that the keyboard is in this panel."""
        if focused != self._focused:
            self._focused = focused
            self.update()

    def set_tabbed(self, tabbed: bool) -> None:
        """Among tabs the title is on the tab already."""
        if tabbed == self._tabbed:
            return
        self._tabbed = tabbed
        self._title.setVisible(not tabbed)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any dock, high enough for the font."""
        return QSize(96, self._needed)

    def sizeHint(self) -> QSize:
        """As high as the font needs."""
        return QSize(240, self._needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show or hide the note."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Base colour, and the accent line of the panel that has the keyboard."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("base"))
        if self._focused:
            painter.fillRect(QRect(0, 0, self.width(), ACCENT_LINE), self._theme.color("accent"))

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, ACCENT_LINE, 4, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._note)
        layout.addStretch(1)
        layout.addLayout(self._actions)
        layout.addSpacing(-8)
        layout.addWidget(self._more)

    def _measure(self) -> None:
        """Take the height from the font once: the layout of the window asks for it hundreds of times."""
        self._needed = max(HEIGHT, self.fontMetrics().height() + 16)
        self.updateGeometry()

    def _fit(self) -> None:
        taken = 24 + 24 * (self._actions.count() + 1)
        title = 0 if self._tabbed else self._title.sizeHint().width() + 8
        room = self.width() - taken - title
        self._note.setVisible(self._has_note and not self._tabbed and self._note.sizeHint().width() <= room)

    def _restyle(self) -> None:
        self._title.setFont(self._theme.title)
        self._note.setFont(self._theme.small)
        self._more.setIcon(self._theme.icon("ellipsis"))
        self._measure()
        self._fit()
        self.update()
