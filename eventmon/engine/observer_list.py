"""The list of observers as it is read: figures and definitions, those of other instances of a hub beside them."""

from __future__ import annotations

from collections.abc import Callable

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.engine.attached import Attached
from eventmon.engine.definitions import ObserverDefinition, require_observer_name
from eventmon.engine.elsewhere import Elsewhere
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_counts import Shown
from eventmon.engine.stats import ObserverDetail

LOOK_SECONDS = 0.25
"""How long what viewers see of observers stays as it is."""


class ObserverList:
    """All observers of an engine, in the order of their attaching.

    Attributes:
        others: observers that other instances of a hub run; None without a hub.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.others: Elsewhere | None = None
        self._monotonic = monotonic
        self._attached: dict[str, Attached] = {}
        self._patterns: list[Pattern] = []
        self._changes = 0
        self._looked = -LOOK_SECONDS
        self._seen: list[ObserverStatus] = []
        self._failed_before = 0

    def definition(self, name: str) -> ObserverDefinition:
        """The definition of an observer; UserError when there is none of this name."""
        return self._require(name).definition

    def definitions(self) -> dict[str, ObserverDefinition]:
        """The definitions of all observers by name."""
        return {name: attached.definition for name, attached in self._attached.items()}

    def own_statuses(self) -> list[ObserverStatus]:
        """The observers that run here, every figure from this instant."""
        return [attached.status() for attached in self._attached.values()]

    def statuses(self) -> list[ObserverStatus]:
        """All observers; on a hub those of other instances too, as they reported them last."""
        own = self.own_statuses()
        return own if self.others is None else [*map(self.others.dressed, own), *self.others.statuses()]

    def status(self, name: str) -> ObserverStatus:
        """One observer; UserError when there is none of this name."""
        own = name in self._attached
        return self._require(name).status() if own or self.others is None else self.others.status(name)

    def details(self) -> list[ObserverDetail]:
        """The counters of those that run here, for ``stats``."""
        return [_detail(status) for status in self.own_statuses()]

    def count_elsewhere(self, topic: str) -> int:
        """How many observers of other instances observe a topic."""
        return self.others.count(topic) if self.others is not None else 0

    @property
    def active_elsewhere(self) -> int:
        """How many observers are active on other instances of the hub."""
        return self.others.active if self.others is not None else 0

    @property
    def active(self) -> int:
        """How many run here and are not paused or stopped."""
        return sum(attached.state == "active" for attached in self._attached.values())

    @property
    def failed(self) -> int:
        """Deliveries that failed, those of detached observers too."""
        return self._failed_before + sum(attached.tally.failed for attached in self._attached.values())

    def look(self) -> tuple[int, list[ObserverStatus]]:
        """What viewers see: a number that grows when something changed, at most four times a second, and all."""
        now = self._monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            statuses = self.statuses()
            if statuses != self._seen:
                self._seen = statuses
                self._changes += 1
        return self._changes, self._seen

    def take_patterns(self) -> list[Pattern]:
        """Patterns whose topics have more or fewer observers since this was asked last."""
        patterns, self._patterns = self._patterns, []
        return patterns

    def observed(self, pattern: Pattern) -> None:
        """The topics of a pattern have more or fewer observers."""
        self._patterns.append(pattern)

    async def _end(self, name: str) -> None:
        """End an observer that is on the list."""
        attached = self._attached.pop(name)
        self._failed_before += attached.tally.failed
        await attached.close()

    def _shown(self) -> Shown:
        return {name: (each.definition, each.status()) for name, each in self._attached.items()}

    def _require(self, name: str) -> Attached:
        attached = self._attached.get(name)
        if attached is None:
            raise UserError(f"There is no observer “{name}”. Choose one of the list.")
        return attached

    def require_free(self, name: str) -> None:
        """UserError when an observer cannot have this name, here or on another instance of the hub."""
        require_observer_name(name)
        if name in self._attached:
            raise UserError(f"There is an observer “{name}” already. Choose another name.")
        if self.others is not None:
            self.others.require_free(name)


def _detail(status: ObserverStatus) -> ObserverDetail:
    fields = ObserverDetail.__struct_fields__
    return ObserverDetail(**{name: getattr(status, name) for name in fields})
