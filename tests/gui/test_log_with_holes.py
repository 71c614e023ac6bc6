"""A log out of whose middle events were deleted: rows, figures, places and selection are right at the same cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadRemoved, ReadRows, ReadRowsAt
from eventmon.gui.context import PanelContext
from eventmon.gui.models.log_removals import FRAMES_BETWEEN
from eventmon.gui.models.log_rows import FRAMES_TO_RETRY
from eventmon.gui.models.log_standing import Horizon
from eventmon.gui.models.row_holes import Holes
from eventmon.gui.widgets.go_to_seq import GoToSeq
from tests.gui.log_desk import Desk
from tests.gui.log_script import order
from tests.helpers.scripted_engine import EMPTY_LOG, ScriptedEngine

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(context: PanelContext, engine: ScriptedEngine) -> Iterator[Desk]:
    desk = Desk(context, engine)
    desk.context.commands.action("view.utc").setChecked(True)
    yield desk
    desk.panel.close()
    desk.panel.deleteLater()


def shown(desk: Desk) -> list[int]:
    rows = desk.panel.model.rows
    return [item for item in rows.items(0, len(rows)) if isinstance(item, int)]


def go_to(desk: Desk, text: str) -> None:
    desk.run("log.go_to_seq")
    card = next((one for one in desk.panel.findChildren(GoToSeq) if one.isVisible()), None)
    assert card is not None
    QTest.keyClicks(card.edit, text)
    QTest.keyClick(card.edit, Qt.Key.Key_Return)
    desk.settle()


def test_deleted_events_leave_the_view_and_the_figures(desk: Desk) -> None:
    desk.script.delete([5, *range(400, 500), 1_000])
    desk.frame()
    assert shown(desk) == [seq for seq in range(1, 1_000) if seq != 5 and not 400 <= seq < 500]
    assert desk.says.startswith("898 events")
    desk.frame(grow=2)
    assert shown(desk)[-2:] == [1_001, 1_002]
    assert desk.says.startswith("900 events")


def test_what_was_deleted_is_read_once_for_each_change(desk: Desk) -> None:
    desk.script.delete([7])
    for _ in range(FRAMES_BETWEEN + 3):
        desk.frame(grow=1)
    assert len([one for one in desk.engine.asked if isinstance(one, ReadRemoved)]) == 1
    desk.script.delete([9])
    desk.frame()
    assert len([one for one in desk.engine.asked if isinstance(one, ReadRemoved)]) == 2


def test_a_log_without_holes_is_not_asked_for_them(desk: Desk) -> None:
    desk.frame(grow=10)
    assert not [one for one in desk.engine.asked if isinstance(one, ReadRemoved)]


def test_a_session_with_holes_opens_without_them(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=0)
    desk.script.newest, desk.script.row = 50_000_000, order
    desk.script.delete([49_999_999, *range(1_000, 2_000)])
    lengths: list[int] = []
    desk.panel.model.rowsInserted.connect(lambda *_rows: lengths.append(len(desk.panel.model.rows)))
    desk.frame()
    rows = desk.panel.model.rows
    assert lengths == [len(rows)], "no row of a deleted event was shown, not even for a moment"
    assert len(rows) == 50_000_000 - 1_001
    assert rows.items(len(rows) - 2, 2) == [49_999_998, 50_000_000]
    asked = [one.count for one in desk.engine.asked if isinstance(one, ReadRows)]
    assert sum(asked) + sum(len(one.seqs) for one in desk.engine.asked if isinstance(one, ReadRowsAt)) < 200


def test_nothing_is_shown_before_it_is_known_what_was_deleted(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=0)
    read = engine._answers[ReadRemoved]
    engine.answer(ReadRemoved, UserError("The disk does not answer. Look at its cable, then try again."))
    desk.script.newest = 1_000
    desk.script.delete([5])
    desk.frame()
    assert shown(desk) == []
    engine.answer(ReadRemoved, read)
    for _ in range(FRAMES_TO_RETRY):
        desk.frame()
    assert len(shown(desk)) == 999


def test_hits_that_were_deleted_leave_a_filtered_view(desk: Desk) -> None:
    desk.type_filter("order.created")
    before = shown(desk)
    desk.script.delete(before[10:20])
    desk.frame()
    assert shown(desk) == [*before[:10], *before[20:]]
    assert desk.says.startswith(f"{len(before) - 10} shown of 990 events")


def test_the_row_that_is_read_stays_where_it_is(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Home)
    desk.view.show_seq(500)
    desk.settle()
    y = desk.view.rowViewportPosition(desk.view.currentIndex().row())
    desk.script.delete([*range(100, 300), *range(501, 600)])
    desk.frame()
    assert desk.seq_at(y) == 500
    assert desk.panel.model.seq_at(desk.view.currentIndex().row()) == 500
    assert desk.view.selected_seqs() == [500]
    assert not desk.view.following


def test_the_newest_stays_in_sight_when_rows_above_go(desk: Desk) -> None:
    desk.script.delete(range(900, 990))
    desk.frame()
    assert desk.view.following
    assert desk.last_in_sight() in (1_000, None)
    assert desk.panel.model.rows.item(len(desk.panel.model.rows) - 1) == 1_000


def test_a_deleted_event_is_not_selected_any_more(desk: Desk) -> None:
    desk.view.show_seq(500)
    desk.key(Qt.Key.Key_Down, SHIFT)
    desk.key(Qt.Key.Key_Down, SHIFT)
    assert desk.view.selected_seqs() == [500, 501, 502]
    assert "3 selected" in desk.says
    desk.script.delete([501])
    desk.frame()
    assert desk.view.selected_seqs() == [500, 502]
    assert not desk.view._hidden.selected, "it does not wait to be shown again"
    assert "2 selected" in desk.says


def test_the_keyboard_goes_on_from_where_the_deleted_row_was(desk: Desk) -> None:
    desk.view.show_seq(500)
    desk.settle()
    desk.script.delete([500, 501])
    desk.frame()
    assert desk.panel.model.seq_at(desk.view.currentIndex().row()) == 502
    assert desk.view.selected_seqs() == []
    desk.key(Qt.Key.Key_Down)
    assert desk.view.selected_seqs() == [503]
    desk.key(Qt.Key.Key_Up)
    desk.key(Qt.Key.Key_Up)
    assert desk.view.selected_seqs() == [499]


def test_delta_counts_from_the_row_that_is_above_now(desk: Desk) -> None:
    desk.script.delete([499])
    desk.frame()
    desk.view.show_seq(500)
    desk.settle()
    view = desk.panel.model.view_of(500)
    assert view is not None
    assert view.previous == order(498).received


def test_a_paused_view_loses_what_is_deleted_and_counts_the_rest_that_waits(desk: Desk) -> None:
    desk.run("log.pause")
    desk.frame(grow=100)
    assert "Paused: 100 events wait, none lost" in desk.says
    desk.script.delete([10, *range(1_001, 1_041)])
    desk.frame()
    assert shown(desk)[-1] == 1_000
    assert 10 not in shown(desk)
    assert "Paused: 60 events wait, none lost" in desk.says
    desk.run("log.pause")
    desk.frame()
    assert shown(desk)[-60:] == list(range(1_041, 1_101))


@pytest.mark.parametrize("cut", [False, True])
def test_after_everything_was_deleted_the_log_is_empty_until_the_next_event(desk: Desk, cut: bool) -> None:
    """The store may cut its holes below the first event that is left."""
    desk.script.first = 1_001 if cut else 1
    desk.script.delete(range(1, 1_001))
    desk.frame()
    assert shown(desk) == []
    assert desk.panel._no_events.isVisible()
    assert desk.says.startswith("0 events")
    desk.frame(grow=3)
    assert shown(desk) == [1_001, 1_002, 1_003]
    assert desk.view.isVisible()


def test_rows_in_sight_go_too_when_the_low_end_is_deleted(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Home)
    assert desk.seq_at(1) == 1
    desk.script.first = 700
    desk.script.delete(range(1, 700))
    desk.frame()
    assert shown(desk) == list(range(700, 1_001))


def test_going_to_a_deleted_event_arrives_at_the_next_and_says_so(desk: Desk) -> None:
    desk.script.delete([500, 501, 1_000])
    desk.frame()
    go_to(desk, "500")
    assert desk.view.selected_seqs() == [502]
    assert desk.panel.notice.text() == "Event 500 was deleted. The next one is selected."
    go_to(desk, "1000")
    assert desk.view.selected_seqs() == [999]
    assert desk.panel.notice.text() == "Event 1,000 was deleted. The last one is selected."


def test_a_time_is_found_among_holes(desk: Desk) -> None:
    desk.script.delete([*range(400, 600), 999, 1_000])
    desk.frame()
    for wanted in (398, 600, 998):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=order(wanted).received)
        go_to(desk, moment.isoformat())
        assert desk.view.selected_seqs() == [wanted]


def test_a_cleared_view_counts_what_was_not_deleted(desk: Desk) -> None:
    desk.run("log.clear_view")
    desk.frame(grow=10)
    desk.script.delete([3, 1_002, 1_003])
    desk.frame()
    assert desk.says.startswith("8 events · since the view was cleared")
    desk.panel.feed.show_all()
    desk.settle()
    assert desk.says.startswith("1,007 events")
    assert len(shown(desk)) == 1_007


def test_a_search_counts_the_events_it_has_looked_at(context: PanelContext, engine: ScriptedEngine) -> None:
    desk = Desk(context, engine, events=150_000)
    desk.script.delete(range(100_001, 110_001))
    desk.frame()
    desk.type_filter("payment.failed")
    assert f"shown of the newest {90_000:,} events" in desk.says
    assert "Search older" in desk.says


def test_what_is_muted_is_counted_without_what_was_deleted(desk: Desk) -> None:
    desk.context.selection.setMuted(("jobs/#",))
    desk.settle()
    muted = [seq for seq in range(1, 1_001) if order(seq).topic.startswith("jobs/")]
    assert f"{len(muted)} muted" in desk.says
    desk.script.delete(muted[:50])
    desk.frame()
    assert f"{len(muted) - 50} muted" in desk.says


def test_holes_are_no_events_that_wait() -> None:
    one = Horizon()
    one.frozen_at = 1_000
    one.holes = Holes([1_005, 1_200])
    one.take(msgspec.structs.replace(EMPTY_LOG, first_seq=1, newest_seq=1_100, events=1_099, removals=1))
    assert (one.waiting, one.gone) == (99, 0)
