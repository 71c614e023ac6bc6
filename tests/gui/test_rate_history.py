"""Rings of the last rates hold what was measured, only for what moves, and never more than allowed."""

from __future__ import annotations

from math import isnan, nan

from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.rate_history import RateHistory, averaged

START = 1_795_442_848


class Rates:
    """Rates that a test sets by hand."""

    def __init__(self, seconds: int = 5, limit: int = 100) -> None:
        self.now: dict[str, float] = {}
        self.history: RateHistory[str] = RateHistory(lambda name: self.now.get(name, 0.0), seconds=seconds, limit=limit)

    def second(self, second: int, **rates: float) -> None:
        self.now = rates
        self.history.note(rates)
        self.history.tick(second)


@given(st.lists(st.tuples(st.integers(1, 8), st.floats(0, 1000, width=32)), max_size=40))
def test_samples_are_those_of_a_plain_dict_of_seconds(steps: list[tuple[int, float]]) -> None:
    rates = Rates(seconds=5)
    measured: dict[int, float] = {}
    second = START
    for gap, rate in steps:
        second += gap
        rates.second(second, orders=rate)
        measured[second] = rate
    samples = rates.history.samples("orders")
    expected = [measured.get(second - back, nan) for back in range(4, -1, -1)] if steps else [nan] * 5
    assert [None if isnan(sample) else sample for sample in samples] == [
        None if isnan(sample) else sample for sample in expected
    ]


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 1000)), max_size=40), st.integers(1, 7))
def test_a_total_is_the_sum_of_the_known_samples(steps: list[tuple[int, int]], seconds: int) -> None:
    rates = Rates(seconds=5)
    second = START
    for gap, rate in steps:
        second += gap
        rates.second(second, orders=rate)
    known = [sample for sample in rates.history.samples("orders")[-seconds:] if not isnan(sample)]
    assert rates.history.total("orders", seconds) == sum(known)


def test_what_was_silent_for_the_whole_time_gives_its_ring_back() -> None:
    rates = Rates(seconds=5)
    rates.second(START, orders=3.0)
    for step in range(1, 5):
        rates.second(START + step)
        assert "orders" in rates.history
    rates.second(START + 5)
    assert len(rates.history) == 0


def test_silence_while_nobody_measured_counts() -> None:
    rates = Rates(seconds=5)
    rates.second(START, orders=3.0)
    rates.second(START + 100)
    assert len(rates.history) == 0


def test_what_never_moved_holds_no_ring_and_reads_as_zero() -> None:
    rates = Rates()
    rates.second(START, orders=0.0)
    assert len(rates.history) == 0
    assert rates.history.samples("orders")[-1] == 0.0


def test_there_are_never_more_rings_than_the_limit() -> None:
    rates = Rates(limit=3)
    rates.second(START, **{f"sensor{number}": 1.0 for number in range(10)})
    assert len(rates.history) == 3
    assert len(list(rates.history)) == 3


def test_a_second_is_recorded_once_and_time_does_not_run_back() -> None:
    rates = Rates()
    rates.second(START, orders=3.0)
    assert not rates.history.tick(START)
    assert not rates.history.tick(START - 10)
    assert rates.history.second == START
    assert rates.history.samples("orders")[-1] == 3.0


def test_means_keep_their_shape_while_time_goes_on() -> None:
    samples = [float(number) for number in range(60)]
    now = averaged(samples, 20, START)
    later = averaged([*samples[1:], 60.0], 20, START + 1)
    assert set(now[1:-1]) & set(later) >= set(now[2:-1])
    assert len(now) in (20, 21)


@given(st.lists(st.floats(0, 100) | st.just(nan), min_size=1, max_size=90), st.integers(1, 90), st.integers(0, 10**10))
def test_means_lie_between_the_samples(samples: list[float], points: int, newest: int) -> None:
    known = [sample for sample in samples if not isnan(sample)]
    for mean in averaged(samples, points, newest):
        assert isnan(mean) or min(known) - 1e-6 <= mean <= max(known) + 1e-6


def test_seconds_nobody_measured_are_no_part_of_a_mean() -> None:
    assert averaged([nan, 4.0], 1, 1) == [4.0]
    assert isnan(averaged([nan, nan], 1, 1)[0])
