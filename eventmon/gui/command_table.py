"""Everything the user can ask for, as one table: menus, toolbar, shortcuts and the page of shortcuts come from it.

The actions made of it are in ``commands``; here is nothing but what they are called and where they are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eventmon.gui.command_definition import Command
from eventmon.gui.command_definition import title as _title
from eventmon.gui.panels.base import PanelDescription
from eventmon.gui.panels.registry import PANELS


def _color_commands() -> tuple[Command, ...]:
    """A choice of colours for a connection."""
    titles = {
        "": _title("No colour"),
        "red": _title("Red"),
        "amber": _title("Amber"),
        "green": _title("Green"),
        "blue": _title("Blue"),
        "violet": _title("Violet"),
    }
    return tuple(
        Command(
            id=f"connection.color_{color or 'none'}",
            title=title,
            menu="file/connection/color",
            checkable=True,
            choice="connection_color",
            section=1,
        )
        for color, title in titles.items()
    )


def _layout_commands() -> tuple[Command, ...]:
    """The built-in layouts and what can be done with all of them."""
    built_in = {
        "watch": (_title("Watch"), "F7"),
        "debug": (_title("Debug"), "F8"),
        "publish": (_title("Publish"), "F9"),
    }
    does = {
        "view.layout_save_as": _title("Save layout as…"),
        "view.layout_rename": _title("Rename layout…"),
        "view.layout_delete": _title("Delete layout…"),
        "view.reset_layout": _title("Reset layout"),
    }
    return (
        *(
            Command(
                id=f"view.layout_{name}",
                title=title,
                shortcut=key,
                menu="view/layout",
                checkable=True,
                choice="layout",
            )
            for name, (title, key) in built_in.items()
        ),
        *(Command(id=name, title=title, menu="view/layout", section=1) for name, title in does.items()),
    )


def _session_commands() -> tuple[Command, ...]:
    """Sessions as files; they stand first in their menu."""
    titles = {
        "session.new": (_title("New session…"), "Ctrl+N", "file"),
        "session.open": (_title("Open session…"), "Ctrl+O", "file"),
        "session.clear_recent": (_title("Clear list"), "", "file/recent"),
        "session.save_as": (_title("Save session as…"), "", "file"),
    }
    return tuple(
        Command(id=name, title=title, shortcut=keys, menu=menu, section=-1)
        for name, (title, keys, menu) in titles.items()
    )


COMMANDS: Final[tuple[Command, ...]] = (
    *_session_commands(),
    Command(
        id="connect.open",
        title=_title("Connect…"),
        icon="plug",
        shortcut="Ctrl+Shift+K",
        menu="file",
        needs_recording=True,
    ),
    Command(
        id="connect.demo", title=_title("Start the demo stream"), icon="circle-play", menu="file", needs_recording=True
    ),
    Command(
        id="connect.follow_file", title=_title("Follow a file…"), icon="file-text", menu="file", needs_recording=True
    ),
    Command(id="connection.edit", title=_title("Edit…"), icon="pencil", menu="file/connection"),
    Command(id="connection.reconnect", title=_title("Reconnect now"), icon="refresh-cw", menu="file/connection"),
    Command(id="connection.disconnect", title=_title("Disconnect"), icon="unplug", menu="file/connection"),
    Command(
        id="connection.read_only",
        title=_title("Read-only"),
        icon="lock",
        menu="file/connection",
        checkable=True,
        section=1,
    ),
    *_color_commands(),
    Command(
        id="connection.forget",
        title=_title("Forget…"),
        icon="trash-2",
        menu="file/connection",
        section=2,
    ),
    Command(
        id="workspace.export",
        title=_title("Export workspace…"),
        icon="download",
        shortcut="Ctrl+S",
        menu="file",
        section=1,
    ),
    Command(
        id="workspace.import",
        title=_title("Import workspace…"),
        icon="upload",
        menu="file",
        section=1,
        needs_recording=True,
    ),
    Command(
        id="hub.share",
        title=_title("Share this workspace…"),
        icon="share-2",
        menu="file",
        section=1,
        needs_recording=True,
    ),
    Command(id="hub.compare", title=_title("Compare versions…"), icon="users", menu="file", section=1),
    Command(id="hub.reconnect", title=_title("Try to reach the hub"), icon="refresh-cw", menu="file", section=1),
    Command(id="hub.leave", title=_title("Leave hub…"), icon="unplug", menu="file", section=1),
    Command(id="workspace.review", title=_title("Review workspace…"), icon="lock", menu="file", section=1),
    Command(
        id="counters.export_image", title=_title("Export plot as image…"), icon="image-down", menu="file", section=1
    ),
    Command(id="counters.export_csv", title=_title("Export plot as CSV…"), icon="download", menu="file", section=1),
    Command(id="counters.pause_plot", title=_title("Pause plot"), icon="pause", menu="view", checkable=True, section=2),
    Command(id="server.on", title=_title("Server on"), icon="server", menu="file/server", checkable=True),
    Command(id="server.copy_link", title=_title("Copy link"), icon="copy", menu="file/server"),
    Command(id="server.renew", title=_title("New link…"), icon="refresh-cw", menu="file/server"),
    Command(id="session.quit", title=_title("Quit"), shortcut="Ctrl+Q", menu="file", section=2),
    Command(
        id="log.copy_row", title=_title("Copy row"), icon="copy", shortcut="Ctrl+C", menu="edit", scope="event_log"
    ),
    Command(
        id="log.copy_json",
        title=_title("Copy as JSON"),
        icon="braces",
        shortcut="Ctrl+Shift+C",
        menu="edit/copy_as",
        scope="event_log",
    ),
    Command(id="log.copy_curl", title=_title("Copy as curl"), menu="edit/copy_as", scope="event_log"),
    Command(
        id="log.copy_cli",
        title=_title("Copy as command"),
        icon="square-terminal",
        menu="edit/copy_as",
        scope="event_log",
    ),
    Command(id="log.copy_payload", title=_title("Copy payloads"), menu="edit/copy_as", scope="event_log"),
    Command(
        id="topics.copy_path",
        title=_title("Copy topic path"),
        icon="copy",
        shortcut="Ctrl+C",
        menu="edit",
        scope="topics",
    ),
    Command(
        id="event.copy_value", title=_title("Copy value"), icon="copy", shortcut="Ctrl+C", menu="edit", scope="event"
    ),
    Command(
        id="event.copy_path",
        title=_title("Copy path of field"),
        shortcut="Ctrl+Shift+Y",
        menu="edit",
        scope="event",
    ),
    Command(id="event.copy_payload", title=_title("Copy payload"), menu="edit", scope="event"),
    Command(
        id="event.copy_json",
        title=_title("Copy event as JSON"),
        icon="copy",
        shortcut="Ctrl+Shift+C",
        menu="edit",
        scope="event",
    ),
    Command(
        id="topics.find",
        title=_title("Find topics"),
        icon="search",
        shortcut="Ctrl+F",
        menu="edit",
        scope="topics",
        section=1,
    ),
    Command(
        id="log.filter_focus",
        title=_title("Filter events"),
        icon="list-filter",
        shortcut="Ctrl+L",
        menu="edit",
        section=1,
    ),
    Command(
        id="log.filter_clear",
        title=_title("Clear filter"),
        icon="x",
        shortcut="Ctrl+Shift+L",
        menu="edit",
        section=1,
    ),
    Command(
        id="topics.filter_log",
        title=_title("Filter log to this topic"),
        icon="list-filter",
        menu="edit",
        scope="topics",
        section=1,
    ),
    Command(
        id="topics.new",
        title=_title("New topic…"),
        icon="folder-plus",
        shortcut="Ctrl+T",
        menu="edit/topic",
        scope="topics",
        section=2,
        needs_recording=True,
    ),
    Command(
        id="topics.publish_here",
        title=_title("Publish here…"),
        icon="send",
        menu="edit/topic",
        scope="topics",
        section=2,
        needs_recording=True,
    ),
    Command(
        id="topics.attach_here",
        title=_title("Attach observer here…"),
        icon="radar",
        menu="edit/topic",
        scope="topics",
        section=2,
        needs_recording=True,
    ),
    Command(
        id="topics.mute",
        title=_title("Mute topic"),
        icon="eye-off",
        shortcut="Ctrl+Shift+M",
        menu="edit/topic",
        checkable=True,
        section=3,
    ),
    Command(
        id="topics.record",
        title=_title("Record topic"),
        icon="circle-dot",
        menu="edit/topic",
        scope="topics",
        checkable=True,
        section=3,
        needs_recording=True,
    ),
    Command(
        id="topics.pin",
        title=_title("Pin topic"),
        icon="pin",
        menu="edit/topic",
        scope="topics",
        checkable=True,
        section=3,
    ),
    Command(
        id="topics.delete",
        title=_title("Delete topic…"),
        icon="trash-2",
        shortcut="Del",
        menu="edit/topic",
        scope="topics",
        section=4,
        needs_recording=True,
    ),
    Command(
        id="log.delete",
        title=_title("Delete events…"),
        icon="trash-2",
        menu="edit",
        section=4,
        needs_recording=True,
    ),
    Command(
        id="edit.preferences", title=_title("Preferences…"), icon="settings", shortcut="Ctrl+,", menu="edit", section=9
    ),
    *_layout_commands(),
    Command(id="view.next_panel", title=_title("Next panel"), shortcut="F6", menu="view/go", section=1),
    Command(id="view.previous_panel", title=_title("Previous panel"), shortcut="Shift+F6", menu="view/go", section=1),
    Command(
        id="event.next_tab",
        title=_title("Next view of the event"),
        shortcut="Ctrl+PgDown",
        menu="view/go",
        scope="event",
        section=2,
    ),
    Command(
        id="event.previous_tab",
        title=_title("Previous view of the event"),
        shortcut="Ctrl+PgUp",
        menu="view/go",
        scope="event",
        section=2,
    ),
    Command(
        id="topics.expand_all",
        title=_title("Expand all topics"),
        icon="chevrons-up-down",
        menu="view",
        scope="topics",
        section=1,
    ),
    Command(
        id="topics.collapse_all",
        title=_title("Collapse all topics"),
        icon="chevrons-down-up",
        menu="view",
        scope="topics",
        section=1,
    ),
    Command(
        id="view.theme_system",
        title=_title("As the system"),
        icon="monitor",
        menu="view/theme",
        checkable=True,
        choice="theme",
    ),
    Command(
        id="view.theme_light", title=_title("Light"), icon="sun", menu="view/theme", checkable=True, choice="theme"
    ),
    Command(id="view.theme_dark", title=_title("Dark"), icon="moon", menu="view/theme", checkable=True, choice="theme"),
    Command(id="view.text_larger", title=_title("Larger"), shortcut="Ctrl++; Ctrl+=", menu="view/text"),
    Command(id="view.text_smaller", title=_title("Smaller"), shortcut="Ctrl+-", menu="view/text"),
    Command(id="view.text_reset", title=_title("Normal"), shortcut="Ctrl+0", menu="view/text"),
    Command(id="view.utc", title=_title("Times in UTC"), menu="view", checkable=True, section=2),
    Command(id="log.delta_to_row", title=_title("Δ to the selected event"), menu="view", checkable=True, section=2),
    Command(id="log.columns", title=_title("Columns of the log…"), icon="columns-3", menu="view", section=2),
    Command(id="view.full_screen", title=_title("Full screen"), shortcut="F11", menu="view", checkable=True, section=3),
    Command(id="log.pause", title=_title("Pause"), icon="pause", shortcut="Ctrl+P", menu="event", checkable=True),
    Command(
        id="log.follow",
        title=_title("Follow newest"),
        icon="arrow-down-to-line",
        shortcut="End",
        menu="event",
        scope="event_log",
    ),
    Command(id="log.go_to_seq", title=_title("Go to seq or time…"), shortcut="Ctrl+J", menu="event", section=1),
    Command(
        id="event.detail",
        title=_title("Show in the Event panel"),
        shortcut="Return; Enter",
        menu="event",
        scope="event_log",
        section=1,
    ),
    Command(
        id="event.own_window",
        title=_title("Open event in a window"),
        icon="external-link",
        shortcut="Shift+Return; Shift+Enter",
        menu="event",
        scope="event_log",
        section=1,
    ),
    Command(
        id="log.publish_again",
        title=_title("Publish again"),
        icon="repeat",
        shortcut="Ctrl+R",
        menu="event",
        scope="event_log",
        section=2,
        needs_recording=True,
    ),
    Command(
        id="log.edit_publish",
        title=_title("Edit and publish"),
        icon="pencil",
        shortcut="Ctrl+Shift+R",
        menu="event",
        scope="event_log",
        section=2,
        needs_recording=True,
    ),
    Command(
        id="log.clear_view",
        title=_title("Clear view"),
        icon="eraser",
        shortcut="Ctrl+Shift+X",
        menu="event",
        section=3,
    ),
    Command(
        id="observer.attach",
        title=_title("Attach observer…"),
        icon="radar",
        shortcut="Ctrl+Shift+O",
        menu="observers",
        needs_recording=True,
    ),
    Command(
        id="observer.on",
        title=_title("Observer on"),
        icon="play",
        shortcut="Space",
        menu="observers",
        scope="observers",
        checkable=True,
        section=1,
    ),
    Command(
        id="observer.edit",
        title=_title("Edit observer…"),
        icon="pencil",
        shortcut="Return; Enter",
        menu="observers",
        scope="observers",
        section=1,
    ),
    Command(
        id="observer.duplicate",
        title=_title("Duplicate observer…"),
        icon="copy-plus",
        menu="observers",
        scope="observers",
        section=1,
        needs_recording=True,
    ),
    Command(
        id="observer.show_failed",
        title=_title("Show the event that failed"),
        icon="circle-alert",
        menu="observers",
        scope="observers",
        section=1,
    ),
    Command(
        id="observer.copy_row",
        title=_title("Copy observer"),
        icon="copy",
        shortcut="Ctrl+C",
        menu="observers",
        scope="observers",
        section=1,
    ),
    Command(
        id="observer.reset",
        title=_title("Reset counters…"),
        icon="rotate-ccw",
        menu="observers",
        scope="observers",
        section=1,
    ),
    Command(
        id="observer.detach",
        title=_title("Detach observer…"),
        icon="trash-2",
        shortcut="Del",
        menu="observers",
        scope="observers",
        section=2,
    ),
    Command(
        id="publish.open",
        title=_title("Publish…"),
        icon="send",
        menu="event",
        section=3,
        needs_recording=True,
    ),
    Command(
        id="publish.fire",
        title=_title("Fire"),
        icon="send",
        shortcut="Ctrl+Return; Ctrl+Enter",
        menu="event/publish",
        scope="publish",
        section=3,
        needs_recording=True,
    ),
    Command(
        id="publish.repeat",
        title=_title("Repeat or stop"),
        icon="repeat",
        shortcut="Ctrl+Shift+Return; Ctrl+Shift+Enter",
        menu="event/publish",
        scope="publish",
        section=3,
        needs_recording=True,
    ),
    Command(
        id="publish.burst",
        title=_title("Fire a burst"),
        menu="event/publish",
        scope="publish",
        section=3,
        needs_recording=True,
    ),
    Command(id="publish.format", title=_title("Format JSON"), menu="event/publish", scope="publish", section=4),
    Command(
        id="publish.history_back",
        title=_title("Earlier draft"),
        icon="chevron-left",
        shortcut="Ctrl+PgUp",
        menu="event/publish",
        scope="publish",
        section=4,
    ),
    Command(
        id="publish.history_forward",
        title=_title("Later draft"),
        icon="chevron-right",
        shortcut="Ctrl+PgDown",
        menu="event/publish",
        scope="publish",
        section=4,
    ),
    Command(
        id="publish.templates",
        title=_title("Templates"),
        icon="bookmark",
        menu="event/publish",
        scope="publish",
        section=5,
    ),
    Command(
        id="publish.save_template",
        title=_title("Save as template…"),
        menu="event/publish",
        scope="publish",
        section=5,
    ),
    Command(id="help.welcome", title=_title("Welcome"), icon="house", menu="help"),
    Command(id="help.shortcuts", title=_title("Keyboard shortcuts"), icon="keyboard", shortcut="F1", menu="help"),
    Command(
        id="help.problems",
        title=_title("Problems"),
        icon="circle-alert",
        shortcut="Ctrl+Shift+B",
        menu="help",
        section=1,
    ),
    Command(id="help.about", title=_title("About Eventmon"), icon="info", menu="help", section=2),
)


def panel_commands(panels: Sequence[PanelDescription]) -> tuple[Command, ...]:
    """A switch and a way to go there for each panel."""
    switches = [
        Command(id=f"view.panel.{panel.id}", title=panel.title, icon=panel.icon, menu="view/panels", checkable=True)
        for panel in panels
    ]
    ways = [
        Command(id=f"view.go.{panel.id}", title=panel.title, icon=panel.icon, shortcut=panel.shortcut, menu="view/go")
        for panel in panels
    ]
    return (*switches, *ways)


def all_commands(panels: Sequence[PanelDescription] = PANELS) -> tuple[Command, ...]:
    """The whole table in the order of the menus."""
    return (*panel_commands(panels), *COMMANDS)
