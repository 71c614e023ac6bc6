"""One observer of the list, running, paused or stopped: its subscription, its counters and what it does.

Whatever an observer raises ends here. Five failures in a row stop it, because an observer that fails always would
only fill the list of problems; the user mends and resumes it.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern
from eventmon.core.problem import BusProblem, describe, trace_of
from eventmon.core.subscription import Subscription
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverState, ObserverStatus
from eventmon.engine.observer_forms import settings_of
from eventmon.engine.observer_queue import ObserverQueue
from eventmon.engine.observer_services import LentServices, ObserverSurroundings
from eventmon.engine.observer_tally import ObserverTally
from eventmon.engine.observer_worker import TIMEOUT_SECONDS, ObserverWorker
from eventmon.observers.base import InlineObserver, Observer, QueuedObserver

MAX_FAILURES_IN_A_ROW = 5
INLINE_BUDGET_SECONDS = 0.001
SLOW_IN_A_ROW = 20


class Run:
    """One opened observer: from its settings to its end."""

    def __init__(self, observer: Observer, services: LentServices, worker: ObserverWorker | None) -> None:
        self.observer = observer
        self.services = services
        self.worker = worker

    def end(self) -> None:
        """Let it do nothing any more; ``closed`` has to follow."""
        self.services.end()
        if self.worker is not None:
            self.worker.close()

    async def closed(self) -> None:
        """Wait for its end and let go of what it holds."""
        if self.worker is not None:
            await self.worker.ended()
        await self.observer.close()


class Attached:
    """One observer of the list.

    Attributes:
        definition: what it is.
        pattern: of the topics it observes.
        state: ``active``, ``paused`` or ``stopped``.
        why: the sentence why it is stopped.
        tally: what it has done.
        turn: held by whoever changes it.
    """

    def __init__(self, definition: ObserverDefinition, around: ObserverSurroundings) -> None:
        self.definition = definition
        self.pattern: Pattern
        self.state: ObserverState = "paused"
        self.why = ""
        self.tally = ObserverTally()
        self.turn = asyncio.Lock()
        self._around = around
        self._run: Run | None = None
        self._subscription: Subscription | None = None
        self._slow_in_a_row = 0
        self._shown: tuple[object, ...] = ()
        self._status: ObserverStatus | None = None

    @property
    def dropped(self) -> int:
        """Events it was not given, those of cut cycles among them."""
        return self.tally.dropped + (self._subscription.dropped if self._subscription else 0)

    def open(self) -> None:
        """Make what does its work, if that is not there yet; UserError when its definition cannot be used."""
        if self._run is None:
            self.pattern = Pattern(self.definition.pattern)
            self._run = self._opened(self.definition)

    def resume(self) -> None:
        """See events from the next on; UserError when its definition cannot be used."""
        self.open()
        self.tally.failures_in_a_row = self._slow_in_a_row = 0
        self.why = ""
        if self._subscription is None:
            self._subscribe()
        self.state = "active"

    def pause(self) -> None:
        """See no event; those that wait are dropped."""
        self._halt()
        self.state, self.why = "paused", ""

    def stop(self, why: str) -> None:
        """See no event until the user resumes it."""
        self._halt()
        self.state, self.why = "stopped", why
        self._around.problems.report("error", f"observer {self.definition.name}", why)

    def restore(self) -> None:
        """Go on as in the last run; when it cannot, it is stopped with the reason."""
        try:
            self.open()
        except UserError as error:
            self.stop(str(error))
            return
        if not self.definition.paused:
            self.resume()

    async def redefine(self, definition: ObserverDefinition) -> None:
        """Be another observer whose counters go on; UserError, and nothing is changed, when it cannot be used."""
        pattern = Pattern(definition.pattern)
        earlier = self._run
        same_work = earlier is not None and _work_of(definition) == _work_of(self.definition)
        run = earlier if same_work else self._opened(definition)
        self._unsubscribe()
        self.definition, self.pattern, self._run = definition, pattern, run
        if earlier is not None and run is not None and not same_work:
            run.observer.succeed(earlier.observer)
            if earlier.worker is not None and run.worker is not None:
                earlier.worker.hand_over(run.worker)
            earlier.end()
        if definition.paused:
            self.pause()
        else:
            self.resume()
        if earlier is not None and not same_work:
            await self._closed(earlier)

    async def close(self) -> None:
        """End it; no event reaches it after this is called."""
        self._halt()
        run, self._run = self._run, None
        if run is not None:
            run.end()
            await self._closed(run)

    def tick(self, now: float) -> None:
        """Once a second, with the monotonic clock."""
        if self.state != "active" or self._run is None:
            return
        try:
            self._run.observer.tick(now)
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except Exception as error:  # noqa: BLE001 - it is stored and reported
            self._report("", 0, error, _words(error))

    def status(self) -> ObserverStatus:
        """The observer as people see it; the same object while nothing changed."""
        tally, dropped = self.tally, self.dropped
        values = dict(self._run.observer.values()) if self._run else {}
        counts = (tally.delivered, tally.failed, dropped, tally.pending)
        shown = (self.definition, self.state, self.why, *counts, tally.last_error_seq, *values.values())
        if self._status is None or shown != self._shown:
            self._shown = shown
            self._status = self._made_status(dropped, values)
        return self._status

    def _made_status(self, dropped: int, values: dict[str, float]) -> ObserverStatus:
        definition, tally = self.definition, self.tally
        matched = tally.delivered + tally.failed + dropped + tally.pending
        median, slowest = tally.percentiles()
        return ObserverStatus(
            name=definition.name,
            kind=definition.kind,
            pattern=definition.pattern,
            state=self.state,
            why=self.why,
            seen=matched,
            not_matching=0,
            matched=matched,
            delivered=tally.delivered,
            failed=tally.failed,
            dropped=dropped,
            pending=tally.pending,
            p50=median,
            p99=slowest,
            last_error=tally.last_error,
            last_error_seq=tally.last_error_seq,
            values=values,
        )

    def _opened(self, definition: ObserverDefinition) -> Run:
        kind, settings = settings_of(definition.kind, definition.settings)
        services = LentServices(self, self._around)
        observer = kind.open(settings, services)
        worker = None
        if isinstance(observer, QueuedObserver):
            queue = ObserverQueue(definition.overflow)
            worker = ObserverWorker(observer, queue, self.tally, self._failed, timeout=TIMEOUT_SECONDS)
        return Run(observer, services, worker)

    async def _closed(self, run: Run) -> None:
        try:
            await run.closed()
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except Exception as error:  # noqa: BLE001 - it is reported
            self._report("", 0, error, _words(error))

    def _subscribe(self) -> None:
        run = self._run
        assert run is not None
        callback = self._observe if isinstance(run.observer, InlineObserver) else self._enqueue
        self._subscription = self._around.bus.subscribe(self.definition.pattern, callback, name=self.definition.name)
        self._around.on_subscribed(self.pattern)

    def _unsubscribe(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()
            self.tally.dropped += subscription.dropped
            self._around.on_subscribed(self.pattern)

    def _halt(self) -> None:
        self._unsubscribe()
        if self._run is not None and self._run.worker is not None:
            self._run.worker.clear()

    def _observe(self, event: Event) -> None:
        run = self._run
        if run is None or not isinstance(run.observer, InlineObserver):
            return
        began = perf_counter()
        try:
            run.observer.observe(event)
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it is stored and reported
            self._failed(event, error)
            return
        seconds = perf_counter() - began
        self.tally.deliver(seconds)
        if seconds > INLINE_BUDGET_SECONDS:
            self._slow(seconds)
        elif self._slow_in_a_row:
            self._slow_in_a_row = 0

    def _enqueue(self, event: Event) -> None:
        if self._run is not None and self._run.worker is not None:
            self._run.worker.put(event, self._around.bus.lineage())

    def _failed(self, event: Event, error: BaseException, text: str = "") -> None:
        text = text or _words(error)
        self.tally.fail(event, text)
        self._report(event.topic, event.seq, error, text)
        if self.tally.failures_in_a_row >= MAX_FAILURES_IN_A_ROW and self.state == "active":
            self.stop(f"Stopped after {MAX_FAILURES_IN_A_ROW} failures in a row ({text}). Fix it, then resume it.")

    def _report(self, topic: str, seq: int, error: BaseException, text: str) -> None:
        self._around.bus.report(
            BusProblem(
                kind="failed",
                observer=self.definition.name,
                topic=topic,
                seq=seq,
                text=text,
                trace="" if isinstance(error, UserError) else trace_of(error),
                count=max(1, self.tally.failed),
            )
        )

    def _slow(self, seconds: float) -> None:
        """Say once that it holds up the engine, when it does so for one event after the other."""
        self._slow_in_a_row += 1
        if self._slow_in_a_row == SLOW_IN_A_ROW:
            self._around.problems.report(
                "warning",
                f"observer {self.definition.name}",
                f"It takes {seconds * 1000:.1f} ms for an event and holds up all others. Narrow its pattern.",
            )


def _work_of(definition: ObserverDefinition) -> ObserverDefinition:
    """What decides on how an observer works; the rest can change while it runs."""
    return msgspec.structs.replace(definition, name="", pattern="", paused=False)


def _words(error: BaseException) -> str:
    """What is wrong, for people."""
    return str(error) if isinstance(error, UserError) else describe(error)
