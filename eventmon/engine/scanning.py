"""One slice of a search in the log, as what is shown and what is deleted both look for it."""

from __future__ import annotations

from eventmon.engine.requests import Hits, Search
from eventmon.store.base import LogReader

MAX_SEARCH_BUDGET = 200_000
SEARCH_SLICE = 5_000


def search_slice(reader: LogReader, request: Search) -> Hits:
    """Look at no more than the budget; an answer without hits still says how far the scan came."""
    budget = max(1, min(request.budget, MAX_SEARCH_BUDGET))
    oldest = max(request.oldest, request.newest - budget + 1)
    found: list[int] = []
    scanned_to = oldest
    slices = reader.search(
        topics=request.topics,
        text=request.text,
        newest=request.newest,
        oldest=oldest,
        slice_size=min(SEARCH_SLICE, budget),
        hidden=request.hidden,
    )
    for reached, hits in slices:
        scanned_to = reached
        found.extend(hits)
    return Hits(seqs=found, scanned_to=scanned_to)
