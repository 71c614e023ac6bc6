"""What the engine lends one run of an observer; it ends with the run, so that nothing comes after a detach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventmon.core.bus import Bus
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern
from eventmon.engine.observer_alerts import Alerts
from eventmon.engine.problems import Problems
from eventmon.engine.publishing import Publishing

if TYPE_CHECKING:
    from eventmon.engine.attached import Attached


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverSurroundings:
    """What every observer of an engine works with; ``on_subscribed`` hears which topics have other observers now."""

    bus: Bus
    log_uuid: str
    publishing: Publishing
    problems: Problems
    alerts: Alerts
    monotonic: Callable[[], float]
    on_subscribed: Callable[[Pattern], None]


class LentServices:
    """The ``Services`` of one run of an observer."""

    def __init__(self, attached: Attached, around: ObserverSurroundings) -> None:
        self._attached = attached
        self._around = around
        self._ended = False

    @property
    def name(self) -> str:
        """The observer's name now."""
        return self._attached.definition.name

    @property
    def pattern(self) -> Pattern:
        """Of the topics it observes now."""
        return self._attached.pattern

    @property
    def log_uuid(self) -> str:
        """Identity of the log."""
        return self._around.log_uuid

    def now(self) -> float:
        """The monotonic clock."""
        return self._around.monotonic()

    async def publish(self, event: Event) -> None:
        """Publish an event; the bus knows its cause from the context of the worker and cuts a cycle.

        Raises:
            UserError: it is refused; the sentence says why.
        """
        if self._ended:
            raise UserError(f"The observer “{self.name}” has ended. Attach it again.")
        await self._around.publishing.accept([event], committed=False)

    def alert(self, severity: str, text: str) -> None:
        """Tell the user now."""
        if not self._ended:
            self._around.alerts.tell(self.name, severity, text)

    def stop(self, why: str) -> None:
        """Stop the observer until the user resumes it."""
        if not self._ended:
            self._attached.stop(why)

    def end(self) -> None:
        """Lend nothing any more."""
        self._ended = True
