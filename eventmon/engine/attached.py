"""One observer of the list, running, paused or stopped: its subscription, its counters and what it does.

Whatever an observer raises ends here. Five failures in a row stop it, because an observer that fails always would
only fill the list of problems; the user mends and resumes it.
"""

from __future__ import annotations

import asyncio

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern
from eventmon.core.problem import BusProblem, describe, trace_of
from eventmon.core.subscription import Subscription
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverState, ObserverStatus
from eventmon.engine.observer_counts import KeptCounts
from eventmon.engine.observer_run import ObserverRun
from eventmon.engine.observer_services import LentServices, ObserverSurroundings
from eventmon.engine.observer_tally import ObserverTally

MAX_FAILURES_IN_A_ROW = 5
CLOSE_SECONDS = 10.0
"""What an observer holds is let go of within so long, or left behind: a stalled disk must not keep the engine up."""


class Attached:
    """One observer of the list.

    Attributes:
        definition: what it is.
        pattern: of the topics it observes.
        state: ``active``, ``paused`` or ``stopped``.
        why: the sentence why it is stopped, or held.
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
        self._run: ObserverRun | None = None
        self._subscription: Subscription | None = None
        self._values: dict[str, float] = {}
        """Figures of its kind while nothing does its work."""
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
            self._run.observer.recall(self._values)

    def recall(self, kept: KeptCounts) -> None:
        """Go on from what it had counted in an earlier run; what waited then was never given to it."""
        self.tally.recall(
            delivered=kept.delivered,
            failed=kept.failed,
            dropped=kept.dropped + kept.pending,
            last_error=kept.last_error,
            last_error_seq=kept.last_error_seq,
        )
        self._values = kept.values_for(self.definition)

    def reset(self) -> None:
        """Count from 0; what waits for it stays."""
        # the subscription goes on counting what it drops itself, so that is taken off again
        self.tally.reset(dropped=-self._subscription.dropped if self._subscription else 0)
        self._values = {}
        if self._run is not None:
            self._run.observer.recall({})

    def resume(self) -> None:
        """See events from the next on; UserError when its definition cannot be used."""
        self.open()
        self.tally.failures_in_a_row = 0
        self.why = ""
        run = self._run
        assert run is not None
        if self._subscription is None:
            self._subscription = self._around.bus.subscribe(self.pattern.text, run.handle, name=self.definition.name)
            self._around.on_subscribed(self.pattern)
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

    def hold(self, why: str, state: ObserverState = "stopped") -> None:
        """Be listed without having been opened, until it is restored."""
        self._halt()
        self.state, self.why = state, why

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
            run.succeed(earlier)
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
            self._values = dict(run.observer.values())
            run.end()
            await self._closed(run)

    def tick(self, now: float) -> None:
        """Once a second, with the monotonic clock."""
        if self.state != "active" or self._run is None:
            return
        try:
            self._run.observer.tick(now)
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is stored and reported
            self._report("", 0, error, _words(error))

    def status(self) -> ObserverStatus:
        """The observer as people see it; the same object while nothing changed."""
        tally, dropped = self.tally, self.dropped
        values = dict(self._run.observer.values()) if self._run else self._values
        counts = (tally.delivered, tally.failed, dropped, tally.pending)
        shown = (self.definition, self.state, self.why, *counts, tally.last_error_seq, *values.values())
        if self._status is None or shown != self._shown:
            self._shown = shown
            self._status = _status_of(self, dropped, values)
        return self._status

    def _opened(self, definition: ObserverDefinition) -> ObserverRun:
        return ObserverRun(definition, LentServices(self, self._around), self._around, self.tally, self._failed)

    async def _closed(self, run: ObserverRun) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await run.closed()
        except TimeoutError as error:
            self._report("", 0, error, f"It did not end within {CLOSE_SECONDS:g} s and was left behind.")
        # The named border: what an observer raises is its own failure and must reach nobody else.
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is reported
            self._report("", 0, error, _words(error))

    def _unsubscribe(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()
            self.tally.dropped += subscription.dropped
            self._around.on_subscribed(self.pattern)

    def _halt(self) -> None:
        self._unsubscribe()
        if self._run is not None:
            self._run.clear()

    def _failed(self, event: Event, error: BaseException, text: str = "") -> None:
        text = text or _words(error)
        self.tally.fail(event, text)
        self._report(event.topic, event.seq, error, text)
        if self.tally.failures_in_a_row >= MAX_FAILURES_IN_A_ROW and self.state == "active":
            self.stop(_why_stopped(error, text))

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


def _status_of(attached: Attached, dropped: int, values: dict[str, float]) -> ObserverStatus:
    definition, tally = attached.definition, attached.tally
    matched = tally.delivered + tally.failed + dropped + tally.pending
    median, slowest = tally.percentiles()
    return ObserverStatus(
        name=definition.name,
        kind=definition.kind,
        pattern=definition.pattern,
        state=attached.state,
        why=attached.why,
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


def _work_of(definition: ObserverDefinition) -> ObserverDefinition:
    """What decides on how an observer works; the rest can change while it runs."""
    return msgspec.structs.replace(definition, name="", pattern="", paused=False)


def _why_stopped(error: BaseException, text: str) -> str:
    """A sentence for people; what a ``UserError`` says ends with what to do already."""
    begun = f"Stopped after {MAX_FAILURES_IN_A_ROW} failures in a row"
    if isinstance(error, UserError):
        return f"{begun}. {text} Mend that, then resume it."
    return f"{begun} ({text.rstrip('.')}). Fix it, then resume it."


def _words(error: BaseException) -> str:
    """What is wrong, for people."""
    return str(error) if isinstance(error, UserError) else describe(error)
