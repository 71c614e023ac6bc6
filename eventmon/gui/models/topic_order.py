"""In which order the topics of one level stand. No Qt.

Names sort without regard to upper and lower case; figures put the busiest first and fall back to the name.
"""

from __future__ import annotations

import heapq
import operator
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eventmon.gui.models.topic_tree import TopicNode

SortKey = Literal["name", "events", "rate", "bytes", "observers", "first", "last"]
_WORTH_SORTING = 4


def _figure(node: TopicNode, key: SortKey) -> int:
    if key == "events":
        return node.events
    if key == "rate":
        return node.millirate
    if key in ("first", "last"):
        own = node.own
        return 0 if own is None else own.first_received if key == "first" else own.last_received
    return node.bytes if key == "bytes" else node.observers


@dataclass(frozen=True, slots=True)
class TopicOrder:
    """What the user chose to sort by."""

    key: SortKey = "name"
    descending: bool = False

    @property
    def moves(self) -> bool:
        """Whether events change the order."""
        return self.key != "name"

    def first(self, nodes: Iterable[TopicNode], number: int) -> list[TopicNode]:
        """The first ``number`` of these nodes, in order."""
        nodes = list(nodes)
        if number <= 0:
            return []
        if len(nodes) > number * _WORTH_SORTING:
            nodes = self._candidates(nodes, number)
        return sorted(nodes, key=self.rank, reverse=self.key == "name" and self.descending)[:number]

    def _candidates(self, nodes: Sequence[TopicNode], number: int) -> list[TopicNode]:
        """A few nodes that the first ``number`` are among, found without a rank for each: levels may be very wide."""
        values = self._values(nodes)
        edge = (heapq.nlargest if self.descending else heapq.nsmallest)(number, values)[-1]
        beyond = operator.gt if self.descending else operator.lt
        first = [node for node, value in zip(nodes, values, strict=True) if beyond(value, edge)]
        ties = [node for node, value in zip(nodes, values, strict=True) if value == edge]
        return first + (ties if self.key == "name" else TopicOrder().first(ties, number - len(first)))

    def _values(self, nodes: Sequence[TopicNode]) -> list[Any]:
        if self.key == "name":
            return [node.name.casefold() for node in nodes]
        if self.key == "events":
            return [node.events for node in nodes]
        return [_figure(node, self.key) for node in nodes]

    def rank(self, node: TopicNode) -> Any:
        """A value to compare nodes by; of names it does not know the direction."""
        name = node.name.casefold()
        if self.key == "name":
            return name, node.name
        figure = _figure(node, self.key)
        return (-figure if self.descending else figure), name

    def place(self, rows: Sequence[TopicNode], node: TopicNode) -> int:
        """Where a new node belongs. When figures decide it stands last, and moves at the next sorting."""
        if self.moves:
            return len(rows)
        if not self.descending:
            return bisect_left(rows, self.rank(node), key=self.rank)
        mirrored = bisect_left(rows, 0, key=lambda row: 0 if self.rank(row) < self.rank(node) else -1)
        return mirrored


class TopicRanks:
    """The order that the user chose, with pinned topics before all others.

    Attributes:
        order: what is sorted by.
        pinned: the nodes that stand before their neighbours.
    """

    def __init__(self) -> None:
        self.order = TopicOrder()
        self.pinned: set[TopicNode] = set()

    def first(self, nodes: Iterable[TopicNode], number: int) -> list[TopicNode]:
        """The first ``number`` of these nodes, in order."""
        if not self.pinned:
            return self.order.first(nodes, number)
        nodes = list(nodes)
        top = [node for node in nodes if node in self.pinned]
        if not top:
            return self.order.first(nodes, number)
        top = self.order.first(top, number)
        return top + self.order.first((node for node in nodes if node not in self.pinned), number - len(top))

    def place(self, rows: list[TopicNode], node: TopicNode) -> int:
        """Where a new node belongs."""
        top = next((row for row, other in enumerate(rows) if other not in self.pinned), len(rows)) if self.pinned else 0
        if node in self.pinned:
            return self.order.place(rows[:top], node)
        return top + self.order.place(rows[top:], node) if top else self.order.place(rows, node)
