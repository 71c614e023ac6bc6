"""What the bus reports, as problems that are shown: one entry for each observer and kind, which counts up.

An observer that fails usually fails for every event, often with another text each time. So its entry keeps the
words of the first failure; the log of the program has the tracebacks of the 1st, 10th, 100th, ...
"""

from __future__ import annotations

import asyncio
import threading

from eventmon.core.problem import BusProblem, log_problem
from eventmon.engine.problems import Problems

MAX_REMEMBERED = 1_000


class BusProblems:
    """The listener of the engine's bus; may be called from any thread."""

    def __init__(self, problems: Problems) -> None:
        """Make it on the engine's loop, where problems are kept."""
        self._problems = problems
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._first_words: dict[tuple[str, str], str] = {}

    def __call__(self, problem: BusProblem) -> None:
        """Show a problem and log it."""
        log_problem(problem)
        if threading.get_ident() == self._thread:
            self._show(problem)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._show, problem)

    def _show(self, problem: BusProblem) -> None:
        if problem.kind == "cycle":
            self._problems.report("warning", "bus", f"Events go round without end and were cut: {problem.text}")
            return
        key = (problem.kind, problem.observer)
        if key not in self._first_words and len(self._first_words) < MAX_REMEMBERED:
            self._first_words[key] = problem.text
        text = self._first_words.get(key, "It fails like many others.")
        self._problems.report("error", f"observer {problem.observer}", text)
