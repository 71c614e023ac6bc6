"""How an observer fares, as the table marks it: fine, slow, failing, stopped or paused. No Qt.

The engine counts; whether an observer fails *now* is told from two counts: it does once a delivery failed, until one
succeeds and none fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from eventmon.engine.frame import ObserverStatus

Condition = Literal["fine", "slow", "failing", "stopped", "paused"]

SLOW_PENDING: Final = 100
"""So many events waiting are a tenth of a queue: it does not keep up."""

MARKS: Final[dict[Condition, tuple[str, str]]] = {
    "fine": ("", "text"),
    "slow": ("triangle-alert", "warn"),
    "failing": ("circle-alert", "error"),
    "stopped": ("circle-stop", "error"),
    "paused": ("pause", "text3"),
}
"""Icon by the name and the token of its colour."""


class ObserverStates:
    """The observers of now, in the engine's order, each with its condition."""

    def __init__(self) -> None:
        self._statuses: dict[str, ObserverStatus] = {}
        self._failing: set[str] = set()

    def take(self, statuses: Iterable[ObserverStatus]) -> None:
        """What the engine says now."""
        before, self._statuses = self._statuses, {status.name: status for status in statuses}
        self._failing = {
            name
            for name, status in self._statuses.items()
            if _fails(before.get(name), status, was_failing=name in self._failing)
        }

    def condition(self, status: ObserverStatus) -> Condition:
        """How an observer fares."""
        if status.state != "active":
            return status.state
        if status.name in self._failing:
            return "failing"
        return "slow" if status.pending >= SLOW_PENDING else "fine"

    def numbers(self) -> dict[Condition, int]:
        """How many observers are in each condition that there is."""
        numbers: dict[Condition, int] = {}
        for status in self._statuses.values():
            condition = self.condition(status)
            numbers[condition] = numbers.get(condition, 0) + 1
        return numbers


def _fails(before: ObserverStatus | None, now: ObserverStatus, *, was_failing: bool) -> bool:
    failed, delivered = (before.failed, before.delivered) if before is not None else (0, now.delivered)
    if now.failed != failed:
        return now.failed > failed
    return was_failing and now.delivered == delivered
