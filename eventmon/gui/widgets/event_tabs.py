"""The tabs over an event: where they do not all fit, the least important become icons; what is looked at is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget

from eventmon.gui.theme.theme import Theme

PAD: Final = 18
"""The style sheet's padding at both sides, and one at each for what rounding takes."""
ICON: Final = 16


class EventTabs(QTabBar):
    """Tabs with a title and an icon each; the last give up their titles first."""

    _titles: tuple[str, ...] = ()  # Qt asks for sizes while it is being made
    _widths: tuple[int, ...] = ()
    _short: frozenset[int] = frozenset()

    def __init__(self, theme: Theme, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._titles = tuple(title for title, _icon in tabs)
        self._icons = [icon for _title, icon in tabs]
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for number, title in enumerate(self._titles):
            self.addTab(title)
            self.setAccessibleTabName(number, title)
        self.currentChanged.connect(lambda _index: self._fit())
        theme.changed.connect(self._restyle)
        self._restyle()

    def tabSizeHint(self, index: int) -> QSize:
        """The room that was found for a tab."""
        hint = super().tabSizeHint(index)
        return QSize(self._widths[index], hint.height()) if index < len(self._widths) else hint

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Titles are never cut."""
        return self.tabSizeHint(index)

    def minimumSizeHint(self) -> QSize:
        """As narrow as tabs of icons are."""
        return QSize(len(self._titles) * (self._icon_size() + PAD), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name as many as fit."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _icon_size(self) -> int:
        return max(ICON, QFontMetrics(self.font()).ascent())

    def _title_widths(self, *, equal: bool) -> list[int]:
        """What the titles need: that of the tab looked at is bolder, and with ``equal`` there is room for it in all."""
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        usual, bolder = QFontMetrics(self.font()), QFontMetrics(bold)
        return [
            PAD + (bolder if equal or number == self.currentIndex() else usual).horizontalAdvance(title)
            for number, title in enumerate(self._titles)
        ]

    def _fit(self) -> None:
        """Titles become icons from the last on until all fit; the one looked at gives way after the others."""
        current = self.currentIndex()
        widths = self._title_widths(equal=True)
        if sum(widths) > self.width():
            widths = self._title_widths(equal=False)
        short: set[int] = set()
        for number in sorted(range(len(widths)), key=lambda number: (number == current, -number)):
            if sum(widths) <= self.width():
                break
            widths[number] = self._icon_size() + PAD
            short.add(number)
        if (tuple(widths), frozenset(short)) != (self._widths, self._short):
            self._widths, self._short = tuple(widths), frozenset(short)
            self._show()

    def _show(self) -> None:
        for number, title in enumerate(self._titles):
            short = number in self._short
            icon = self._theme.icon(self._icons[number], "text2", self._icon_size()) if short else QIcon()
            self.setTabIcon(number, icon)
            self.setTabToolTip(number, title if short else "")
            self.setTabText(number, "" if short else title)
        self.updateGeometry()

    def _restyle(self) -> None:
        self.setIconSize(QSize(self._icon_size(), self._icon_size()))
        self._fit()
        self._show()
