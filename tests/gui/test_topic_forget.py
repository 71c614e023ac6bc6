"""Topics that were deleted leave the tree; sums, rows, selection and pins of all others stay; they may come back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from eventmon.engine.frame import TopicDelta
from eventmon.gui.models.topic_model import TopicModel
from eventmon.gui.models.topic_query import TopicHits, TopicQuery
from eventmon.gui.models.topic_rows import PAGE
from eventmon.gui.models.topic_tree import TopicTree, walk
from tests.gui.test_topic_model import names, opened, shop, watched
from tests.gui.test_topic_tree import DELTAS, NAMES, assert_sums
from tests.helpers.scripted_engine import topic


@settings(max_examples=150)
@given(st.lists(st.tuples(st.lists(DELTAS, max_size=6), st.lists(NAMES, max_size=3)), max_size=6))
def test_every_level_sums_up_what_is_left(steps: list[tuple[list[TopicDelta], list[str]]]) -> None:
    tree = TopicTree()
    tree.mount("prod")
    known: dict[str, TopicDelta] = {}
    for batch, forgotten in steps:
        tree.forget(forgotten)
        for name in forgotten:
            known.pop(name, None)
        tree.apply(batch)
        known |= {delta.topic: delta for delta in batch}
        for node in walk(tree.headings):
            assert_sums(tree, node, known)
            assert node.own is not None or node.children or node.parent is None, "no level without a topic stays"
    assert tree.topics == len(known)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.lists(DELTAS, max_size=6), st.lists(NAMES, max_size=3), st.booleans()), max_size=6))
def test_rows_follow_whatever_is_opened(steps: list[tuple[list[TopicDelta], list[str], bool]]) -> None:
    model = TopicModel()
    tester = watched(model)
    for batch, forgotten, tells in steps:
        model.take(batch)
        if tells:
            model.publish()
        open_all(model)
        model.forget(forgotten)
        if tells:
            model.publish()
    model.publish()
    for node in walk(model.tree.headings):
        index = model.index_of(node)
        if index.isValid() and model.rows.branch(node) is not None:
            assert sorted(names(model, index)) == sorted(child.name or "(empty)" for child in node.below())
    assert isinstance(tester, QAbstractItemModelTester)


def open_all(model: TopicModel) -> None:
    stack = [model.index(row, 0) for row in range(model.rowCount())]
    while stack:
        index = stack.pop()
        if model.canFetchMore(index):
            model.fetchMore(index)
        stack.extend(model.index(row, 0, index) for row in range(model.rowCount(index)))


def test_levels_that_only_led_to_it_go_too_and_no_other(qapp: QApplication) -> None:
    model = TopicModel()
    tester = watched(model)
    shop(model)
    cart = QPersistentModelIndex(opened(model, "cart"))
    checkout = QPersistentModelIndex(opened(model, "checkout"))
    assert model.forget(["cart/cleared"])
    assert names(model, opened(model, "cart")) == ["updated"]
    assert checkout.data() == "checkout"
    assert model.forget(["cart/updated"])
    assert names(model, model.index(0, 0)) == ["checkout"]
    assert not cart.isValid()
    assert checkout.row() == 0
    assert not model.forget(["cart/updated"]), "it is gone already"
    assert tester.model() is model


def test_a_heading_of_an_open_connection_stays_and_one_of_a_closed_goes(qapp: QApplication) -> None:
    model = TopicModel()
    shop(model)
    model.forget(["prod/orders/eu/created"])
    assert names(model, QModelIndex()) == ["local", "prod"]
    model.take([topic("prod/orders/eu/created", 5)])
    model.set_connections([])
    model.publish()
    assert names(model, QModelIndex()) == ["local", "prod"]
    model.forget(["prod/orders/eu/created"])
    assert names(model, QModelIndex()) == ["local"]


def test_a_topic_that_gets_an_event_comes_back_where_it_was_pinned(qapp: QApplication) -> None:
    model = TopicModel()
    shop(model)
    opened(model)
    checkout = model.tree.find("checkout")
    assert checkout is not None
    model.pin(checkout, pinned=True)
    assert names(model, model.index(0, 0)) == ["checkout", "cart"]
    model.forget(["checkout"])
    assert names(model, model.index(0, 0)) == ["cart"]
    model.take([topic("checkout", 8)])
    model.publish()
    assert names(model, model.index(0, 0)) == ["checkout", "cart"]


def test_a_topic_that_came_and_went_between_two_ticks_is_not_shown(qapp: QApplication) -> None:
    model = TopicModel()
    shop(model)
    opened(model)
    model.take([topic("refunds/eu", 1), topic("cart/abandoned", 1)])
    model.forget(["refunds/eu", "cart/abandoned"])
    model.publish()
    assert names(model, model.index(0, 0)) == ["cart", "checkout"]


def test_the_row_that_stands_for_the_rest_counts_less(qapp: QApplication) -> None:
    model = TopicModel()
    tester = watched(model)
    model.take([topic(f"t{number:04}", 1) for number in range(PAGE + 3)])
    model.publish()
    local = opened(model)
    assert model.rowCount(local) == PAGE + 1
    model.forget([f"t{PAGE:04}", f"t{PAGE + 1:04}"])
    assert model.rowCount(local) == PAGE + 1
    assert "1 more" in str(model.index(PAGE, 0, local).data())
    model.forget([f"t{PAGE + 2:04}"])
    assert model.rowCount(local) == PAGE
    assert tester.model() is model


def test_hits_of_a_search_go_too(qapp: QApplication) -> None:
    model = TopicModel()
    shop(model)
    hits = TopicHits(model.tree, TopicQuery("cart"))
    for _ in hits.search():
        pass
    model.show_hits(hits)
    opened(model, "cart")
    model.forget(["cart/updated", "cart/cleared"])
    assert names(model, model.index(0, 0)) == []
