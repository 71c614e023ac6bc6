"""Everything that went wrong, once each: the same problem counts up instead of filling the list."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import get_args

from eventmon.engine.frame import Problem, Severity

MAX_PROBLEMS = 500
MAX_TEXT = 2_000
_SEVERITIES = get_args(Severity)


class Problems:
    """The newest ``MAX_PROBLEMS`` problems; the one that was seen longest ago leaves first."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._problems: OrderedDict[tuple[str, str, str], Problem] = OrderedDict()
        self._next_id = 1
        self._changes = 0
        self._changed_at: dict[int, int] = {}

    @property
    def changes(self) -> int:
        """Grows with every report; what a viewer passes to ``since`` later."""
        return self._changes

    def report(self, severity: str, where: str, text: str) -> Problem:
        """Record a problem: ``error``, ``warning`` or ``info``; anything else is taken as an error."""
        known: Severity = severity if severity in _SEVERITIES else "error"  # type: ignore[assignment]  # checked beside
        text = text[:MAX_TEXT]
        key = (known, where, text)
        earlier = self._problems.pop(key, None)
        problem = Problem(
            id=earlier.id if earlier else self._take_id(),
            severity=known,
            where=where,
            text=text,
            at=self._clock(),
            count=earlier.count + 1 if earlier else 1,
        )
        self._problems[key] = problem
        self._changes += 1
        self._changed_at[problem.id] = self._changes
        self._forget_oldest()
        return problem

    def since(self, changes: int) -> list[Problem]:
        """Problems reported or counted up after ``changes`` had this value, oldest first."""
        if changes >= self._changes:
            return []
        return [problem for problem in self._problems.values() if self._changed_at[problem.id] > changes]

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _forget_oldest(self) -> None:
        while len(self._problems) > MAX_PROBLEMS:
            _, forgotten = self._problems.popitem(last=False)
            del self._changed_at[forgotten.id]
