"""The window stands with any panels, keeps its layout, and always shows where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.problems import ProblemsDialog
from eventmon.gui.layout import Layout
from eventmon.gui.main_window import MainWindow, fit_screen
from eventmon.gui.panels.base import PanelDescription
from tests.gui.conftest import Screenshot
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import ScriptedEngine
from tests.helpers.small_panel import SMALL_PANELS, SmallPanel, broken, described

MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def make_window(context: PanelContext, qtbot: QtBot) -> Iterator[MakeWindow]:
    windows: list[MainWindow] = []

    def make(panels: tuple[PanelDescription, ...] = SMALL_PANELS, *, layout: Layout | None = None) -> MainWindow:
        window = MainWindow(context, panels=panels)
        windows.append(window)
        qtbot.addWidget(window)
        if layout is not None:
            window.restore(layout)
        with qtbot.waitExposed(window):
            window.show()
        window.open_panels()
        QApplication.processEvents()
        return window

    yield make
    for window in windows:
        window.allow_close()


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window()


def field(window: MainWindow, panel_id: str) -> Any:
    panel = window.docks.dock(panel_id).panel
    assert isinstance(panel, SmallPanel)
    return panel.field


def focused(window: MainWindow) -> list[str]:
    return [dock.description.id for dock in window.docks if dock.header._focused]


def test_the_window_tells_of_its_first_paint_once(context: PanelContext, qtbot: QtBot) -> None:
    window = MainWindow(context, panels=SMALL_PANELS)
    qtbot.addWidget(window)
    painted: list[int] = []
    window.firstPainted.connect(lambda: painted.append(1))
    with qtbot.waitSignal(window.firstPainted):
        window.show()
    window.update()
    window.grab()
    QApplication.processEvents()
    assert painted == [1]
    window.allow_close()


def test_the_default_layout_uses_the_room(window: MainWindow, save_screenshot: Screenshot) -> None:
    topics, events, counters = window.docks
    assert window.size().width() == 1280
    assert topics.width() + events.width() + 4 == window.width()
    assert events.width() > 2 * topics.width()
    assert counters.width() == window.width()
    assert counters.y() > events.y() + events.height()
    assert 200 <= counters.height() <= 300
    assert save_screenshot(window, "shell").is_file()


def test_gutters_are_four_pixels(window: MainWindow) -> None:
    topics, events, _ = window.docks
    assert events.x() - (topics.x() + topics.width()) == 4


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (2560, 1440), (700, 480)])
def test_the_layout_fits_any_size(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    QApplication.processEvents()
    window.docks.size_up()
    QApplication.processEvents()
    topics, events, counters = window.docks
    assert events.width() > topics.width()
    assert events.height() >= counters.height()


def test_a_layout_comes_back_with_what_the_panels_saved(make_window: MakeWindow) -> None:
    first = make_window()
    first.docks.dock("topics").hide()
    field(first, "event_log").setText("orders/#")
    layout = first.save()
    second = make_window(layout=layout)
    assert second.docks.dock("topics").isHidden()
    assert field(second, "event_log").text() == "orders/#"


def test_sizes_come_back(make_window: MakeWindow) -> None:
    first = make_window()
    topics, events, _ = first.docks
    first.resize(760, 600)  # a window larger than the screen would come back smaller
    QApplication.processEvents()
    before = topics.width()
    first.resizeDocks([topics, events], [420, 336], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    width = topics.width()
    assert width != before
    second = make_window(layout=first.save())
    assert second.docks.dock("topics").width() == width


@pytest.mark.parametrize(("width", "height", "fills"), [(1280, 800, True), (1024, 1200, True), (1920, 1080, False)])
def test_the_first_window_fits_the_screen(make_window: MakeWindow, width: int, height: int, fills: bool) -> None:
    window = make_window()
    fit_screen(window, QSize(width, height))
    assert window.isMaximized() is fills


def test_a_layout_of_nonsense_leaves_the_default(make_window: MakeWindow) -> None:
    width = make_window().docks.dock("topics").width()
    window = make_window(layout=Layout(geometry=b"\x00garbage", state=b"\xff" * 40, panels={"ghost": {"x": 1}}))
    assert all(dock.isVisible() for dock in window.docks)
    assert window.docks.dock("topics").width() == width


def test_a_panel_that_was_not_opened_keeps_its_state(context: PanelContext, qtbot: QtBot) -> None:
    window = MainWindow(context, panels=SMALL_PANELS)
    qtbot.addWidget(window)
    window.restore(Layout(panels={"topics": {"text": "orders"}}))
    assert window.save().panels == {"topics": {"text": "orders"}}


def test_reset_brings_everything_back(window: MainWindow, context: PanelContext, qtbot: QtBot) -> None:
    topics = window.docks.dock("topics")
    width = topics.width()
    topics.setFloating(True)
    topics.resize(500, 300)
    window.docks.dock("counters").hide()
    context.commands.action("view.reset_layout").trigger()
    qtbot.waitUntil(lambda: topics.width() == width)
    assert not topics.isFloating()
    assert all(dock.isVisible() for dock in window.docks)


def test_a_floating_panel_has_the_systems_frame_and_gets_its_header_back(window: MainWindow) -> None:
    dock = window.docks.dock("counters")
    dock.setFloating(True)
    assert dock.titleBarWidget() is None
    dock.setFloating(False)
    assert dock.titleBarWidget() is dock.header
    assert dock.header.isVisible()


def test_a_broken_panel_says_so_and_the_others_work(make_window: MakeWindow, caplog: pytest.LogCaptureFixture) -> None:
    window = make_window((*SMALL_PANELS[:2], described("counters", "bottom", "Ctrl+6", broken)))
    assert window.docks.dock("counters").panel is None
    assert field(window, "topics") is not None
    assert "could not be opened" in caplog.text


def test_exactly_one_panel_has_the_accent_line(window: MainWindow) -> None:
    window.activateWindow()
    for panel_id in ("topics", "counters", "event_log"):
        window.docks.go_to(panel_id)
        assert focused(window) == [panel_id]


def test_the_line_stays_while_the_keyboard_is_in_a_menu_or_bar(window: MainWindow) -> None:
    window.docks.go_to("topics")
    window.toolbar.setFocus()
    assert focused(window) == ["topics"]


def test_next_and_previous_walk_all_open_panels(window: MainWindow, context: PanelContext) -> None:
    window.docks.go_to("topics")
    walked = []
    for _ in range(3):
        context.commands.action("view.next_panel").trigger()
        walked += focused(window)
    assert walked == ["event_log", "counters", "topics"]
    context.commands.action("view.previous_panel").trigger()
    assert focused(window) == ["counters"]


def test_a_closed_panel_is_left_out_and_comes_back_when_gone_to(window: MainWindow, context: PanelContext) -> None:
    window.docks.dock("event_log").close()
    assert not context.commands.action("view.panel.event_log").isChecked()
    window.docks.go_to("topics")
    context.commands.action("view.next_panel").trigger()
    assert focused(window) == ["counters"]
    context.commands.action("view.go.event_log").trigger()
    assert window.docks.dock("event_log").isVisible()
    assert context.commands.action("view.panel.event_log").isChecked()


def test_among_tabs_the_title_is_on_the_tab_alone(window: MainWindow) -> None:
    topics, events, _ = window.docks
    window.tabifyDockWidget(events, topics)
    QApplication.processEvents()
    assert topics.header._title.isHidden()
    window.docks.arrange()
    QApplication.processEvents()
    assert not topics.header._title.isHidden()


def test_a_note_is_hidden_where_it_would_be_cut(window: MainWindow) -> None:
    dock = window.docks.dock("topics")
    assert dock.panel is not None
    dock.panel.noteChanged.emit("48 in 5 connections")
    assert dock.header._note.isVisible()
    dock.panel.noteChanged.emit("48 topics in 5 connections, of which 3 cannot be reached at this moment")
    assert not dock.header._note.isVisible()


def test_icon_buttons_have_names(window: MainWindow) -> None:
    from PySide6.QtWidgets import QToolButton

    for button in window.findChildren(QToolButton):
        if button.isVisible() and not button.text():
            assert button.accessibleName(), button.objectName()


def test_the_session_is_in_the_title(window: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    engine.set(log={"name": "shop.eventmon"})
    qtbot.waitUntil(lambda: window.windowTitle() == "shop.eventmon – Eventmon")


def test_a_blocked_log_is_said_over_the_panels(window: MainWindow, engine: ScriptedEngine, qtbot: QtBot) -> None:
    sentence = "The disk is full. Recording is paused; nothing stored is lost."
    engine.set(log={"blocked": sentence})
    qtbot.waitUntil(lambda: window.banner_text == sentence)
    assert window._banner_bar.isVisible()
    engine.set(log={"blocked": ""})
    qtbot.waitUntil(lambda: not window._banner_bar.isVisible())


def test_a_long_notice_takes_the_lines_it_needs_and_no_more(window: MainWindow, qtbot: QtBot) -> None:
    window.say("The disk is full. Recording is paused; nothing stored is lost.")
    QApplication.processEvents()
    one_line = window._banner.height()
    assert one_line < 3 * window.fontMetrics().height()
    window.resize(520, 600)
    window.say("The engine does not answer any more. Nothing stored is lost. " * 3)
    qtbot.waitUntil(lambda: window._banner.height() > one_line)
    assert window._banner._text.height() >= window._banner._text.heightForWidth(window._banner._text.width())


def test_a_lost_engine_is_said_over_the_panels(window: MainWindow, context: PanelContext) -> None:
    context.bridge.engineLost.emit("The socket was closed.")
    assert "does not answer" in window.banner_text
    assert "The socket was closed." in window.banner_text


@pytest.mark.parametrize(
    "name", ["image_markup", "nul", "right_to_left_override", "lone_surrogate", "long_word", "mnemonic"]
)
def test_hostile_names_are_shown_as_they_are(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot, name: str
) -> None:
    text = HOSTILE_TEXTS[name]
    engine.set(
        log={"name": text, "path": text, "blocked": text},
        connections=[ConnectionStatus(name=text, url=text, phase="failed", detail=text)],
    )
    qtbot.waitUntil(lambda: window.controller.connections != [])
    window.toolbar.connect_menu.aboutToShow.emit()
    window.grab()
    assert len(window.windowTitle()) < 200


def test_the_connect_menu_has_the_ways_to_connect_and_each_connection(
    window: MainWindow, context: PanelContext
) -> None:
    statuses = [
        ConnectionStatus(name="prod", url="redis://prod", phase="waiting", publishes=True),
        ConnectionStatus(name="R&D", url="demo://", phase="closed"),
    ]
    context.bridge.connectionsChanged.emit(statuses)
    menu = window.toolbar.connect_menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[0] == "Connect…"
    assert texts[-2:] == ["prod: reconnecting", "R&&D: closed"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.text()] == texts


def test_closing_asks_first(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closeAsked):
        window.close()
    assert window.isVisible()
    window.allow_close()
    assert not window.isVisible()


def test_full_screen_goes_there_and_back(window: MainWindow, context: PanelContext) -> None:
    action = context.commands.action("view.full_screen")
    action.trigger()
    assert window.isFullScreen()
    action.trigger()
    assert not window.isFullScreen()


def test_theme_and_text_size_are_chosen_by_commands(window: MainWindow, context: PanelContext, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.appearanceChanged):
        context.commands.action("view.theme_dark").trigger()
    assert context.theme.dark
    assert context.commands.action("view.theme_dark").isChecked()
    height = window.docks.dock("topics").header.height()
    for _ in range(4):
        context.commands.action("view.text_larger").trigger()
    QApplication.processEvents()
    assert context.theme.text_percent == 175
    assert window.docks.dock("topics").header.height() >= height


def test_the_toolbar_shows_what_is_bound(window: MainWindow, context: PanelContext) -> None:
    live = window.toolbar._shown["log.pause"]
    assert not live.isVisible()
    context.commands.bind("log.pause", lambda _paused: None)
    assert live.isVisible()


def test_the_live_button_turns_amber_when_paused(window: MainWindow, context: PanelContext) -> None:
    context.commands.bind("log.pause", lambda _paused: None)
    button: Any = window.toolbar.widgetForAction(window.toolbar._shown["log.pause"])
    assert (button.text(), button.property("state")) == ("Live", "live")
    context.commands.action("log.pause").trigger()
    assert (button.text(), button.property("state")) == ("Paused", "paused")
    assert "none" not in button.accessibleName()


def test_asking_for_the_problems_again_brings_the_one_list_forward(window: MainWindow, context: PanelContext) -> None:
    for _ in range(2):
        context.commands.action("help.problems").trigger()
    (dialog,) = window.findChildren(ProblemsDialog)
    dialog.accept()
    QApplication.processEvents()
    context.commands.action("help.problems").trigger()
    assert window.findChildren(ProblemsDialog)[-1].isVisible()


def test_a_session_opened_to_look_only_says_so_in_the_title(
    window: MainWindow, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    engine.set(log={"name": "friday.eventmon", "read_only": True})
    qtbot.waitUntil(lambda: window.windowTitle() == "friday.eventmon (read-only) – Eventmon")
    window.status.refresh()
    assert "read-only" in window.status.log._value.text()


def test_a_second_start_brings_the_window_forward(window: MainWindow, context: PanelContext) -> None:
    window.setWindowState(Qt.WindowState.WindowMinimized)
    context.bridge.raiseRequested.emit()
    assert not window.isMinimized()


def test_a_session_that_is_looked_at_greys_what_would_change_it(
    window: MainWindow, context: PanelContext, engine: ScriptedEngine, qtbot: QtBot
) -> None:
    connect = context.commands.bare_action("connect.open")
    qtbot.waitUntil(connect.isEnabled)
    engine.set(log={"read_only": True})
    qtbot.waitUntil(lambda: not connect.isEnabled())
    assert "only looked at" in connect.toolTip()
    engine.set(log={"read_only": False})
    qtbot.waitUntil(connect.isEnabled)
    assert "only looked at" not in connect.toolTip()
