"""The menu that says what the plot shows: which lines, over which time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QCursor
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from eventmon.gui.models.rate_groups import GROUPINGS, TEN_MINUTES, Grouping
from eventmon.gui.models.rate_history import MINUTE
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

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.grouping: Grouping = "branches"
        self.seconds = MINUTE
        self._theme = theme
        self.menu = QMenu(parent)
        self.menu.setObjectName("plotChoices")
        self._windows = self._add({MINUTE: _tr("Last minute"), TEN_MINUTES: _tr("Last 10 minutes")}, "seconds")
        self.menu.addSeparator()
        lines = {
            "branches": _tr("Busiest topics"),
            "connections": _tr("By connection"),
            "total": _tr("All together"),
            "filter": _tr("Topics the log is narrowed to"),
        }
        self._groupings = self._add(lines, "grouping")
        self.set_filtered(False)
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

    def _open(self) -> None:
        buttons = [button for button in self.action.associatedObjects() if isinstance(button, QToolButton)]
        self.menu.popup(buttons[0].mapToGlobal(buttons[0].rect().bottomLeft()) if buttons else QCursor.pos())

    def _restyle(self) -> None:
        self.action.setIcon(self._theme.icon("chart-line"))
