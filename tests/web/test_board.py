"""The board: the topics with the most events, whatever order they come in, and exactly what changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventmon.engine.frame import TopicDelta
from eventmon.web.board import Board
from tests.helpers.scripted_engine import topic

Steps = list[list[tuple[int, int]]]


def delta(number: int, events: int) -> TopicDelta:
    return topic(f"orders/{number:02}", events)


def test_only_the_topics_with_the_most_events_are_kept() -> None:
    board = Board(most=3)
    board.take([delta(number, number) for number in range(1, 6)])
    assert sorted(each.topic for each in board.topics) == ["orders/03", "orders/04", "orders/05"]
    changed, gone = board.changes()
    assert {each.topic for each in changed} == {"orders/03", "orders/04", "orders/05"}
    board.take([delta(1, 100)])
    changed, gone = board.changes()
    assert ([each.topic for each in changed], gone) == (["orders/01"], ["orders/03"])


def test_a_topic_that_was_forgotten_leaves_and_may_come_back() -> None:
    board = Board(most=3)
    board.take([delta(1, 5)])
    board.changes()
    board.forget(["orders/01", "never/seen"])
    assert board.changes() == ([], ["orders/01"])
    board.take([delta(1, 1)])
    assert [each.events for each in board.changes()[0]] == [1]


def test_a_topic_that_left_and_came_back_between_two_looks_is_only_changed() -> None:
    board = Board(most=3)
    board.take([delta(1, 5)])
    board.changes()
    board.forget(["orders/01"])
    board.take([delta(1, 6)])
    changed, gone = board.changes()
    assert ([each.events for each in changed], gone) == ([6], [])


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), max_size=8), max_size=8), st.integers(1, 5))
def test_whoever_follows_the_changes_sees_the_board(steps: Steps, most: int) -> None:
    board = Board(most=most)
    seen: dict[str, int] = {}
    totals: dict[int, int] = {}
    for step in steps:
        for number, more in step:
            totals[number] = totals.get(number, 0) + more
        board.take([delta(number, totals[number]) for number in dict(step)])
        changed, gone = board.changes()
        assert not {each.topic for each in changed} & set(gone)
        for name in gone:
            del seen[name]
        seen |= {each.topic: each.events for each in changed}
        assert seen == {each.topic: each.events for each in board.topics}
        assert len(seen) == min(most, len(totals))
        assert max(totals.values(), default=0) == max(seen.values(), default=0)
