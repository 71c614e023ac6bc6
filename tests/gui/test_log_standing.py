"""How far the view may look."""

from __future__ import annotations

import msgspec

from eventmon.gui.models.log_standing import Horizon
from tests.helpers.scripted_engine import EMPTY_LOG


def horizon(first: int, newest: int) -> Horizon:
    one = Horizon()
    one.take(msgspec.structs.replace(EMPTY_LOG, first_seq=first, newest_seq=newest, events=newest - first + 1))
    return one


def test_an_open_view_reaches_over_the_whole_log() -> None:
    one = horizon(101, 1_100)
    assert (one.floor, one.newest, one.total) == (101, 1_100, 1_000)
    assert (one.paused, one.waiting, one.gone) == (False, 0, 0)


def test_a_paused_view_stands_and_counts() -> None:
    one = horizon(1, 1_000)
    one.frozen_at = 1_000
    one.take(msgspec.structs.replace(EMPTY_LOG, first_seq=1, newest_seq=11_236, events=11_236))
    assert (one.newest, one.waiting, one.gone) == (1_000, 10_236, 0)


def test_what_retention_takes_from_a_paused_view_does_not_wait() -> None:
    one = horizon(1, 1_000)
    one.frozen_at = 1_000
    one.take(msgspec.structs.replace(EMPTY_LOG, first_seq=1_201, newest_seq=1_500, events=300))
    assert (one.waiting, one.gone) == (300, 200)


def test_a_cleared_view_begins_after_the_clearing_until_retention_has_passed_it() -> None:
    one = horizon(1, 1_000)
    one.cleared_up_to = 1_000
    assert (one.cleared, one.floor, one.total) == (True, 1_001, 0)
    one.take(msgspec.structs.replace(EMPTY_LOG, first_seq=1_500, newest_seq=1_600, events=101))
    assert (one.cleared, one.total) == (False, 101)


def test_no_view_is_longer_than_qt_can_measure() -> None:
    one = horizon(1, 1_000)
    one.most_rows = 10
    assert one.floor == 991
