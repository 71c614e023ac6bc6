"""All tabs of an event can be seen and reached at any width and size of text: the last become icons with a name."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from eventmon.gui.panels.event import MIN_WIDTH
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.event_tabs import EventTabs
from tests.gui.conftest import Screenshot

TABS = (
    ("Tree", "folder-tree"),
    ("Raw", "file-text"),
    ("Hex", "hash"),
    ("Attributes", "list"),
    ("Observers", "radar"),
)


def made(theme: Theme, qtbot: QtBot, width: int, *, wider: int = 100) -> EventTabs:
    tabs = EventTabs(theme, TABS)
    qtbot.addWidget(tabs)
    if wider != 100:
        font = tabs.font()
        font.setStretch(wider)
        tabs.setFont(font)
    tabs.resize(width, 32)
    tabs.show()
    QApplication.processEvents()
    return tabs


def titles(tabs: EventTabs) -> list[str]:
    return [tabs.tabText(number) for number in range(tabs.count())]


def overlaps(tabs: EventTabs) -> bool:
    """Whether a title is wider than its tab, or a tab goes beyond the bar."""
    metrics = QFontMetrics(tabs.font())
    room = [tabs.tabRect(number) for number in range(tabs.count())]
    cut = any(metrics.horizontalAdvance(title) > place.width() for title, place in zip(titles(tabs), room, strict=True))
    return cut or room[-1].right() >= tabs.width()


def test_all_are_named_where_there_is_room(theme: Theme, qtbot: QtBot) -> None:
    assert titles(made(theme, qtbot, 480)) == [title for title, _icon in TABS]


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("wider", [100, 115])
@pytest.mark.parametrize("width", [MIN_WIDTH - 4, 420])
def test_nothing_is_cut_and_what_is_looked_at_is_named(
    theme: Theme, qtbot: QtBot, percent: int, wider: int, width: int
) -> None:
    theme.apply("light", percent)
    tabs = made(theme, qtbot, width, wider=wider)
    for number, (title, _icon) in enumerate(TABS):
        tabs.setCurrentIndex(number)
        QApplication.processEvents()
        assert not overlaps(tabs)
        assert tabs.tabText(number) == title or (percent, width) == (200, MIN_WIDTH - 4)  # five icons, no more
        for other, (name, _icon) in enumerate(TABS):
            short = not tabs.tabText(other)
            assert tabs.accessibleTabName(other) == name
            assert (tabs.tabToolTip(other) == name) is short
            assert tabs.tabIcon(other).isNull() is not short


def test_titles_come_back_with_the_room(theme: Theme, qtbot: QtBot) -> None:
    tabs = made(theme, qtbot, 240)
    assert "" in titles(tabs)
    tabs.resize(600, 32)
    assert "" not in titles(tabs)


def test_every_tab_is_reached_by_the_arrow_keys(theme: Theme, qtbot: QtBot) -> None:
    theme.apply("light", 150)
    tabs = made(theme, qtbot, MIN_WIDTH)
    tabs.setFocus()
    walked = [tabs.currentIndex()]
    for _ in range(4):
        QTest.keyClick(tabs, Qt.Key.Key_Right)
        walked.append(tabs.currentIndex())
    assert walked == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures(theme: Theme, qtbot: QtBot, save_screenshot: Screenshot, mode: Any) -> None:
    for percent in (100, 150):
        for wider in (100, 115):
            theme.apply(mode, percent)
            tabs = made(theme, qtbot, MIN_WIDTH, wider=wider)
            save_screenshot(tabs, f"event-tabs-{mode}-{percent}-{wider}")
