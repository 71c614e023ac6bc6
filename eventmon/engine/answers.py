"""How the engine answers each request: one literal table from the type of a request to the method that answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import requests
from eventmon.engine.connection_answers import ConnectionAnswers
from eventmon.engine.deleting import DeletionAnswers
from eventmon.engine.frame import Frame
from eventmon.engine.hub_answers import HubAnswers
from eventmon.engine.observer_answers import ObserverAnswers
from eventmon.engine.reading_answers import ReadingAnswers
from eventmon.engine.serving import ServerStatus
from eventmon.engine.workspace_answers import WorkspaceAnswers

if TYPE_CHECKING:
    from eventmon.engine.engine import Engine


class Answers:
    """Answers requests for one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._handlers: dict[type, Callable[[Any], Awaitable[Any]]] = {
            requests.TakeFrame: self._take_frame,
            requests.Publish: self._publish,
            **ReadingAnswers(engine).handlers(),
            **ConnectionAnswers(engine).handlers(),
            **ObserverAnswers(engine).handlers(),
            **DeletionAnswers(engine).handlers(),
            **HubAnswers(engine).handlers(),
            **WorkspaceAnswers(engine).handlers(),
            requests.CreateTopic: self._create_topic,
            requests.RecordTopics: self._record_topics,
            requests.SaveSessionAs: self._save_session_as,
            requests.StartServer: self._start_server,
            requests.StopServer: self._stop_server,
            requests.ReadServer: self._read_server,
            requests.RenewTokens: self._renew_tokens,
            requests.ReportProblem: self._report_problem,
            requests.RaiseWindow: self._raise_window,
        }

    async def answer(self, request: Any) -> Any:
        """The answer to a request.

        Raises:
            UserError: in plain words, when the engine refuses.
        """
        handler = self._handlers.get(type(request))
        if handler is None:
            raise UserError(f"The engine does not know the request {type(request).__name__}. Use the same version.")
        return await handler(request)

    async def _take_frame(self, request: requests.TakeFrame) -> Frame:
        return self._engine.frames.take(request.viewer)

    async def _publish(self, request: requests.Publish) -> requests.Published:
        event = Event(
            topic=request.topic,
            data=request.data,
            type=request.type,
            source=request.source,
            subject=request.subject,
            datacontenttype=request.datacontenttype,
            headers=request.headers or None,
        )
        accepted = await self._engine.accept([event])
        statistics = self._engine.bus.statistics_of(event.topic)
        return requests.Published(
            seq=accepted.first_seq or 0,
            observers=statistics.observers if statistics else 0,
            receivers=accepted.receivers,
            recorded=self._engine.ingest.recorded.is_recorded(event.topic),
        )

    async def _create_topic(self, request: requests.CreateTopic) -> None:
        await self._engine.topic_choices.create(request.topic)

    async def _record_topics(self, request: requests.RecordTopics) -> None:
        await self._engine.topic_choices.record(request.pattern, record=request.record)

    async def _save_session_as(self, request: requests.SaveSessionAs) -> int:
        from eventmon.engine.session_copy import save_session_as

        session = self._engine.options.session or self._engine.paths.default_session
        return await save_session_as(session.absolute(), request.path)

    async def _start_server(self, request: requests.StartServer) -> ServerStatus:
        return await self._engine.serving.start(request.address)

    async def _stop_server(self, request: requests.StopServer) -> ServerStatus:
        return await self._engine.serving.stop()

    async def _read_server(self, request: requests.ReadServer) -> ServerStatus:
        return self._engine.serving.status()

    async def _renew_tokens(self, request: requests.RenewTokens) -> ServerStatus:
        return self._engine.serving.renew_tokens()

    async def _report_problem(self, request: requests.ReportProblem) -> None:
        self._engine.problems.report(request.severity, request.where, request.text)

    async def _raise_window(self, request: requests.RaiseWindow) -> None:
        self._engine.frames.raised += 1  # every viewer hears of it with its next frame
