"""The row cache: bounded, the ones looked at last stay, holes are remembered."""

from __future__ import annotations

from eventmon.gui.models.row_cache import RowCache
from tests.gui.log_script import order


def test_the_rows_looked_at_longest_ago_leave() -> None:
    cache = RowCache(capacity=3)
    cache.put(order(seq) for seq in (1, 2, 3))
    assert cache.get(1) == order(1)
    cache.put([order(4)])
    assert len(cache) == 3
    assert cache.missing([1, 2, 3, 4]) == [2]


def test_a_row_the_log_does_not_have_is_asked_for_once() -> None:
    cache = RowCache()
    cache.put([order(1)])
    cache.mark_absent([1, 2])
    assert cache.missing([1, 2, 3]) == [3]
    assert cache.is_absent(2)
    assert not cache.is_absent(3)
    assert cache.get(2) is None


def test_a_row_in_sight_stays_when_the_log_has_lost_it() -> None:
    cache = RowCache()
    cache.put([order(1)])
    cache.mark_absent([1])
    assert cache.get(1) == order(1)
    assert not cache.is_absent(1)


def test_holes_are_bounded_too() -> None:
    cache = RowCache(capacity=10)
    cache.mark_absent(range(1_000))
    assert len(cache) == 10
    cache.clear()
    assert len(cache) == 0
