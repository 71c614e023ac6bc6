"""Columns of the log under the mouse: chosen in the menu, moved by their titles, kept over a restart."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_columns import DEFAULT_ORDER, Column
from eventmon.gui.panels.event_log import EventLogPanel
from tests.gui.log_desk import LEFT, NO_KEYS, Desk
from tests.helpers.scripted_engine import ScriptedEngine


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events."""
    desk = Desk(context, engine)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def shown(panel: EventLogPanel) -> list[str]:
    header = panel.view.columns
    in_order = [Column(header.logicalIndex(place)) for place in range(header.count())]
    return [column.name for column in in_order if not header.isSectionHidden(column)]


def choose(desk: Desk, *titles: str) -> None:
    for title in titles:
        menu = desk.view.columns.columns_menu()
        {action.text(): action for action in menu.actions()}[title].trigger()
        menu.close()
    desk.settle()


def drag(desk: Desk, column: Column, to: Column) -> None:
    """Take a column by its title and let it go on the far half of another one."""
    header, viewport = desk.view.columns, desk.view.columns.viewport()

    def middle(one: Column, share: float) -> QPoint:
        return QPoint(header.sectionViewportPosition(one) + int(header.sectionSize(one) * share), 10)

    start, end = middle(column, 0.5), middle(to, 0.9)
    QTest.mousePress(viewport, LEFT, NO_KEYS, start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(viewport, start + (end - start) * share)
    QTest.mouseRelease(viewport, LEFT, NO_KEYS, end)
    desk.settle()


def test_every_column_can_be_shown_and_hidden(desk: Desk) -> None:
    assert shown(desk.panel) == ["TIME", "DELTA", "TOPIC", "TYPE", "SIZE", "DATA"]
    choose(desk, "Seq", "Source", "Time", "Size")
    assert shown(desk.panel) == ["SEQ", "DELTA", "TOPIC", "TYPE", "SOURCE", "DATA"]
    choose(desk, "Reset columns")
    assert shown(desk.panel) == ["TIME", "DELTA", "TOPIC", "TYPE", "SIZE", "DATA"]


def test_a_title_that_is_dragged_moves_its_column(desk: Desk) -> None:
    drag(desk, Column.TIME, Column.TOPIC)
    assert shown(desk.panel) == ["DELTA", "TOPIC", "TIME", "TYPE", "SIZE", "DATA"]


def test_columns_and_the_reference_of_delta_come_back_after_a_restart(desk: Desk, context: PanelContext) -> None:
    choose(desk, "Subject", "Δ to the selected event")
    drag(desk, Column.TIME, Column.TOPIC)
    state = json.loads(json.dumps(desk.panel.save_state()))
    other = EventLogPanel(context)
    other.resize(900, 420)
    other.show()
    desk.frame()
    assert json.dumps(other.save_state()) != json.dumps(state)
    other.restore_state(state)
    desk.settle()
    assert shown(other) == shown(desk.panel)
    assert "SUBJECT" in shown(other)
    assert other.save_state()["delta_to_row"] is True
    assert context.commands.action("log.delta_to_row").isChecked()
    other.restore_state({"columns": {"order": "x"}, "delta_to_row": "yes"})
    assert other.save_state()["delta_to_row"] is False
    other.close()


def test_the_menu_of_the_columns_says_how_times_are_shown_too(desk: Desk) -> None:
    assert [action.objectName() for action in desk.panel.title_actions()] == ["log.columns"]
    menu = desk.view.columns.columns_menu()
    assert len([one for one in menu.actions() if one.isCheckable()]) == len(DEFAULT_ORDER) + 2
    menu.close()


def test_a_narrow_log_shows_time_topic_and_data_unless_more_is_wanted(desk: Desk) -> None:
    desk.panel.resize(440, 420)
    desk.settle()
    assert shown(desk.panel) == ["TIME", "TOPIC", "DATA"]
    choose(desk, "Seq")
    assert shown(desk.panel) == ["SEQ", "TIME", "TOPIC", "DATA"]
    assert desk.view.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded
