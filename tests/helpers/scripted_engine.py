"""An engine client that answers from a script: what a window is tested with when no engine is wanted.

It stands in for a process border, not for logic: each request type has a fixed answer or a function that gives one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

import msgspec
from pyroaring import BitMap64

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import (
    Accounting,
    Alert,
    ConnectionStatus,
    Frame,
    LogStatus,
    ObserverState,
    ObserverStatus,
    Problem,
    TopicDelta,
)
from eventmon.engine.requests import (
    AttachObserver,
    Browse,
    BrowsedNames,
    ChangeTemplates,
    CloseConnection,
    ConnectionTest,
    CreateTopic,
    Deleted,
    DeleteEvents,
    DeleteTopic,
    DetachObserver,
    EditConnection,
    EditObserver,
    ForgetConnection,
    Hits,
    ListConnections,
    ListObservers,
    ObserverTrial,
    OpenConnection,
    PauseObserver,
    Publish,
    Published,
    ReadEvent,
    ReadGaps,
    ReadHistogram,
    ReadObserver,
    ReadRemoved,
    ReadRows,
    ReadRowsAt,
    ReadServer,
    ReadTemplates,
    ReconnectConnection,
    RecordTopics,
    Removed,
    RenewTokens,
    ReportProblem,
    Request,
    ResetObserver,
    ResumeObserver,
    Rows,
    Search,
    StartServer,
    StopServer,
    TakeFrame,
    TryConnection,
    TryObserver,
)
from eventmon.engine.serving import ServerStatus
from eventmon.engine.templates import NamedTemplate

Answer = TypeVar("Answer")

TAKEN = 1_795_442_848_123_456
"""2026-11-23 14:07:28.123456 UTC."""

EMPTY_LOG = LogStatus(
    path="sessions/default.eventmon",
    name="default.eventmon",
    first_seq=1,
    newest_seq=0,
    events=0,
    bytes=0,
    limit_bytes=2 * 1024**3,
)


class ScriptedEngine:
    """Answers at once, in the calling thread; ``asked`` keeps every request but those for frames."""

    def __init__(self) -> None:
        self.asked: list[Request[Any]] = []
        self.closed = False
        self.silent = False
        self._frame = Frame(
            number=0, taken=TAKEN, accounting=Accounting(), rate=0.0, observers=0, failed=0, log=EMPTY_LOG
        )
        self._news: dict[str, Any] = {}
        self._observers: list[ObserverStatus] = []
        self._server = ServerStatus()
        self.templates: list[NamedTemplate] = []
        self._answers: dict[type, Any] = {
            TakeFrame: self._take,
            ReadRows: Rows(rows=[], first_seq=1, newest_seq=0),
            ReadRowsAt: Rows(rows=[], first_seq=1, newest_seq=0),
            Search: Hits(seqs=[], scanned_to=1),
            ReadRemoved: Removed(removals=0, seqs=BitMap64().serialize()),
            DeleteEvents: Deleted(events=0, scanned_to=1),
            DeleteTopic: 1,
            ReadEvent: UserError("The event is no longer kept. Choose a newer one."),
            ReadGaps: [],
            ReadHistogram: [],
            Publish: Published(seq=1, observers=0),
            OpenConnection: _opened,
            EditConnection: _edited,
            CloseConnection: None,
            CreateTopic: None,
            RecordTopics: None,
            ReconnectConnection: lambda asked: ConnectionStatus(
                name=asked.name, url="redis://localhost", phase="connected"
            ),
            ForgetConnection: None,
            TryConnection: ConnectionTest(ok=True, sentence="Valkey 9.1 answered."),
            Browse: BrowsedNames(found=[]),
            ListConnections: [],
            AttachObserver: lambda asked: _observer_of(asked.definition),
            EditObserver: lambda asked: _observer_of(asked.definition),
            ReadObserver: lambda asked: ObserverDefinition(name=asked.name, kind="counter", pattern="orders/#"),
            PauseObserver: lambda asked: self._observer(asked.name, "paused"),
            ResumeObserver: lambda asked: self._observer(asked.name, "active"),
            ResetObserver: lambda asked: self._observer(asked.name, "active"),
            DetachObserver: None,
            ListObservers: lambda _asked: self._observers,
            TryObserver: ObserverTrial(matches=True, does="It would count this event."),
            StartServer: lambda asked: self._serve(asked.address.port),
            StopServer: lambda _asked: self._serve(0),
            ReadServer: lambda _asked: self._server,
            RenewTokens: lambda _asked: self._server,
            ReportProblem: None,
            ReadTemplates: lambda _asked: list(self.templates),
            ChangeTemplates: self._change_templates,
        }

    def answer(self, request_type: type, answer: Any) -> None:
        """Script the answer to a type of request: a value, an exception to raise, or a function of the request."""
        self._answers[request_type] = answer

    def set(
        self,
        *,
        topics: list[TopicDelta] | None = None,
        connections: list[ConnectionStatus] | None = None,
        problems: list[Problem] | None = None,
        attached: list[ObserverStatus] | None = None,
        alerts: list[Alert] | None = None,
        forgotten: list[str] | None = None,
        log: dict[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Change what the next frames hold; topics, connections, problems and the like go out once."""
        if log is not None:
            fields["log"] = msgspec.structs.replace(self._frame.log, **log)
        self._frame = msgspec.structs.replace(self._frame, **fields)
        self._observers = self._observers if attached is None else attached
        news = {
            "topics": topics,
            "connections": connections,
            "problems": problems,
            "attached": attached,
            "alerts": alerts,
            "forgotten": forgotten,
        }
        self._news |= {name: value for name, value in news.items() if value is not None}

    def call(self, request: Request[Answer]) -> Future[Answer]:
        """Answer from the script; when ``silent``, a future that never completes."""
        future: Future[Answer] = Future()
        if not isinstance(request, TakeFrame):
            self.asked.append(request)
        if self.silent:
            return future
        try:
            answer = self._answers[type(request)]
        except KeyError:
            future.set_exception(UserError(f"{type(request).__name__} has no answer in this script."))
            return future
        self._complete(future, answer, request)
        return future

    def close(self) -> None:
        """Remember that it was let go of."""
        self.closed = True

    def _take(self, request: TakeFrame) -> Frame:
        self._frame = msgspec.structs.replace(self._frame, number=self._frame.number + 1)
        frame = msgspec.structs.replace(self._frame, **self._news)
        self._news = {}
        return frame

    def _change_templates(self, request: ChangeTemplates) -> list[NamedTemplate]:
        gone = {*request.removed, *(each.place for each in request.put)}
        self.templates = [*(each for each in self.templates if each.place not in gone), *request.put]
        self.set(templates=self._frame.templates + 1)
        return list(self.templates)

    def _serve(self, port: int) -> ServerStatus:
        url = f"http://127.0.0.1:{port}"
        self._server = ServerStatus(on=True, url=url, link=f"{url}/#token=secret") if port else ServerStatus()
        return self._server

    def _observer(self, name: str, state: ObserverState) -> ObserverStatus:
        """An observer of the last frame in another state."""
        status = next(each for each in self._observers if each.name == name)
        return msgspec.structs.replace(status, state=state, why="")

    @staticmethod
    def _complete(future: Future[Answer], answer: Any, request: Request[Answer]) -> None:
        if callable(answer):
            answer = cast(Callable[[Request[Answer]], Answer], answer)(request)
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)


def _observer_of(definition: ObserverDefinition) -> ObserverStatus:
    return ObserverStatus(
        name=definition.name,
        kind=definition.kind,
        pattern=definition.pattern,
        state="paused" if definition.paused else "active",
    )


def topic(name: str, events: int, rate: float = 0.0, **fields: Any) -> TopicDelta:
    """A topic as a frame carries it, with plausible figures for what is not given."""
    plausible: dict[str, Any] = {
        "bytes": events * 120,
        "types": (name.replace("/", "."),),
        "observers": 0,
        "last_seq": events,
        "first_received": TAKEN - 3_600_000_000,
        "last_received": TAKEN,
    }
    return TopicDelta(topic=name, events=events, rate=rate, **(plausible | fields))


def _opened(asked: OpenConnection) -> ConnectionStatus:
    return ConnectionStatus(
        name=asked.name or asked.url.split(":")[0],
        url=asked.url,
        phase="connected",
        read_only=bool(asked.read_only),
        color=asked.color,
        saved=asked.save,
    )


def _edited(asked: EditConnection) -> ConnectionStatus:
    return ConnectionStatus(
        name=asked.name,
        url=asked.url or "redis://localhost",
        phase="connected",
        read_only=bool(asked.read_only),
        color=asked.color or "",
    )
