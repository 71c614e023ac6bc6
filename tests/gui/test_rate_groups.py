"""Groups of topics add up their rates and keep ten minutes of them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from eventmon.core.pattern import Pattern
from eventmon.engine.frame import ConnectionStatus, Frame, TopicDelta
from eventmon.engine.requests import TakeFrame
from eventmon.gui.models.rate_groups import MAX_GROUPS, Group, RateGroups
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine, topic

BASE: Frame = ScriptedEngine().call(TakeFrame(viewer="test")).result()
PROD = [ConnectionStatus(name="prod", url="demo://", phase="connected")]


def frame(second: int, topics: list[TopicDelta], connections: list[ConnectionStatus] | None = None) -> Frame:
    rate = sum(delta.rate for delta in topics)
    return msgspec.structs.replace(
        BASE, taken=TAKEN + second * 1_000_000, topics=topics, connections=connections, rate=rate
    )


def test_groups_are_the_first_level_here_and_two_levels_below_a_connection() -> None:
    groups = RateGroups()
    topics = [
        topic("prod/orders/eu/created", 9, 30.0),
        topic("prod/orders/us/created", 9, 12.0),
        topic("prod/stock", 9, 5.0),
        topic("prod", 9, 1.0),
        topic("cart/updated", 9, 2.0),
    ]
    assert groups.take(frame(0, topics, PROD))
    assert groups.rate(Group("branches", "prod/orders")) == 42.0
    assert groups.rate(Group("branches", "prod/stock")) == 5.0
    assert groups.rate(Group("branches", "prod")) == 1.0
    assert groups.rate(Group("branches", "cart")) == 2.0
    assert groups.rate(Group("connections", "prod")) == 48.0
    assert groups.rate(Group("connections", "local")) == 2.0
    assert groups.rate(Group("total", "")) == 50.0


def test_a_connection_that_opens_later_takes_its_topics_along() -> None:
    groups = RateGroups()
    groups.take(frame(0, [topic("prod/orders/created", 9, 30.0)]))
    assert groups.rate(Group("connections", "local")) == 30.0
    groups.take(frame(1, [], PROD))
    assert groups.rate(Group("connections", "local")) == 0.0
    assert groups.rate(Group("connections", "prod")) == 30.0


def test_the_topics_the_log_is_narrowed_to_are_a_group() -> None:
    groups = RateGroups()
    groups.take(frame(0, [topic("orders/created", 9, 30.0), topic("cart/updated", 9, 2.0)]))
    groups.set_filter(Pattern("orders/#"))
    groups.take(frame(1, []))
    assert groups.groups("filter") == [Group("filter", "orders/#")]
    assert groups.history.samples(Group("filter", "orders/#"))[-1] == 30.0
    groups.set_filter(None)
    assert groups.rate(Group("filter", "orders/#")) == 0.0


@given(st.lists(st.tuples(st.sampled_from(["a/x", "a/y", "b", "prod/a/x", "prod/b"]), st.floats(0, 1e5)), max_size=60))
def test_every_grouping_adds_up_to_what_the_topics_say(steps: list[tuple[str, float]]) -> None:
    groups = RateGroups()
    now: dict[str, float] = {}
    for second, (name, rate) in enumerate(steps):
        now[name] = rate
        groups.take(frame(second, [topic(name, 1, rate)], PROD if second == 7 else None))
    expected = sum(round(rate * 1000) for rate in now.values()) / 1000
    for names in (("a", "b", "prod", "prod/a", "prod/b"),):
        assert abs(sum(groups.rate(Group("branches", name)) for name in names) - expected) < 1e-6
    assert abs(sum(groups.rate(Group("connections", name)) for name in ("local", "prod")) - expected) < 1e-6


def test_the_busiest_groups_are_followed_when_there_are_too_many() -> None:
    groups = RateGroups()
    quiet = [topic(f"sensor{number}", 9, 1.0) for number in range(MAX_GROUPS * 2)]
    groups.take(frame(0, [*quiet, topic("orders", 9, 500.0)]))
    assert len(groups.history) == MAX_GROUPS
    assert Group("branches", "orders") in groups.history


def test_frames_within_a_second_are_one_sample() -> None:
    groups = RateGroups()
    assert groups.take(frame(0, [topic("orders", 9, 5.0)]))
    assert not groups.take(frame(0, [topic("orders", 10, 7.0)]))
    assert groups.take(frame(1, []))
    assert groups.history.samples(Group("branches", "orders"))[-2:] == [5.0, 7.0]
