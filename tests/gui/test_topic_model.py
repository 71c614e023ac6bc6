"""The Qt model of the topics: rows only where somebody looks, every role answered, nothing lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from eventmon.engine.frame import ConnectionStatus
from eventmon.gui.models.topic_model import SORT_KEYS, TopicModel
from eventmon.gui.models.topic_query import TopicHits, TopicQuery
from eventmon.gui.models.topic_rows import PAGE
from eventmon.gui.models.topic_texts import BYTES, EVENTS, OBSERVERS, RATE, TOPIC
from tests.helpers.hostile import HOSTILE_TEXTS
from tests.helpers.scripted_engine import topic

PROD = ConnectionStatus(name="prod", url="redis://shop:***@broker", phase="connected")
FAILED = ConnectionStatus(name="legacy", url="redis://old", phase="failed", detail="The password was not accepted.")
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(qapp: QApplication) -> TopicModel:
    return TopicModel()


def watched(model: TopicModel) -> QAbstractItemModelTester:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setUseFetchMore(False)  # it would fetch in the midst of an insertion, which no view does
    return tester


def shop(model: TopicModel) -> None:
    model.set_connections([PROD])
    model.take(
        [
            topic("cart/updated", 20, 2.0, bytes=2_000, observers=1),
            topic("cart/cleared", 3, 0.0, bytes=90),
            topic("checkout", 7, 1.0, bytes=800),
            topic("prod/orders/eu/created", 1_204, 351.0, bytes=64_102, observers=4),
        ]
    )
    model.publish()


def opened(model: TopicModel, path: str = "") -> QModelIndex:
    """The index of a path, its level and all above fetched."""
    node = model.tree.find(path) if path else model.tree.local
    assert node is not None
    index = model.reach(node)
    if model.canFetchMore(index):
        model.fetchMore(index)
    return index


def names(model: TopicModel, parent: QModelIndex) -> list[str]:
    return [model.index(row, TOPIC, parent).data() for row in range(model.rowCount(parent))]


def test_headings_come_first_and_levels_are_fetched_when_asked_for(model: TopicModel) -> None:
    tester = watched(model)
    shop(model)
    assert names(model, QModelIndex()) == ["local", "prod"]
    local = model.index(0, 0)
    assert names(model, local) == ["cart", "checkout"]
    cart = model.index(0, 0, local)
    assert model.hasChildren(cart)
    assert model.rowCount(cart) == 0
    assert model.canFetchMore(cart)
    model.fetchMore(cart)
    assert names(model, cart) == ["cleared", "updated"]
    assert not model.canFetchMore(cart)
    assert tester.model() is model


def test_every_role_and_orientation_is_answered(model: TopicModel) -> None:
    shop(model)
    index = opened(model, "prod/orders/eu/created")
    for role in Qt.ItemDataRole:
        for section in range(-1, len(SORT_KEYS) + 1):
            for orientation in Qt.Orientation:
                model.headerData(section, orientation, role)
            model.data(index.siblingAtColumn(max(section, 0)), role)
            model.data(QModelIndex(), role)
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(EVENTS, Qt.Orientation.Horizontal) == "Events"


def test_cells_hold_whole_texts_and_dashes_for_nothing(model: TopicModel) -> None:
    shop(model)
    created = opened(model, "prod/orders/eu/created")
    assert [created.siblingAtColumn(column).data() for column in range(5)] == [
        "created", "1,204", "351/s", "62.6 KiB", "4",
    ]  # fmt: skip
    cleared = opened(model, "cart/cleared")
    assert cleared.siblingAtColumn(RATE).data() == "–"
    assert cleared.siblingAtColumn(OBSERVERS).data() == "–"
    spoken = created.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "prod/orders/eu/created, 1,204 events, 351/s"


def test_a_tooltip_tells_types_and_times_and_the_state_of_a_connection(model: TopicModel) -> None:
    model.set_connections([PROD, FAILED])
    model.take([topic("orders", 5, types=("order.created", "order.paid"))])
    model.publish()
    tip = opened(model, "orders").data(Qt.ItemDataRole.ToolTipRole)
    assert "order.created, order.paid" in tip
    assert "First" in tip
    failed = model.index(2, 0)
    assert "legacy: not connected<br>The password was not accepted.<br>redis://old<br>" in failed.data(
        Qt.ItemDataRole.ToolTipRole
    )
    assert "not connected" in failed.data(Qt.ItemDataRole.AccessibleTextRole)


@pytest.mark.parametrize("name", sorted(HOSTILE_TEXTS))
def test_hostile_names_are_shown_as_they_are(model: TopicModel, name: str) -> None:
    text = HOSTILE_TEXTS[name][:4_000]
    model.take([topic(f"orders/{text}", 1)])
    model.publish()
    index = opened(model, "orders")
    below = model.index(0, 0, index)
    shown = below.data()
    assert shown
    assert "\n" not in shown
    assert "<b>" not in str(below.data(Qt.ItemDataRole.ToolTipRole))
    assert below.data(Qt.ItemDataRole.AccessibleTextRole)


def test_an_empty_level_says_so(model: TopicModel) -> None:
    model.take([topic("prod//odd", 1)])
    model.publish()
    assert names(model, opened(model, "prod")) == ["(empty)"]


def test_new_topics_take_their_place_by_name(model: TopicModel) -> None:
    tester = watched(model)
    shop(model)
    local = opened(model)
    model.take([topic("Billing", 1), topic("demo/x", 1), topic("zebra", 1)])
    assert names(model, local) == ["cart", "checkout"]
    model.publish()
    assert names(model, local) == ["Billing", "cart", "checkout", "demo", "zebra"]
    assert tester.model() is model


def test_a_leaf_that_gets_topics_below_can_be_opened(model: TopicModel) -> None:
    shop(model)
    checkout = opened(model, "checkout")
    assert not model.hasChildren(checkout)
    model.take([topic("checkout/started", 1)])
    model.publish()
    assert names(model, checkout) == ["started"]


def test_changes_are_told_once_a_level_and_publish(model: TopicModel) -> None:
    shop(model)
    opened(model, "cart")
    opened(model, "cart/updated")
    told: list[str] = []
    model.dataChanged.connect(lambda first, last: told.append(f"{first.data()}–{last.siblingAtColumn(0).data()}"))
    for events in range(30):
        model.take([topic("cart/updated", 100 + events), topic("cart/cleared", 50 + events)])
    assert told == []
    assert model.publish()
    assert sorted(told) == ["cart–cart", "cleared–updated", "local–local"]
    assert not model.publish()


def test_sorting_keeps_every_row_and_who_was_selected(model: TopicModel) -> None:
    tester = watched(model)
    shop(model)
    local = opened(model)
    cart = QPersistentModelIndex(opened(model, "cart"))
    model.sort(EVENTS, DESCENDING)
    assert names(model, local) == ["cart", "checkout"]
    model.sort(TOPIC, DESCENDING)
    assert names(model, local) == ["checkout", "cart"]
    assert cart.isValid()
    assert cart.row() == 1
    model.sort(BYTES, ASCENDING)
    assert names(model, local) == ["checkout", "cart"]
    assert tester.model() is model


def test_rows_do_not_move_by_themselves_while_figures_do(model: TopicModel) -> None:
    shop(model)
    local = opened(model)
    model.sort(EVENTS, DESCENDING)
    model.take([topic("checkout", 9_000), topic("aaa", 5_000)])
    model.publish()
    assert names(model, local) == ["cart", "checkout", "aaa"]
    model.sort_again()
    assert names(model, local) == ["checkout", "aaa", "cart"]


def test_a_wide_level_shows_a_page_and_says_how_many_follow(model: TopicModel) -> None:
    tester = watched(model)
    total = PAGE * 2 + 10
    model.take([topic(f"sensor{number:05}", number) for number in range(total)])
    model.publish()
    local = opened(model)
    assert model.rowCount(local) == PAGE + 1
    more = model.index(PAGE, 0, local)
    assert more.data() == f"{total - PAGE:,} more topics"
    assert more.siblingAtColumn(EVENTS).data() == ""
    node = model.node(more)
    assert node is not None
    model.show_next_page(node)
    assert model.rowCount(local) == 2 * PAGE + 1
    model.show_next_page(node)
    assert names(model, local) == [f"sensor{number:05}" for number in range(total)]
    assert tester.model() is model


def test_new_topics_behind_the_page_are_counted_and_those_on_it_inserted(model: TopicModel) -> None:
    model.take([topic(f"sensor{number:05}", number) for number in range(PAGE + 1)])
    model.publish()
    local = opened(model)
    model.take([topic("zebra", 1), topic("alarm", 1)])
    model.publish()
    assert model.index(0, 0, local).data() == "alarm"
    assert model.index(model.rowCount(local) - 1, 0, local).data() == "2 more topics"


def test_a_topic_on_no_page_can_be_reached(model: TopicModel) -> None:
    model.take([topic(f"sensor{number:05}/temperature", number) for number in range(PAGE * 3)])
    model.publish()
    node = model.tree.find(f"sensor{PAGE * 3 - 1:05}/temperature")
    assert node is not None
    assert model.reach(node).data() == "temperature"
    local = model.index(0, 0)
    assert model.index(PAGE + 1, 0, local).data() == f"{PAGE * 2 - 1:,} more topics"


def test_a_connection_that_opens_later_gets_its_topics_from_local(model: TopicModel) -> None:
    tester = watched(model)
    model.take([topic("prod/orders", 5), topic("cart", 1)])
    model.publish()
    local = opened(model)
    assert names(model, local) == ["cart", "prod"]
    model.set_connections([PROD])
    assert names(model, local) == ["cart"]
    assert names(model, QModelIndex()) == ["local", "prod"]
    assert model.index(1, EVENTS).data() == "5"
    model.set_connections([])
    assert names(model, QModelIndex()) == ["local", "prod"]
    assert tester.model() is model


def test_a_forgotten_connection_without_topics_leaves(model: TopicModel) -> None:
    tester = watched(model)
    model.set_connections([PROD, FAILED])
    model.set_connections([PROD])
    assert names(model, QModelIndex()) == ["local", "prod"]
    assert tester.model() is model


def test_hits_are_shown_alone_and_everything_comes_back(model: TopicModel) -> None:
    tester = watched(model)
    shop(model)
    hits = TopicHits(model.tree, TopicQuery("created"))
    for _ in hits.search():
        pass
    model.show_hits(hits)
    assert names(model, QModelIndex()) == ["prod"]
    assert names(model, opened(model, "prod")) == ["orders"]
    model.take([topic("refunds/created", 1), topic("cart/unrelated", 1)])
    model.publish()
    assert names(model, QModelIndex()) == ["local", "prod"]
    assert names(model, opened(model)) == ["refunds"]
    model.show_hits(None)
    assert names(model, opened(model)) == ["cart", "checkout", "refunds"]
    assert tester.model() is model


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_course_of_events_keeps_the_model_whole(data: st.DataObject) -> None:
    model = TopicModel()
    tester = watched(model)
    levels = st.sampled_from(["a", "b", "c", "", "prod"])
    paths = st.lists(levels, min_size=1, max_size=4).map("/".join).filter(bool)
    for _ in range(data.draw(st.integers(1, 12))):
        step = data.draw(st.sampled_from(["take", "publish", "open", "sort", "again", "mount", "find"]))
        if step == "take":
            model.take([topic(path, data.draw(st.integers(0, 99))) for path in data.draw(st.lists(paths, max_size=5))])
        elif step == "publish":
            model.publish()
        elif step == "open":
            node = model.tree.find(data.draw(paths))
            if node is not None and model.rows.hits is None:
                opened_index = model.reach(node)
                if model.canFetchMore(opened_index):
                    model.fetchMore(opened_index)
        elif step == "sort":
            model.sort(data.draw(st.integers(0, 4)), data.draw(st.sampled_from([ASCENDING, DESCENDING])))
        elif step == "again":
            model.sort_again()
        elif step == "mount":
            model.set_connections(data.draw(st.sampled_from([[PROD], [FAILED], [PROD, FAILED], []])))
        else:
            hits = TopicHits(model.tree, TopicQuery(data.draw(levels)))
            for _ in hits.search():
                pass
            model.show_hits(hits if hits.query else None)
    model.show_hits(None)
    model.publish()
    assert_whole(model)
    assert tester.model() is model


def assert_whole(model: QAbstractItemModel) -> None:
    """Every topic has exactly one row, below its parent."""
    assert isinstance(model, TopicModel)
    stack = [model.index(row, 0) for row in range(model.rowCount())]
    seen = 0
    while stack:
        index = stack.pop()
        node = model.node(index)
        assert node is not None
        seen += node.own is not None
        if model.canFetchMore(index):
            model.fetchMore(index)
        below = [model.index(row, 0, index) for row in range(model.rowCount(index))]
        assert all(child.parent() == index for child in below)
        assert len(below) == len(node.children or ())
        stack += below
    assert seen == model.tree.topics
