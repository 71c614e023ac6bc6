"""A callable attached to a pattern: the handle that ends it, its counters and its last error.

Counters are kept so that the laws hold at every instant: ``seen = not_matching + matched`` and
``matched = delivered + failed + dropped + pending``.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

import msgspec

from eventmon.core.event import Event
from eventmon.core.lineage import Lineage
from eventmon.core.pattern import Pattern
from eventmon.core.problem import BusProblem, describe, trace_of


class SubscriptionStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription at one instant.

    ``seen == not_matching + matched`` and ``matched == delivered + failed + dropped + pending``. ``seen`` counts
    the events of the topics its pattern matches, ``not_matching`` those that its expression refused.
    """

    name: str
    pattern: str
    seen: int
    not_matching: int
    matched: int
    delivered: int
    failed: int
    dropped: int
    pending: int
    last_error: BusProblem | None = None


class Owner(Protocol):
    """What a subscription needs of its bus."""

    def detach(self, subscription: Subscription) -> None:
        """Take it out of the table, so that no event resolves to it any more."""

    def retire(self, *, failed: int, dropped: int) -> None:
        """Keep in the bus's totals what a disposed subscription has counted."""

    def report(self, problem: BusProblem) -> None:
        """Pass on what went wrong."""

    def lineage(self) -> Lineage:
        """Where the event that is being dispatched comes from."""


class Subscription:
    """The handle of one sync observer; ``dispose()`` ends it, and so does leaving it as a context manager.

    Once ``dispose()`` has returned, the observer is not called again on the same thread.
    """

    __slots__ = (
        "_owner",
        "_place",
        "active",
        "callback",
        "dropped",
        "failed",
        "handle",
        "handled",
        "last_error",
        "name",
        "not_matching",
        "number",
        "pattern",
    )

    def __init__(
        self, owner: Owner, number: int, pattern: Pattern, callback: Callable[[Event], Any], name: str
    ) -> None:
        self._owner = owner
        self.number = number
        self.pattern = pattern
        self.callback = callback
        self.name = name or _name_of(callback)
        self.active = True
        self.handle: Callable[[Event], Any] = callback
        self.handled = 0
        self.failed = 0
        self.dropped = 0
        self.not_matching = 0
        self.last_error: BusProblem | None = None
        self._place: tuple[object, ...] = ()

    def dispose(self) -> None:
        """End the subscription; calling it again does nothing."""
        if self.active:
            self.active = False
            self._owner.detach(self)
            self._release()
            self._owner.retire(failed=self.failed, dropped=self.dropped)

    def statistics(self) -> SubscriptionStatistics:
        """The counters, all from one instant."""
        return self._statistics(delivered=self.handled, pending=0)

    @property
    def pending(self) -> int:
        """Events that it has been given and not finished; a sync observer has none."""
        return 0

    def when_idle(self, call: Callable[[], object]) -> bool:
        """Run ``call`` once when nothing is pending; False, and no call, when that is so already."""
        return False

    def drop(self, count: int) -> None:
        """Count events that matched and are not delivered."""
        self.dropped += count

    def fail(self, event: Event, error: BaseException) -> None:
        """Count, store and report that the observer raised on this event."""
        self.failed += 1
        if not self.active:  # it disposed of itself and then raised
            self._owner.retire(failed=1, dropped=0)
        self.remember(event, error)

    def remember(self, event: Event, error: BaseException, text: str = "") -> None:
        """Store and report a failure that has been counted; ``text`` stands for the error's own words."""
        place = _place_of(error)
        known = self.last_error if place == self._place else None
        self._place = place
        problem = BusProblem(
            kind="failed",
            observer=self.name,
            topic=event.topic,
            seq=event.seq,
            text=text or describe(error),
            # formatting costs more than most observers do, so the same place is formatted once
            trace=known.trace if known is not None else trace_of(error),
            count=self.failed,
        )
        self.last_error = problem
        self._owner.report(problem)

    def _release(self) -> None:
        """Let go of what is queued; a sync observer has no queue."""

    def _statistics(self, *, delivered: int, pending: int) -> SubscriptionStatistics:
        failed, dropped, not_matching = self.failed, self.dropped, self.not_matching
        matched = delivered + failed + dropped + pending
        return SubscriptionStatistics(
            name=self.name,
            pattern=self.pattern.text,
            seen=not_matching + matched,
            not_matching=not_matching,
            matched=matched,
            delivered=delivered,
            failed=failed,
            dropped=dropped,
            pending=pending,
            last_error=self.last_error,
        )

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dispose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} to {self.pattern.text!r}{'' if self.active else ', disposed'}>"


def _name_of(callback: Callable[[Event], Any]) -> str:
    return str(getattr(callback, "__qualname__", None) or type(callback).__qualname__)


def _place_of(error: BaseException) -> tuple[object, ...]:
    """What tells one failing place from another: its type and the lines that the traceback passes."""
    lines: list[object] = [type(error)]
    trace = error.__traceback__
    while trace is not None and len(lines) < 32:
        lines += (trace.tb_frame.f_code, trace.tb_lineno)
        trace = trace.tb_next
    return tuple(lines)
