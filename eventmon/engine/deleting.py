"""How the engine deletes events: a reader looks for them, the writer thread takes them out between its commits.

Both go in slices, so that neither what comes in nor what is shown waits for a deletion, however much it takes.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from eventmon.engine import requests
from eventmon.engine.scanning import MAX_SEARCH_BUDGET, search_slice
from eventmon.store.base import LogReader

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine

ROUND = 5_000
"""Events that are looked at before those found among them are deleted."""

LONGEST_ANSWER_SECONDS = 0.5
"""After so long an answer is given, whatever is left of its budget, so that progress shows and Stop works."""


class DeletionAnswers:
    """Answers requests that delete events or topics, or ask what was deleted, on the loop of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def handlers(self) -> dict[type, Callable[[Any], Awaitable[Any]]]:
        """From the type of a request to the method that answers it."""
        return {
            requests.ReadRemoved: self._read_removed,
            requests.DeleteEvents: self._delete_events,
            requests.DeleteTopic: self._delete_topic,
        }

    async def _read_removed(self, request: requests.ReadRemoved) -> requests.Removed:
        return await self._engine.read(_removed)

    async def _delete_events(self, request: requests.DeleteEvents) -> requests.Deleted:
        return await delete_events(self._engine, request)

    async def _delete_topic(self, request: requests.DeleteTopic) -> int:
        engine = self._engine
        forgotten = await engine.topic_choices.forget(request.topic, anew=request.events)
        if request.events:
            await self._delete_all(f"{request.topic}/#", newest=forgotten.newest)
            engine.topic_choices.drop(forgotten)
        return forgotten.count

    async def _delete_all(self, pattern: str, newest: int) -> None:
        """Delete every event up to ``newest`` whose topic matches."""
        await self._engine.wait_newer(newest - 1)
        while newest > 0:
            asked = requests.DeleteEvents(topics=[pattern], text="", newest=newest, budget=MAX_SEARCH_BUDGET)
            newest = (await delete_events(self._engine, asked)).scanned_to - 1


async def delete_events(engine: Engine, request: requests.DeleteEvents) -> requests.Deleted:
    """Delete what one slice of a search finds, in rounds that each look at a part of it.

    Raises:
        UserError: the session is open to look only, the log refuses, or a pattern is none.
    """
    engine.require_writable()
    until = time.monotonic() + LONGEST_ANSWER_SECONDS
    left = max(1, min(request.budget, MAX_SEARCH_BUDGET))
    newest, oldest = request.newest, max(1, request.oldest)
    deleted = 0
    while True:
        budget = min(left, ROUND)
        hits = await engine.search(partial(_look, request=request, newest=newest, budget=budget))
        deleted += await engine.delete(hits.seqs)
        left -= max(0, newest - hits.scanned_to + 1)
        newest = hits.scanned_to - 1
        if hits.scanned_to <= oldest or left <= 0 or time.monotonic() >= until:
            return requests.Deleted(events=deleted, scanned_to=max(hits.scanned_to, oldest))


def _look(reader: LogReader, *, request: requests.DeleteEvents, newest: int, budget: int) -> requests.Hits:
    asked = requests.Search(
        topics=request.topics,
        text=request.text,
        hidden=request.hidden,
        newest=newest,
        oldest=max(1, request.oldest),
        budget=budget,
    )
    return search_slice(reader, asked)


def _removed(reader: LogReader) -> requests.Removed:
    removals = reader.removals()
    return requests.Removed(removals=removals, seqs=reader.removed().serialize())
