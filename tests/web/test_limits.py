"""Who may come in and how often: the oldest idle stranger goes, known clients stay, and a rate refills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.control_problems import Refused
from eventmon.web.limits import STRANGER_BURST, STRANGER_RATE, Door, Rates, Seats


class Caller:
    """A connection that remembers whether it was closed."""

    def __init__(self, *, idle: bool = True) -> None:
        self.idle = idle
        self.open = True

    def end(self) -> None:
        self.open = False


def test_a_new_stranger_takes_the_place_of_the_oldest_idle_one() -> None:
    door = Door(strangers=2)
    busy, idle, fresh = Caller(idle=False), Caller(), Caller()
    assert all(door.admit(caller) for caller in (busy, idle, fresh))
    assert (busy.open, idle.open, fresh.open) == (True, False, True)
    assert door.counts == (2, 0)


def test_nobody_comes_in_while_all_are_being_answered() -> None:
    door = Door(strangers=2)
    callers = [Caller(idle=False), Caller(idle=False), Caller()]
    assert [door.admit(caller) for caller in callers] == [True, True, False]
    assert all(caller.open for caller in callers[:2])


def test_a_known_client_no_longer_counts_as_a_stranger() -> None:
    door = Door(strangers=1)
    known, stranger = Caller(), Caller()
    door.admit(known)
    door.prove(known)
    door.prove(known)
    door.admit(stranger)
    assert door.counts == (1, 1)
    assert known.open
    door.end_known()
    assert (known.open, stranger.open) == (False, True)


def test_known_clients_have_a_limit_too() -> None:
    door = Door(known=1)
    busy, more = Caller(idle=False), Caller()
    for caller in (busy, more):
        door.admit(caller)
    door.prove(busy)
    with pytest.raises(Refused, match="Too many") as refused:
        door.prove(more)
    assert refused.value.status == 503
    busy.idle = True
    door.prove(more)
    assert (busy.open, door.counts) == (False, (0, 1))


def test_whoever_leaves_gives_its_place_back() -> None:
    door = Door(strangers=1)
    first, second = Caller(idle=False), Caller()
    door.admit(first)
    door.leave(first)
    door.leave(first)
    assert door.admit(second)
    assert second.open


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["admit", "prove", "leave", "busy", "idle"]))))
def test_no_limit_is_ever_passed_and_nobody_counts_twice(steps: list[tuple[int, str]]) -> None:
    door = Door(strangers=3, known=2)
    callers = [Caller() for _ in range(10)]
    inside: set[int] = set()
    for number, step in steps:
        caller = callers[number]
        if step == "admit" and number not in inside:
            caller.open = True
            if door.admit(caller):
                inside.add(number)
        elif step == "prove" and number in inside:
            try:
                door.prove(caller)
            except Refused:
                assert door.counts[1] == 2
        elif step == "leave":
            door.leave(caller)
            inside.discard(number)
        elif step in ("busy", "idle"):
            caller.idle = step == "idle"
        inside -= {each for each in inside if not callers[each].open}
        strangers, known = door.counts
        assert strangers <= 3
        assert known <= 2
        assert strangers + known == len(inside)


def test_streams_have_seats() -> None:
    seats = Seats(1)
    with seats.taking(), pytest.raises(Refused, match="open already"), seats.taking():
        pass
    with seats.taking():
        assert seats.taken == 1
    assert seats.taken == 0


def test_a_rate_lets_a_burst_in_and_refills() -> None:
    now = [100.0]
    rates = Rates(lambda: now[0])
    for _ in range(int(STRANGER_BURST)):
        rates.count_stranger("10.0.0.1")
    with pytest.raises(Refused) as refused:
        rates.count_stranger("10.0.0.1")
    assert refused.value.status == 429
    rates.count_stranger("10.0.0.2")  # another address has its own
    rates.count_known("view")
    now[0] += 1.0
    for _ in range(int(STRANGER_RATE)):
        rates.count_stranger("10.0.0.1")
    with pytest.raises(Refused):
        rates.count_stranger("10.0.0.1")


def test_a_clock_that_jumps_back_gives_nothing_away() -> None:
    now = [100.0]
    rates = Rates(lambda: now[0])
    for _ in range(int(STRANGER_BURST)):
        rates.count_stranger("10.0.0.1")
    now[0] = 0.0
    with pytest.raises(Refused):
        rates.count_stranger("10.0.0.1")


def test_many_addresses_fill_no_memory() -> None:
    rates = Rates(lambda: 0.0)
    for number in range(5_000):
        rates.count_stranger(str(number))
    assert len(rates._buckets) <= 1_024
