"""Menu bar and toolbar, filled from the command table: only what does something is shown, in menus as in bars."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from eventmon.gui.command_definition import MENUS
from eventmon.gui.commands import Commands
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.looks import set_look
from eventmon.gui.widgets.plain_text import plain_tooltip, same_tooltip

ICON = 16
CONNECTING = ("connect.open", "connect.demo", "connect.follow_file")
"""The ways to connect, as the toolbar's menu has them."""
GAP = 5
"""Empty pixels between the icon and the text of a tool button."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Toolbar", text)


class MenuFiller(QObject):
    """Keeps a menu bar in step with the commands that are bound."""

    def __init__(self, bar: QMenuBar, commands: Commands) -> None:
        super().__init__(bar)
        self._bar = bar
        self._commands = commands
        self._menus: dict[str, QMenu] = {}
        self._last_section: dict[str, int] = {}
        for name, title in MENUS.items():
            self._make_menu(name, QCoreApplication.translate("Commands", title))
        for command in sorted(commands.table.values(), key=lambda command: command.section):
            if command.menu:
                self._add_action(command.menu, command.id, command.section)
        commands.boundChanged.connect(self.refresh)
        self.refresh()

    def menu(self, name: str) -> QMenu:
        """A menu by its name in ``MENUS``."""
        return self._menus[name]

    def refresh(self) -> None:
        """Hide the menus in which nothing is left; the inner ones first."""
        for name in sorted(self._menus, key=lambda name: -name.count("/")):
            menu = self._menus[name]
            filled = any(action.isVisible() for action in menu.actions() if not action.isSeparator())
            menu.menuAction().setVisible(filled)

    def _make_menu(self, name: str, title: str) -> None:
        """A menu of the bar stands there at once, an inner one where the first of its commands belongs."""
        parent = self._menus.get(name.rpartition("/")[0])
        menu = QMenu(title, parent or self._bar)
        menu.setObjectName(f"menu.{name}")
        menu.setToolTipsVisible(False)
        self._menus[name] = menu
        self._last_section[name] = 0
        if parent is None:
            self._bar.addAction(menu.menuAction())

    def _add_action(self, name: str, command_id: str, section: int) -> None:
        self._place(name, section)
        self._append(name, self._commands.bare_action(command_id), section)

    def _place(self, name: str, section: int) -> None:
        """Put an inner menu into the one above, the first time it is needed."""
        above = name.rpartition("/")[0]
        if above and self._menus[name].isEmpty():
            self._place(above, section)
            self._append(above, self._menus[name].menuAction(), section)

    def _append(self, name: str, action: QAction, section: int) -> None:
        menu = self._menus[name]
        if section != self._last_section[name] and not menu.isEmpty():
            menu.addSeparator()
        self._last_section[name] = section
        menu.addAction(action)


class BarButton(QToolButton):
    """A tool button with icon and text, 28 px high or what the font needs."""

    def __init__(self, theme: Theme, icon: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self.setProperty("bar", "true")
        self.setText(text)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(ICON + GAP, ICON))
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(28, self.fontMetrics().height() + 12))


class CommandButton(BarButton):
    """A tool button for one command."""

    def __init__(self, theme: Theme, action: QAction, icon: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon, text, parent)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self.follow)
        theme.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what the command is now."""
        self.setIcon(self._theme.icon(self._icon, "text2", ICON, gap=GAP))
        self.setEnabled(self._action.isEnabled())
        same_tooltip(self, self._action)


class LiveButton(CommandButton):
    """Green ``Live`` while events flow into view, amber ``Paused`` while they wait."""

    def follow(self) -> None:
        """Show whether the view is live."""
        paused = self._action.isChecked()
        self.setText(_tr("Paused") if paused else _tr("Live"))
        token = "warn" if paused else "ok"
        self.setIcon(self._theme.icon("pause" if paused else "radio", token, ICON, gap=GAP))
        keys = self._action.shortcut().toString()
        what = _tr("New events wait. Show them") if paused else _tr("New events appear as they come. Pause")
        plain_tooltip(self, f"{what} ({keys})")
        self.setAccessibleName(what)
        set_look(self, "state", "paused" if paused else "live")


class MenuButton(BarButton):
    """A tool button with icon, text and a menu."""

    def __init__(self, theme: Theme, icon: str, text: str, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon, text, parent)
        self.setProperty("menu_button", "true")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(menu)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setIcon(self._theme.icon(self._icon, "text2", ICON, gap=GAP))


class MainToolBar(QToolBar):
    """The one toolbar: live or paused, clear view, connect; layouts and panels at its right."""

    def __init__(self, theme: Theme, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(_tr("Toolbar"), parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self._theme = theme
        self._commands = commands
        self._shown: dict[str, QAction] = {}
        self.connect_menu = QMenu(self)
        self.panels_menu = QMenu(self)
        self._layout = MenuButton(theme, "layout-panel-left", _tr("Layout"), self.panels_menu)
        self._add_command("log.pause", LiveButton(theme, commands.bare_action("log.pause"), "radio", _tr("Live")))
        clear = CommandButton(theme, commands.bare_action("log.clear_view"), "eraser", _tr("Clear view"))
        self._add_command("log.clear_view", clear)
        self._separator = self.addSeparator()
        self._connect = self.addWidget(MenuButton(theme, "plug", _tr("Connect"), self.connect_menu))
        new_topic = CommandButton(theme, commands.bare_action("topics.new"), "folder-plus", _tr("New topic"))
        self._add_command("topics.new", new_topic)
        attach = CommandButton(theme, commands.bare_action("observer.attach"), "radar", _tr("Attach observer"))
        self._add_command("observer.attach", attach)
        publish = CommandButton(theme, commands.bare_action("publish.open"), "send", _tr("Publish"))
        self._add_command("publish.open", publish)
        self.addWidget(self._spring())
        self._fill_panels_menu()
        self.addWidget(self._layout)
        commands.boundChanged.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the buttons of bound commands alone."""
        for command_id, place in self._shown.items():
            place.setVisible(self._commands.is_bound(command_id))
        connects = any(self._commands.is_bound(name) for name in CONNECTING)
        self._connect.setVisible(connects)
        self._separator.setVisible(connects and any(place.isVisible() for place in self._shown.values()))

    def _add_command(self, command_id: str, button: CommandButton) -> None:
        self._shown[command_id] = self.addWidget(button)

    def name_layout(self, title: str) -> None:
        """Show which layout is chosen."""
        self._layout.setText(title.replace("&", "&&"))
        plain_tooltip(self._layout, _tr("Layout {name}: which panels are shown, and where").format(name=title))
        self._layout.setAccessibleName(_tr("Layout {name}").format(name=title))

    def _fill_panels_menu(self) -> None:
        """Layouts, then panels, then what can be done with layouts."""
        of_layouts = [command for command in self._commands.table.values() if command.menu == "view/layout"]
        panels = [command for command in self._commands.table.values() if command.menu == "view/panels"]
        for part in (
            [command for command in of_layouts if command.choice],
            panels,
            [command for command in of_layouts if not command.choice],
        ):
            if not self.panels_menu.isEmpty():
                self.panels_menu.addSeparator()
            for command in part:
                self.panels_menu.addAction(self._commands.bare_action(command.id))

    @staticmethod
    def _spring() -> QWidget:
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return spring
