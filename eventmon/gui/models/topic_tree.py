"""The topics seen so far as a tree that adds up what lies below each level. No Qt.

Totals are whole numbers kept by differences, rates included (thousandths of an event a second), so a parent is always
exactly the sum of what is below it however long the window lives. One node is small: a million have to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from eventmon.engine.frame import ConnectionStatus, TopicDelta

SEPARATOR = "/"
LOCAL = "local"
_STALE = -1


class TopicNode:
    """One level of one path, or a heading.

    Attributes:
        name: the level as it came, possibly empty.
        parent: the level above, None for a heading.
        children: levels below by their name, None for a leaf.
        own: what the engine said of the topic that ends here, None when none does.
        events: events of this topic and all below.
        bytes: their payload bytes.
        millirate: their events per second now, in thousandths.
    """

    __slots__ = ("_observers", "bytes", "children", "events", "millirate", "name", "own", "parent")

    def __init__(self, name: str, parent: TopicNode | None) -> None:
        self.name = name
        self.parent = parent
        self.children: dict[str, TopicNode] | None = None
        self.own: TopicDelta | None = None
        self.events = 0
        self.bytes = 0
        self.millirate = 0
        self._observers = 0

    @property
    def rate(self) -> float:
        """Events per second now, with everything below."""
        return self.millirate / 1000

    @property
    def observers(self) -> int:
        """The most observers that any topic here or below has.

        A sum would count an observer of ``orders/#`` once for each of its topics.
        """
        if self._observers == _STALE:
            below = max((child.observers for child in self.below()), default=0)
            self._observers = max(below, self.own.observers if self.own is not None else 0)
        return self._observers

    def below(self) -> Iterable[TopicNode]:
        """The nodes one level down."""
        return self.children.values() if self.children is not None else ()

    def lineage(self) -> list[TopicNode]:
        """The way from the heading down to here, both included."""
        nodes = [self]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
        nodes.reverse()
        return nodes

    def add(self, events: int, size: int, millirate: int) -> None:
        """Add to the totals from here up to the heading."""
        node: TopicNode | None = self
        while node is not None:
            node.events += events
            node.bytes += size
            node.millirate += millirate
            node = node.parent

    def forget_observers(self) -> None:
        """Count observers anew when somebody asks, from here up."""
        node: TopicNode | None = self
        while node is not None and node._observers != _STALE:
            node._observers = _STALE
            node = node.parent


@dataclass(slots=True)
class TreeChanges:
    """What a batch did: ``added`` nodes, parents before children, and every node whose figures ``changed``."""

    added: list[TopicNode] = field(default_factory=list)
    changed: set[TopicNode] = field(default_factory=set)


@dataclass(slots=True)
class TreeLosses:
    """What forgetting did: the nodes that are ``gone``, each before the one above, and those that ``changed``."""

    gone: dict[TopicNode, None] = field(default_factory=dict)
    changed: set[TopicNode] = field(default_factory=set)


class TopicTree:
    """Topics under headings: ``local`` first, then one for each connection, whose first level it is."""

    def __init__(self) -> None:
        self.local = TopicNode(LOCAL, None)
        self.mounts: dict[str, TopicNode] = {}
        self.statuses: dict[str, ConnectionStatus] = {}
        self.topics = 0

    @property
    def headings(self) -> list[TopicNode]:
        """The top of the tree, in the order shown."""
        return [self.local, *self.mounts.values()]

    def apply(self, deltas: Iterable[TopicDelta]) -> TreeChanges:
        """Take what topics are now. Cost: topics × levels, whatever the number of events."""
        changes = TreeChanges()
        for delta in deltas:
            self._take(self._reach(delta.topic, changes.added), delta, changes.changed)
        return changes

    def forget(self, topics: Iterable[str]) -> TreeLosses:
        """Take topics out, and the levels above on which nothing is left."""
        losses = TreeLosses()
        for topic in topics:
            node = self.find(topic)
            if node is not None and node.own is not None:
                self._lose(node, node.own, losses)
        losses.changed.difference_update(losses.gone)
        return losses

    def mount(self, name: str) -> TopicNode:
        """Give a connection its heading; topics that were local until now go with it."""
        if name in self.mounts:
            return self.mounts[name]
        heading = self.local.children.pop(name, None) if self.local.children else None
        if heading is None:
            heading = TopicNode(name, None)
        else:
            self.local.add(-heading.events, -heading.bytes, -heading.millirate)
            self.local.forget_observers()
            heading.parent = None
        self.mounts[name] = heading
        return heading

    def unmount(self, name: str) -> None:
        """Take the heading of a connection away with all below it."""
        heading = self.mounts.pop(name)
        self.topics -= sum(1 for node in walk([heading]) if node.own is not None)

    def set_statuses(self, statuses: Sequence[ConnectionStatus]) -> None:
        """How the connections are; those not named are closed."""
        self.statuses = {status.name: status for status in statuses}

    def status(self, heading: TopicNode) -> ConnectionStatus | None:
        """The connection of a heading while it is open; None for ``local`` and for one that was closed."""
        return self.statuses.get(heading.name) if self.is_mount(heading) else None

    def is_mount(self, node: TopicNode) -> bool:
        """Whether a node is the heading of a connection."""
        return node.parent is None and node is not self.local

    def path(self, node: TopicNode) -> str:
        """The topic path of a node; empty for the heading ``local``."""
        if node.own is not None:
            return node.own.topic
        nodes = node.lineage()
        return SEPARATOR.join(step.name for step in (nodes[1:] if nodes[0] is self.local else nodes))

    def pattern(self, node: TopicNode) -> str:
        """The pattern of everything at and below a node; empty for ``local``, which no pattern can say."""
        if node is self.local:
            return ""
        path = self.path(node)
        return f"{path}/#" if node.children else path

    def key(self, node: TopicNode) -> str:
        """A text that names a node in saved states, headings included."""
        nodes = node.lineage()
        start = "l" if nodes[0] is self.local else "c"
        return SEPARATOR.join([start, *(step.name for step in (nodes[1:] if start == "l" else nodes))])

    def by_key(self, key: str) -> TopicNode | None:
        """The node that ``key`` names, when it is there."""
        start, *names = key.split(SEPARATOR)
        if start == "c" and names:
            return self._descend(self.mounts.get(names[0]), names[1:])
        return self._descend(self.local, names) if start == "l" else None

    def find(self, topic: str) -> TopicNode | None:
        """The node of a path, when it is there."""
        heading, names = self._start(topic)
        return self._descend(heading, names)

    def _start(self, topic: str) -> tuple[TopicNode, list[str]]:
        names = topic.split(SEPARATOR)
        heading = self.mounts.get(names[0])
        return (self.local, names) if heading is None else (heading, names[1:])

    @staticmethod
    def _descend(node: TopicNode | None, names: Sequence[str]) -> TopicNode | None:
        for name in names:
            if node is None or node.children is None:
                return None
            node = node.children.get(name)
        return node

    def _reach(self, topic: str, added: list[TopicNode]) -> TopicNode:
        node, names = self._start(topic)
        for name in names:
            children = node.children
            if children is None:
                children = node.children = {}
            child = children.get(name)
            if child is None:
                child = children[name] = TopicNode(name, node)
                added.append(child)
            node = child
        return node

    def _take(self, node: TopicNode, delta: TopicDelta, changed: set[TopicNode]) -> None:
        old = node.own
        node.own = delta
        millirate = round(delta.rate * 1000)
        if old is None:
            self.topics += 1
            node.add(delta.events, delta.bytes, millirate)
        else:
            node.add(delta.events - old.events, delta.bytes - old.bytes, millirate - round(old.rate * 1000))
        if delta.observers != (old.observers if old is not None else 0):
            node.forget_observers()
        _mark_changed(node, changed)

    def _lose(self, node: TopicNode, own: TopicDelta, losses: TreeLosses) -> None:
        self.topics -= 1
        node.add(-own.events, -own.bytes, -round(own.rate * 1000))
        node.own = None
        node.forget_observers()
        _mark_changed(node, losses.changed)
        while node.parent is not None and not node.children and node.own is None:
            siblings = node.parent.children
            assert siblings is not None
            del siblings[node.name]
            losses.gone[node] = None
            node = node.parent
            if not siblings:
                node.children = None


def _mark_changed(node: TopicNode, changed: set[TopicNode]) -> None:
    """Mark a node and all above it."""
    step: TopicNode | None = node
    while step is not None and step not in changed:
        changed.add(step)
        step = step.parent


def walk(nodes: Iterable[TopicNode]) -> Iterator[TopicNode]:
    """These nodes and all below them, parents before children, without recursion: paths may have 128 levels."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        if node.children is not None:
            stack.extend(node.children.values())
