"""Selecting in the log with mouse and keys: by event, whatever comes, goes or is hidden meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_columns import Column
from tests.gui.log_desk import Desk
from tests.gui.log_script import order
from tests.helpers.scripted_engine import ScriptedEngine

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    """A thousand events."""
    desk = Desk(context, engine)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def row_y(desk: Desk, number: int) -> int:
    return number * desk.view.row_height + 5


def ground_of(desk: Desk) -> str:
    """The colour at the right edge of the current row, where no text is."""
    picture = desk.view.viewport().grab().toImage()
    top = desk.view.rowViewportPosition(desk.view.currentIndex().row())
    return picture.pixelColor(QPoint(picture.width() - 3, top + desk.view.row_height // 2)).name()


def test_shift_and_control_clicks_select_many(desk: Desk) -> None:
    desk.wheel(10)
    first = desk.seq_at(row_y(desk, 2))
    assert first is not None
    desk.click(row_y(desk, 2))
    desk.click(row_y(desk, 5), SHIFT)
    desk.click(row_y(desk, 9), CONTROL)
    desk.click(row_y(desk, 3), CONTROL)
    assert desk.selected() == [first, first + 2, first + 3, first + 7]
    assert desk.context.selection.current_event == first + 7, "taking a row out selects no other event"


def test_the_selection_is_blue_only_while_the_rows_have_the_keyboard(desk: Desk) -> None:
    desk.wheel(10)
    desk.click(row_y(desk, 4))
    theme = desk.context.theme
    assert ground_of(desk) == theme.color("selected").name()
    desk.run("log.filter_focus")
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    assert ground_of(desk) == theme.color("selected_idle").name()


def test_a_selection_survives_what_comes_and_what_is_pruned(desk: Desk) -> None:
    desk.wheel(10)
    desk.click(row_y(desk, 2))
    desk.click(row_y(desk, 6), SHIFT)
    chosen = desk.selected()
    desk.script.retain(chosen[2] - 40)
    for _ in range(3):
        desk.frame(grow=3_300)
    assert desk.selected() == chosen
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum() // 2)
    desk.settle()
    desk.script.retain(chosen[2])
    desk.frame()
    assert desk.selected() == chosen[2:], "what the log has lost leaves the selection"


def test_what_a_filter_hides_stays_selected_until_something_else_is(desk: Desk) -> None:
    desk.wheel(10)
    desk.click(row_y(desk, 0))
    desk.click(row_y(desk, 9), SHIFT)
    chosen = desk.selected()
    desk.type_filter("martin")
    shown = [seq for seq in chosen if order(seq).preview.count(b"Martin")]
    assert desk.selected() == shown
    assert len(shown) == 2
    desk.run("log.filter_clear")
    assert desk.selected() == chosen
    desk.type_filter("martin")
    desk.click(row_y(desk, 1))
    (other,) = desk.selected()
    desk.run("log.filter_clear")
    assert desk.selected() == [other]


def test_a_hundred_thousand_rows_are_not_all_selected_and_a_sentence_says_so(
    context: PanelContext, engine: ScriptedEngine
) -> None:
    desk = Desk(context, engine, events=100_000)
    desk.key(Qt.Key.Key_A, CONTROL)
    chosen = desk.view.selected_items(100_000)
    assert chosen == list(range(90_001, 100_001))
    assert desk.panel.notice.text() == "The newest 10,000 of 100,000 rows are selected."
    assert desk.panel.notice.property("tone") == "text2"
    desk.panel.notice.timer.timeout.emit()
    assert not desk.panel.notice.isVisible()
    desk.panel.close()


def test_ten_thousand_scattered_rows_survive_the_end_of_a_filter(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=60_000)
    desk.type_filter("martin")
    desk.key(Qt.Key.Key_A, CONTROL)
    chosen = desk.view.selected_items(100_000)
    assert len(chosen) == 10_000
    desk.run("log.filter_clear")
    assert desk.view.selected_items(100_000) == chosen
    desk.panel.close()


def test_the_event_selected_last_is_told_to_the_other_panels(desk: Desk) -> None:
    told: list[Any] = []
    desk.context.selection.eventChanged.connect(told.append)
    desk.click(row_y(desk, 3))
    (seq,) = desk.selected()
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Down, SHIFT)
    desk.key(Qt.Key.Key_End)
    desk.frame(grow=500)
    assert told == [seq, seq + 1, seq + 2], "following selects nothing"


def test_another_log_lets_go_of_the_selection(desk: Desk) -> None:
    desk.click(row_y(desk, 3))
    desk.engine.set(log={"path": "sessions/audit.eventmon"})
    desk.frame()
    assert desk.selected() == []
    assert desk.context.selection.current_event == 0


def test_delta_counts_from_the_event_that_is_clicked(desk: Desk) -> None:
    desk.run("log.delta_to_row")
    desk.wheel(10)
    desk.click(row_y(desk, 3))
    row, model = desk.view.currentIndex().row(), desk.panel.model
    texts = [model.text(one, Column.DELTA) for one in (row - 1, row, row + 1)]
    assert texts[1] == "+0.0"
    assert (texts[0][0], texts[2][0]) == ("−", "+")
