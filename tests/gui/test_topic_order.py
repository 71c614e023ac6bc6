"""The first topics of a level are those of the whole level sorted, however wide it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventmon.gui.models.topic_order import SortKey, TopicOrder
from eventmon.gui.models.topic_tree import TopicNode, TopicTree
from tests.helpers.scripted_engine import topic

KEYS: st.SearchStrategy[SortKey] = st.sampled_from(["name", "events", "rate", "bytes", "observers", "first", "last"])
NAMES = st.text(alphabet="aAbBcß0", min_size=1, max_size=3)


def level(figures: dict[str, int]) -> list[TopicNode]:
    tree = TopicTree()
    tree.apply(
        topic(name, figure, float(figure), observers=figure, first_received=figure, last_received=figure)
        for name, figure in figures.items()
    )
    return list(tree.local.below())


@given(st.dictionaries(NAMES, st.integers(0, 3), max_size=60), KEYS, st.booleans(), st.integers(0, 12))
def test_the_first_are_the_first_of_all(figures: dict[str, int], key: SortKey, descending: bool, number: int) -> None:
    order = TopicOrder(key, descending)
    nodes = level(figures)
    found = [order.rank(node) for node in order.first(nodes, number)]
    assert found == sorted(map(order.rank, nodes), reverse=key == "name" and descending)[:number]
