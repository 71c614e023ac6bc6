"""A set of patterns answers for topics as its patterns would one by one, whatever was added and taken away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.pattern import Pattern
from eventmon.core.pattern_set import PatternSet

LEVEL = st.sampled_from(["orders", "eu", "$SYS", "+"])
PATTERN = st.builds(
    lambda levels, rest: "/".join(levels + (["#"] if rest else [])),
    st.lists(LEVEL, min_size=1, max_size=3),
    st.booleans(),
)
TOPIC = st.lists(st.sampled_from(["orders", "eu", "$SYS", "us"]), min_size=1, max_size=4).map("/".join)


@given(st.lists(PATTERN, max_size=5), st.lists(TOPIC, min_size=1, max_size=8))
def test_it_matches_what_one_of_the_added_patterns_matches(added: list[str], topics: list[str]) -> None:
    patterns = PatternSet()
    for text in added:
        patterns.add(Pattern(text))
        for topic in topics:  # answers are remembered in between
            patterns.matches(topic)
    for topic in topics:
        assert patterns.matches(topic) is any(Pattern(text).matches(topic) for text in added)


@given(st.lists(PATTERN, max_size=5), PATTERN)
def test_a_removed_pattern_takes_those_within_it_along(added: list[str], gone: str) -> None:
    patterns = PatternSet(added)
    before = patterns.changes
    removed = patterns.remove(Pattern(gone))
    assert gone not in patterns.texts
    assert (patterns.changes > before) is removed
    assert not patterns.remove(Pattern(gone))


def test_only_a_change_is_told_of() -> None:
    patterns = PatternSet(["orders/#"])
    assert patterns.changes == 1
    assert not patterns.add(Pattern("orders/#"))
    assert patterns.changes == 1
    assert patterns.wider_than(Pattern("orders/eu/+")) == "orders/#"
    assert patterns.wider_than(Pattern("payments/#")) == ""
