"""What the filter bar's text means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.gui.models.log_filter import FilterNotValid, LogFilter, lift_topic, parse_filter


@pytest.mark.parametrize(
    ("text", "chip", "wanted"),
    [
        ("", "", LogFilter()),
        ("  refund   -ping ", "", LogFilter("refund -ping")),
        ("refund -", "", LogFilter("refund")),
        ("topic:orders/#", "", LogFilter("", ("orders/#",))),
        ("paid topic:orders/+/paid Liu", "", LogFilter("paid Liu", ("orders/+/paid",))),
        ("paid", "prod/#", LogFilter("paid", ("prod/#",))),
        ("topic:orders/#", "prod/#", LogFilter("", ("orders/#",))),
        ("topic:", "prod/#", LogFilter("", ("prod/#",))),
        ('"two words"', "", LogFilter('"two words"')),
    ],
)
def test_words_and_patterns_are_told_apart(text: str, chip: str, wanted: LogFilter) -> None:
    assert parse_filter(text, chip) == wanted


def test_only_an_empty_filter_shows_everything() -> None:
    assert not LogFilter()
    assert LogFilter("refund")
    assert LogFilter("", ("orders/#",))


def test_a_pattern_that_is_none_is_named_with_its_position() -> None:
    with pytest.raises(FilterNotValid, match=r"^Position 12: .*orders/#/x.*#") as caught:
        parse_filter("paid topic:orders/#/x")
    assert caught.value.position == 12


def test_a_finished_pattern_can_be_lifted_out_of_the_text() -> None:
    assert lift_topic("paid topic:orders/# Liu") == ("orders/#", "paid Liu")
    assert lift_topic("topic:a topic:b") == ("b", "")
    assert lift_topic("topic:") == ("", "topic:")
    assert lift_topic("refund") == ("", "refund")
    with pytest.raises(FilterNotValid):
        lift_topic("topic:orders/x+")


@given(st.text(max_size=80))
def test_any_text_is_a_filter_or_refused_in_words(text: str) -> None:
    refused = ""
    wanted = LogFilter()
    try:
        wanted = parse_filter(text)
    except UserError as error:
        refused = str(error)
    assert len(wanted.text) <= len(text)
    assert not refused or (refused.startswith("Position ") and "topic:" in text)
