"""Rows computed against a plain list of rows: every question and every change, in any order."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventmon.engine.requests import Gap
from eventmon.gui.models.row_holes import Holes
from eventmon.gui.models.row_map import Item, RowMap


def gap(identity: int, after: int) -> Gap:
    return Gap(id=identity, after_seq=after, connection="prod", started=1, ended=2, reason="disconnected")


def listed(view: RowMap) -> list[Item]:
    return view.items(0, len(view))


class RowMapAgainstAList(RuleBasedStateMachine):
    """The model: all events and gaps ever known, filtered anew for each comparison."""

    @initialize(filtered=st.booleans(), low=st.integers(1, 30))
    def open(self, filtered: bool, low: int) -> None:
        self.low, self.high = low, low - 1
        self.hits: set[int] | None = set() if filtered else None
        self.deleted: set[int] = set()
        self.gaps: list[Gap] = []
        self.cleared_gap = 0
        self.newest = low - 1
        self.view = RowMap(low, low - 1, hits=[] if filtered else None)

    def expected(self) -> list[Item]:
        seqs = range(self.low, self.high + 1)
        events = [seq for seq in seqs if seq not in self.deleted and (self.hits is None or seq in self.hits)]
        gaps = [one for one in self.gaps if one.id > self.cleared_gap and self.low - 1 <= one.after_seq <= self.high]
        keyed: list[tuple[tuple[int, int, int], Item]] = [((seq, 0, 0), seq) for seq in events]
        keyed += [((one.after_seq, 1, one.id), one) for one in gaps]
        return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]

    @rule(count=st.integers(0, 12), data=st.data())
    def the_log_grows(self, count: int, data: st.DataObject) -> None:
        fresh = range(self.high + 1, self.high + count + 1)
        hits = data.draw(st.sets(st.sampled_from(fresh))) if count and self.hits is not None else set[int]()
        if self.hits is not None:
            self.hits |= hits
        before = len(self.view)
        announced = self.view.rows_to_grow(self.high + count, sorted(hits))
        self.view.grow(self.high + count, sorted(hits))
        self.high += count
        self.newest = max(self.newest, self.high)
        assert len(self.view) == before + announced

    @rule(ahead=st.integers(0, 5))
    def a_connection_drops(self, ahead: int) -> None:
        self.newest = max(self.newest, self.high + ahead)
        fresh = gap(len(self.gaps) + 1, self.newest)
        row, before = self.view.gaps.row_for(fresh), len(self.view)
        self.view.gaps.add(fresh)
        self.gaps.append(fresh)
        assert len(self.view) == before + (row is not None)
        if row is not None:
            assert self.view.item(row) == fresh

    @rule(step=st.integers(-3, 15))
    def retention_moves_the_low_end(self, step: int) -> None:
        before = listed(self.view)
        announced = self.view.rows_to_drop(self.low + step)
        self.view.raise_low(self.low + step)
        self.low = max(self.low, self.low + step)
        self.high = max(self.high, self.low - 1)
        if self.hits is not None:
            self.hits = {seq for seq in self.hits if seq >= self.low}
        after = listed(self.view)
        assert after[: len(before) - announced] == before[announced:]

    @rule(step=st.integers(0, 10), data=st.data())
    def the_scan_goes_down(self, step: int, data: st.DataObject) -> None:
        low = max(self.low - step, 1)
        fresh = range(low, self.low)
        hits = data.draw(st.sets(st.sampled_from(fresh))) if fresh and self.hits is not None else set[int]()
        if self.hits is not None:
            self.hits |= hits
        before = listed(self.view)
        announced = self.view.rows_to_reach(low, sorted(hits))
        self.view.lower_low(low, sorted(hits))
        self.low = low
        assert listed(self.view)[announced:] == before

    @rule(data=st.data(), ahead=st.integers(0, 6))
    def events_are_deleted(self, data: st.DataObject, ahead: int) -> None:
        """Among them some that lie above or below the view, which it reaches later."""
        seqs = st.integers(max(self.low - 4, 1), self.high + ahead)
        if self.low - 4 <= self.high + ahead and self.high + ahead >= 1:
            self.deleted |= data.draw(st.sets(seqs, max_size=8))
        before = listed(self.view)
        self.view = self.view.with_holes(Holes(self.deleted))
        kept = [item for item in before if not isinstance(item, int) or item not in self.deleted]
        assert listed(self.view) == kept
        assert len(self.view) == len(kept)

    @rule(first=st.integers(-2, 40), count=st.integers(1, 20))
    def a_stretch_is_deleted(self, first: int, count: int) -> None:
        stretch = range(max(self.low + first, 1), max(self.low + first + count, 1))
        self.deleted |= set(stretch)
        self.view = self.view.with_holes(Holes(self.deleted))

    @rule()
    def the_view_is_cleared(self) -> None:
        self.cleared_gap = len(self.gaps)
        hits = None if self.hits is None else list[int]()
        self.view = self.view.sibling(self.high + 1, self.high, hits, hidden_gaps=self.view.gaps.known)
        self.low = self.high + 1
        self.hits = None if self.hits is None else set()

    @rule(first=st.integers(-2, 40), count=st.integers(0, 20))
    def a_page_is_the_slice_of_the_list(self, first: int, count: int) -> None:
        assert self.view.items(first, count) == self.expected()[max(first, 0) : max(first + count, 0)]

    @invariant()
    def rows_and_items_agree(self) -> None:
        expected = self.expected()
        assert len(self.view) == len(expected)
        assert listed(self.view) == expected
        for row, item in enumerate(expected):
            assert self.view.item(row) == item

    @invariant()
    def seqs_find_their_rows(self) -> None:
        expected = self.expected()
        seqs = [item for item in expected if isinstance(item, int)]
        for seq in range(self.low - 1, self.high + 2):
            assert self.view.row_of(seq) == (expected.index(seq) if seq in seqs else None)
            above = [one for one in seqs if one >= seq]
            assert self.view.row_at_or_after(seq) == (expected.index(above[0]) if above else len(expected))
        assert list(self.view.shown.newest(5)) == seqs[-5:]
        for earlier, later in pairwise(seqs):
            assert self.view.shown.before(later) == earlier
        for seq in (self.low - 1, (self.low + self.high) // 2, self.high):
            assert self.view.shown.after(seq) == len([one for one in seqs if one > seq])

    @invariant()
    def stretches_of_rows_are_ranges_of_seqs(self) -> None:
        expected = self.expected()
        for first, last in ((0, len(expected)), (len(expected) // 3, len(expected) // 2), (2, 1)):
            seqs = [item for item in expected[first : last + 1] if isinstance(item, int)]
            found = self.view.seqs_between(first, last)
            assert (found.start, found.stop - 1) == (seqs[0], seqs[-1]) if seqs else not found

    @invariant()
    def what_is_left_out_is_counted(self) -> None:
        live = [seq for seq in range(self.low, self.high + 1) if seq not in self.deleted]
        shown = [item for item in self.expected() if isinstance(item, int)]
        assert self.view.shown.left_out() == len(live) - len(shown)
        assert self.view.events == len(shown)

    @invariant()
    def a_sibling_knows_the_same_gaps(self) -> None:
        hits = None if self.hits is None else sorted(self.hits)
        assert listed(self.view.sibling(self.low, self.high, hits)) == self.expected()


RowMapAgainstAList.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestRowMapAgainstAList = RowMapAgainstAList.TestCase


def test_fifty_million_rows_cost_nothing_to_open() -> None:
    started = time.perf_counter()
    view = RowMap(1, 50_000_000)
    assert view.item(49_999_999) == 50_000_000
    assert view.row_of(25_000_000) == 24_999_999
    by_range = time.perf_counter() - started
    started = time.perf_counter()
    assert sum(1 for _ in range(1_000_000)) == 1_000_000
    assert by_range < time.perf_counter() - started


def test_fifty_million_rows_with_a_few_holes_open_without_a_list_of_them() -> None:
    started = time.perf_counter()
    view = RowMap(1, 50_000_000, holes=Holes([7, *range(25_000_000, 25_001_000)]))
    assert len(view) == 50_000_000 - 1_001
    assert view.item(len(view) - 1) == 50_000_000
    assert view.row_of(25_001_000) == 24_999_998
    assert view.row_of(25_000_500) is None
    with_holes = time.perf_counter() - started
    started = time.perf_counter()
    assert sum(1 for _ in range(5_000_000)) == 5_000_000
    assert with_holes < time.perf_counter() - started


def test_the_newest_events_that_are_left_are_found_behind_a_wide_hole() -> None:
    holes = Holes(range(1_000, 1_000_001))
    assert list(holes.newest_live(1, 1_000_003, 5)) == [998, 999, 1_000_001, 1_000_002, 1_000_003]
    assert list(holes.newest_live(999_000, 1_000_000, 5)) == []
    assert list(holes.newest_live(998, 1_000_001, 5)) == [998, 999, 1_000_001]
    assert list(Holes().newest_live(1, 3, 5)) == [1, 2, 3]


def test_a_row_outside_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        RowMap(5, 7).item(3)
    with pytest.raises(IndexError):
        RowMap(5, 7).item(-1)


def test_a_gap_stands_behind_the_event_it_was_stored_after() -> None:
    view = RowMap(1, 3)
    view.gaps.add(gap(1, 2))
    assert [item if isinstance(item, int) else "gap" for item in listed(view)] == [1, 2, "gap", 3]


def test_a_gap_keeps_its_place_among_hits_when_its_own_event_is_no_hit() -> None:
    view = RowMap(1, 100, hits=[10, 90])
    view.gaps.add(gap(1, 50))
    assert [item if isinstance(item, int) else "gap" for item in listed(view)] == [10, "gap", 90]
    assert view.shown.before(90) == 10
