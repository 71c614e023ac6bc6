"""One opened observer, from its settings to its end: how an event gets to it, inline or through its queue.

An edit puts another run in the place of this one; the counters belong to the observer of the list and go on.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from eventmon.core.event import Event
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.observer_forms import settings_of
from eventmon.engine.observer_queue import ObserverQueue
from eventmon.engine.observer_services import LentServices, ObserverSurroundings
from eventmon.engine.observer_tally import ObserverTally
from eventmon.engine.observer_worker import RAISED, TIMEOUT_SECONDS, ObserverWorker, OnFailure
from eventmon.observers.base import InlineObserver, QueuedObserver

INLINE_BUDGET_SECONDS = 0.001
SLOW_IN_A_ROW = 20


class ObserverRun:
    """What does the work of an observer.

    Attributes:
        observer: of its kind.
        handle: takes an event on the loop where events are numbered; raises nothing.
    """

    def __init__(
        self,
        definition: ObserverDefinition,
        services: LentServices,
        around: ObserverSurroundings,
        tally: ObserverTally,
        on_failure: OnFailure,
    ) -> None:
        """Open it; UserError when its settings cannot be used."""
        kind, settings = settings_of(definition.kind, definition.settings)
        self.observer = kind.open(settings, services)
        self._services = services
        self._around = around
        self._tally = tally
        self._on_failure = on_failure
        self._slow_in_a_row = 0
        self._worker: ObserverWorker | None = None
        self.handle: Callable[[Event], None]
        if isinstance(self.observer, QueuedObserver):
            queue = ObserverQueue(definition.overflow)
            self._worker = ObserverWorker(self.observer, queue, tally, on_failure, timeout=TIMEOUT_SECONDS)
            self.handle = self._enqueue
        else:
            assert isinstance(self.observer, InlineObserver)
            self._inline = self.observer
            self.handle = self._observe

    def succeed(self, earlier: ObserverRun) -> None:
        """Take the place of an earlier run: its figures go on, and what waits there is handed over."""
        self.observer.succeed(earlier.observer)
        if earlier._worker is not None and self._worker is not None:
            earlier._worker.hand_over(self._worker)
        earlier.end()

    def clear(self) -> None:
        """Drop what waits."""
        if self._worker is not None:
            self._worker.clear()

    def end(self) -> None:
        """Let it do nothing any more; ``closed`` has to follow."""
        self._services.end()
        if self._worker is not None:
            self._worker.close()

    async def closed(self) -> None:
        """Wait for its end and let go of what it holds."""
        if self._worker is not None:
            await self._worker.ended()
        await self.observer.close()

    def _enqueue(self, event: Event) -> None:
        if self._worker is not None:
            self._worker.put(event, self._around.bus.lineage())

    def _observe(self, event: Event) -> None:
        began = perf_counter()
        try:
            self._inline.observe(event)
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except RAISED as error:
            self._on_failure(event, error, "")
            return
        seconds = perf_counter() - began
        self._tally.deliver(seconds)
        if seconds > INLINE_BUDGET_SECONDS:
            self._slow(seconds)
        elif self._slow_in_a_row:
            self._slow_in_a_row = 0

    def _slow(self, seconds: float) -> None:
        """Say once that it holds up the engine, when it does so for one event after the other."""
        self._slow_in_a_row += 1
        if self._slow_in_a_row == SLOW_IN_A_ROW:
            self._around.problems.report(
                "warning",
                f"observer {self._services.name}",
                f"It takes {seconds * 1000:.1f} ms for an event and holds up all others. Narrow its pattern.",
            )
