"""What the page shows, kept once for all viewers: a bounded picture of the engine, brought up to date by its frames.

A million topics are known to the engine; the page is told of those with the most events.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Final

from eventmon.engine.frame import TopicDelta
from eventmon.web.page_frame import PageTopic, page_topic

MOST_TOPICS: Final = 200


class Board:
    """The topics with the most events, and what changed among them since it was asked last."""

    def __init__(self, most: int = MOST_TOPICS) -> None:
        self._most = most
        self._topics: dict[str, PageTopic] = {}
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._told: set[str] = set()
        self._least = 0

    @property
    def topics(self) -> list[PageTopic]:
        """All of them."""
        return list(self._topics.values())

    def forget(self, names: Iterable[str]) -> None:
        """These topics are no more."""
        for name in names:
            self._drop(name)

    def take(self, deltas: Iterable[TopicDelta]) -> None:
        """Topics that changed; of those that are not among the greatest nothing is kept."""
        full = len(self._topics) >= self._most
        for delta in deltas:
            if not full or delta.events > self._least or delta.topic in self._topics:
                self._topics[delta.topic] = page_topic(delta)
                self._changed.add(delta.topic)
                self._gone.discard(delta.topic)
        if len(self._topics) > self._most:
            kept = heapq.nlargest(self._most, self._topics.values(), key=lambda topic: topic.events)
            for name in self._topics.keys() - {topic.topic for topic in kept}:
                self._drop(name)
            self._least = kept[-1].events

    def changes(self) -> tuple[list[PageTopic], list[str]]:
        """Those that changed, and the names of those that left, since this was asked last."""
        changed = [self._topics[name] for name in self._changed]
        gone = sorted(self._gone)
        self._told = set(self._topics)
        self._changed.clear()
        self._gone.clear()
        return changed, gone

    def _drop(self, name: str) -> None:
        if self._topics.pop(name, None) is not None:
            self._changed.discard(name)
            if name in self._told:
                self._gone.add(name)
            self._least = 0
