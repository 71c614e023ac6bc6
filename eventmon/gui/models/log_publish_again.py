"""Events of the log published once more, one after the other: new events that name the one they come from.

The payload goes out as it was received, secrets and all; whether it may go there is the engine's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from threading import Event as Flag

from eventmon.core.errors import UserError
from eventmon.core.payload import MAX_PAYLOAD_BYTES
from eventmon.engine.requests import EventDetail, Publish, Published, ReadEvent
from eventmon.gui.models.log_gathering import PATIENCE, Ask

ORIGINAL_ID = "originalid"
"""The attribute that holds the id of the event that was published again."""


@dataclass
class PublishedAgain:
    """How far it came; ``last`` is the answer for the event published last."""

    wanted: int
    done: int = 0
    last: Published | None = None
    problem: str = ""


def publish_again(ask: Ask, seqs: Sequence[int], stop: Flag) -> PublishedAgain:
    """Publish each event anew; the first that is refused ends it."""
    result = PublishedAgain(wanted=len(seqs))
    try:
        for seq in seqs:
            if stop.is_set():
                break
            detail = ask(ReadEvent(seq=seq, limit=MAX_PAYLOAD_BYTES)).result(PATIENCE)
            result.last = ask(request_of(detail)).result(PATIENCE)
            result.done += 1
    except (UserError, CancelledError, TimeoutError) as error:
        result.problem = str(error) or "The engine does not answer. Try again."
    return result


def request_of(detail: EventDetail) -> Publish:
    """The request that publishes an event anew."""
    return Publish(
        topic=detail.topic,
        data=detail.data,
        type=detail.type,
        source=detail.source,
        subject=detail.subject,
        datacontenttype=detail.datacontenttype,
        headers={**detail.headers, ORIGINAL_ID: detail.id or f"{detail.log_uuid}-{detail.seq}"},
    )


def published_sentence(result: PublishedAgain) -> str:
    """What was done, and why no more."""
    if result.problem:
        done = f"{result.done:,} of {result.wanted:,} events were published again. " if result.done else ""
        return done + result.problem
    if result.done != 1 or result.last is None:
        return f"{result.done:,} events were published again."
    last, reached = result.last, "1 observer" if result.last.observers == 1 else f"{result.last.observers:,} observers"
    if not last.seq:
        return f"Sent again; it reached {reached}."
    return f"Published again as seq {last.seq:,}; it reached {reached}."
