"""Topic patterns turned into ids of ``topics``: the events hold ids, so a filter is decided once per topic."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from eventmon.core.pattern import Pattern
from eventmon.store.text import text_of


def matching_ids(connection: apsw.Connection, patterns: Sequence[str]) -> list[int] | None:
    """Ids of the topics that match any of the patterns, or None when all of them do (no pattern given).

    Raises:
        UserError: one of the patterns is none.
    """
    if not patterns:
        return None
    parsed = [Pattern(text) for text in patterns]
    return [
        id
        for id, name in connection.execute("SELECT id, name FROM topics")
        if any(pattern.matches(text_of(name)) for pattern in parsed)
    ]
