"""What every kind of observer keeps: one file a kind, its settings a Struct, its work one method.

A kind never touches the bus, the log or the screen. It is given ``Services`` and an event at a time; counting,
isolation, pausing after failures, queues and their overflow are the engine's and the same for all kinds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import msgspec

from eventmon.core.event import Event
from eventmon.core.pattern import Pattern


class ObserverConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a kind's settings; forms and the command line are derived from the fields (see ``core.fields``)."""


class Services(Protocol):
    """What the engine lends one attached observer."""

    @property
    def name(self) -> str:
        """The observer's name."""

    @property
    def pattern(self) -> Pattern:
        """Of the topics it observes."""

    @property
    def log_uuid(self) -> str:
        """Identity of the log, for the derived id of an event that has none."""

    def now(self) -> float:
        """The monotonic clock, the one that ``tick`` is given."""

    async def publish(self, event: Event) -> None:
        """Publish an event because of the one being delivered: to the log or to the connection of its topic.

        Raises:
            UserError: it is refused; the sentence says why. A cycle is cut and no error.
        """

    def alert(self, severity: str, text: str) -> None:
        """Tell the user now: ``error``, ``warning`` or ``info``, in plain words."""

    def stop(self, why: str) -> None:
        """Stop this observer until the user resumes it, and say why: a loop through a broker, for example."""


MAX_SHOWN_BYTES = 64 * 1024
"""Of what would be sent; a whole payload may be a thousand times that."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What an observer would do with an event; nothing is done.

    Attributes:
        does: one sentence.
        shows: what would be sent or written, as text, at most its beginning; may be empty.
        cut: there is more than is shown.
    """

    does: str
    shows: str = ""
    cut: bool = False

    @classmethod
    def of(cls, does: str, sent: bytes) -> Trial:
        """A trial that shows the beginning of what would be sent or written."""
        shows = sent[:MAX_SHOWN_BYTES].decode(errors="replace")
        return cls(does=does, shows=shows, cut=len(sent) > MAX_SHOWN_BYTES)


class Observer:
    """One attached observer that runs; an ``InlineObserver`` or a ``QueuedObserver``."""

    def tick(self, now: float) -> None:
        """Called once a second with the monotonic clock, for kinds that notice silence."""

    def values(self) -> Mapping[str, float]:
        """Figures to show, such as what a counter has counted."""
        return {}

    def succeed(self, earlier: Observer) -> None:
        """Go on from the figures of the one it takes the place of after an edit; its kind may differ."""

    def recall(self, values: Mapping[str, float]) -> None:
        """Go on from its own ``values`` of an earlier run of the program; from 0 where one is missing."""

    async def close(self) -> None:
        """Let go of what is held: files, for example."""


class InlineObserver(Observer, ABC):
    """Pure and quick: it takes well under a millisecond and is called where events are numbered."""

    @abstractmethod
    def observe(self, event: Event) -> None:
        """Take one event. Whatever is raised is counted as a failure of this observer."""


class QueuedObserver(Observer, ABC):
    """It may wait: it has a bounded queue and a worker of its own."""

    @abstractmethod
    async def deliver(self, event: Event) -> None:
        """Take one event. Whatever is raised is counted as a failure of this observer."""


class ObserverKind(ABC):
    """One kind of observer.

    Attributes:
        kind: its name in the table.
        title: its name for people.
        sentence: what it does, in a few words under its title.
        icon: a Lucide name.
        config_type: its settings.
        queued: what it opens is a ``QueuedObserver``.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    icon: ClassVar[str]
    config_type: ClassVar[type[ObserverConfig]]
    queued: ClassVar[bool] = False

    @abstractmethod
    def open(self, config: Any, services: Services) -> Observer:
        """An observer that can take events; UserError when the settings cannot be used."""

    def look_around(self, config: Any) -> None:  # noqa: B027 - most kinds have nothing to look at
        """UserError when its surroundings do not allow it: a folder where a file should be. Called in a thread.

        It is asked when an observer is attached, edited or tried, not when it comes back with a start: what is not
        there now may be there soon.
        """

    def outside(self, config: Any) -> str:
        """What it does outside of Eventmon, with its target, such as ``writes to /var/log/orders``; empty for nothing.

        A workspace of a stranger is judged by it, so a kind that says nothing of itself counts as one that acts.
        """
        return f"acts outside of Eventmon ({self.title.lower()})"

    @abstractmethod
    def trial(self, config: Any, event: Event) -> Trial:
        """What it would do with an event."""
