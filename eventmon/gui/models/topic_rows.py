"""Which nodes of the topic tree have a row, and where. No Qt.

Only levels that were opened have rows, and of a wide level only the first page: a million topics cost what is looked
at. The rest of a wide level stands behind one more row, which is turned into the next page when it comes into view.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from eventmon.gui.models.topic_order import TopicRanks
from eventmon.gui.models.topic_query import TopicHits
from eventmon.gui.models.topic_tree import TopicNode, TopicTree

PAGE = 500
SORT_FULLY = 5_000
"""Levels up to this size choose their page anew when figures move; wider ones sort the rows they show."""


@dataclass(slots=True)
class Branch:
    """The rows below one node. ``more`` stands for what has no row yet and is the last row while there is some."""

    more: TopicNode
    rows: list[TopicNode] = field(default_factory=list)
    hidden: int = 0

    def __len__(self) -> int:
        return len(self.rows) + (1 if self.hidden else 0)


class TopicRows:
    """The rows of the tree view. A node has a row when its level was fetched and it is on a page.

    Attributes:
        ranks: in which order the nodes of a level stand.
    """

    def __init__(self, tree: TopicTree) -> None:
        self.tree = tree
        self.ranks = TopicRanks()
        self.hits: TopicHits | None = None
        self.headings: list[TopicNode] = []
        self._branches: dict[TopicNode, Branch] = {}
        self._places: dict[TopicNode, int] = {}
        self._more: dict[TopicNode, Branch] = {}
        self.reset()

    def reset(self, hits: TopicHits | None = None) -> None:
        """Forget all rows; with ``hits`` show those alone from now on."""
        self.hits = hits
        self._branches.clear()
        self._places.clear()
        self._more.clear()
        self.headings = self.tree.headings if hits is None else hits.headings()
        self._renumber(self.headings, 0)

    def place(self, node: TopicNode) -> int | None:
        """The row of a node below its parent, None when it has none."""
        branch = self._more.get(node)
        return len(branch.rows) if branch is not None else self._places.get(node)

    def branch(self, node: TopicNode) -> Branch | None:
        """The rows below a node, None while they were not asked for."""
        return self._branches.get(node)

    def hidden(self, node: TopicNode) -> int:
        """How many topics a row stands for that is no topic itself; 0 for every other."""
        branch = self._more.get(node)
        return branch.hidden if branch is not None else 0

    def shown_children(self, node: TopicNode) -> Iterable[TopicNode]:
        """The nodes one level down that would have rows."""
        return node.below() if self.hits is None else self.hits.children(node)

    def shown_count(self, node: TopicNode) -> int:
        """How many nodes one level down would have rows."""
        if self.hits is None:
            return len(node.children) if node.children is not None else 0
        return sum(1 for _ in self.hits.children(node))

    def has_children(self, node: TopicNode) -> bool:
        """Whether a node can be opened."""
        if node in self._more:
            return False
        branch = self._branches.get(node)
        if branch is not None and len(branch):
            return True  # also while rows are taken away whose topics are gone already
        if self.hits is None:
            return bool(node.children)
        return any(True for _ in self.hits.children(node))

    def first_page(self, node: TopicNode) -> list[TopicNode]:
        """The nodes to show first below a node."""
        return self.ranks.first(self.shown_children(node), PAGE)

    def open(self, node: TopicNode, page: list[TopicNode]) -> Branch:
        """Give the nodes of the first page their rows."""
        branch = self._branches[node] = Branch(TopicNode("", node), page)
        self._more[branch.more] = branch
        branch.hidden = self.shown_count(node) - len(page)
        self._renumber(page, 0)
        return branch

    def next_page(self, node: TopicNode) -> list[TopicNode]:
        """The nodes that come after those shown below a node."""
        shown = set(self._branches[node].rows)
        rest = (child for child in self.shown_children(node) if child not in shown)
        return self.ranks.first(rest, PAGE)

    def insert(self, node: TopicNode, at: int, nodes: list[TopicNode]) -> None:
        """Give nodes rows from ``at`` on."""
        branch = self._branches[node]
        branch.rows[at:at] = nodes
        self._renumber(branch.rows, at)

    def count_hidden(self, node: TopicNode) -> int:
        """How many nodes below a node should stand behind its last row now."""
        return self.shown_count(node) - len(self._branches[node].rows)

    def insertions(self, node: TopicNode, nodes: Iterable[TopicNode]) -> list[tuple[int, list[TopicNode]]]:
        """Where new nodes belong: (row, nodes) with rows that count what was inserted before; the rest stays hidden."""
        branch = self._branches[node]
        groups: dict[int, list[TopicNode]] = {}
        last = len(branch.rows)
        for child in self.ranks.first(nodes, PAGE):
            at = self.ranks.place(branch.rows, child)
            if at < last or not branch.hidden:
                groups.setdefault(at, []).append(child)
        shifted: list[tuple[int, list[TopicNode]]] = []
        before = 0
        for at in sorted(groups):
            shifted.append((at + before, groups[at]))
            before += len(groups[at])
        return shifted

    def remove_heading(self, row: int) -> None:
        """Take a heading's row away with all below."""
        node = self.headings.pop(row)
        self.forget(node)
        self._renumber(self.headings, row)

    def remove(self, node: TopicNode) -> None:
        """Take the row of a node below another away with all below."""
        assert node.parent is not None
        rows = self._branches[node.parent].rows
        row = self._places[node]
        del rows[row]
        self.forget(node)
        self._renumber(rows, row)

    def forget(self, node: TopicNode) -> None:
        """Take the rows of a node and of all below it away."""
        stack = [node]
        while stack:
            one = stack.pop()
            self._places.pop(one, None)
            branch = self._branches.pop(one, None)
            if branch is not None:
                del self._more[branch.more]
                stack.extend(branch.rows)

    def insert_heading(self, row: int, node: TopicNode) -> None:
        """Give a heading its row."""
        self.headings.insert(row, node)
        self._renumber(self.headings, row)

    def sort(self, *, fully: bool) -> None:
        """Put the rows of every opened level in order.

        ``fully`` chooses the page of each level anew, whatever its size.
        """
        for node, branch in list(self._branches.items()):
            if node not in self._branches:
                continue
            size = len(branch.rows) + branch.hidden
            if branch.hidden and (fully or size <= SORT_FULLY):
                page = self.ranks.first(self.shown_children(node), len(branch.rows))
                for gone in set(branch.rows).difference(page):
                    self.forget(gone)
                branch.rows = page
            else:
                branch.rows = self.ranks.first(branch.rows, len(branch.rows))
            self._renumber(branch.rows, 0)

    def _renumber(self, rows: list[TopicNode], start: int) -> None:
        for row in range(start, len(rows)):
            self._places[rows[row]] = row
