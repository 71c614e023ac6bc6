"""Patterns against a naive reading of the MQTT rules, and the trie against the patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern, PatternTrie

LEVEL = st.sampled_from(["", "a", "b", "$S"])
TOPICS = st.lists(LEVEL, min_size=1, max_size=5).map("/".join).filter(bool)
FILTER_LEVEL = st.sampled_from(["", "a", "b", "$S", "+", "+"])
PATTERNS = (
    st.tuples(st.lists(FILTER_LEVEL, min_size=0, max_size=5), st.booleans())
    .map(lambda parts: "/".join([*parts[0], "#"] if parts[1] else parts[0]))
    .filter(bool)
)


def means(pattern: list[str], topic: list[str]) -> bool:
    """MQTT 5.0 section 4.7.1, word by word, without the rule for ``$``."""
    if not pattern:
        return not topic
    if pattern == ["#"]:
        return True
    if not topic:
        return False
    return pattern[0] in ("+", topic[0]) and means(pattern[1:], topic[1:])


def reference(pattern: str, topic: str) -> bool:
    if topic.startswith("$") and pattern[0] in "+#":
        return False
    return means(pattern.split("/"), topic.split("/"))


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("orders/created", "orders/created", True),
        ("orders/created", "orders/created/", False),
        ("orders/+", "orders/created", True),
        ("orders/+", "orders", False),
        ("orders/+", "orders/", True),
        ("orders/+", "orders/eu/created", False),
        ("orders/#", "orders", True),
        ("orders/#", "orders/eu/created", True),
        ("orders/#", "ordersx", False),
        ("+/+", "/a", True),
        ("/+", "/a", True),
        ("+", "/a", False),
        ("a//c", "a//c", True),
        ("a/+/c", "a//c", True),
        ("#", "orders/eu", True),
        ("#", "$SYS/load", False),
        ("+/load", "$SYS/load", False),
        ("$SYS/#", "$SYS", True),
        ("$SYS/+", "$SYS/load", True),
        ("orders/+", "orders/$internal", True),
        ("orders/#", "orders/$internal", True),
    ],
)
def test_the_rules_of_mqtt_hold(pattern: str, topic: str, expected: bool) -> None:
    assert Pattern(pattern).matches(topic) is expected
    assert reference(pattern, topic) is expected


@given(PATTERNS, TOPICS)
def test_a_pattern_matches_what_the_rules_mean(pattern: str, topic: str) -> None:
    assert Pattern(pattern).matches(topic) is reference(pattern, topic)


@given(TOPICS)
def test_an_exact_pattern_matches_its_own_topic_alone(topic: str) -> None:
    pattern = Pattern(topic)
    assert pattern.exact
    assert pattern.matches(topic)
    assert not pattern.matches(topic + "/more")


@pytest.mark.parametrize("text", ["", "a#", "#/a", "a/#/b", "a+", "+a/b", "a/b+", "##", "a\0b", "\ud800"])
def test_an_illegal_pattern_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        Pattern(text)


def test_patterns_are_equal_by_their_text() -> None:
    assert Pattern("orders/+") == Pattern("orders/+")
    assert len({Pattern("orders/+"), Pattern("orders/+"), Pattern("orders/#")}) == 2
    assert Pattern("orders/+") != "orders/+"


@given(st.lists(PATTERNS, max_size=12), st.lists(TOPICS, min_size=1, max_size=6))
def test_the_trie_finds_what_the_patterns_match(patterns: list[str], topics: list[str]) -> None:
    trie: PatternTrie[int] = PatternTrie()
    for number, pattern in enumerate(patterns):
        trie.add(Pattern(pattern), number)
    for topic in topics:
        expected = [number for number, pattern in enumerate(patterns) if Pattern(pattern).matches(topic)]
        assert sorted(trie.find(topic)) == expected


@given(st.lists(PATTERNS, min_size=1, max_size=12), st.data())
def test_what_is_removed_is_found_no_more_and_leaves_no_branch(patterns: list[str], data: st.DataObject) -> None:
    trie: PatternTrie[int] = PatternTrie()
    filed = dict(enumerate(patterns))
    for number, pattern in filed.items():
        trie.add(Pattern(pattern), number)
    for number in data.draw(st.permutations(list(filed))):
        trie.remove(Pattern(filed.pop(number)), number)
        topic = data.draw(TOPICS)
        assert sorted(trie.find(topic)) == [each for each, text in filed.items() if Pattern(text).matches(topic)]
    assert not trie


def test_removing_what_was_never_filed_is_an_error() -> None:
    trie: PatternTrie[int] = PatternTrie()
    trie.add(Pattern("orders/+"), 1)
    with pytest.raises(KeyError):
        trie.remove(Pattern("orders/+"), 2)
    with pytest.raises(KeyError):
        trie.remove(Pattern("payments/+"), 1)
    assert trie.find("orders/eu") == [1]
