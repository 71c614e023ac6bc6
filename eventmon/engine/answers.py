"""How the engine answers each request: one literal table from the type of a request to the method that answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine import requests
from eventmon.engine.deleting import DeletionAnswers
from eventmon.engine.event_reading import event_detail
from eventmon.engine.frame import ConnectionStatus, Frame
from eventmon.engine.hub_answers import HubAnswers
from eventmon.engine.observer_answers import ObserverAnswers
from eventmon.engine.scanning import search_slice
from eventmon.engine.serving import ServerStatus
from eventmon.engine.workspace_answers import WorkspaceAnswers
from eventmon.store.base import Gap, HistogramBar, LogReader, LogRow

if TYPE_CHECKING:
    from eventmon.engine.address import Address
    from eventmon.engine.engine import Engine

MAX_ROWS = 1_000
MAX_HISTOGRAM_SECONDS = 31 * 86_400


class Answers:
    """Answers requests for one engine, on its loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._handlers: dict[type, Callable[[Any], Awaitable[Any]]] = {
            requests.TakeFrame: self._take_frame,
            requests.ReadRows: self._read_rows,
            requests.ReadRowsAt: self._read_rows_at,
            requests.ReadNewestRows: self._read_newest_rows,
            requests.ReadEvent: self._read_event,
            requests.Search: self._search,
            requests.ReadGaps: self._read_gaps,
            requests.ReadHistogram: self._read_histogram,
            requests.Publish: self._publish,
            requests.OpenConnection: self._open_connection,
            requests.EditConnection: self._edit_connection,
            requests.CloseConnection: self._close_connection,
            requests.ReconnectConnection: self._reconnect_connection,
            requests.ForgetConnection: self._forget_connection,
            requests.TryConnection: self._try_connection,
            requests.Browse: self._browse,
            **ObserverAnswers(engine).handlers(),
            **DeletionAnswers(engine).handlers(),
            **HubAnswers(engine).handlers(),
            **WorkspaceAnswers(engine).handlers(),
            requests.CreateTopic: self._create_topic,
            requests.RecordTopics: self._record_topics,
            requests.SaveSessionAs: self._save_session_as,
            requests.ListConnections: self._list_connections,
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

    async def _read_rows(self, request: requests.ReadRows) -> requests.Rows:
        count = max(0, min(request.count, MAX_ROWS))
        return await self._engine.read(lambda reader: _rows(reader, reader.rows(request.first, count)))

    async def _read_rows_at(self, request: requests.ReadRowsAt) -> requests.Rows:
        seqs = request.seqs[:MAX_ROWS]
        return await self._engine.read(lambda reader: _rows(reader, reader.rows_at(seqs)))

    async def _read_newest_rows(self, request: requests.ReadNewestRows) -> requests.Rows:
        count = max(0, min(request.count, MAX_ROWS))
        return await self._engine.read(lambda reader: _rows(reader, reader.newest_rows(count)))

    async def _read_event(self, request: requests.ReadEvent) -> requests.EventDetail:
        return await event_detail(self._engine, request)

    async def _search(self, request: requests.Search) -> requests.Hits:
        return await self._engine.search(lambda reader: search_slice(reader, request))

    async def _read_gaps(self, request: requests.ReadGaps) -> list[Gap]:
        return await self._engine.read(lambda reader: reader.gaps(request.after_id))

    async def _read_histogram(self, request: requests.ReadHistogram) -> list[HistogramBar]:
        first = max(request.first_second, request.last_second - MAX_HISTOGRAM_SECONDS)
        return await self._engine.read(lambda reader: reader.histogram(first, request.last_second))

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

    async def _open_connection(self, request: requests.OpenConnection) -> ConnectionStatus:
        opened = await self._engine.connections.open(
            request.url, request.name, save=request.save, read_only=request.read_only, color=request.color
        )
        return await self._engine.connections.first_word(opened.name)

    async def _edit_connection(self, request: requests.EditConnection) -> ConnectionStatus:
        connections = self._engine.connections
        await connections.edit(request.name, url=request.url, read_only=request.read_only, color=request.color)
        return await connections.first_word(request.name)

    async def _close_connection(self, request: requests.CloseConnection) -> None:
        await self._engine.connections.close(request.name)

    async def _reconnect_connection(self, request: requests.ReconnectConnection) -> ConnectionStatus:
        await self._engine.connections.reconnect(request.name)
        return await self._engine.connections.first_word(request.name)

    async def _forget_connection(self, request: requests.ForgetConnection) -> None:
        await self._engine.connections.forget(request.name)

    async def _try_connection(self, request: requests.TryConnection) -> requests.ConnectionTest:
        from eventmon.engine.trying import tried

        return await tried(request.url, lender=self._lender(request.name), secrets=self._engine.secrets)

    async def _browse(self, request: requests.Browse) -> requests.BrowsedNames:
        from eventmon.engine.trying import browsed

        lender = self._lender(request.name)
        return await browsed(request.url, request.cursor, lender=lender, secrets=self._engine.secrets)

    def _lender(self, name: str) -> Address | None:
        """The address whose secrets ``***`` stands for."""
        mount = self._engine.connections.mounts.get(name)
        return mount.address if mount else None

    async def _create_topic(self, request: requests.CreateTopic) -> None:
        await self._engine.topic_choices.create(request.topic)

    async def _record_topics(self, request: requests.RecordTopics) -> None:
        await self._engine.topic_choices.record(request.pattern, record=request.record)

    async def _list_connections(self, request: requests.ListConnections) -> list[ConnectionStatus]:
        return self._engine.connections.statuses()

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
        self._engine.raise_window()


def _rows(reader: LogReader, rows: list[LogRow]) -> requests.Rows:
    bounds = reader.bounds()
    return requests.Rows(rows=rows, first_seq=bounds.first, newest_seq=bounds.newest)
