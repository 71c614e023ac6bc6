"""Finding topics: from the text in the field to the rows shown, in slices so that no keystroke waits."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from eventmon.gui.models.topic_query import TopicHits, TopicQuery
from eventmon.gui.models.topic_tree import TopicNode
from eventmon.gui.widgets.topic_expansion import TopicExpansion
from eventmon.gui.widgets.topic_tree_view import TopicTreeView

SLICE_SECONDS = 0.004


class TopicFinder(QObject):
    """Shows what matches, with the levels above it.

    Attributes:
        found: a search ended, or the tree shows everything again.
    """

    found = Signal()

    def __init__(self, view: TopicTreeView, expansion: TopicExpansion) -> None:
        super().__init__(view)
        self._view = view
        self._model = view.topics()
        self._expansion = expansion
        self._text = ""
        self._hits: TopicHits | None = None
        self._way: Iterator[int] | None = None
        self._timer = QTimer(self)
        self._timer.setObjectName("topicSearch")
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def hits(self) -> TopicHits | None:
        """What is shown: the hits, or None for everything."""
        return self._model.rows.hits

    @property
    def searching(self) -> bool:
        """Whether a search is under way."""
        return self._way is not None

    def search(self, text: str) -> None:
        """Show what matches a text; everything when there is none."""
        self._text = text
        self.again()

    def again(self) -> None:
        """Search once more: the tree has changed."""
        query = TopicQuery(self._text)
        if not query:
            self.stop()
            if self.hits is not None:
                self._show(None)
            return
        self._hits = TopicHits(self._model.tree, query)
        self._way = self._hits.search()
        self._go_on()

    def stop(self) -> None:
        """Leave a search that is under way."""
        self._timer.stop()
        self._way = None

    def step(self, direction: int) -> None:
        """Select the next hit (1) or the previous one (-1), round the ends."""
        hits = self.hits
        if hits is None or not hits.hits:
            return
        nodes = self._in_rows(hits)
        current = self._view.current_node()
        if current in hits.hits:
            target = nodes[(nodes.index(current) + direction) % len(nodes)]
        else:
            target = nodes[0 if direction > 0 else -1]
        self.select(target)

    def select(self, node: TopicNode) -> None:
        """Select a topic and bring it into view."""
        index = self._model.reach(node)
        if index.isValid():
            self._view.setCurrentIndex(index)
            self._view.scrollTo(index)

    def _in_rows(self, hits: TopicHits) -> list[TopicNode]:
        """The hits as they stand in the tree, from top to bottom."""
        ordered: list[TopicNode] = []
        stack = list(reversed(hits.headings()))
        while stack:
            node = stack.pop()
            if node in hits.hits:
                ordered.append(node)
            branch = self._model.rows.branch(node)
            below = branch.rows if branch is not None else list(hits.below.get(node, ()))
            stack.extend(reversed(below))
        return ordered

    def _go_on(self) -> None:
        if self._way is None or self._hits is None:
            return
        until = time.perf_counter() + SLICE_SECONDS
        for _ in self._way:
            if time.perf_counter() >= until:
                self._timer.start()
                return
        self.stop()
        self._show(self._hits)

    def _show(self, hits: TopicHits | None) -> None:
        selected = self._view.current_node()
        self._model.show_hits(hits)
        if hits is None:
            self._expansion.show_wishes()
        else:
            self._expansion.open_ways(hits.below)
        if selected is not None and (hits is None or selected in hits.hits):
            self.select(selected)
        self.found.emit()
