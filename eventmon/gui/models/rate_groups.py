"""Rates of groups of topics over the last ten minutes, for the plot. No Qt.

Three groupings are followed at once, so that switching shows the past at once: everything, each connection, and each
branch (first level of local topics, first two levels below a connection). A fourth follows the log's topic filter, a
fifth what each observer matches.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from eventmon.core.pattern import Pattern
from eventmon.engine.frame import Frame, TopicDelta
from eventmon.gui.models.rate_history import RateHistory
from eventmon.gui.models.topic_tree import LOCAL, SEPARATOR

Grouping = Literal["total", "connections", "branches", "filter", "observers"]
GROUPINGS: tuple[Grouping, ...] = ("branches", "connections", "observers", "total", "filter")
TEN_MINUTES = 600
MAX_GROUPS = 256
"""Groups followed at most; when there are more, the busiest of a second get the places that are free."""


class Group(NamedTuple):
    """Topics, or an observer, that make one line of the plot."""

    grouping: Grouping
    name: str


class RateGroups:
    """Sums of the rates that topics report."""

    def __init__(self) -> None:
        self.history: RateHistory[Group] = RateHistory(self.rate, seconds=TEN_MINUTES, limit=MAX_GROUPS)
        self._topics: dict[str, int] = {}
        self._sums: dict[Group, int] = {}
        self._mounts: set[str] = set()
        self._filter: Pattern | None = None
        self._matched: dict[str, int] = {}
        self._matched_before: dict[str, int] = {}

    def rate(self, group: Group) -> float:
        """Events per second of a group now."""
        return self._sums.get(group, 0) / 1000

    def groups(self, grouping: Grouping) -> list[Group]:
        """The groups with a rate in the time remembered."""
        return [group for group in self.history if group.grouping == grouping]

    def set_filter(self, pattern: Pattern | None) -> None:
        """Follow the topics of a pattern too, from now on."""
        self._filter = pattern
        self._sum_anew()

    def take(self, frame: Frame) -> bool:
        """Take a frame in; whether it begins a new second."""
        if frame.connections is not None:
            self._mount(status.name for status in frame.connections)
        for delta in frame.topics:
            self._take(delta)
        self._sums[Group("total", "")] = round(frame.rate * 1000)
        if frame.attached is not None:
            self._matched = {status.name: status.matched for status in frame.attached}
        second = frame.taken // 1_000_000
        if self.history.second is not None and second <= self.history.second:
            return False
        self._rate_observers(second - self.history.second if self.history.second is not None else 1)
        self.history.note(self._busiest())
        return self.history.tick(second)

    def _rate_observers(self, seconds: int) -> None:
        """What each observer matched since the second before, as a rate; one that is new begins with nothing."""
        self._sums = {group: rate for group, rate in self._sums.items() if group.grouping != "observers"}
        for name, matched in self._matched.items():
            more = matched - self._matched_before.get(name, matched)
            if more > 0:
                self._sums[Group("observers", name)] = round(more * 1000 / seconds)
        self._matched_before = dict(self._matched)

    def _busiest(self) -> Sequence[Group]:
        if len(self._sums) <= MAX_GROUPS:
            return list(self._sums)
        return heapq.nlargest(MAX_GROUPS, self._sums, key=lambda group: self._sums[group])

    def _take(self, delta: TopicDelta) -> None:
        millirate = round(delta.rate * 1000)
        before = self._topics.get(delta.topic, 0)
        if millirate == before:
            return
        if millirate:
            self._topics[delta.topic] = millirate
        else:
            del self._topics[delta.topic]
        self._add(delta.topic, millirate - before)

    def _add(self, topic: str, difference: int) -> None:
        for group in self._groups_of(topic):
            total = self._sums.get(group, 0) + difference
            if total:
                self._sums[group] = total
            else:
                self._sums.pop(group, None)

    def _groups_of(self, topic: str) -> Iterable[Group]:
        first, _, rest = topic.partition(SEPARATOR)
        mounted = first in self._mounts
        yield Group("connections", first if mounted else LOCAL)
        yield Group("branches", SEPARATOR.join((first, rest.partition(SEPARATOR)[0])) if mounted and rest else first)
        if self._filter is not None and self._filter.matches(topic):
            yield Group("filter", self._filter.text)

    def _mount(self, names: Iterable[str]) -> None:
        mounts = self._mounts | set(names)
        if mounts != self._mounts:
            self._mounts = mounts
            self._sum_anew()

    def _sum_anew(self) -> None:
        kept = ("total", "observers")
        self._sums = {group: rate for group, rate in self._sums.items() if group.grouping in kept}
        for topic, millirate in self._topics.items():
            self._add(topic, millirate)
