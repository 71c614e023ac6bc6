"""The topics this window has heard of: to complete what is typed and to say what a pattern means right now.

Kept once for the whole window. Patterns are matched in slices, so that a hundred thousand topics stop no click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, QTimer

from eventmon.core.pattern import ONE_LEVEL, THE_REST, Pattern
from eventmon.engine.frame import Frame, TopicDelta
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.known_names import KnownNames

MOST_TOPICS: Final = 100_000
SLICE: Final = 2_000
"""Topics matched between two turns of the event loop."""
LONGEST: Final = 256
LOOKED_AT: Final = 20_000
"""Topics looked at to complete what is typed."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """What a pattern means right now.

    Attributes:
        topics: how many known topics match.
        rate: their events a second.
        newest: the newest event of all of them; 0 for none.
        newest_topic: its topic.
        whole: all topics are known; otherwise there are at least so many.
    """

    topics: int = 0
    rate: float = 0.0
    newest: int = 0
    newest_topic: str = ""
    whole: bool = True


class KnownTopics(QObject):
    """Topics by name, the first ``MOST_TOPICS`` of them.

    Attributes:
        whole: there are no more than are known here.
        names: completes topics and types.
    """

    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__(bridge)
        self.setObjectName("knownTopics")
        self._topics: dict[str, TopicDelta] = {}
        self.whole = True
        self.names = KnownNames(self._topics)
        bridge.frameReady.connect(self._forget)  # comes before its topics, among which one of these may be back
        bridge.topicsChanged.connect(self.take)
        if bridge.last_frame is not None:
            self.take(bridge.last_frame.topics)

    def take(self, topics: list[TopicDelta]) -> None:
        """Note topics as they are now."""
        for topic in topics:
            before = self._topics.get(topic.topic)
            if before is None and len(self._topics) >= MOST_TOPICS:
                self.whole = False
                continue
            self._topics[topic.topic] = topic
            if before is None:
                self.names.add(topic.topic)
            if before is None or before.types != topic.types:
                self.names.add_types(topic.types)

    def _forget(self, frame: Frame) -> None:
        """Drop topics that were deleted."""
        gone = {topic for topic in frame.forgotten if self._topics.pop(topic, None) is not None}
        if gone:
            self.names.forget(gone)

    def count(self, pattern: Pattern, done: Callable[[Matching], None]) -> Callable[[], None]:
        """Count what matches, in slices; ``done`` is called once. Gives a way to stop."""
        search = _Search(pattern, list(self._topics.values()), self.whole, done, self)
        return search.stop

    def completions(self, typed: str, most: int = 12) -> list[str]:
        """How what is typed can go on: the next level of topics that match so far, and all below it."""
        *levels, begun = typed.split("/")
        if THE_REST in levels:
            return []
        found: dict[str, None] = {}
        for topic in islice(self._beginning(levels, begun), LOOKED_AT):
            parts = topic.split("/")
            at = len(levels)
            stem = "/".join([*levels, parts[at]])
            if len(stem) > LONGEST or not stem.isprintable():
                continue  # no one types it, and a list would show it as something else
            if stem != typed and len(parts) == at + 1:
                found[stem] = None
            elif len(parts) > at + 1:
                found[f"{stem}/{THE_REST}"] = None
            if len(found) >= most:
                break
        return sorted(found)

    def _beginning(self, levels: list[str], begun: str) -> Iterator[str]:
        """Topics that go on as typed."""
        head = "/".join([*levels, begun])
        exact = ONE_LEVEL not in levels
        looked_at = iter(self._topics) if exact else islice(self._topics, LOOKED_AT)
        for topic in looked_at:
            if exact:
                if topic.startswith(head):
                    yield topic
            elif _goes_on(topic.split("/"), levels, begun):
                yield topic


class _Search(QObject):
    """One count under way."""

    def __init__(
        self,
        pattern: Pattern,
        topics: list[TopicDelta],
        whole: bool,
        done: Callable[[Matching], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pattern = pattern
        self._topics = topics
        self._whole = whole
        self._done = done
        self._at = 0
        self._stopped = False
        self._found = 0
        self._rate = 0.0
        self._newest: TopicDelta | None = None
        self._go_on()

    def stop(self) -> None:
        """Tell nobody."""
        if not self._stopped:
            self._stopped = True
            self.deleteLater()

    def _go_on(self) -> None:
        if self._stopped:
            return
        matches = self._pattern.matches
        for topic in self._topics[self._at : self._at + SLICE]:
            if matches(topic.topic):
                self._found += 1
                self._rate += topic.rate
                if self._newest is None or topic.last_seq > self._newest.last_seq:
                    self._newest = topic
        self._at += SLICE
        if self._at < len(self._topics):
            QTimer.singleShot(0, self, self._go_on)
            return
        newest = self._newest
        self.stop()
        self._done(
            Matching(
                topics=self._found,
                rate=self._rate,
                newest=newest.last_seq if newest is not None else 0,
                newest_topic=newest.topic if newest is not None else "",
                whole=self._whole,
            )
        )


def known_topics(bridge: EngineBridge) -> KnownTopics:
    """The one of a window, made when it is first asked for."""
    found = bridge.findChild(KnownTopics)
    return found if isinstance(found, KnownTopics) else KnownTopics(bridge)


def _goes_on(parts: list[str], levels: list[str], begun: str) -> bool:
    if len(parts) <= len(levels) or not parts[len(levels)].startswith(begun):
        return False
    return all(wanted in (part, ONE_LEVEL) for part, wanted in zip(parts, levels, strict=False))
