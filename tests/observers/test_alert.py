from __future__ import annotations

import pytest

from eventmon.core.errors import UserError
from eventmon.observers.alert import AlertConfig, AlertObserver
from tests.observers.lent import Lent, order


def test_it_tells_within_its_limit_and_names_what_it_held_back() -> None:
    lent = Lent()
    alert = AlertObserver(AlertConfig(text="{{data.total}}", per_minute=2, severity="error"), lent)
    for _ in range(5):
        alert.observe(order())
        lent.seconds += 1
    assert lent.alerts == [("error", "12.5"), ("error", "12.5")]
    assert alert.values() == {"alerts": 2, "held_back": 3}
    lent.seconds += 60
    alert.observe(order())
    alert.observe(order())
    assert lent.alerts[2:] == [("error", "12.5 (3 more were held back)"), ("error", "12.5")]


def test_a_text_that_cannot_be_made_is_a_failure_and_takes_no_place() -> None:
    lent = Lent()
    alert = AlertObserver(AlertConfig(text="{{data.total}}", per_minute=1), lent)
    with pytest.raises(UserError):
        alert.observe(order(b"{}"))
    alert.observe(order())
    assert len(lent.alerts) == 1


def test_silence_is_told_once_until_something_arrives_again() -> None:
    lent = Lent()
    alert = AlertObserver(AlertConfig(text="", silence=120), lent)

    def wait(seconds: int) -> None:
        for _ in range(seconds):
            lent.seconds += 1
            alert.tick(lent.seconds)

    wait(119)
    assert lent.alerts == []
    wait(300)
    assert lent.alerts == [("warning", "Nothing arrived for 2 min on orders/#.")]
    alert.observe(order())
    assert len(lent.alerts) == 1
    wait(119)
    alert.observe(order())
    wait(119)
    assert len(lent.alerts) == 1
    wait(1)
    assert len(lent.alerts) == 2


def test_a_pause_is_no_silence() -> None:
    lent = Lent()
    alert = AlertObserver(AlertConfig(silence=60), lent)
    lent.seconds += 3_600  # paused: nobody ticked
    for _ in range(59):
        alert.tick(lent.seconds)
        lent.seconds += 1
    assert lent.alerts == []
    lent.seconds += 1
    alert.tick(lent.seconds)
    assert lent.alerts == [("warning", "Nothing arrived for 1 min on orders/#.")]


def test_a_huge_payload_makes_no_huge_alert() -> None:
    lent = Lent()
    AlertObserver(AlertConfig(text="{{data}}"), lent).observe(order(b"x" * (32 << 20)))
    assert len(lent.alerts[0][1]) <= 4_096
