"""Whole events of a selection, read in chunks by a thread of its own, so that the window answers meanwhile.

Sizes are looked at before payloads are read: however large the events, no more than the bound is ever in memory. What
was left out is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any, Protocol, TypeVar

from eventmon.core.errors import UserError
from eventmon.engine.requests import EventDetail, LogRow, ReadEvent, ReadRowsAt, Request

Answer = TypeVar("Answer")

CHUNK = 64
MOST_EVENTS = 10_000
MOST_BYTES = 8 << 20
PATIENCE = 60.0
"""Seconds to wait for one answer."""


class Ask(Protocol):
    """How a thread puts a question to the engine."""

    def __call__(self, request: Request[Answer], /) -> Future[Answer]:
        """Ask; the future completes in another thread."""


@dataclass
class Gathered:
    """What became of a selection.

    Attributes:
        texts: one of each event, in order.
        wanted: how many events were selected.
        too_much: the bound on bytes or events was reached before the last one.
        problem: why an event could not be taken; empty when all could.
        missing: how many could not.
        left_out: parts of events that the way of writing them has no place for.
    """

    wanted: int = 0
    texts: list[str] = field(default_factory=list)
    too_much: bool = False
    missing: int = 0
    problem: str = ""
    left_out: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of it was taken."""
        return not (self.too_much or self.missing or self.left_out)


def gather(ask: Ask, seqs: Sequence[int], form: Callable[[EventDetail], str], stop: Flag) -> Gathered:
    """Read events and write each as text, at most ``MOST_EVENTS`` and ``MOST_BYTES``."""
    gathered = Gathered(wanted=len(seqs), too_much=len(seqs) > MOST_EVENTS)
    left = MOST_BYTES
    try:
        for rows in _chunks(ask, seqs[:MOST_EVENTS], gathered, stop):
            fitting = _fitting(rows, left)
            for text in _texts(ask, fitting, form, gathered):
                left -= len(text.encode(errors="replace"))
                if left < 0:
                    gathered.too_much = True
                    return gathered
                gathered.texts.append(text)
            if len(fitting) < len(rows):
                gathered.too_much = True
                return gathered
    except (UserError, CancelledError, TimeoutError) as error:
        gathered.problem = str(error) or "The engine does not answer. Try again."
        gathered.missing = len(seqs) - len(gathered.texts)
    return gathered


def _chunks(ask: Ask, seqs: Sequence[int], gathered: Gathered, stop: Flag) -> Iterator[list[LogRow]]:
    for start in range(0, len(seqs), CHUNK):
        if stop.is_set():
            return
        chunk = list(seqs[start : start + CHUNK])
        rows = ask(ReadRowsAt(seqs=chunk)).result(PATIENCE).rows
        if len(rows) < len(chunk):
            gathered.missing += len(chunk) - len(rows)
            gathered.problem = "The log no longer keeps them."
        yield rows


def _fitting(rows: Sequence[LogRow], left: int) -> list[LogRow]:
    fitting: list[LogRow] = []
    for row in rows:
        left -= row.size
        if left < 0:
            break
        fitting.append(row)
    return fitting


def _texts(ask: Ask, rows: Sequence[LogRow], form: Callable[[EventDetail], str], gathered: Gathered) -> Iterator[str]:
    """All of a chunk are asked for before the first is waited for."""
    asked: list[Future[Any]] = [ask(ReadEvent(seq=row.seq, limit=row.size)) for row in rows]
    for future in asked:
        try:
            yield form(future.result(PATIENCE))
        except UserError as error:
            gathered.missing += 1
            gathered.problem = str(error)


def copied_sentence(gathered: Gathered) -> str:
    """What is on the clipboard now; empty when it is the one event that was asked for."""
    copied, wanted = len(gathered.texts), gathered.wanted
    if gathered.too_much and not copied:
        return f"Nothing was copied: the clipboard takes {MOST_BYTES >> 20} MiB. Select smaller events."
    if gathered.too_much:
        return f"Only the first {copied:,} of {wanted:,} events were copied: {_BOUND}"
    if gathered.missing:
        return f"{copied:,} of {wanted:,} events were copied. {gathered.problem}"
    if gathered.left_out:
        return (
            f"Headers that eventmon publish has no option for were left out: {gathered.left_out:,}. Use curl instead."
        )
    return f"{copied:,} events were copied." if copied > 1 else ""


_BOUND = f"the clipboard takes {MOST_EVENTS:,} events and {MOST_BYTES >> 20} MiB. Copy the rest in parts."
