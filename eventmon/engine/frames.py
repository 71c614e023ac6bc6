"""What changed, for each viewer, at a cost that depends on how many topics changed and never on how many events.

The ingest side adds one ``set.update`` a slice. Everything else happens when a viewer asks or once a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from eventmon.core.bus import Bus
from eventmon.core.pattern import Pattern
from eventmon.engine.connections import Connections
from eventmon.engine.frame import MAX_TOPICS_A_FRAME, Frame, TopicDelta
from eventmon.engine.ingest import Ingest
from eventmon.engine.kept_templates import KeptTemplates
from eventmon.engine.observers import Observers
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.workspace import Workspace

if TYPE_CHECKING:
    from eventmon.engine.sharing import Sharing

FORGET_VIEWER_SECONDS = 60.0
MOST_PATTERNS = 50
"""Where more patterns than this have other observers at once, all topics are shown anew."""
RATE_FADES_SECONDS = 3
"""A topic's rate is 0 for sure when it was silent for so many ticks: it weighs two seconds, and a tick may be late."""


@dataclass(slots=True)
class _Viewer:
    """What one viewer has not seen yet.

    ``unseen`` are the topics that were there when it came, as positions in the list of all topics: a copy of a
    million names would hold up the loop. ``dirty`` are those that changed since, at most all topics, and
    ``forgotten`` those that are listed no more.
    """

    unseen: range
    dirty: set[str] = field(default_factory=set)
    forgotten: dict[str, None] = field(default_factory=dict)
    asked: float = 0.0
    number: int = 0
    connections: int = -1
    recorded: int = -1
    problems: int = 0
    observers: int = -1
    alerts: int = 0


class Frames:
    """Answers ``TakeFrame``. Lives on the engine's loop."""

    def __init__(
        self,
        bus: Bus,
        ingest: Ingest,
        recording: Recording,
        connections: Connections,
        problems: Problems,
        *,
        observers: Observers,
        clock: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        """Make it; ``clock`` gives microseconds since the epoch, ``monotonic`` seconds."""
        self._bus = bus
        self._ingest = ingest
        self._recording = recording
        self._connections = connections
        self._problems = problems
        self._observers = observers
        self._clock = clock
        self._monotonic = monotonic
        self._viewers: dict[str, _Viewer] = {}
        self._lately: deque[set[str]] = deque((set() for _ in range(RATE_FADES_SECONDS)), RATE_FADES_SECONDS)
        self._rate = 0.0
        self._ticked = monotonic()
        self._received = recording.ledger.received
        self.raised = 0
        self.workspace: Workspace | None = None
        self.sharing: Sharing | None = None
        self.templates: KeptTemplates | None = None

    @property
    def viewers(self) -> list[str]:
        """Who is looking."""
        return list(self._viewers)

    def tick(self) -> None:
        """Once a second: measure the rate, let rates of topics fade, forget viewers that went away."""
        now = self._monotonic()
        received = self._recording.ledger.received
        self._rate = (received - self._received) / max(now - self._ticked, 1e-3)
        self._received, self._ticked = received, now
        self._spread()
        for topics in self._lately:
            self._mark(topics)
        self._lately.append(set())
        for name, viewer in list(self._viewers.items()):
            if now - viewer.asked > FORGET_VIEWER_SECONDS:
                del self._viewers[name]

    def take(self, name: str) -> Frame:
        """The next frame of one viewer; the first one holds everything."""
        self._spread()
        viewer = self._viewers.get(name)
        if viewer is None:
            viewer = self._viewers[name] = self._new_viewer()
        viewer.asked = self._monotonic()
        viewer.number += 1
        connections = None
        if viewer.connections != self._connections.changes:
            viewer.connections = self._connections.changes
            connections = self._connections.statuses()
        not_recorded = None
        if viewer.recorded != self._ingest.recorded.changes:
            viewer.recorded = self._ingest.recorded.changes
            not_recorded = list(self._ingest.recorded.patterns)
        problems = self._problems.since(viewer.problems)
        viewer.problems = self._problems.changes
        changes, attached = self._observers.look()
        observers_changed, viewer.observers = viewer.observers != changes, changes
        alerts = self._observers.alerts.since(viewer.alerts)
        viewer.alerts = self._observers.alerts.newest
        bus = self._bus.statistics()
        forgotten = list(islice(viewer.forgotten, MAX_TOPICS_A_FRAME))
        for topic in forgotten:
            del viewer.forgotten[topic]
        return Frame(
            number=viewer.number,
            taken=self._clock(),
            accounting=self._recording.ledger.accounting(),
            rate=self._rate,
            observers=bus.observers + self._observers.active_elsewhere,
            failed=bus.failed + self._observers.failed,
            log=self._recording.status(),
            topics=[] if viewer.forgotten else self._deltas(viewer),
            connections=connections,
            problems=problems,
            raised=self.raised,
            not_recorded=not_recorded,
            attached=attached if observers_changed else None,
            alerts=alerts,
            unapproved=len(self.workspace.held) if self.workspace else 0,
            forgotten=forgotten,
            hub=self.sharing.status() if self.sharing else None,
            templates=self.templates.version if self.templates else 0,
        )

    def forget(self, topics: Sequence[str]) -> None:
        """Tell every viewer with its next frames that topics are listed no more, before anything newer of them."""
        for viewer in self._viewers.values():
            viewer.forgotten.update(dict.fromkeys(topics))

    def _new_viewer(self) -> _Viewer:
        """One that gets everything with its next frames, but no alert of earlier: nobody wants those as news."""
        return _Viewer(range(len(self._ingest.topics)), alerts=self._observers.alerts.newest)

    def _deltas(self, viewer: _Viewer) -> list[TopicDelta]:
        room = MAX_TOPICS_A_FRAME // 2 if viewer.unseen else MAX_TOPICS_A_FRAME
        names = [viewer.dirty.pop() for _ in range(min(room, len(viewer.dirty)))]
        room = MAX_TOPICS_A_FRAME - len(names)
        names += [self._ingest.topics[index] for index in viewer.unseen[:room]]
        viewer.unseen = viewer.unseen[room:]
        deltas = map(self._delta, dict.fromkeys(names))
        return [delta for delta in deltas if delta is not None]

    def _delta(self, topic: str) -> TopicDelta | None:
        found = self._bus.statistics_of(topic)
        if found is None:
            return None
        return TopicDelta(
            topic=topic,
            events=found.events,
            bytes=found.bytes,
            rate=found.rate,
            types=found.types,
            observers=found.observers + self._observers.count_elsewhere(topic),
            last_seq=found.last_seq,
            first_received=found.first_received,
            last_received=found.last_received,
            recorded=self._ingest.recorded.is_recorded(topic),
        )

    def _spread(self) -> None:
        """Tell every viewer which topics changed since this was done last."""
        patterns = self._observers.take_patterns()
        if len(patterns) > MOST_PATTERNS:
            self.show_all()
        else:
            for pattern in patterns:
                self._mark_observed(pattern)
        fresh = self._ingest.fresh
        if fresh:
            self._mark(fresh)
            self._lately[-1].update(fresh)
            fresh.clear()

    def _mark_observed(self, pattern: Pattern) -> None:
        """Show anew the topics that have another number of observers; where there are many, all topics."""
        topics = self._ingest.topics
        if pattern.exact:
            self._mark({pattern.text})
        elif len(topics) <= MAX_TOPICS_A_FRAME:
            self._mark(set(filter(pattern.matches, topics)))
        else:
            self.show_all()

    def show_all(self) -> None:
        """Show every topic anew: all of them may have other observers."""
        for viewer in self._viewers.values():
            viewer.unseen = range(len(self._ingest.topics))

    def _mark(self, topics: set[str]) -> None:
        for viewer in self._viewers.values():
            viewer.dirty.update(topics)
