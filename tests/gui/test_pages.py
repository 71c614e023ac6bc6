"""The empty pages say why there is nothing to see, and their buttons do what they say for as long as they live."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from eventmon.gui.context import PanelContext
from eventmon.gui.main_window import MainWindow
from eventmon.gui.widgets.action_button import ActionButton
from eventmon.gui.widgets.empty_state import EmptyState
from eventmon.gui.widgets.plain_text import PlainLabel
from eventmon.gui.widgets.welcome import PIPE_EXAMPLE, WelcomePage
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import EMPTY_LOG, ScriptedEngine


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if label.text()]


def test_the_welcome_page_names_four_ways_to_begin(
    context: PanelContext, qtbot: QtBot, save_screenshot: Screenshot
) -> None:
    page = WelcomePage(context)
    qtbot.addWidget(page)
    page.resize(900, 560)
    page.show()
    shown = texts(page)
    ways = {"Start the demo stream", "Connect to a broker", "Follow a file", "Pipe a program into it", PIPE_EXAMPLE}
    assert ways <= set(shown)
    assert any(text.endswith("up to 2 GiB and 30 days; the oldest leave first.") for text in shown)
    assert EMPTY_LOG.path in shown[-1] or any(EMPTY_LOG.path in text for text in shown)
    assert save_screenshot(page, "welcome").is_file()


@pytest.mark.parametrize("width", [320, 440, 900, 1600])
def test_the_welcome_page_fits_any_width(context: PanelContext, qtbot: QtBot, width: int) -> None:
    page = WelcomePage(context)
    qtbot.addWidget(page)
    page.resize(width, 700)
    page.show()
    QApplication.processEvents()
    for label in page.findChildren(PlainLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
    assert page.horizontalScrollBar().maximum() == 0, "nothing is cut at the right"


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_the_buttons_of_the_welcome_page_are_whole_and_alike_at_any_text_size(
    context: PanelContext, qtbot: QtBot, percent: int
) -> None:
    page = WelcomePage(context)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    context.theme.apply("light", percent)
    QApplication.processEvents()
    buttons = page.findChildren(ActionButton)
    assert len({button.width() for button in buttons}) == 1
    for button in buttons:
        heavy = context.theme.title if button.isDefault() else context.theme.body
        assert QFontMetrics(heavy).horizontalAdvance(button.text()) + 24 <= button.width()


def test_a_log_without_limits_says_so(context: PanelContext, engine: ScriptedEngine, qtbot: QtBot) -> None:
    page = WelcomePage(context)
    qtbot.addWidget(page)
    engine.set(log={"limit_bytes": None})
    qtbot.waitUntil(lambda: any("30 days" in text and "GiB" not in text for text in texts(page)))


def test_the_buttons_of_the_page_are_the_commands(context: PanelContext, qtbot: QtBot) -> None:
    started: list[str] = []
    context.commands.bind("connect.demo", lambda: started.append("demo"))
    page = WelcomePage(context)
    qtbot.addWidget(page)
    demo = next(button for button in page.findChildren(QPushButton) if button.text() == "Start demo")
    demo.click()
    assert started == ["demo"]
    context.commands.set_enabled("connect.demo", False)
    assert not demo.isEnabled()


def test_a_button_may_go_before_its_command(context: PanelContext) -> None:
    button = ActionButton(context.commands.action("connect.demo"))
    button.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    context.commands.set_enabled("connect.demo", False)
    context.commands.set_enabled("connect.demo", True)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_an_empty_page_shows_any_text_as_it_is(context: PanelContext, qtbot: QtBot, name: str) -> None:
    page = EmptyState(context.theme, "list", HOSTILE_TEXTS[name], HOSTILE_TEXTS[name])
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.grab()
    page.set_text("No match", HOSTILE_TEXTS[name])
    assert texts(page)[0] == "No match"


def test_an_empty_page_keeps_to_its_width_and_the_middle(context: PanelContext, qtbot: QtBot) -> None:
    page = EmptyState(
        context.theme,
        "chart-line",
        "Nothing to plot yet",
        "Rates appear here as soon as the first event arrives.",
        context.commands.action("connect.demo"),
    )
    qtbot.addWidget(page)
    page.resize(900, 400)
    page.show()
    QApplication.processEvents()
    sentence = page.findChildren(PlainLabel)[-1]
    assert sentence.width() <= 280
    (button,) = page.findChildren(ActionButton)
    for shown in (sentence, button):
        assert abs(shown.mapTo(page, shown.rect().center()).x() - 450) <= 2


class ShownWindows(QObject):
    """Counts the windows that appear."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def test_opening_the_real_panels_flashes_no_other_window(context: PanelContext, qapp: QApplication) -> None:
    window = MainWindow(context)
    shown = ShownWindows()
    qapp.installEventFilter(shown)
    window.show()
    window.open_panels()
    QApplication.processEvents()
    qapp.removeEventFilter(shown)
    window.allow_close()
    assert shown.names == ["MainWindow"]
