"""What a front end can ask of the engine: one frozen Struct a question, naming the type of its answer.

Every request and every answer can be encoded by msgspec, so the engine may live in this process, in another, or on
another machine without a change in any front end. ``ANSWER_TYPES`` maps a request to the type of its answer.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from eventmon.engine.frame import ConnectionStatus, Frame
from eventmon.store.base import Gap as Gap
from eventmon.store.base import HistogramBar as HistogramBar
from eventmon.store.base import LogRow as LogRow

Answer_co = TypeVar("Answer_co", covariant=True)


class Request(msgspec.Struct, Generic[Answer_co], frozen=True, kw_only=True, tag=True, tag_field="request"):
    """A question to the engine; the type parameter is the type of its answer."""


class TakeFrame(Request[Frame], frozen=True, kw_only=True):
    """The next frame for one viewer; a viewer that has not asked for 60 s is forgotten."""

    viewer: str


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of the log, ascending, and the bounds of the log when they were read."""

    rows: list[LogRow]
    first_seq: int
    newest_seq: int


class ReadRows(Request[Rows], frozen=True, kw_only=True):
    """Rows from ``first`` on, at most ``count`` (≤ 1,000)."""

    first: int
    count: int


class ReadRowsAt(Request[Rows], frozen=True, kw_only=True):
    """Rows of exactly these seqs (≤ 1,000), those that still exist."""

    seqs: list[int]


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """Seqs found, descending, and how far down the scan came; call again from ``scanned_to - 1`` while it is above."""

    seqs: list[int]
    scanned_to: int


class Search(Request[Hits], frozen=True, kw_only=True):
    """One slice of a search, newest first: at most ``budget`` events are looked at.

    ``topics`` are patterns (any, empty for all), ``text`` words that all must occur (``-word``: must not).
    """

    topics: list[str]
    text: str
    newest: int
    oldest: int
    budget: int = 20_000


class ReadGaps(Request[list[Gap]], frozen=True, kw_only=True):
    """Gap rows with an id above ``after_id``."""

    after_id: int = 0


class ReadHistogram(Request[list[HistogramBar]], frozen=True, kw_only=True):
    """Stored events per second between two Unix seconds, both included."""

    first_second: int
    last_second: int


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A published event: its seq, and how many observers it reached."""

    seq: int
    observers: int


class Publish(Request[Published], frozen=True, kw_only=True):
    """Publish one event; the answer comes when it is committed."""

    topic: str
    data: bytes = b""
    type: str = "event"
    source: str = ""
    subject: str | None = None
    datacontenttype: str | None = None
    headers: dict[str, str] | None = None


class OpenConnection(Request[ConnectionStatus], frozen=True, kw_only=True):
    """Open a connection by URL; an empty name lets the engine choose a free one from the URL.

    The answer comes when the connection has said how it is, at the latest after a second.
    """

    url: str
    name: str = ""


class CloseConnection(Request[None], frozen=True, kw_only=True):
    """Close and forget a connection."""

    name: str


class ListConnections(Request[list[ConnectionStatus]], frozen=True, kw_only=True):
    """All connections."""


class ReportProblem(Request[None], frozen=True, kw_only=True):
    """Record something that went wrong in a front end, so that it is listed with the rest."""

    severity: str
    where: str
    text: str


class RaiseWindow(Request[None], frozen=True, kw_only=True):
    """Ask the window of this engine to come to the front (the hand-over of a second start)."""


AnyRequest = (
    TakeFrame
    | ReadRows
    | ReadRowsAt
    | Search
    | ReadGaps
    | ReadHistogram
    | Publish
    | OpenConnection
    | CloseConnection
    | ListConnections
    | ReportProblem
    | RaiseWindow
)
"""Every request, as the decoder of the control socket expects them."""

ANSWER_TYPES: dict[type, object] = {
    TakeFrame: Frame,
    ReadRows: Rows,
    ReadRowsAt: Rows,
    Search: Hits,
    ReadGaps: list[Gap],
    ReadHistogram: list[HistogramBar],
    Publish: Published,
    OpenConnection: ConnectionStatus,
    CloseConnection: type(None),
    ListConnections: list[ConnectionStatus],
    ReportProblem: type(None),
    RaiseWindow: type(None),
}
"""The type of each answer, for decoding on the far side."""
