"""What the window itself does when asked: appearance, full screen, its own dialogs, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from eventmon.gui.context import PanelContext
from eventmon.gui.problem_list import ProblemList

if TYPE_CHECKING:
    from eventmon.gui.dialogs.problems import ProblemsDialog


class WindowCommands(QObject):
    """Binds the commands that need nothing but the window.

    Attributes:
        appearanceChanged: theme, text size or time zone was chosen.
    """

    appearanceChanged = Signal()

    def __init__(self, context: PanelContext, problems: ProblemList, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("windowCommands")
        self._context = context
        self._problems = problems
        self._window = window
        self._problems_dialog: ProblemsDialog | None = None
        self._bind_appearance()
        commands = context.commands
        commands.bind("view.full_screen", self._full_screen)
        commands.bind("session.quit", window.close)
        commands.bind("help.about", self._about)
        commands.bind("help.shortcuts", self._shortcuts)
        commands.bind("help.problems", self._show_problems)
        for command in commands.table.values():
            if command.scope == "window":
                window.addAction(commands.bare_action(command.id))
        context.theme.changed.connect(self._mark_theme)
        self._mark_theme()

    def _bind_appearance(self) -> None:
        commands, theme = self._context.commands, self._context.theme
        for mode in ("system", "light", "dark"):
            commands.bind(f"view.theme_{mode}", lambda _on, mode=mode: self._choose(lambda: theme.set_mode(mode)))
        for name, direction in (("larger", 1), ("smaller", -1), ("reset", 0)):
            commands.bind(f"view.text_{name}", lambda by=direction: self._choose(lambda: theme.step_text(by)))
        commands.bind("view.utc", lambda _on: self.appearanceChanged.emit())
        commands.set_checked("view.utc", self._context.settings.utc)

    def _choose(self, change: object) -> None:
        assert callable(change)
        change()
        self.appearanceChanged.emit()

    def _mark_theme(self) -> None:
        self._context.commands.set_checked(f"view.theme_{self._context.theme.mode}", True)

    def _full_screen(self, on: bool) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _about(self) -> None:
        from eventmon.gui.dialogs.about import AboutDialog

        AboutDialog(self._context.theme, self._window).open()

    def _shortcuts(self) -> None:
        from eventmon.gui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._context.theme, self._context.commands, self._window).open()

    def _show_problems(self) -> None:
        """One list is enough: asking again brings it forward."""
        from eventmon.gui.dialogs.problems import ProblemsDialog

        if self._problems_dialog is None:
            utc = self._context.commands.bare_action("view.utc").isChecked()
            self._problems_dialog = ProblemsDialog(self._context.theme, self._problems, self._window, utc=utc)
            self._problems_dialog.finished.connect(self._problems_closed)
        self._problems_dialog.show()
        self._problems_dialog.raise_()
        self._problems_dialog.activateWindow()

    def _problems_closed(self) -> None:
        self._problems_dialog = None
