"""What a bus reports when an observer fails or a cycle is cut, and the log line it becomes when nobody listens."""

from __future__ import annotations

import logging
import traceback
from typing import Literal

import msgspec

MAX_TEXT = 1_000
MAX_TRACE_BYTES = 10_000
MAX_FRAMES = 50

_log = logging.getLogger("eventmon.bus")


class BusProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong while events were delivered.

    Attributes:
        kind: ``failed`` (an observer raised or timed out), ``cycle`` (derived events were cut) or ``closed``
            (the event loop of an async observer is gone).
        observer: name of the subscription; empty for a cycle.
        topic: of the event.
        seq: of the event.
        text: one line in plain words.
        trace: the traceback, at most 10 kB, its end; empty where there is none.
        count: which occurrence of its kind at this observer it is, from 1.
    """

    kind: Literal["failed", "cycle", "closed"]
    observer: str
    topic: str
    seq: int
    text: str
    trace: str = ""
    count: int = 1


def log_problem(problem: BusProblem) -> None:
    """The report when no other was chosen: a log line for the 1st, 10th, 100th, ... occurrence."""
    if str(problem.count).strip("0") == "1":
        who = f"observer {problem.observer}: " if problem.observer else ""
        again = f" ({problem.count:,} times)" if problem.count > 1 else ""
        _log.error("%s%s%s, on event %d of %s\n%s", who, problem.text, again, problem.seq, problem.topic, problem.trace)


def log_broken_listener(problem: BusProblem) -> None:
    """A listener for problems raised; called where its exception is being handled."""
    _log.exception("the listener for problems of the bus raised while it was told: %s", problem.text)


def describe(error: BaseException) -> str:
    """Type and message on one line, at most 1,000 characters; safe with errors that cannot even be shown."""
    summary = traceback.TracebackException(type(error), error, None, limit=0)
    text = " ".join("".join(summary.format_exception_only()).split())
    return text[:MAX_TEXT]


def trace_of(error: BaseException) -> str:
    """The traceback, cut at its beginning to 10 kB of UTF-8."""
    lines = traceback.format_exception(type(error), error, error.__traceback__, limit=-MAX_FRAMES, chain=False)
    data = "".join(lines).encode(errors="backslashreplace")
    return data[-MAX_TRACE_BYTES:].decode(errors="ignore")
