"""What a front end gets from the engine: at most 30 frames a second, whatever the event rate.

A frame holds differences, never events, so the cost of a window does not grow with the traffic. Everything in
here can be encoded by msgspec: the same frames go to a window in this process and over the control socket.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Accounting(msgspec.Struct, frozen=True, kw_only=True):
    """Where every event went, all terms from one instant.

    ``received == stored + not_recorded + duplicates + dropped + in_flight`` always holds. ``pruned`` stored events
    were removed since by retention or deletion.
    """

    received: int = 0
    stored: int = 0
    not_recorded: int = 0
    duplicates: int = 0
    dropped: int = 0
    in_flight: int = 0
    pruned: int = 0


class TopicDelta(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that changed: its totals now (not differences), its rate over the last second, whether it is recorded."""

    topic: str
    events: int
    bytes: int
    rate: float
    types: tuple[str, ...]
    observers: int
    last_seq: int
    first_received: int
    last_received: int
    recorded: bool = True


ConnectionPhase = Literal["connecting", "connected", "waiting", "failed", "closed"]
ConnectionColor = Literal["", "red", "amber", "green", "blue", "violet"]


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as people see it.

    Attributes:
        name: where it is mounted: the first level of its topics.
        url: its address, secrets masked.
        phase: how it is.
        detail: why, when it is not connected; what answered, when it is.
        events: delivered since it was opened.
        bytes: of their payloads.
        interruptions: how often it was lost since it was opened.
        publishes: events can be sent to it.
        read_only: nothing is sent to it, whatever asks.
        color: the colour that marks it; empty for none.
        saved: it is part of the workspace and comes back with the next start.
    """

    name: str
    url: str
    phase: ConnectionPhase
    detail: str = ""
    events: int = 0
    bytes: int = 0
    interruptions: int = 0
    publishes: bool = False
    read_only: bool = False
    color: ConnectionColor = ""
    saved: bool = False


ObserverState = Literal["active", "paused", "stopped"]


class ObserverStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An attached observer as people see it; the counters are all from one instant.

    ``seen == not_matching + matched`` and ``matched == delivered + failed + dropped + pending``.

    Attributes:
        name: unique in the workspace.
        kind: of the table of kinds.
        pattern: of the topics it observes.
        state: ``paused`` by the user, or ``stopped`` after failures or a loop, with ``why``.
        why: the sentence why it is stopped, or paused although nobody paused it.
        p50: median time of a delivery, microseconds; 0 before the first.
        p99: 99th percentile.
        last_error: what went wrong last; empty for nothing.
        last_error_seq: with which event.
        values: figures of the kind, such as what a counter has counted.
        instance: the id of the Eventmon that runs it; empty without a hub.
        host: where that one runs, for people; empty for this one and without a hub.
        version: of its definition in the hub, to be given back with an edit; 0 without a hub.
    """

    name: str
    kind: str
    pattern: str
    state: ObserverState = "active"
    why: str = ""
    seen: int = 0
    not_matching: int = 0
    matched: int = 0
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    pending: int = 0
    p50: int = 0
    p99: int = 0
    last_error: str = ""
    last_error_seq: int = 0
    values: dict[str, float] = {}
    instance: str = ""
    host: str = ""
    version: int = 0


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something an observer tells the user now; ``number`` counts all alerts of a run."""

    number: int
    observer: str
    severity: str
    text: str
    at: int


Severity = Literal["error", "warning", "info"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong, once: ``count`` says how often the same was seen."""

    id: int
    severity: Severity
    where: str
    text: str
    at: int
    count: int = 1


class LogStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The session file.

    Attributes:
        first_seq: lowest stored seq; 0 for an empty log.
        newest_seq: newest committed seq, also when that event was deleted.
        events: how many are stored; fewer than lie between the two seqs when some were deleted.
        blocked: the sentence why nothing can be stored now, empty when all is well.
        removals: grows whenever events were deleted; as long as it is the same, so are the seqs of ``ReadRemoved``.
    """

    path: str
    name: str
    first_seq: int
    newest_seq: int
    events: int
    bytes: int
    limit_bytes: int | None
    read_only: bool = False
    blocked: str = ""
    gaps: int = 0
    removals: int = 0


class HubInstance(msgspec.Struct, frozen=True, kw_only=True):
    """A running Eventmon on the hub; ``observers`` of it are active, ``own`` is the one that is asked."""

    id: str
    host: str
    pid: int
    version: str
    role: str
    since: int
    observers: int
    own: bool


class HubConflict(msgspec.Struct, frozen=True, kw_only=True):
    """An edit that came too late; ``sentence`` says whose was faster. ``ReadConflict`` has both versions."""

    id: str
    name: str
    sentence: str


HubPhase = Literal["connecting", "connected", "lost", "refused"]


class HubStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How this instance stands with its hub.

    Attributes:
        url: its address, secrets masked.
        phase: ``lost`` is tried again by itself; ``refused`` as well, but somebody has to mend something first.
        detail: the sentence why it is not connected, or why edits wait though it is.
        waiting: edits that wait until the hub takes them.
        instances: who is here, as it was last while the hub is lost.
        conflicts: edits that came too late and about which somebody has to choose.
    """

    url: str
    phase: HubPhase
    detail: str = ""
    waiting: int = 0
    instances: list[HubInstance] = []
    conflicts: list[HubConflict] = []


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that changed for one viewer since its last frame.

    Attributes:
        number: counts this viewer's frames from 1; the first holds every topic, connection and problem.
        taken: microseconds since the epoch.
        accounting: where every event went.
        rate: events received per second, over the last second.
        observers: how many observers are attached and active, on all instances of a hub together.
        failed: deliveries that failed, all observers together.
        log: state of the session file; ``newest_seq`` is the newest committed event.
        topics: topics that changed; at most ``MAX_TOPICS_A_FRAME``, the rest follows in the next frames.
        connections: all connections when one of them changed, else None.
        problems: problems that are new or whose count changed.
        raised: how often this engine was asked to show its window.
        not_recorded: the patterns of all topics that are not recorded when they changed, else None.
        attached: all observers when one of them changed, else None; at most four times a second.
        alerts: new since the last frame; the newest ``MAX_ALERTS_A_FRAME`` when there are more.
        unapproved: how many definitions of the workspace are off until they are approved.
        forgotten: topics that were deleted since the last frame; apply them before ``topics``, where one of them may
            be back.
        hub: how it stands with the hub; None without one.
        templates: another number whenever templates of the workspace are others.
    """

    number: int
    taken: int
    accounting: Accounting
    rate: float
    observers: int
    failed: int
    log: LogStatus
    topics: list[TopicDelta] = []
    connections: list[ConnectionStatus] | None = None
    problems: list[Problem] = []
    raised: int = 0
    not_recorded: list[str] | None = None
    attached: list[ObserverStatus] | None = None
    alerts: list[Alert] = []
    unapproved: int = 0
    forgotten: list[str] = []
    hub: HubStatus | None = None
    templates: int = 0


MAX_ALERTS_A_FRAME = 20
MAX_TOPICS_A_FRAME = 2_000
