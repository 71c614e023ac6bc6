"""Patterns and words find the same topics as asking each topic, also when topics are added meanwhile."""

from __future__ import annotations

import json

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.store.schema import TABLES
from eventmon.store.topic_filter import KEPT_ANSWERS, STATE, TopicFilter

LEVEL = st.sampled_from(["orders", "order", "orders!", "eu", "EU", "", "$SYS", "订单", "é", "\U0010ffff"])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
PATTERN = st.lists(LEVEL | st.sampled_from(["+", "#"]), min_size=1, max_size=4).map("/".join).filter(bool)


def table_of(topics: list[str]) -> apsw.Connection:
    """A table of these topics, ids from 1 on."""
    connection = apsw.Connection(":memory:")
    connection.execute(TABLES["topics"])
    connection.execute(TABLES["meta"])
    for topic in topics:
        add(connection, topic)
    return connection


def add(connection: apsw.Connection, topic: str) -> None:
    """One more topic."""
    connection.execute("INSERT INTO topics VALUES(NULL, ?, 1, 1, 1, 1, 1, '[]')", (topic,))


@given(topics=st.lists(TOPIC, unique=True, max_size=20), patterns=st.lists(PATTERN, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_patterns_find_what_matches(topics: list[str], patterns: list[str]) -> None:
    try:
        parsed = [Pattern(text) for text in patterns]
    except UserError:
        return
    expected = [id for id, topic in enumerate(topics, 1) if any(pattern.matches(topic) for pattern in parsed)]
    connection = table_of(topics)
    assert json.loads(TopicFilter(connection).matching(patterns)) == expected
    connection.close()


@given(topics=st.lists(TOPIC, unique=True, max_size=20), word=st.sampled_from(["ORD", "eu", "É", "订", "/", "zzz"]))
@settings(max_examples=60, deadline=None)
def test_words_find_what_contains_them(topics: list[str], word: str) -> None:
    connection = table_of(topics)
    expected = [id for id, topic in enumerate(topics, 1) if word.casefold() in topic.casefold()]
    assert json.loads(TopicFilter(connection).containing(word)) == expected
    connection.close()


def test_an_answer_is_kept_until_a_topic_is_added() -> None:
    connection = table_of(["orders/eu", "payments"])
    filter = TopicFilter(connection)
    assert filter.matching(["orders/#"]) == "[1]"
    asked: list[str] = []

    def note(_cursor: apsw.Cursor, sql: str, _values: object) -> bool:
        asked.append(sql)
        return True

    connection.set_exec_trace(note)
    assert filter.matching(["orders/#"]) == "[1]"
    assert asked == [STATE]
    add(connection, "orders/us")
    assert filter.matching(["orders/#"]) == "[1,3]"


def test_few_answers_are_kept() -> None:
    filter = TopicFilter(table_of(["orders/eu"]))
    for number in range(100):
        filter.containing(f"word-{number}")
    assert len(filter._answers) == KEPT_ANSWERS


def test_a_subtree_is_found_through_the_index() -> None:
    connection = table_of(["orders/eu"])
    plan = connection.execute("EXPLAIN QUERY PLAN SELECT id, name FROM topics WHERE name BETWEEN ? AND ?", ("a", "b"))
    assert "USING COVERING INDEX" in str(plan.fetchall())
