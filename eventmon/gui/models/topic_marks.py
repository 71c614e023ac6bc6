"""What was decided about topics: muted, not recorded, pinned. No Qt.

A decision about a topic holds for all topics below it too, those that come later included, so it is kept as a pattern
and not at the nodes of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.core.pattern_set import PatternSet
from eventmon.gui.models.topic_tree import TopicNode, TopicTree

MOST: Final = 500
"""So many mutes and pins are remembered."""


class TopicMarks:
    """Marks of the topics of one tree.

    Attributes:
        muted: patterns of what the log does not show.
        not_recorded: patterns of what the engine counts and does not store.
        pins: names of the nodes that stand first, as ``TopicTree.key`` gives them.
    """

    def __init__(self, tree: TopicTree) -> None:
        self._tree = tree
        self.muted = PatternSet()
        self.not_recorded = PatternSet()
        self.pins: dict[str, None] = {}

    def pattern(self, node: TopicNode) -> Pattern | None:
        """The pattern of a topic and all below it; None for ``local``, which no pattern can say."""
        if node is self._tree.local:
            return None
        path = self._tree.path(node)
        try:
            return Pattern(f"{path}/#")
        except UserError:
            return _pattern(path)  # so long or so deep that nothing can be below it

    def is_muted(self, node: TopicNode) -> bool:
        """Whether the log does not show a topic."""
        return bool(self.muted) and node is not self._tree.local and self.muted.matches(self._tree.path(node))

    def is_recorded(self, node: TopicNode) -> bool:
        """Whether the events of a topic are stored."""
        off = self.not_recorded
        return not off or node is self._tree.local or not off.matches(self._tree.path(node))

    def set_not_recorded(self, patterns: Iterable[str]) -> None:
        """What the engine does not record now."""
        self.not_recorded = PatternSet(patterns)

    def is_pinned(self, node: TopicNode) -> bool:
        """Whether a topic stands before its neighbours."""
        return bool(self.pins) and self._tree.key(node) in self.pins

    def pinned(self) -> set[TopicNode]:
        """The pinned topics that are there."""
        return {node for key in self.pins if (node := self._tree.by_key(key)) is not None}

    def pin(self, node: TopicNode, *, pinned: bool) -> None:
        """Let a topic stand before its neighbours, or no more."""
        key = self._tree.key(node)
        self.pins.pop(key, None)
        if pinned and len(self.pins) < MOST:
            self.pins[key] = None

    def save(self) -> dict[str, list[str]]:
        """Mutes and pins as JSON values; what is recorded is the engine's to remember."""
        return {"muted": list(self.muted.texts)[:MOST], "pinned": list(self.pins)}

    def restore(self, saved: Any) -> None:
        """Take back what ``save`` gave; anything odd is left out."""
        if not isinstance(saved, dict):
            return
        self.muted = PatternSet()
        for pattern in filter(None, map(_pattern, _texts(saved.get("muted")))):
            self.muted.add(pattern)
        self.pins = dict.fromkeys(_texts(saved.get("pinned")))


def _pattern(text: str) -> Pattern | None:
    try:
        return Pattern(text)
    except UserError:
        return None


def _texts(saved: Any) -> Iterable[str]:
    return [text for text in saved[:MOST] if isinstance(text, str)] if isinstance(saved, list) else []
