"""The menu that says what the plot shows: which lines, over which time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QCursor
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from eventmon.gui.formatting import one_line
from eventmon.gui.models.rate_groups import GROUPINGS, TEN_MINUTES, Grouping
from eventmon.gui.models.rate_history import MINUTE
from eventmon.gui.models.rate_lines import MAX_PICKED
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import plain_tooltip

WINDOWS = (MINUTE, TEN_MINUTES)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Counters", text)


class PlotChoices(QObject):
    """What the user chose to plot.

    Attributes:
        changed: another choice.
        action: opens the menu below its button.
    """

    changed = Signal()

    def __init__(self, theme: Theme, names: Callable[[Grouping], Sequence[str]], parent: QWidget) -> None:
        """``names`` gives the lines that can be picked in a grouping."""
        super().__init__(parent)
        self.grouping: Grouping = "branches"
        self.seconds = MINUTE
        self._names = names
        self._picked: dict[str, list[str]] = {}
        self._theme = theme
        self.menu = QMenu(parent)
        self.menu.setObjectName("plotChoices")
        self._windows = self._add({MINUTE: _tr("Last minute"), TEN_MINUTES: _tr("Last 10 minutes")}, "seconds")
        self.menu.addSeparator()
        lines = {
            "branches": _tr("Busiest topics"),
            "connections": _tr("By connection"),
            "observers": _tr("By observer"),
            "total": _tr("All together"),
            "filter": _tr("Topics the log is narrowed to"),
        }
        self._groupings = self._add(lines, "grouping")
        self.set_filtered(False)
        self.menu.addSeparator()
        self.lines_menu = self.menu.addMenu(_tr("Lines"))
        self.lines_menu.aboutToShow.connect(self._fill_lines)
        self.action = QAction(_tr("What to plot"), self)
        plain_tooltip(self.action, _tr("What to plot"))
        self.action.triggered.connect(self._open)
        theme.changed.connect(self._restyle)
        self._restyle()

    def choose(self, *, grouping: object = None, seconds: object = None) -> None:
        """Plot something else; anything odd is ignored."""
        for group in GROUPINGS:
            if group == grouping and self._groupings[group].isEnabled():
                self.grouping = group
        if seconds in WINDOWS:
            self.seconds = MINUTE if seconds == MINUTE else TEN_MINUTES
        self._groupings[self.grouping].setChecked(True)
        self._windows[self.seconds].setChecked(True)
        self.changed.emit()

    @property
    def picked(self) -> list[str]:
        """The lines that the user wants in this grouping; empty for the busiest."""
        return self._picked.get(self.grouping, [])

    def pick(self, name: str, wanted: bool) -> None:
        """Want a line in this grouping, or no longer."""
        others = [each for each in self.picked if each != name]
        self._picked[self.grouping] = ([*others, name] if wanted else others)[-MAX_PICKED:]
        self.changed.emit()

    def pick_busiest(self) -> None:
        """Let the busiest be shown."""
        self._picked.pop(self.grouping, None)
        self.changed.emit()

    def save_picked(self) -> dict[str, list[str]]:
        """What was picked, by grouping."""
        return {grouping: names for grouping, names in self._picked.items() if names}

    def restore_picked(self, saved: object) -> None:
        """Take back what was saved; anything odd is ignored."""
        found = saved.items() if isinstance(saved, dict) else ()
        self._picked = {
            grouping: [name for name in names if isinstance(name, str)][:MAX_PICKED]
            for grouping, names in found
            if grouping in GROUPINGS and isinstance(names, list)
        }
        self.changed.emit()

    def set_filtered(self, filtered: bool) -> None:
        """Whether the log is narrowed to topics, which can be plotted then."""
        self._groupings["filter"].setEnabled(filtered)
        if not filtered and self.grouping == "filter":
            self.choose(grouping="branches")

    def window_name(self) -> str:
        """The time plotted, in words."""
        return _tr("last minute") if self.seconds == MINUTE else _tr("last 10 minutes")

    def _add(self, names: Mapping[Any, str], what: str) -> dict[object, QAction]:
        group = QActionGroup(self)
        actions: dict[object, QAction] = {}
        for value, name in names.items():
            action = actions[value] = self.menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(getattr(self, what) == value)
            action.triggered.connect(lambda _on, chosen=value: self.choose(**{what: chosen}))
            group.addAction(action)
        return actions

    def _fill_lines(self) -> None:
        self.lines_menu.clear()
        automatic = self.lines_menu.addAction(_tr("The busiest"))
        automatic.setCheckable(True)
        automatic.setChecked(not self.picked)
        automatic.triggered.connect(lambda _on: self.pick_busiest())
        self.lines_menu.addSeparator()
        for name in dict.fromkeys([*self.picked, *self._names(self.grouping)]):
            action = self.lines_menu.addAction(one_line(name or _tr("all events"), 60).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name in self.picked)
            action.triggered.connect(lambda on, name=name: self.pick(name, on))

    def _open(self) -> None:
        buttons = [button for button in self.action.associatedObjects() if isinstance(button, QToolButton)]
        self.menu.popup(buttons[0].mapToGlobal(buttons[0].rect().bottomLeft()) if buttons else QCursor.pos())

    def _restyle(self) -> None:
        self.action.setIcon(self._theme.icon("chart-line"))
