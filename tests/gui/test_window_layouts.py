"""Layouts are chosen, named, put back and remembered; one that does not fit the panels is taken as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from eventmon.core.errors import UserError
from eventmon.engine.settings import Settings
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.commands import Commands
from eventmon.gui.context import PanelContext
from eventmon.gui.dialogs.name_layout import NameLayoutDialog
from eventmon.gui.layout import MAX_NAME, Layout, OwnLayout
from eventmon.gui.main_window import MainWindow
from eventmon.gui.panels.base import DockArea, PanelDescription
from eventmon.gui.selection import Selection
from eventmon.gui.theme.theme import Theme
from eventmon.gui.widgets.plain_text import Question
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.small_panel import described

MakeWindow = Callable[..., MainWindow]
AREAS: dict[str, DockArea] = {
    "topics": "left",
    "event_log": "centre",
    "event": "right",
    "observers": "bottom",
    "publish": "bottom",
    "counters": "bottom",
}
SIX = tuple(described(panel, area, f"Ctrl+{number}") for number, (panel, area) in enumerate(AREAS.items(), 1))


@pytest.fixture
def context(theme: Theme) -> Iterator[PanelContext]:
    """That of a window with six panels, and no engine."""
    commands = Commands(theme, panels=SIX)
    context = PanelContext(
        bridge=EngineBridge(), commands=commands, theme=theme, selection=Selection(), settings=Settings()
    )
    yield context
    for service in (context.bridge, commands, context.selection):
        service.deleteLater()


@pytest.fixture
def make_window(context: PanelContext, qtbot: QtBot) -> Iterator[MakeWindow]:
    windows: list[MainWindow] = []

    def make(panels: tuple[PanelDescription, ...] = SIX, *, layout: Layout | None = None) -> MainWindow:
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


def shown(window: MainWindow) -> list[str]:
    return [dock.description.id for dock in window.docks if not dock.isHidden()]


def choose(window: MainWindow, context: PanelContext, name: str) -> None:
    context.commands.bare_action(f"view.layout_{name}").trigger()
    QApplication.processEvents()


@pytest.mark.parametrize(("width", "height"), [(1_280, 800), (1_920, 1_080), (2_560, 1_440)])
def test_six_docks_stand_side_by_side_and_none_is_clipped(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    window.layouts.reset()
    QApplication.processEvents()
    topics, events, event, observers, publish, counters = window.docks
    assert topics.y() == events.y() == event.y()
    assert observers.y() == publish.y() == counters.y() == topics.y() + topics.height() + 4
    assert topics.width() + events.width() + event.width() + 8 == window.width()
    assert observers.width() + publish.width() + counters.width() + 8 == window.width()
    assert topics.width() >= 240
    assert events.width() >= 440
    assert event.width() >= 312
    assert observers.width() >= 360
    assert min(publish.width(), counters.width()) >= 320
    assert events.height() > observers.height() >= 220


def test_a_layout_is_in_place_at_once_with_its_first_tabs_in_front(window: MainWindow, context: PanelContext) -> None:
    window.resize(1_024, 700)
    choose(window, context, "watch")
    window.activateWindow()
    window.docks.go_to("event_log")
    context.commands.bare_action("view.layout_debug").trigger()
    places = {dock.description.id: dock.geometry() for dock in window.docks if dock.geometry().x() >= 0}
    assert places.keys() == {"topics", "event_log", "observers", "event"}
    for _ in range(5):
        QApplication.processEvents()
    assert {name: window.docks.dock(name).geometry() for name in places} == places
    assert window.docks.focused is window.docks.dock("event_log")


def test_a_narrow_window_has_two_tabbed_pairs(window: MainWindow) -> None:
    window.resize(1_024, 700)
    window.layouts.reset()
    QApplication.processEvents()
    docks = window.docks
    assert window.tabifiedDockWidgets(docks.dock("event")) == [docks.dock("publish")]
    assert window.tabifiedDockWidgets(docks.dock("observers")) == [docks.dock("counters")]
    assert docks.dock("event_log").width() >= 440


def test_watch_and_publish_show_what_their_work_needs(window: MainWindow, context: PanelContext) -> None:
    choose(window, context, "watch")
    assert shown(window) == ["topics", "event_log", "observers", "counters"]
    assert window.docks.dock("counters").width() > window.docks.dock("topics").width()
    assert context.commands.bare_action("view.layout_watch").isChecked()
    choose(window, context, "publish")
    assert shown(window) == ["topics", "event_log", "event", "observers", "publish"]
    assert window.docks.dock("publish").height() > 500
    context.commands.bare_action("view.panel.counters").trigger()
    assert window.tabifiedDockWidgets(window.docks.dock("counters")) == [window.docks.dock("topics")]
    choose(window, context, "debug")
    assert shown(window) == list(AREAS)


def test_an_own_layout_is_saved_by_a_name_and_comes_back_after_a_restart(
    make_window: MakeWindow, context: PanelContext
) -> None:
    first = make_window()
    first.docks.dock("counters").hide()
    context.commands.bare_action("view.layout_save_as").trigger()
    dialog = first.findChild(NameLayoutDialog)
    assert dialog is not None
    dialog.confirm.click()
    assert dialog.place.faulty
    dialog.line.setText("Night shift & weekend")
    dialog.confirm.click()
    assert first.layouts.chosen == "own/Night shift & weekend"
    choose(first, context, "watch")
    second = make_window(layout=first.save())
    assert second.layouts.chosen == "watch"
    assert "publish" not in shown(second)
    second.layouts.choose("own/Night shift & weekend")
    assert shown(second) == ["topics", "event_log", "event", "observers", "publish"]


def test_own_layouts_are_in_both_menus_and_the_chosen_one_is_ticked(window: MainWindow) -> None:
    window.layouts.save_as("Night shift & weekend")
    for menu in (window._menus.menu("view/layout"), window.toolbar.panels_menu):
        texts = {action.text(): action for action in menu.actions()}
        assert texts["Night shift && weekend"].isChecked()
        assert not texts["Debug"].isChecked()
    assert window.toolbar._layout.text() == "Night shift && weekend"


def test_rename_and_delete_are_there_for_own_layouts_alone(window: MainWindow, context: PanelContext) -> None:
    assert not context.commands.is_bound("view.layout_rename")
    window.layouts.save_as("Night shift")
    window.layouts.save_as("Weekend")
    context.commands.bare_action("view.layout_rename").trigger()
    dialog = window.findChild(NameLayoutDialog)
    assert dialog is not None
    dialog.line.setText("Night shift")
    dialog.confirm.click()
    assert "already" in dialog.place.note._text.text()
    dialog.line.setText("Sunday")
    dialog.confirm.click()
    assert list(window.layouts.own) == ["Night shift", "Sunday"]
    context.commands.bare_action("view.layout_delete").trigger()
    question = window.findChild(Question)
    assert question is not None
    question.yes.click()
    assert list(window.layouts.own) == ["Night shift"]
    assert window.layouts.chosen == "debug"
    assert not context.commands.is_bound("view.layout_delete")


def test_reset_brings_an_own_layout_back_as_it_was_saved(window: MainWindow, context: PanelContext) -> None:
    window.docks.dock("publish").hide()
    window.layouts.save_as("Quiet")
    window.docks.dock("publish").show()
    window.docks.dock("event").setFloating(True)
    context.commands.bare_action("view.reset_layout").trigger()
    assert window.docks.dock("publish").isHidden()
    assert not window.docks.dock("event").isFloating()


def test_a_layout_of_fewer_panels_is_taken_and_the_others_join_as_tabs(make_window: MakeWindow) -> None:
    three = make_window((SIX[0], SIX[1], SIX[5]))
    three.docks.dock("topics").hide()
    window = make_window(layout=three.save())
    assert window.docks.dock("topics").isHidden()
    assert set(shown(window)) == set(AREAS) - {"topics"}
    assert window.docks.dock("counters") in window.tabifiedDockWidgets(window.docks.dock("observers"))


def test_a_layout_with_panels_that_are_gone_is_taken_as_far_as_it_goes(make_window: MakeWindow) -> None:
    six = make_window()
    six.docks.dock("counters").hide()
    window = make_window((SIX[0], SIX[1], SIX[5]), layout=six.save())
    assert shown(window) == ["topics", "event_log"]


def test_a_notice_comes_and_goes_with_what_it_says_and_not_with_a_layout(window: MainWindow) -> None:
    window.say("The disk is full. Recording is paused; nothing stored is lost.")
    window.layouts.save_as("Full disk")
    window.say("")
    window.layouts.choose("own/Full disk")
    assert not window._banner_bar.isVisible()
    window.say("The disk is full.")
    window.layouts.choose("debug")
    window.layouts.choose("own/Full disk")
    assert window._banner_bar.isVisible()


@pytest.mark.parametrize("state", [b"", b"\xff" * 40])
def test_an_own_layout_of_nonsense_is_the_default_one(window: MainWindow, state: bytes) -> None:
    window.layouts.own["Broken"] = OwnLayout(state=state, panels=())
    window.layouts.choose("own/Broken")
    assert shown(window) == list(AREAS)


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_are_kept_short_and_shown_as_they_are(window: MainWindow, name: str) -> None:
    text = HOSTILE_TEXTS[name]
    if 0 < len(" ".join(text.split())) <= MAX_NAME:
        window.layouts.save_as(text)
    else:
        with pytest.raises(UserError, match="name of up to"):
            window.layouts.save_as(text)
    window.grab()
    assert len(window.toolbar._layout.text()) <= 90
