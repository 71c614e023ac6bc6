"""What the feed asks the engine and when it tells the model: never early, never twice, never for what is not seen."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from eventmon.core.errors import UserError
from eventmon.engine.requests import ReadRows, ReadRowsAt, Request, Search
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_feed import LogFeed
from eventmon.gui.models.log_filter import LogFilter
from eventmon.gui.models.log_model import LogModel
from tests.gui.log_script import LogScript
from tests.helpers.scripted_engine import ScriptedEngine


class PatientEngine(ScriptedEngine):
    """Holds answers about rows and hits back until ``release``."""

    def __init__(self) -> None:
        super().__init__()
        self.holding = False
        self._held: list[tuple[Future[Any], Request[Any]]] = []

    def call(self, request: Request[Any]) -> Future[Any]:
        if not self.holding or not isinstance(request, ReadRows | ReadRowsAt | Search):
            return super().call(request)
        self.asked.append(request)
        future: Future[Any] = Future()
        self._held.append((future, request))
        return future

    def release(self) -> None:
        held, self._held = self._held, []
        for future, request in held:
            self.asked.append(request)
            self._complete(future, self._answers[type(request)], request)

    @property
    def held(self) -> list[Request[Any]]:
        return [request for _future, request in self._held]


class Stage:
    """A feed between a scripted engine and a model, with a viewport of ten rows."""

    def __init__(self, events: int) -> None:
        self.engine = PatientEngine()
        self.script = LogScript(self.engine, events)
        self.bridge = EngineBridge()
        self.model = LogModel()
        self.feed = LogFeed(self.bridge, self.model)
        self.following = True
        self.model.rowsInserted.connect(self.look)
        self.model.modelReset.connect(self.look)
        self.bridge.attach(self.engine)
        self.bridge._timer.stop()
        self.look()

    def look(self) -> None:
        """Tell what is in sight: the last ten rows, or the first ten."""
        rows = len(self.model.rows)
        first = max(rows - 10, 0) if self.following else 0
        self.feed.set_in_sight(first, min(first + 9, rows - 1), 10)

    def frame(self) -> None:
        """The next frame, and all answers to what it makes the feed ask."""
        self.bridge._ask_for_frame()
        self.settle()

    def settle(self) -> None:
        for _ in range(30):
            QCoreApplication.processEvents()

    def rows_asked(self) -> int:
        counts = [one.count for one in self.engine.asked if isinstance(one, ReadRows)]
        return sum(counts) + sum(len(one.seqs) for one in self.engine.asked if isinstance(one, ReadRowsAt))


@pytest.fixture
def stage(qapp: QApplication) -> Stage:
    """A log of a thousand events."""
    stage = Stage(1_000)
    stage.settle()
    return stage


def test_fifty_million_events_are_shown_after_one_page_was_read(qapp: QApplication) -> None:
    stage = Stage(50_000_000)
    stage.settle()
    assert len(stage.model.rows) == 50_000_000
    assert stage.rows_asked() < 100


def test_the_tail_is_read_before_the_rows_appear(stage: Stage) -> None:
    stage.engine.holding = True
    stage.script.grow(3_300)
    stage.frame()
    assert len(stage.model.rows) == 1_000
    assert len(stage.engine.held) == 1
    stage.engine.release()
    stage.settle()
    assert len(stage.model.rows) == 4_300
    assert stage.model.cache.missing(range(4_291, 4_301)) == []


def test_one_request_for_the_tail_is_under_way_however_many_frames_pass(stage: Stage) -> None:
    stage.engine.holding = True
    for _ in range(20):
        stage.script.grow(3_300)
        stage.frame()
    assert len(stage.engine.held) == 1
    stage.engine.holding = False
    stage.engine.release()
    stage.settle()
    assert stage.model.rows.high == stage.script.newest


def test_events_out_of_sight_cost_no_read(stage: Stage) -> None:
    stage.following = False
    stage.look()
    stage.settle()
    before = stage.rows_asked()
    for _ in range(10):
        stage.script.grow(3_300)
        stage.frame()
    assert stage.rows_asked() == before
    assert len(stage.model.rows) == 34_000


def test_a_jump_into_the_unknown_is_read_once_with_a_page_around_it(qapp: QApplication) -> None:
    stage = Stage(50_000_000)
    stage.settle()
    stage.engine.asked.clear()
    stage.feed.set_in_sight(25_000_000, 25_000_009, 10)
    stage.settle()
    assert len(stage.engine.asked) == 1
    assert stage.model.cache.missing(range(25_000_000, 25_000_011)) == []
    stage.feed.set_in_sight(25_000_005, 25_000_014, 10)
    stage.settle()
    assert len(stage.engine.asked) == 1, "the page after it is here already"


def test_a_fast_drag_asks_for_where_it_ends(qapp: QApplication) -> None:
    stage = Stage(1_000_000)
    stage.settle()
    stage.engine.asked.clear()
    stage.engine.holding = True
    for first in range(0, 900_000, 1_000):
        stage.feed.set_in_sight(first, first + 9, 10)
    assert len(stage.engine.held) == 1
    stage.engine.holding = False
    stage.engine.release()
    stage.settle()
    last = stage.engine.asked[-1]
    assert isinstance(last, ReadRows)
    assert last.first <= 899_001 <= last.first + last.count


def test_a_paused_view_stands_still_and_shows_everything_afterwards(stage: Stage) -> None:
    stage.feed.set_paused(True)
    for _ in range(3):
        stage.script.grow(3_412)
        stage.frame()
    assert len(stage.model.rows) == 1_000
    assert (stage.feed.horizon.waiting, stage.feed.horizon.gone) == (10_236, 0)
    stage.feed.set_paused(False)
    stage.settle()
    assert len(stage.model.rows) == 11_236


def test_a_gap_takes_its_place_and_a_paused_view_gets_it_later(stage: Stage) -> None:
    stage.script.drop_connection()
    stage.frame()
    assert len(stage.model.rows) == 1_001
    stage.feed.set_paused(True)
    stage.script.grow(5)
    stage.script.drop_connection("edge")
    stage.frame()
    assert len(stage.model.rows) == 1_001
    stage.feed.set_paused(False)
    stage.frame()
    assert len(stage.model.rows) == 1_007


def test_retention_takes_only_rows_out_of_sight(stage: Stage) -> None:
    stage.following = False
    stage.feed.set_in_sight(500, 509, 10)
    stage.settle()
    stage.script.retain(401)
    stage.frame()
    assert (stage.model.rows.low, len(stage.model.rows)) == (401, 600)
    stage.feed.set_in_sight(100, 109, 10)
    stage.script.retain(900)
    stage.frame()
    assert stage.model.rows.low == 501, "the topmost row in sight stays"
    assert stage.model.view_of(505) is not None, "and so does what it shows"


def test_a_filter_shows_its_newest_hits_first_and_then_the_older_ones(stage: Stage) -> None:
    stage.engine.holding = True
    stage.feed.set_filter(LogFilter("martin"))
    assert len(stage.model.rows) == 1_000, "nothing goes blank while the first slice is read"
    while stage.engine.held:
        stage.engine.release()
        stage.settle()
    hits = stage.model.rows.items(0, 2_000)
    assert hits == [seq for seq in range(1, 1_001) if seq % 5 == 0]
    assert stage.feed.search is not None
    assert stage.feed.search.complete


def test_a_filter_stays_live(stage: Stage) -> None:
    stage.feed.set_filter(LogFilter("martin"))
    stage.settle()
    stage.script.grow(3_300)
    stage.frame()
    assert len(stage.model.rows) == 860
    assert stage.model.cache.missing(stage.model.rows.shown.newest(10)) == []
    assert stage.feed.search is not None
    assert stage.feed.search.scanned == 4_300


def test_only_the_newest_hundred_thousand_are_searched_until_more_is_asked_for(qapp: QApplication) -> None:
    stage = Stage(150_000)
    stage.settle()
    stage.script.hit = lambda row, _asked: row.seq % 1_000 == 0
    stage.feed.set_filter(LogFilter("x"))
    stage.settle()
    assert stage.model.rows.events == 100
    assert stage.feed.can_scan_older
    stage.feed.scan_older()
    stage.settle()
    assert stage.model.rows.events == 150
    assert not stage.feed.can_scan_older


def test_a_stopped_scan_stays_truthful(qapp: QApplication) -> None:
    stage = Stage(150_000)
    stage.settle()
    stage.engine.holding = True
    stage.feed.set_filter(LogFilter("martin"))
    stage.engine.release()
    stage.settle()
    stage.feed.stop_scan()
    while stage.engine.held:
        stage.engine.release()
        stage.settle()
    assert stage.feed.search is not None
    assert stage.feed.search.scanned < 100_000
    assert stage.model.rows.events == len([s for s in range(stage.feed.search.scanned_low, 150_001) if s % 5 == 0])


def test_the_answer_to_a_filter_that_was_replaced_is_ignored(stage: Stage) -> None:
    stage.engine.holding = True
    stage.feed.set_filter(LogFilter("martin"))
    stage.feed.set_filter(LogFilter("wei"))
    while stage.engine.held:
        stage.engine.release()
        stage.settle()
    assert all(isinstance(seq, int) and seq % 5 == 1 for seq in stage.model.rows.items(0, 2_000))
    stage.engine.holding = False
    stage.feed.set_filter(LogFilter())
    stage.settle()
    assert len(stage.model.rows) == 1_000


def test_a_cleared_view_deletes_nothing(stage: Stage) -> None:
    stage.script.drop_connection()
    stage.frame()
    stage.feed.clear_view()
    stage.settle()
    assert len(stage.model.rows) == 0
    stage.script.grow(7)
    stage.frame()
    assert stage.model.rows.items(0, 99) == list(range(1_001, 1_008))
    stage.feed.set_filter(LogFilter("martin"))
    stage.settle()
    assert stage.model.rows.items(0, 99) == [1_005]
    stage.feed.show_all()
    stage.settle()
    assert stage.model.rows.events == 201
    stage.feed.set_filter(LogFilter())
    stage.settle()
    assert len(stage.model.rows) == 1_008


def test_a_log_of_another_session_starts_afresh(stage: Stage) -> None:
    stage.script.newest = 20
    stage.script.grow(0)
    stage.engine.set(log={"path": "sessions/other.eventmon"})
    stage.frame()
    assert len(stage.model.rows) == 20


def test_a_failure_is_said_once_waited_out_and_taken_back(stage: Stage) -> None:
    said: list[object] = []
    stage.feed.source.failed.connect(said.append)
    stage.engine.answer(ReadRows, UserError("The session file is busy. It will be read again in a moment."))
    stage.script.grow(10)
    stage.engine.asked.clear()
    for _ in range(5):
        stage.frame()
    assert said == ["The session file is busy. It will be read again in a moment."]
    assert len(stage.engine.asked) == 1
    stage.engine.answer(ReadRows, stage.script._rows)
    for _ in range(20):
        stage.frame()
    assert said[-1] == ""
    assert len(stage.model.rows) == 1_010


def test_a_failed_read_of_old_rows_does_not_undo_a_newer_filter(stage: Stage) -> None:
    stage.engine.holding = True
    stage.script.grow(100)
    stage.frame()
    stage.engine.answer(ReadRows, UserError("The session file is busy. It will be read again in a moment."))
    stage.engine.answer(ReadRowsAt, UserError("The session file is busy. It will be read again in a moment."))
    stage.feed.set_filter(LogFilter("martin"))
    stage.engine.release()
    stage.settle()
    stage.engine.answer(ReadRows, stage.script._rows)
    stage.engine.answer(ReadRowsAt, stage.script._rows_at)
    stage.engine.holding = False
    stage.engine.release()
    for _ in range(20):
        stage.frame()
    assert stage.model.rows.shown.filtered
    assert stage.model.rows.events == 220


def test_a_search_that_fails_goes_on_afterwards(stage: Stage) -> None:
    stage.engine.answer(Search, UserError("The session file is busy. It will be read again in a moment."))
    stage.feed.set_filter(LogFilter("martin"))
    stage.settle()
    stage.engine.answer(Search, stage.script._search)
    for _ in range(20):
        stage.frame()
    assert stage.model.rows.events == 200


def test_the_view_never_gets_longer_than_it_may(stage: Stage) -> None:
    stage.feed.horizon.most_rows = 600
    for _ in range(3):
        stage.script.grow(100)
        stage.frame()
    assert len(stage.model.rows) <= 610
    assert stage.model.rows.high == 1_300
