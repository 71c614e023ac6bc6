"""Sources and subjects to complete what is typed: those published before, then those of events looked at. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eventmon.engine.templates import Draft
from eventmon.gui.models.known_names import MAX_SUGGESTIONS

MAX_SEEN = 200


class RecentValues:
    """Values of the fields whose values nobody counts."""

    def __init__(self, drafts: Callable[[], Iterable[Draft]]) -> None:
        """Make it; ``drafts`` gives what is kept of earlier ones, the newest first."""
        self._drafts = drafts
        self._seen: dict[str, dict[str, None]] = {"source": {}, "subject": {}}

    def see(self, source: str, subject: str) -> None:
        """Somebody looks at an event with these; empty ones are none."""
        for field, value in (("source", source), ("subject", subject)):
            seen = self._seen[field]
            if value:
                seen.pop(value, None)
                seen[value] = None  # the newest last
            if len(seen) > MAX_SEEN:
                del seen[next(iter(seen))]

    def sources(self, typed: str) -> list[str]:
        """Sources that hold a text, those published last first; at most ``MAX_SUGGESTIONS``."""
        return self._holding(typed, "source", (draft.source for draft in self._drafts()))

    def subjects(self, typed: str) -> list[str]:
        """Subjects that hold a text, those published last first; at most ``MAX_SUGGESTIONS``."""
        return self._holding(typed, "subject", (draft.subject for draft in self._drafts()))

    def _holding(self, typed: str, field: str, used: Iterable[str]) -> list[str]:
        wanted = typed.casefold()
        values = dict.fromkeys(used) | dict.fromkeys(reversed(self._seen[field]))
        return [value for value in values if value and wanted in value.casefold()][:MAX_SUGGESTIONS]
