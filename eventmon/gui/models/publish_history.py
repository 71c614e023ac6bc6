"""Walking back and forward through what was published; whatever was typed on the way is kept. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eventmon.engine.templates import Draft


class HistoryWalk:
    """A place in the history; the draft being written is the newest of all."""

    def __init__(self, keep: Callable[[Draft], None]) -> None:
        """Make it; ``keep`` puts a draft into the history that would be lost otherwise."""
        self._keep = keep
        self._stops: list[Draft] = []
        self._at = 0

    def older(self, current: Draft, history: Sequence[Draft]) -> Draft | None:
        """The draft before the one shown; None at the end."""
        if not self._stops:
            self._stops = [current, *(each for each in history if each != current)]
        return self._step(current, 1)

    def newer(self, current: Draft) -> Draft | None:
        """The draft after the one shown; None at the newest."""
        return self._step(current, -1)

    def forget(self) -> None:
        """Begin anew: what is shown is the newest now."""
        self._stops = []
        self._at = 0

    def can_go(self, current: Draft, history: Sequence[Draft], direction: int) -> bool:
        """Whether there is something older (1) or newer (-1)."""
        if direction < 0:
            return self._at > 0
        if self._stops:
            return self._at + 1 < len(self._stops)
        return any(each != current for each in history)

    def _step(self, current: Draft, direction: int) -> Draft | None:
        there = self._at + direction
        if not 0 <= there < len(self._stops):
            return None
        if current != self._stops[self._at]:
            if self._at:
                self._keep(current)
            self._stops[self._at] = current
        self._at = there
        return self._stops[there]
