"""The search for a moment against a plain scan, over logs with holes, equal times and a clock set back."""

from __future__ import annotations

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.requests import LogRow, ReadRows, Rows
from eventmon.gui.models.log_destination import ToAgo, ToClock, ToMoment
from eventmon.gui.models.log_time_search import NO_CALENDAR, NOTHING_HERE, TimeSearch
from tests.gui.log_script import at, order

FIFTY_MILLION = 50_000_000


def row(seq: int, received: int) -> LogRow:
    return LogRow(seq=seq, received=received, topic="orders/created", type="order.created", size=2, preview=b"{}")


def run(search: TimeSearch, log: dict[int, int]) -> int:
    """Answer from a log (seq to arrival); how many questions it took."""
    asked = 0
    while (request := search.next_request()) is not None:
        asked += 1
        found = [seq for seq in sorted(log) if seq >= request.first][: request.count]
        search.accept(Rows(rows=[row(seq, log[seq]) for seq in found], first_seq=1, newest_seq=max(log)))
    return asked


@given(
    steps=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), min_size=1, max_size=40),
    share=st.floats(-0.1, 1.1),
)
def test_it_finds_the_first_event_at_or_after_the_moment(steps: list[tuple[int, int]], share: float) -> None:
    log: dict[int, int] = {}
    seq, received = 0, 10
    for hole, later in steps:
        seq, received = seq + hole, received + later
        log[seq] = received
    moment = log[min(log)] + round((received - log[min(log)]) * share)
    search = TimeSearch(ToMoment(moment), first=1, newest=seq, now=0, utc=True)
    run(search, log)
    first = min(log)
    if not log[first] <= moment <= log[seq]:
        assert search.found is None
        assert "event here" in search.sentence
    else:
        assert search.found == min(one for one in log if log[one] >= moment)


def test_every_event_of_a_log_without_holes_is_found_by_its_own_time() -> None:
    log = {seq: seq * 7 for seq in range(1, 60)}
    for seq, received in log.items():
        search = TimeSearch(ToMoment(received), first=1, newest=59, now=0, utc=True)
        run(search, log)
        assert search.found == seq


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(0, 50))
def test_a_clock_that_was_set_back_ends_no_search_in_a_loop(times: list[int], moment: int) -> None:
    log = dict(enumerate(times, 1))
    search = TimeSearch(ToMoment(moment), first=1, newest=len(times), now=0, utc=True)
    assert run(search, log) <= 10
    assert search.sentence or search.found in log


def test_fifty_million_events_take_few_questions() -> None:
    wanted = 31_204_551
    search = TimeSearch(ToMoment(at(wanted)), first=1, newest=FIFTY_MILLION, now=0, utc=True)
    asked: list[ReadRows] = []
    while (request := search.next_request()) is not None:
        asked.append(request)
        search.accept(Rows(rows=[order(request.first)], first_seq=1, newest_seq=FIFTY_MILLION))
    assert search.found == wanted
    assert len(asked) < 30


def test_an_empty_view_and_an_impossible_clock_are_said() -> None:
    assert TimeSearch(ToAgo(1), first=1, newest=0, now=5, utc=True).sentence == NOTHING_HERE
    search = TimeSearch(ToMoment(5), first=1, newest=9, now=5, utc=True)
    search.next_request()
    search.accept(Rows(rows=[], first_seq=1, newest_seq=0))
    assert search.sentence == NOTHING_HERE
    odd = TimeSearch(ToClock(time(9, 0)), first=1, newest=1, now=5, utc=True)
    run(odd, {1: 2**62})
    assert odd.sentence == NO_CALENDAR
