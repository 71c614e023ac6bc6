"""Where an event comes from: which event's observer published it, so that endless cycles can be cut.

Hops alone do not bound anything when observers fan out, so the events derived from one root are counted too.
Inside a dispatch the bus itself knows the event that is being delivered; an async observer carries it in a context
variable, which the tasks it starts inherit.
"""

from __future__ import annotations

from contextvars import ContextVar

MAX_HOPS = 16
MAX_DERIVED = 1_000
MAX_CUTS_REMEMBERED = 1_000


class Lineage:
    """One event and the events that led to it; ``root`` counts what was derived from the first."""

    __slots__ = ("cut", "derived", "hops", "parent", "root", "seq", "topic")

    def __init__(self, topic: str, seq: int, parent: Lineage | None = None) -> None:
        self.topic = topic
        self.seq = seq
        self.parent = parent
        self.hops: int = 0 if parent is None else parent.hops + 1
        self.root: Lineage = self if parent is None else parent.root
        self.derived = 0
        self.cut = False

    def allows(self, count: int, *, limited: bool = True) -> int:
        """How many of ``count`` events published because of this one may go on; the others have to be cut.

        Without ``limited`` only the hops decide: a task that an observer left behind may publish for ever.
        """
        if self.hops >= MAX_HOPS:
            return 0
        if not limited:
            return count
        root = self.root
        allowed = min(count, MAX_DERIVED - root.derived)
        root.derived += allowed
        return allowed

    def described(self, topic: str) -> str:
        """Why an event on ``topic`` caused by this one is cut: ``cycle A → B → A`` where there is one."""
        path = [topic]
        step: Lineage | None = self
        while step is not None:
            if step.topic in path:
                turn = path[path.index(step.topic) :]
                return "cycle " + " → ".join(_begun_first([step.topic, *turn[:0:-1]]))
            path.append(step.topic)
            step = step.parent
        return f"more than {MAX_DERIVED:,} events derived from one: " + " → ".join(path[::-1])


class Cuts:
    """Which cuts have been told: one for everything derived from one root, and one for the same cycle."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def describe_once(self, lineage: Lineage, topic: str) -> str:
        """Why an event on ``topic`` caused by ``lineage`` is cut; empty when that has been told already."""
        if lineage.root.cut:
            return ""
        lineage.root.cut = True
        text = lineage.described(topic)
        if text in self._told or len(self._told) >= MAX_CUTS_REMEMBERED:
            return ""
        self._told.add(text)
        return text


class Cause:
    """What an async observer was given, as the context of its task carries it.

    ``running`` ends with the observer's call: what a task left behind publishes later is bounded by hops only.
    """

    __slots__ = ("lineage", "running")

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        self.running = True


CAUSE: ContextVar[Cause | None] = ContextVar("eventmon_cause", default=None)


def _begun_first(turn: list[str]) -> list[str]:
    """One turn of a cycle, from its alphabetically first topic and back, so that a cycle has one description."""
    first = turn.index(min(turn))
    return [*turn[first:], *turn[: first + 1]]
