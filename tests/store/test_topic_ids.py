"""The cache of topics stays small, whatever the number of topics, and never gives one topic two rows."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.core.event import Event
from eventmon.store.schema import TABLES
from eventmon.store.topic_ids import TopicIds


def topics_table() -> apsw.Connection:
    """An empty table of topics, none of them forgotten."""
    connection = apsw.Connection(":memory:")
    connection.execute(TABLES["topics"])
    connection.execute(TABLES["forgotten"])
    return connection


def record(ids: TopicIds, names: list[str]) -> None:
    """One commit that brings one event for each of these topics."""
    events = [Event(topic=name, seq=seq) for seq, name in enumerate(names, 1)]
    ids.admit(events)
    for event in events:
        entry = ids.young[event.topic]
        ids.changed[event.topic] = entry
        entry.events += 1
    ids.write_changes()
    ids.committed()


def stored(connection: apsw.Connection) -> dict[str, int]:
    """Events by topic as the table has them."""
    return dict(connection.execute("SELECT name, events FROM topics"))


def test_a_million_topics_would_not_fit_so_old_ones_leave() -> None:
    connection = topics_table()
    ids = TopicIds(connection, generation=10)
    for start in range(0, 200, 5):
        record(ids, [f"devices/{number}/temperature" for number in range(start, start + 5)])
        assert len(ids) <= 30
    assert len(stored(connection)) == 200


def test_a_topic_that_left_comes_back_with_its_row() -> None:
    connection = topics_table()
    ids = TopicIds(connection, generation=2)
    for _ in range(3):
        for name in ("a", "b", "c", "d", "e", "f", "g"):
            record(ids, [name, name])
    assert stored(connection) == dict.fromkeys("abcdefg", 6)


@given(
    commits=st.lists(
        st.tuples(st.lists(st.sampled_from([f"orders/{n}" for n in range(12)]), min_size=1, max_size=8), st.booleans()),
        max_size=15,
    ),
    generation=st.integers(0, 8),
)
@settings(max_examples=80, deadline=None)
def test_counts_are_those_of_the_commits_that_succeeded(commits: list[tuple[list[str], bool]], generation: int) -> None:
    connection = topics_table()
    ids = TopicIds(connection, generation)
    expected: dict[str, int] = {}
    for names, succeeds in commits:
        connection.execute("BEGIN")
        record(ids, names)
        if succeeds:
            connection.execute("COMMIT")
            for name in names:
                expected[name] = expected.get(name, 0) + 1
        else:
            connection.execute("ROLLBACK")
            ids.forget()
    assert stored(connection) == expected


@pytest.mark.parametrize("types", ["[1]", "x", "", "{}", None, 7, b"\xff", '["a", "b"]'])
def test_types_of_a_stranger_are_read_or_left_out(types: object, tmp_path: Path) -> None:
    connection = topics_table()
    connection.execute("INSERT INTO topics VALUES(1, 'orders', 1, 1, 1, 1, 1, ifnull(?, ''))", (types,))
    ids = TopicIds(connection)
    ids.admit([Event(topic="orders")])
    assert ids.young["orders"].types == (("a", "b") if types == '["a", "b"]' else ())
