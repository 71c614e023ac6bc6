"""Topic names: what is legal, and that nothing is normalised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.topic import MAX_LEVELS, MAX_TOPIC_BYTES, levels, validate_topic


@pytest.mark.parametrize(
    "name", ["orders", "orders/eu/created", "a//c", "/a", "a/", "/", "订单/创建", "a b/c.d", "$SYS/load"]
)
def test_a_legal_topic_comes_back_unchanged(name: str) -> None:
    assert validate_topic(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("orders/+", r"\+ or #"),
        ("orders/#", r"\+ or #"),
        ("a#b", r"\+ or #"),
        ("orders\0eu", "NUL"),
        ("orders/\ud800", "surrogate"),
        (None, "NoneType"),
        (7, "int"),
        (b"orders", "bytes"),
    ],
)
def test_an_illegal_topic_is_refused_with_its_reason(name: object, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        validate_topic(name)


def test_the_limit_of_bytes_counts_utf8_and_is_inclusive() -> None:
    assert validate_topic("é" * (MAX_TOPIC_BYTES // 2))
    with pytest.raises(UserError, match="longer than 4096 bytes"):
        validate_topic("é" * (MAX_TOPIC_BYTES // 2) + "x")


def test_the_limit_of_levels_is_inclusive() -> None:
    assert validate_topic("/".join("a" * MAX_LEVELS))
    with pytest.raises(UserError, match="128 levels"):
        validate_topic("/".join("a" * (MAX_LEVELS + 1)))


@given(st.lists(st.text(alphabet="ab$é", max_size=3), min_size=1, max_size=6))
def test_levels_and_join_are_inverse(names: list[str]) -> None:
    assert levels("/".join(names)) == names


@given(st.text(max_size=30))
def test_any_text_is_a_topic_or_a_user_error(text: str) -> None:
    legal = bool(text) and not set(text) & set("+#\0") and not any("\ud800" <= letter <= "\udfff" for letter in text)
    if legal:
        assert validate_topic(text) is text
    else:
        with pytest.raises(UserError):
            validate_topic(text)
