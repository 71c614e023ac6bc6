"""The order of the topics: chosen in the header or in a menu, shown in both."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QCursor
from PySide6.QtWidgets import QMenu, QToolButton

from eventmon.gui.models.topic_model import SORT_KEYS
from eventmon.gui.models.topic_texts import BYTES, EVENTS, FIRST, LAST, OBSERVERS, RATE, TOPIC
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import plain_tooltip
from eventmon.gui.widgets.topic_tree_view import TopicTreeView


def _tr(text: str) -> str:
    return QCoreApplication.translate("Topics", text)


def _direction(descending: bool) -> Qt.SortOrder:
    return Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder


class TopicSorting(QObject):
    """Sorts one view.

    Attributes:
        action: opens the menu below its button.
    """

    def __init__(self, theme: Theme, view: TopicTreeView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.menu = QMenu(view)
        self.menu.setObjectName("topicSort")
        self._choices = self._fill()
        self.action = QAction(_tr("Sort topics"), self)
        plain_tooltip(self.action, _tr("Sort topics"))
        self.action.triggered.connect(self._open)
        header = view.header()
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._clicked)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.sort(0, descending=False)

    def sort(self, column: int, *, descending: bool) -> None:
        """Sort by a column."""
        order = _direction(descending)
        self._view.header().setSortIndicator(column, order)
        self._view.topics().sort(column, order)
        if column in self._choices:
            self._choices[column].setChecked(True)

    def restore(self, key: object, descending: object) -> None:
        """Sort as it was saved; anything odd is ignored."""
        for column, known in SORT_KEYS.items():
            if key == known:
                self.sort(column, descending=descending is True)

    def _fill(self) -> dict[int, QAction]:
        group = QActionGroup(self)
        names = {
            TOPIC: _tr("Sort by name"),
            EVENTS: _tr("Sort by events"),
            RATE: _tr("Sort by rate"),
            BYTES: _tr("Sort by bytes"),
            OBSERVERS: _tr("Sort by observers"),
            FIRST: _tr("Sort by first seen"),
            LAST: _tr("Sort by last seen"),
        }
        choices = {}
        for column, name in names.items():
            choice = choices[column] = self.menu.addAction(name)
            choice.setCheckable(True)
            choice.triggered.connect(lambda _on, chosen=column: self.sort(chosen, descending=chosen > 0))
            group.addAction(choice)
        return choices

    def _clicked(self, column: int) -> None:
        order = self._view.topics().rows.ranks.order
        if column not in SORT_KEYS:
            self._view.header().setSortIndicator(self._column_of(order.key), _direction(order.descending))
            return
        same = SORT_KEYS[column] == order.key
        self.sort(column, descending=not order.descending if same else column > 0)

    @staticmethod
    def _column_of(key: str) -> int:
        return next(column for column, known in SORT_KEYS.items() if known == key)

    def _open(self) -> None:
        buttons = [button for button in self.action.associatedObjects() if isinstance(button, QToolButton)]
        self.menu.popup(buttons[0].mapToGlobal(buttons[0].rect().bottomLeft()) if buttons else QCursor.pos())

    def _restyle(self) -> None:
        self.action.setIcon(self._theme.icon("arrow-up-down"))
