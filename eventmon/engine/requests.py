"""What a front end can ask of the engine: one frozen Struct a question, naming the type of its answer.

Every request and every answer can be encoded by msgspec, so the engine may live in this process, in another, or on
another machine without a change in any front end. ``ANSWER_TYPES`` maps a request to the type of its answer.
"""

from __future__ import annotations

from typing import get_args

import msgspec

from eventmon.engine.definitions import ObserverDefinition as ObserverDefinition
from eventmon.engine.frame import ConnectionColor, ConnectionStatus, Frame, HubConflict, HubStatus, ObserverStatus
from eventmon.engine.request import Request as Request
from eventmon.engine.server_status import ServerAddress, ServerStatus
from eventmon.engine.template_requests import ChangeTemplates as ChangeTemplates
from eventmon.engine.template_requests import ReadTemplates as ReadTemplates
from eventmon.engine.workspace_requests import ApproveDefinitions as ApproveDefinitions
from eventmon.engine.workspace_requests import ChosenDefinition as ChosenDefinition
from eventmon.engine.workspace_requests import ExportedWorkspace as ExportedWorkspace
from eventmon.engine.workspace_requests import ExportWorkspace as ExportWorkspace
from eventmon.engine.workspace_requests import ImportedWorkspace as ImportedWorkspace
from eventmon.engine.workspace_requests import ImportWorkspace as ImportWorkspace
from eventmon.engine.workspace_requests import OnConflict as OnConflict
from eventmon.engine.workspace_requests import ReviewedDefinition as ReviewedDefinition
from eventmon.engine.workspace_requests import ReviewWorkspace as ReviewWorkspace
from eventmon.engine.workspace_requests import WorkspaceReview as WorkspaceReview
from eventmon.store.base import Gap as Gap
from eventmon.store.base import HistogramBar as HistogramBar
from eventmon.store.base import LogRow as LogRow


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


class ReadNewestRows(Request[Rows], frozen=True, kw_only=True):
    """The newest rows there are, at most ``count`` (≤ 1,000), however many seqs between them were deleted."""

    count: int


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """Seqs found, descending, and how far down the scan came; call again from ``scanned_to - 1`` while it is above."""

    seqs: list[int]
    scanned_to: int


class Search(Request[Hits], frozen=True, kw_only=True):
    """One slice of a search, newest first: at most ``budget`` events are looked at.

    ``topics`` are patterns (any, empty for all), ``text`` words that all must occur (``-word``: must not), ``hidden``
    patterns of topics that are left out.
    """

    topics: list[str]
    text: str
    newest: int
    oldest: int
    budget: int = 20_000
    hidden: list[str] = msgspec.field(default_factory=list)


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """Which seqs between the first and the newest were deleted, and the version of that: ``LogStatus.removals``.

    ``seqs`` is a 64-bit Roaring bitmap in its portable format, such as ``BitMap64.deserialize`` of pyroaring reads.
    """

    removals: int
    seqs: bytes


class ReadRemoved(Request[Removed], frozen=True, kw_only=True):
    """The seqs that were deleted and lie above the first stored one; asked for when ``LogStatus.removals`` grew."""


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """How many events were deleted, and how far down was looked; go on from ``scanned_to - 1`` while it is above."""

    events: int
    scanned_to: int


class DeleteEvents(Request[Deleted], frozen=True, kw_only=True):
    """Delete what ``Search`` with the same fields finds in one slice, newest first; for good.

    At most ``budget`` events are looked at. What comes after ``newest`` stays, so that what was counted up to there
    is exactly what goes. UserError when the session is open to look only.
    """

    topics: list[str]
    text: str
    newest: int
    oldest: int = 1
    hidden: list[str] = msgspec.field(default_factory=list)
    budget: int = 20_000


class ReadGaps(Request[list[Gap]], frozen=True, kw_only=True):
    """Gap rows with an id above ``after_id``."""

    after_id: int = 0


class ReadHistogram(Request[list[HistogramBar]], frozen=True, kw_only=True):
    """Stored events per second between two Unix seconds, both included."""

    first_second: int
    last_second: int


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A published event.

    Attributes:
        seq: its seq; 0 when it was sent to a connection and has not come back yet.
        observers: how many observers of ours it reached.
        receivers: how many the broker handed it to; None when it does not say, or for a local topic.
        recorded: whether its topic is recorded; when not, the event was counted and is not in the log.
    """

    seq: int
    observers: int
    receivers: int | None = None
    recorded: bool = True


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
    """Open a connection; the answer comes when it has said how it is, at the latest after a second.

    Attributes:
        url: its address. A password in it is put into the keyring (or the file beside) when ``save`` is set.
        name: where it is mounted; empty lets the engine choose a free name from the URL.
        save: keep it in the workspace, so that it comes back with the next start.
        read_only: send nothing to it; None for yes on other machines and no on this one.
        color: the colour that marks it.
    """

    url: str
    name: str = ""
    save: bool = False
    read_only: bool | None = None
    color: ConnectionColor = ""


class EditConnection(Request[ConnectionStatus], frozen=True, kw_only=True):
    """Change a connection; what is None stays as it is.

    A URL whose password is ``***`` keeps the password. When only the watched names differ, they are subscribed and
    unsubscribed without an interruption; otherwise the connection is opened anew. Answers like ``OpenConnection``.
    """

    name: str
    url: str | None = None
    read_only: bool | None = None
    color: ConnectionColor | None = None


class CloseConnection(Request[None], frozen=True, kw_only=True):
    """Disconnect; the connection stays in the list, closed, also over a restart when it is saved."""

    name: str


class ReconnectConnection(Request[ConnectionStatus], frozen=True, kw_only=True):
    """Try at once: a waiting connection without its wait, a closed or failed one anew. Answers like opening."""

    name: str


class ForgetConnection(Request[None], frozen=True, kw_only=True):
    """Close a connection and delete its definition and its password; its events stay."""

    name: str


class ConnectionTest(msgspec.Struct, frozen=True, kw_only=True):
    """How a test of an address went.

    Attributes:
        ok: it can be reached.
        sentence: what answered, or why it cannot be reached and what to do.
        field: which field of the form is to be mended; empty when none is.
        retry: trying later may help without a change, so that connecting anyway makes sense.
    """

    ok: bool
    sentence: str
    field: str = ""
    retry: bool = False


class TryConnection(Request[ConnectionTest], frozen=True, kw_only=True):
    """Connect once and say how it went; nothing is kept. ``name`` lends the password of that connection to ``***``."""

    url: str
    name: str = ""


class FoundName(msgspec.Struct, frozen=True, kw_only=True):
    """A name that can be watched: ``field`` is the field of the form whose list it belongs to, ``item`` what to add."""

    field: str
    item: str
    note: str = ""


class BrowsedNames(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what there is; ask again from ``cursor`` until it is empty.

    Attributes:
        found: names of this part.
        cursor: where the next part begins; empty at the end.
        looked_at: how many names were looked at for this part.
        total: about how many there are; 0 when not known.
    """

    found: list[FoundName]
    cursor: str = ""
    looked_at: int = 0
    total: int = 0


class Browse(Request[BrowsedNames], frozen=True, kw_only=True):
    """List the names that a source has, a part an answer; UserError when it cannot be reached.

    ``name`` lends the password of that connection to ``***``.
    """

    url: str
    name: str = ""
    cursor: str = ""


class EventDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One event whole, or a page of its payload.

    Attributes:
        seq: its number in the log.
        received: microseconds since the epoch.
        size: bytes of the whole payload.
        offset: where in the payload ``data`` begins.
        data: the page.
        observers: names of the attached observers whose pattern matches its topic.
        log_uuid: identity of the log, for the derived id of an event that has none.
    """

    seq: int
    received: int
    topic: str
    type: str
    source: str
    size: int
    offset: int
    data: bytes
    log_uuid: str
    id: str | None = None
    time: str | None = None
    subject: str | None = None
    datacontenttype: str | None = None
    headers: dict[str, str] = {}
    observers: list[str] = []


class ReadEvent(Request[EventDetail], frozen=True, kw_only=True):
    """One event with at most ``limit`` (≤ 64 MiB) bytes of its payload; UserError when it is no longer kept."""

    seq: int
    offset: int = 0
    limit: int = 65_536


class AttachObserver(Request[ObserverStatus], frozen=True, kw_only=True):
    """Attach an observer and remember it in the workspace; UserError when its settings cannot be used."""

    definition: ObserverDefinition


class EditObserver(Request[ObserverStatus], frozen=True, kw_only=True):
    """Put another definition in the place of an observer; its name may change, its counters go on.

    ``seen`` is the ``version`` of its status from which the definition was made; None takes the one that is there.
    UserError when somebody else was faster, and the conflict is in ``HubStatus.conflicts``.
    """

    name: str
    definition: ObserverDefinition
    seen: int | None = None


class ReadObserver(Request[ObserverDefinition], frozen=True, kw_only=True):
    """The definition of an observer."""

    name: str


class PauseObserver(Request[ObserverStatus], frozen=True, kw_only=True):
    """Pause an observer: it sees nothing until it is resumed, over restarts too."""

    name: str


class ResumeObserver(Request[ObserverStatus], frozen=True, kw_only=True):
    """Let a paused or stopped observer see events again, from the next on."""

    name: str


class ResetObserver(Request[ObserverStatus], frozen=True, kw_only=True):
    """Let an observer count from 0; UserError when there is none of this name."""

    name: str


class DetachObserver(Request[None], frozen=True, kw_only=True):
    """End an observer and forget it."""

    name: str


class ListObservers(Request[list[ObserverStatus]], frozen=True, kw_only=True):
    """All observers, in the order of their attaching."""


class ObserverTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What an observer would do with an event; nothing was done.

    Attributes:
        matches: its pattern matches the event's topic.
        does: one sentence; empty when it does not match.
        shows: what would be sent or written, at most its first 64 KiB; may be empty.
        cut: there is more than is shown.
    """

    matches: bool
    does: str = ""
    shows: str = ""
    cut: bool = False


class TryObserver(Request[ObserverTrial], frozen=True, kw_only=True):
    """Say what an observer would do with a stored event; it need not be attached."""

    definition: ObserverDefinition
    seq: int


class CreateTopic(Request[None], frozen=True, kw_only=True):
    """Make a local topic known before its first event; UserError when the name cannot be used."""

    topic: str


class RecordTopics(Request[None], frozen=True, kw_only=True):
    """Store the events of matching topics, or only count them; remembered in the workspace."""

    pattern: str
    record: bool


class DeleteTopic(Request[int], frozen=True, kw_only=True):
    """Forget a local topic and all below it, until an event comes for one of them; answers how many these were.

    With ``events`` their events go too: the front end deletes those that match ``topic/#`` with ``DeleteEvents``
    first, and what came since then is deleted here. Without it the events stay and so do their totals. UserError for
    a topic of a connection that is open, and when the session is open to look only.
    """

    topic: str
    events: bool = False


class SaveSessionAs(Request[int], frozen=True, kw_only=True):
    """Write the session to another file, complete as of now; answers its size in bytes. UserError says why not."""

    path: str


class ListConnections(Request[list[ConnectionStatus]], frozen=True, kw_only=True):
    """All connections."""


class StartServer(Request[ServerStatus], frozen=True, kw_only=True):
    """Switch the server for browsers on; UserError when it cannot listen there."""

    address: ServerAddress


class StopServer(Request[ServerStatus], frozen=True, kw_only=True):
    """Switch it off; harmless when it is off."""


class ReadServer(Request[ServerStatus], frozen=True, kw_only=True):
    """How it is."""


class RenewTokens(Request[ServerStatus], frozen=True, kw_only=True):
    """Make new tokens: every page that is open, and everyone who sends, needs the new ones."""


class ShareWorkspace(Request[HubStatus], frozen=True, kw_only=True):
    """Move observers and topics of the workspace to a hub, ``redis://…``; UserError when it cannot be had."""

    url: str


class LeaveHub(Request[None], frozen=True, kw_only=True):
    """Take the observers of this instance back into its workspace and be on no hub."""


class TryHub(Request[str], frozen=True, kw_only=True):
    """One sentence about the hub at an address; nothing is changed. UserError when it cannot be used."""

    url: str


class ReconnectHub(Request[None], frozen=True, kw_only=True):
    """Try now to reach the hub, instead of waiting."""


class HubVersions(msgspec.Struct, frozen=True, kw_only=True):
    """Both versions of a conflict; None for one that removes the observer.

    Attributes:
        conflict: which.
        mine: what was wished here.
        theirs: what the hub has.
        by: the host where that was done; empty when it is gone.
        at: when, microseconds since the epoch.
    """

    conflict: HubConflict
    mine: ObserverDefinition | None
    theirs: ObserverDefinition | None
    by: str = ""
    at: int = 0


class ReadConflict(Request[HubVersions], frozen=True, kw_only=True):
    """Both versions of a conflict; UserError when it is settled already."""

    id: str


class ResolveConflict(Request[None], frozen=True, kw_only=True):
    """Let the own version hold, or that of the hub."""

    id: str
    mine: bool


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
    | ReadNewestRows
    | Search
    | ReadRemoved
    | DeleteEvents
    | ReadGaps
    | ReadHistogram
    | Publish
    | OpenConnection
    | EditConnection
    | CloseConnection
    | ReconnectConnection
    | ForgetConnection
    | TryConnection
    | Browse
    | ReadEvent
    | AttachObserver
    | EditObserver
    | ReadObserver
    | PauseObserver
    | ResumeObserver
    | ResetObserver
    | DetachObserver
    | ListObservers
    | TryObserver
    | CreateTopic
    | RecordTopics
    | DeleteTopic
    | SaveSessionAs
    | ExportWorkspace
    | ReviewWorkspace
    | ImportWorkspace
    | ApproveDefinitions
    | ReadTemplates
    | ChangeTemplates
    | ListConnections
    | StartServer
    | StopServer
    | ReadServer
    | RenewTokens
    | ShareWorkspace
    | LeaveHub
    | TryHub
    | ReconnectHub
    | ReadConflict
    | ResolveConflict
    | ReportProblem
    | RaiseWindow
)
"""Every request, as the decoder of the control socket expects them."""

ANSWER_TYPES: dict[type, object] = {request: get_args(request.__orig_bases__[0])[0] for request in get_args(AnyRequest)}
"""The type of each answer, for decoding on the far side."""
