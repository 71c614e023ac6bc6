"""One table feeds menus, bars and shortcuts: no key twice, nothing shown that does nothing."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from eventmon.engine.resources import resources_folder
from eventmon.gui.actions import MenuFiller
from eventmon.gui.command_definition import MENUS, WINDOW, Command
from eventmon.gui.command_table import COMMANDS, all_commands
from eventmon.gui.commands import Commands
from eventmon.gui.panels.registry import PANELS
from eventmon.gui.theme.theme import Theme


@pytest.fixture
def commands(theme: Theme) -> Commands:
    return Commands(theme)


def keys(command: Command) -> list[str]:
    return [key.toString() for key in QKeySequence.listFromString(command.shortcut)] if command.shortcut else []


def test_no_two_commands_have_one_id() -> None:
    assert max(Counter(command.id for command in all_commands()).values()) == 1


def test_no_key_does_two_things_in_one_place() -> None:
    scopes = {command.scope for command in all_commands()} - {WINDOW}
    for scope in scopes:
        here = [key for command in all_commands() if command.scope in (scope, WINDOW) for key in keys(command)]
        assert [key for key, times in Counter(here).items() if times > 1] == []


def test_every_shortcut_is_a_key() -> None:
    for command in all_commands():
        assert all(keys(command)), command
        assert len(keys(command)) == (command.shortcut.count("; ") + 1 if command.shortcut else 0)


def test_no_letter_acts_alone() -> None:
    single = {key for command in all_commands() for key in keys(command) if len(key) == 1}
    assert single == set()


@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.id)
def test_a_command_is_well_described(command: Command) -> None:
    assert command.title.strip()
    assert command.menu in MENUS
    assert command.scope == WINDOW or command.scope in {panel.id for panel in PANELS}
    assert not command.icon or (resources_folder() / "icons" / f"{command.icon}.svg").is_file()


def test_every_panel_has_a_switch_and_a_way_to_it() -> None:
    ids = {command.id for command in all_commands()}
    for panel in PANELS:
        assert {f"view.panel.{panel.id}", f"view.go.{panel.id}"} <= ids


def test_a_command_appears_when_it_is_bound_and_goes_with_its_handler(commands: Commands) -> None:
    action = commands.action("log.clear_view")
    assert not action.isVisible()
    cleared: list[str] = []
    commands.bind("log.clear_view", lambda: cleared.append("view"))
    assert action.isVisible()
    action.trigger()
    assert cleared == ["view"]
    commands.unbind("log.clear_view")
    assert not action.isVisible()


def test_a_later_handler_takes_the_place_of_the_first(commands: Commands) -> None:
    called: list[str] = []
    commands.bind("log.clear_view", lambda: called.append("first"))
    commands.bind("log.clear_view", lambda: called.append("second"))
    commands.action("log.clear_view").trigger()
    assert called == ["second"]


def test_a_switch_tells_its_handler_its_state(commands: Commands) -> None:
    states: list[bool] = []
    commands.bind("log.pause", states.append)
    commands.action("log.pause").trigger()
    commands.action("log.pause").trigger()
    assert states == [True, False]


def test_showing_a_state_calls_no_handler(commands: Commands) -> None:
    states: list[bool] = []
    commands.bind("log.pause", states.append)
    commands.set_checked("log.pause", True)
    assert commands.action("log.pause").isChecked()
    assert states == []


def test_one_theme_is_chosen_at_a_time(commands: Commands) -> None:
    for mode in ("light", "dark"):
        commands.bind(f"view.theme_{mode}", lambda _on: None)
        commands.action(f"view.theme_{mode}").trigger()
    assert not commands.action("view.theme_light").isChecked()
    assert commands.action("view.theme_dark").isChecked()


def test_an_unknown_command_is_a_mistake(commands: Commands) -> None:
    with pytest.raises(KeyError):
        commands.action("orders.ship")


def test_tooltips_name_the_key(commands: Commands) -> None:
    assert "Ctrl+P" in commands.action("log.pause").toolTip()


def test_menus_without_commands_are_not_shown(commands: Commands, qtbot: object) -> None:
    window = QMainWindow()
    filler = MenuFiller(window.menuBar(), commands)
    assert shown_menus(window.menuBar()) == []
    commands.bind("help.about", lambda: None)
    assert shown_menus(window.menuBar()) == ["Help"]
    commands.bind("view.theme_dark", lambda _on: None)
    assert shown_menus(window.menuBar()) == ["View", "Help"]
    assert [texts(menu) for menu in (filler.menu("view"), filler.menu("view/theme"))] == [["Theme"], ["Dark"]]


def test_every_command_stands_in_its_menu(commands: Commands) -> None:
    window = QMainWindow()
    filler = MenuFiller(window.menuBar(), commands)
    for command in COMMANDS:
        assert commands.action(command.id) in filler.menu(command.menu).actions()


def texts(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in menu.actions() if action.isVisible() and action.text()]


def shown_menus(bar: QMenuBar) -> list[str]:
    return [action.text().replace("&", "") for action in bar.actions() if action.isVisible()]


def test_what_needs_a_session_that_records_is_grey_without_it_and_says_why(commands: Commands) -> None:
    fire, clear = commands.bare_action("publish.fire"), commands.bare_action("log.clear_view")
    for command in ("publish.fire", "log.publish_again", "log.clear_view"):
        commands.bind(command, lambda: None)
    before = fire.toolTip()
    commands.set_recording(False)
    assert not fire.isEnabled()
    assert "only looked at" in fire.toolTip()
    assert clear.isEnabled()
    commands.set_enabled("publish.fire", True)
    commands.set_enabled("log.publish_again", False)
    assert not fire.isEnabled()
    commands.set_recording(True)
    assert fire.isEnabled()
    assert fire.toolTip() == before
    assert not commands.bare_action("log.publish_again").isEnabled()


@pytest.mark.parametrize(
    "command",
    ["connect.open", "topics.new", "topics.publish_here", "topics.attach_here", "observer.attach", "publish.open"],
)
def test_whatever_changes_a_session_needs_one_that_records(commands: Commands, command: str) -> None:
    assert commands.table[command].needs_recording
