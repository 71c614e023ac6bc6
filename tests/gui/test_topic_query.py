"""What people type into the find field finds what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.topic_query import MAX_HITS, TopicHits, TopicQuery
from eventmon.gui.models.topic_tree import TopicTree
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import topic

SHOP = (
    "cart/updated",
    "orders/eu/created",
    "orders/eu/paid",
    "orders/us/created",
    "prod/orders/eu/created",
    "payments/failed",
    "$sys/load",
)


def tree_of(*names: str) -> TopicTree:
    tree = TopicTree()
    tree.mount("prod")
    tree.apply([topic(name, 1) for name in names])
    return tree


def found(tree: TopicTree, text: str) -> set[str]:
    hits = TopicHits(tree, TopicQuery(text))
    for _ in hits.search():
        pass
    return {tree.path(node) for node in hits.hits}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("paid", {"orders/eu/paid"}),
        ("PAY", {"payments"}),
        ("ORDERS", {"orders", "prod/orders"}),
        ("eu/c", {"orders/eu/created", "prod/orders/eu/created"}),
        ("cre*d", {"orders/eu/created", "orders/us/created", "prod/orders/eu/created"}),
        ("pa*", {"orders/eu/paid", "payments"}),
        ("orders/*/created", {"orders/eu/created", "orders/us/created"}),
        ("orders/+", {"orders/eu", "orders/us"}),
        ("orders/us/#", {"orders/us", "orders/us/created"}),
        ("+/orders/eu", {"prod/orders/eu"}),
        ("local", set()),
        ("prod", {"prod"}),
        ("$sys", {"$sys"}),
        ("order#1", set()),
        ("stock", set()),
    ],
)
def test_a_text_finds(text: str, paths: set[str]) -> None:
    assert found(tree_of(*SHOP), text) == paths


def test_a_broken_pattern_is_looked_for_as_text() -> None:
    assert found(tree_of("orders/a#b"), "#/orders") == set()
    assert found(tree_of("c++/build"), "c++") == {"c++"}


def test_blanks_are_no_search() -> None:
    assert not TopicQuery("  ")
    assert TopicQuery(" orders ")


@given(st.sampled_from(sorted(HOSTILE_TEXTS)))
def test_anything_typed_is_harmless(name: str) -> None:
    found(tree_of(*SHOP), HOSTILE_TEXTS[name][:4096])


def test_a_pattern_of_stars_ends_quickly() -> None:
    tree = tree_of("a" * 4_000)
    assert found(tree, "*a" * 12 + "b") == set()


def test_ways_lead_to_every_hit_and_no_other_row_is_shown() -> None:
    tree = tree_of(*SHOP)
    hits = TopicHits(tree, TopicQuery("created"))
    for _ in hits.search():
        pass
    shown = {tree.path(child) for children in hits.below.values() for child in children}
    assert shown == {
        "orders", "orders/eu", "orders/us", "orders/eu/created", "orders/us/created",
        "prod/orders", "prod/orders/eu", "prod/orders/eu/created",
    }  # fmt: skip
    assert hits.headings() == tree.headings


def test_what_lies_below_a_hit_can_be_opened() -> None:
    tree = tree_of(*SHOP)
    hits = TopicHits(tree, TopicQuery("payments"))
    for _ in hits.search():
        pass
    payments = tree.find("payments")
    assert payments is not None
    assert [child.name for child in hits.children(payments)] == ["failed"]


def test_a_search_in_slices_stops_at_its_limit_and_says_so() -> None:
    tree = tree_of(*(f"sensors/{number}/temperature" for number in range(MAX_HITS + 500)))
    hits = TopicHits(tree, TopicQuery("temperature"))
    slices = list(hits.search())
    assert len(hits.hits) == MAX_HITS
    assert hits.cut
    assert len(slices) > 1


def test_new_topics_that_match_join_the_hits_with_their_way() -> None:
    tree = tree_of("cart/updated")
    hits = TopicHits(tree, TopicQuery("refunded"))
    for _ in hits.search():
        pass
    changes = tree.apply([topic("orders/eu/refunded", 1), topic("cart/cleared", 1)])
    assert {tree.path(node) for node in hits.take(changes.added)} == {"orders/eu/refunded", "orders/eu", "orders"}
    below = tree.apply([topic("orders/eu/refunded/again", 1)])
    assert [tree.path(node) for node in hits.take(below.added)] == ["orders/eu/refunded/again"]
