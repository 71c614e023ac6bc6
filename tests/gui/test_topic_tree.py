"""The topic tree adds up exactly what a plain dict of topics says, whatever comes in which order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from eventmon.engine.frame import ConnectionStatus, TopicDelta
from eventmon.gui.models.topic_tree import TopicNode, TopicTree, walk
from tests.helpers.scripted_engine import topic

LEVELS = st.sampled_from(["orders", "payments", "eu", "created", "", "prod", "$sys", "größe"])
NAMES = st.lists(LEVELS, min_size=1, max_size=5).map("/".join).filter(bool)
DELTAS = st.builds(
    lambda name, events, size, rate, observers: topic(name, events, rate, bytes=size, observers=observers),
    NAMES,
    st.integers(0, 2**40),
    st.integers(0, 2**50),
    st.floats(0, 1e6),
    st.integers(0, 9),
)


def below(path: str, name: str) -> bool:
    return name == path or name.startswith(f"{path}/")


def assert_sums(tree: TopicTree, node: TopicNode, known: dict[str, TopicDelta]) -> None:
    if node is tree.local:
        inside = [delta for name, delta in known.items() if name.split("/")[0] not in tree.mounts]
    else:
        inside = [delta for name, delta in known.items() if below(tree.path(node), name)]
    assert node.events == sum(delta.events for delta in inside)
    assert node.bytes == sum(delta.bytes for delta in inside)
    assert node.millirate == sum(round(delta.rate * 1000) for delta in inside)
    assert node.observers == max((delta.observers for delta in inside), default=0)


@settings(max_examples=150)
@given(st.lists(st.lists(DELTAS, max_size=6), max_size=6), st.lists(st.sampled_from(["prod", "orders"]), max_size=3))
def test_every_level_sums_up_what_is_below(batches: list[list[TopicDelta]], mounts: list[str]) -> None:
    tree = TopicTree()
    known: dict[str, TopicDelta] = {}
    for number, batch in enumerate(batches):
        tree.apply(batch)
        known |= {delta.topic: delta for delta in batch}
        for heading in tree.headings:
            assert heading.observers >= 0  # asked for in between, so that what is remembered must not go stale
        if number < len(mounts):
            tree.mount(mounts[number])
    for node in walk(tree.headings):
        assert_sums(tree, node, known)
    assert tree.topics == len(known)
    assert {tree.path(node) for node in walk(tree.headings) if node.own is not None} == set(known)


@given(st.lists(DELTAS, min_size=1, max_size=12))
def test_every_node_is_found_again_by_its_key_and_path(batch: list[TopicDelta]) -> None:
    tree = TopicTree()
    tree.mount("prod")
    tree.apply(batch)
    for node in walk(tree.headings):
        assert tree.by_key(tree.key(node)) is node
        if node is not tree.local:
            assert tree.find(tree.path(node)) is node


def test_changes_name_new_nodes_parents_first_and_all_that_changed() -> None:
    tree = TopicTree()
    changes = tree.apply([topic("orders/eu/created", 5)])
    assert [tree.path(node) for node in changes.added] == ["orders", "orders/eu", "orders/eu/created"]
    assert changes.changed == {tree.local, *changes.added}
    again = tree.apply([topic("orders/eu/created", 6)])
    assert again.added == []
    assert tree.local.events == 6


def test_a_parent_without_rate_is_exactly_zero_after_many_fractions() -> None:
    tree = TopicTree()
    for step in range(300):
        tree.apply([topic("sensors/hall", step, step / 7), topic("sensors/yard", step, step / 3)])
    tree.apply([topic("sensors/hall", 300, 0.0), topic("sensors/yard", 300, 0.0)])
    assert tree.local.rate == 0


def test_topics_of_a_connection_that_opens_later_move_below_its_heading() -> None:
    tree = TopicTree()
    tree.apply([topic("prod/orders/created", 7, observers=3), topic("cart/updated", 2, observers=1)])
    heading = tree.mount("prod")
    assert tree.headings == [tree.local, heading]
    assert (heading.events, tree.local.events) == (7, 2)
    assert (heading.observers, tree.local.observers) == (3, 1)
    tree.apply([topic("prod/orders/created", 9)])
    assert heading.events == 9


def test_a_topic_may_be_the_connection_itself_and_levels_may_be_empty() -> None:
    tree = TopicTree()
    heading = tree.mount("prod")
    tree.apply([topic("prod", 1), topic("prod//odd", 2), topic("/first", 3), topic("last/", 4)])
    assert heading.own is not None
    assert heading.events == 3
    assert tree.local.events == 7
    assert tree.pattern(heading) == "prod/#"


def test_patterns_take_in_what_is_below_and_leaves_are_themselves() -> None:
    tree = TopicTree()
    tree.apply([topic("demo/orders/created", 1)])
    orders, created = tree.find("demo/orders"), tree.find("demo/orders/created")
    assert orders is not None
    assert created is not None
    assert tree.pattern(orders) == "demo/orders/#"
    assert tree.pattern(created) == "demo/orders/created"
    assert tree.pattern(tree.local) == ""


def test_a_closed_connection_has_no_status_and_goes_when_it_is_taken_away() -> None:
    tree = TopicTree()
    heading = tree.mount("prod")
    tree.set_statuses([ConnectionStatus(name="prod", url="demo://", phase="connected")])
    status = tree.status(heading)
    assert status is not None
    assert status.phase == "connected"
    tree.set_statuses([])
    assert tree.status(heading) is None
    tree.apply([topic("prod/orders", 1)])
    tree.unmount("prod")
    assert tree.headings == [tree.local]
    assert tree.topics == 0


def test_the_deepest_path_does_no_harm() -> None:
    tree = TopicTree()
    deepest = "/".join(["a"] * 128)
    tree.apply([topic(deepest, 1)])
    assert sum(1 for _ in walk([tree.local])) == 129
    assert tree.local.observers == 0
