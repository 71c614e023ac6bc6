"""What the page is sent: texts and numbers ready to be shown, bounded whatever the traffic.

Nothing in it is markup, and secrets in payloads are hidden here, so that they do not even leave the machine.
"""

from __future__ import annotations

from typing import Final

import msgspec

from eventmon.core.secret_names import masked
from eventmon.core.surrogates import encodable
from eventmon.engine.frame import Accounting, ConnectionStatus, HubStatus, TopicDelta
from eventmon.engine.requests import LogRow

PREVIEW_CHARACTERS: Final = 160
NAME_CHARACTERS: Final = 512


class PageTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic: its totals now."""

    topic: str
    events: int
    rate: float
    observers: int


class PageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as a line: ``preview`` is the beginning of its payload, ``size`` the whole of it in bytes."""

    seq: int
    received: int
    topic: str
    type: str
    size: int
    preview: str


class PageConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection: where it is mounted and how it is; never its address."""

    name: str
    phase: str
    detail: str
    events: int


class PageHub(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with the hub: why it is not connected, else how many instances are there; never its address."""

    phase: str
    detail: str = ""
    instances: int = 0


class PageFrame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What changed since the frame before, or everything when ``whole``.

    Attributes:
        number: frames follow each other without a hole; a viewer that missed one gets everything.
        whole: it holds everything: what is not in it is not there.
        taken: microseconds since the epoch.
        session: name of the session.
        accounting: where every event went, all terms from one instant.
        rate: events a second.
        observers: how many are attached.
        failed: deliveries that failed.
        blocked: the sentence why nothing can be stored now.
        known: how many topics there are; the page is told of those with the most events.
        topics: those that changed.
        gone: topics that are no longer shown.
        events: the newest, newest first, when there are newer ones.
        connections: all, when one changed.
        hub: how it stands with the hub; None without one.
        history: events stored in each of the last seconds, the newest last, in a whole frame.
    """

    number: int
    whole: bool = False
    taken: int
    session: str
    accounting: Accounting
    rate: float
    observers: int
    failed: int
    blocked: str = ""
    known: int
    topics: list[PageTopic] = []
    gone: list[str] = []
    events: list[PageEvent] | None = None
    connections: list[PageConnection] | None = None
    hub: PageHub | None = None
    history: list[int] | None = None


def page_topic(delta: TopicDelta) -> PageTopic:
    """A topic as the page shows it."""
    return PageTopic(topic=delta.topic, events=delta.events, rate=round(delta.rate, 2), observers=delta.observers)


def page_event(row: LogRow) -> PageEvent:
    """An event as the page shows it: the text of its payload with secrets hidden, cut."""
    text = masked(row.preview.decode(errors="replace"))
    return PageEvent(
        seq=row.seq,
        received=row.received,
        topic=encodable(row.topic),
        type=encodable(row.type[:NAME_CHARACTERS]),
        size=row.size,
        preview=encodable(text[:PREVIEW_CHARACTERS]),
    )


def page_connection(status: ConnectionStatus) -> PageConnection:
    """A connection as the page shows it."""
    return PageConnection(
        name=encodable(status.name),
        phase=status.phase,
        detail=encodable(status.detail[:NAME_CHARACTERS]),
        events=status.events,
    )


def page_hub(status: HubStatus | None) -> PageHub | None:
    """The hub as the page shows it."""
    if status is None:
        return None
    detail = encodable(status.detail[:NAME_CHARACTERS])
    return PageHub(phase=status.phase, detail=detail, instances=len(status.instances))
