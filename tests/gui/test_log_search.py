"""A search that runs slice by slice and stays live: complete, in order, one request at a time."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.requests import Hits, Search
from eventmon.gui.models.log_filter import LogFilter
from eventmon.gui.models.log_search import LogSearch

REFUNDS = LogFilter("refund")


def answer(asked: Search, hits: Sequence[int], scan: int) -> Hits:
    """What the engine says when it looks at ``scan`` events at most."""
    low = max(asked.newest - scan + 1, asked.oldest)
    return Hits(seqs=[seq for seq in range(asked.newest, low - 1, -1) if seq in hits], scanned_to=low)


def test_the_newest_slice_is_asked_for_first() -> None:
    search = LogSearch(REFUNDS, newest=1_000, oldest=1, slice_size=300)
    asked = search.next_request(1_000)
    assert asked == Search(topics=[], text="refund", newest=1_000, oldest=1, budget=300)
    assert search.next_request(1_000) is None, "one request at a time"
    found = search.accept(answer(asked, [10, 800, 900], 300))
    assert found is not None
    assert (found.newer, found.reached, found.hits) == (False, 701, [800, 900])
    assert search.scanned == 300
    assert search.progress == 0.3


def test_new_events_and_the_past_take_turns() -> None:
    search = LogSearch(REFUNDS, newest=1_000, oldest=1, slice_size=100)
    first = search.next_request(1_000)
    assert first is not None
    search.accept(answer(first, [], 100))
    newer = search.next_request(1_010)
    assert newer is not None
    assert (newer.newest, newer.oldest) == (1_010, 1_001)
    found = search.accept(answer(newer, [1_003], 100))
    assert found is not None
    assert (found.newer, found.reached, found.hits) == (True, 1_010, [1_003])
    older = search.next_request(1_020)
    assert older is not None
    assert older.newest == 900


def test_a_stopped_search_still_takes_new_events() -> None:
    search = LogSearch(REFUNDS, newest=1_000, oldest=1, slice_size=100)
    first = search.next_request(1_000)
    assert first is not None
    search.accept(answer(first, [], 100))
    search.stop()
    assert search.next_request(1_000) is None
    newer = search.next_request(1_005)
    assert newer is not None
    assert newer.oldest == 1_001
    search.accept(answer(newer, [], 100))
    search.reach(1)
    again = search.next_request(1_005)
    assert again is not None
    assert again.newest == 900


def test_nothing_is_scanned_below_what_retention_left() -> None:
    search = LogSearch(REFUNDS, newest=1_000, oldest=1, slice_size=100)
    search.raise_oldest(950)
    asked = search.next_request(1_000)
    assert asked is not None
    assert asked.oldest == 950
    search.accept(answer(asked, [], 100))
    assert search.complete
    assert search.next_request(1_000) is None


def test_a_failed_request_is_made_again() -> None:
    search = LogSearch(REFUNDS, newest=10, oldest=1)
    asked = search.next_request(10)
    search.forget_request()
    assert search.next_request(10) == asked


def test_a_scan_that_claims_no_progress_cannot_turn_the_search_round() -> None:
    search = LogSearch(REFUNDS, newest=10, oldest=1)
    assert search.next_request(10) is not None
    found = search.accept(Hits(seqs=[99, 5, -3], scanned_to=500))
    assert found is not None
    assert found.hits == [5]
    assert search.scanned_low == 10


@given(
    newest=st.integers(0, 300),
    growth=st.lists(st.integers(0, 70), max_size=12),
    hits=st.sets(st.integers(1, 1_000)),
    scans=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    slice_size=st.integers(1, 60),
)
def test_every_hit_is_found_once_whatever_the_slices(
    newest: int, growth: list[int], hits: set[int], scans: list[int], slice_size: int
) -> None:
    search = LogSearch(REFUNDS, newest=newest, oldest=1, slice_size=slice_size)
    found: list[int] = []
    low, high = newest + 1, newest
    for turn in range(4_000):
        if growth:
            newest += growth.pop()
        asked = search.next_request(newest)
        if asked is None:
            if growth:
                continue
            break
        one = search.accept(answer(asked, sorted(hits), min(scans[turn % len(scans)], asked.budget)))
        if one is not None and one.newer:
            assert one.reached > high
            high = one.reached
            found = found + one.hits
        elif one is not None:
            assert one.reached < low
            low = one.reached
            found = one.hits + found
    assert not growth
    assert search.complete
    assert search.behind(newest) == 0
    assert found == [seq for seq in sorted(hits) if seq <= newest]
    assert search.scanned == newest
