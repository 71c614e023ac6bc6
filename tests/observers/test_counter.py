from __future__ import annotations

import pytest

from eventmon.core.errors import UserError
from eventmon.observers.base import InlineObserver
from eventmon.observers.counter import CounterConfig, CounterKind
from tests.observers.lent import Lent, order


def counter(path: str = "") -> InlineObserver:
    opened = CounterKind().open(CounterConfig(sum=path), Lent())
    assert isinstance(opened, InlineObserver)
    return opened


def test_it_counts_and_does_not_look_at_payloads() -> None:
    made = counter()
    for data in (b"", b"\xff", b'{"total": 1}'):
        made.observe(order(data))
    assert made.values() == {"count": 3}


def test_it_sums_a_number_and_passes_over_payloads_without_it() -> None:
    made = counter("customer.paid")
    for data in (b'{"customer": {"paid": 2.5}}', b'{"customer": {"paid": -1}}', b'{"customer": {}}', b"{}", b"[]"):
        made.observe(order(data))
    made.observe(order(b'{"customer": {"paid": null}}'))
    assert made.values() == {"count": 6, "sum": 1.5}


@pytest.mark.parametrize("data", [b'{"total": "12"}', b'{"total": true}', b'{"total": []}', b"12,5", b""])
def test_what_is_no_number_is_a_failure_and_not_counted(data: bytes) -> None:
    made = counter("total")
    with pytest.raises(UserError):
        made.observe(order(data))
    assert made.values() == {"count": 0, "sum": 0.0}


def test_a_number_beyond_every_sum_is_a_failure() -> None:
    made = counter("total")
    with pytest.raises(UserError):
        made.observe(order(b'{"total": 1' + b"0" * 400 + b"}"))


def test_after_an_edit_the_count_goes_on_and_the_sum_while_its_field_is_the_same() -> None:
    first = counter("total")
    first.observe(order(b'{"total": 4}'))
    same, other, none = counter("total"), counter("tax"), counter()
    for each in (same, other, none):
        each.succeed(first)
    assert (same.values(), other.values(), none.values()) == (
        {"count": 1, "sum": 4.0},
        {"count": 1, "sum": 0.0},
        {"count": 1},
    )


def test_a_trial_says_what_would_be_added() -> None:
    kind = CounterKind()
    assert kind.trial(CounterConfig(sum="total"), order()).does == "It would count this event and add 12.5."
    assert "add nothing" in kind.trial(CounterConfig(sum="tax"), order()).does
