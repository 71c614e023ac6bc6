"""What the find field of the topics means, and the search through the tree in slices. No Qt.

Three languages without a switch: a topic pattern when ``+`` or ``#`` stands as a whole level, ``*`` for any
characters, else plain text, upper and lower case alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from eventmon.core.errors import UserError
from eventmon.core.pattern import ONE_LEVEL, THE_REST, Pattern
from eventmon.gui.models.topic_tree import SEPARATOR, TopicNode, TopicTree

MAX_HITS = 500
SLICE = 500
"""Nodes looked at between two chances to stop: well under a millisecond."""

Match = Callable[[str], bool]


class TopicQuery:
    """A search in the find field. Texts without ``/`` are looked for in level names, others in whole paths.

    Attributes:
        text: as typed.
        whole_path: whether ``matches`` wants the path of a node, not its name.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        wanted = text.strip()
        pattern = _pattern(wanted)
        self.whole_path = pattern is not None or SEPARATOR in wanted
        self.matches: Match = pattern.matches if pattern is not None else _plain(wanted)

    def accepts(self, tree: TopicTree, node: TopicNode) -> bool:
        """Whether a node is a hit; the heading ``local`` is none, it is no topic."""
        if node is tree.local:
            return False
        return self.matches(tree.path(node) if self.whole_path else node.name)

    def __bool__(self) -> bool:
        return bool(self.text.strip())


def _pattern(text: str) -> Pattern | None:
    if not {ONE_LEVEL, THE_REST} & set(text.split(SEPARATOR)):
        return None
    try:
        return Pattern(text)
    except UserError:
        return None


def _plain(text: str) -> Match:
    wanted = text.casefold()
    if "*" not in wanted:
        return lambda name: wanted in name.casefold()
    first, *middle, last = wanted.split("*")
    return lambda name: _fits(name.casefold(), first, middle, last)


def _fits(name: str, first: str, middle: list[str], last: str) -> bool:
    """Whether a name holds the texts between stars in their order; linear, where an expression could take for ever."""
    end = len(name) - len(last)
    if not name.startswith(first) or not name.endswith(last) or end < len(first):
        return False
    place = len(first)
    for part in middle:
        found = name.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


class TopicHits:
    """What a search found: the hits and every way down to one.

    Attributes:
        hits: the nodes that match, in the order they were found, at most ``MAX_HITS``.
        below: for each node on the way to a hit, which of its children are shown.
        cut: whether there may be more than these.
    """

    def __init__(self, tree: TopicTree, query: TopicQuery) -> None:
        self.tree = tree
        self.query = query
        self.hits: dict[TopicNode, None] = {}
        self.below: dict[TopicNode, set[TopicNode]] = {}
        self.cut = False

    def search(self) -> Iterator[int]:
        """Look through the tree; gives the number of hits after each slice."""
        looked = 0
        stack: list[Iterator[TopicNode]] = [iter(self.tree.headings)]
        while stack and not self.cut:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            if self.query.accepts(self.tree, node):
                self._add(node)
            if node.children:
                stack.append(iter(list(node.children.values())))
            looked += 1
            if looked % SLICE == 0:
                yield len(self.hits)

    def take(self, nodes: Iterable[TopicNode]) -> list[TopicNode]:
        """Look at nodes that are new; gives all nodes that are shown now and were not."""
        shown: list[TopicNode] = []
        for node in nodes:
            if self.query.accepts(self.tree, node):
                shown += self._add(node)
            elif self.inside(node):
                shown.append(node)
        return shown

    def forget(self, nodes: Iterable[TopicNode]) -> None:
        """These nodes are in the tree no more."""
        for node in nodes:
            self.hits.pop(node, None)
            self.below.pop(node, None)
            if node.parent is not None and node.parent in self.below:
                self.below[node.parent].discard(node)

    def inside(self, node: TopicNode) -> bool:
        """Whether a node lies below a hit: a hit can be opened as usual."""
        parent = node.parent
        while parent is not None:
            if parent in self.hits:
                return True
            parent = parent.parent
        return False

    def children(self, node: TopicNode) -> Iterable[TopicNode]:
        """The children of a shown node that are shown."""
        if node in self.hits or self.inside(node):
            return node.below()
        return self.below.get(node, ())

    def headings(self) -> list[TopicNode]:
        """The headings with hits."""
        return [node for node in self.tree.headings if node in self.hits or node in self.below]

    def _add(self, node: TopicNode) -> list[TopicNode]:
        """Take a hit in; gives the nodes that this brings into view."""
        if len(self.hits) >= MAX_HITS:
            self.cut = True
            return []
        self.hits[node] = None
        shown: list[TopicNode] = []
        child, parent = node, node.parent
        while parent is not None:
            known = self.below.setdefault(parent, set())
            if child in known:
                break
            known.add(child)
            shown.append(child)
            child, parent = parent, parent.parent
        return shown
