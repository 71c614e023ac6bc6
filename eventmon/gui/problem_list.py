"""What went wrong, as this window knows it: the engine's problems and, before it runs, the window's own."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from eventmon.core.errors import UserError
from eventmon.engine.frame import Problem, Severity
from eventmon.engine.requests import ReportProblem
from eventmon.gui.bridge import EngineBridge

LIMIT = 500


class ProblemList(QObject):
    """The newest problems, each once with how often it was seen.

    Attributes:
        changed: a problem is new or was seen again.
    """

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self._bridge = bridge
        self._problems: dict[int, Problem] = {}
        self._waiting: dict[tuple[str, str], Problem] = {}
        bridge.problemRaised.connect(self._arrived)
        bridge.frameReady.connect(self._hand_over)

    def all(self) -> list[Problem]:
        """Newest first."""
        known = [*self._problems.values(), *self._waiting.values()]
        return sorted(known, key=lambda problem: problem.at, reverse=True)

    def clear(self) -> None:
        """Forget what is listed; what happens again is listed again."""
        self._problems.clear()
        self._waiting.clear()
        self.changed.emit()

    def count(self) -> int:
        """How many different problems need a look."""
        return sum(problem.severity != "info" for problem in (*self._problems.values(), *self._waiting.values()))

    def worst(self) -> Severity:
        """``error`` if there is one, else ``warning``, else ``info``."""
        severities = {problem.severity for problem in self.all()}
        return "error" if "error" in severities else "warning" if "warning" in severities else "info"

    def report(self, where: str, text: str, severity: Severity = "error") -> None:
        """Record a problem of the window; it goes to the engine as soon as there is one."""
        if not self._bridge.attached or self._bridge.last_frame is None:
            self._keep_waiting(where, text, severity)
            return
        answer = self._bridge.submit(ReportProblem(severity=severity, where=where, text=text))
        if answer.done() and isinstance(answer.exception(), UserError):
            self._keep_waiting(where, text, severity)

    def _keep_waiting(self, where: str, text: str, severity: Severity) -> None:
        seen = self._waiting.get((where, text))
        if seen is None and len(self._waiting) >= LIMIT:
            return
        self._waiting[where, text] = Problem(
            id=-len(self._waiting) - 1 if seen is None else seen.id,
            severity=severity,
            where=where,
            text=text,
            at=time.time_ns() // 1_000,
            count=1 if seen is None else seen.count + 1,
        )
        self.changed.emit()

    def _hand_over(self) -> None:
        """The first frame shows that the engine answers: what waited goes there."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        for problem in waiting.values():
            self.report(problem.where, problem.text, problem.severity)

    def _arrived(self, problems: list[Problem]) -> None:
        for problem in problems:
            self._problems.pop(problem.id, None)
            self._problems[problem.id] = problem
        while len(self._problems) > LIMIT:
            del self._problems[next(iter(self._problems))]
        self.changed.emit()
