"""The table of panels. A literal table of lazy functions, because package scans come back empty in a frozen build."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QT_TRANSLATE_NOOP

from eventmon.gui.context import PanelContext
from eventmon.gui.panels.base import Panel, PanelDescription


def _topics() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.topics import TopicsPanel

    return TopicsPanel


def _event_log() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.event_log import EventLogPanel

    return EventLogPanel


def _event() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.event import EventPanel

    return EventPanel


def _observers() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.observers import ObserversPanel

    return ObserversPanel


def _publish() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.publish import PublishPanel

    return PublishPanel


def _counters() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.counters import CountersPanel

    return CountersPanel


def _server() -> Callable[[PanelContext], Panel]:
    from eventmon.gui.panels.server import ServerPanel

    return ServerPanel


PANELS: tuple[PanelDescription, ...] = (
    PanelDescription(
        id="topics",
        title=str(QT_TRANSLATE_NOOP("Panel", "Topics")),
        icon="folder-tree",
        area="left",
        shortcut="Ctrl+1",
        factory=_topics,
    ),
    PanelDescription(
        id="event_log",
        title=str(QT_TRANSLATE_NOOP("Panel", "Event log")),
        icon="list",
        area="centre",
        shortcut="Ctrl+2",
        factory=_event_log,
    ),
    PanelDescription(
        id="event",
        title=str(QT_TRANSLATE_NOOP("Panel", "Event")),
        icon="braces",
        area="right",
        shortcut="Ctrl+3",
        factory=_event,
    ),
    PanelDescription(
        id="observers",
        title=str(QT_TRANSLATE_NOOP("Panel", "Observers")),
        icon="radar",
        area="bottom",
        shortcut="Ctrl+4",
        factory=_observers,
    ),
    PanelDescription(
        id="publish",
        title=str(QT_TRANSLATE_NOOP("Panel", "Publish")),
        icon="send",
        area="bottom",
        shortcut="Ctrl+5",
        factory=_publish,
    ),
    PanelDescription(
        id="counters",
        title=str(QT_TRANSLATE_NOOP("Panel", "Counters")),
        icon="chart-line",
        area="bottom",
        shortcut="Ctrl+6",
        factory=_counters,
    ),
    PanelDescription(
        id="server",
        title=str(QT_TRANSLATE_NOOP("Panel", "Server")),
        icon="server",
        area="bottom",
        shortcut="Ctrl+7",
        factory=_server,
    ),
)
