"""The engine: bus, log and connections on one asyncio loop, driven by requests and seen through frames.

It has no window and knows none, so it runs the same in a thread beside the window, headless, and inside tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TypeVar

import msgspec

from eventmon.core.bus import Bus
from eventmon.core.clock import now_microseconds
from eventmon.core.counters import TopicStatistics
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.answers import Answers
from eventmon.engine.bus_problems import BusProblems
from eventmon.engine.connections import Connections
from eventmon.engine.duplicates import Duplicates
from eventmon.engine.frame import Accounting
from eventmon.engine.frames import Frames
from eventmon.engine.hub_membership import HubMembership
from eventmon.engine.ingest import Accepted, Ingest
from eventmon.engine.kept_templates import KeptTemplates
from eventmon.engine.observer_counts import ObserverCounts
from eventmon.engine.observers import Observers
from eventmon.engine.opening import OpenedLog, open_log, without_collector
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import InstanceLock, Paths
from eventmon.engine.problems import Problems
from eventmon.engine.publishing import Publishing
from eventmon.engine.pulse import Pulse
from eventmon.engine.readers import Readers
from eventmon.engine.recording import Recording
from eventmon.engine.requests import Request
from eventmon.engine.secrets import SecretStore
from eventmon.engine.serving import Serving
from eventmon.engine.settings import Settings, settings_or_defaults
from eventmon.engine.shared_workspace import SharedWorkspace, workspace_of
from eventmon.engine.stats import Stats
from eventmon.engine.template_takeover import take_over
from eventmon.engine.topic_choices import TopicChoices
from eventmon.store.base import LogReader

Answer = TypeVar("Answer")
T = TypeVar("T")


class Engine:
    """Lives on ONE loop: every method is called there unless it says otherwise.

    Attributes:
        options: what it was started with.
        paths: the folders of its profile.
        problems: everything that went wrong.
        secrets: the passwords of its profile.
        serving: the switch of the server for browsers.
        hub: where its workspace is shared, if it is.
    """

    bus: Bus
    frames: Frames
    connections: Connections
    ingest: Ingest
    topic_choices: TopicChoices
    observers: Observers
    workspace: SharedWorkspace | None = None
    _publishing: Publishing
    _readers: Readers
    _recording: Recording

    def __init__(self, options: EngineOptions, paths: Paths, *, clock: Callable[[], int] = now_microseconds) -> None:
        self.options = options
        self.paths = paths
        self.problems = Problems(clock)
        self.secrets = SecretStore(paths, self.problems)
        self._clock = clock
        self._uuid = ""
        self.serving = Serving(self)
        self.hub = HubMembership(self)
        self._answers = Answers(self)
        self._started: AsyncExitStack | None = None

    async def start(self) -> None:
        """Open the log, restore the counters, open the connections, listen.

        Raises:
            AlreadyRunning: another engine serves this profile.
            UserError: something cannot be opened; whatever had been started is stopped again.
        """
        async with AsyncExitStack() as started:
            self.paths.create()
            if self.options.serve_control:
                lock = InstanceLock(self.paths)
                lock.acquire()
                started.callback(lock.release)
            settings, mistake = settings_or_defaults(self.paths)
            if mistake:
                self.problems.report("warning", "settings", mistake)
            with without_collector():
                await self._start_log(settings, started)
            started.push_async_callback(self.connections.close_all)
            started.push_async_callback(self.observers.close_all)
            started.push_async_callback(self.hub.stop)
            await self._open_connections()
            if self.options.serve_control:
                from eventmon.engine.control import ControlServer

                control = ControlServer(self)
                await control.start()
                started.push_async_callback(control.stop)
            started.push_async_callback(self.serving.stop)
            if self.options.listen is not None:
                await self.serving.start(self.options.listen)
            Pulse(self).start(started)
            self._started = started.pop_all()

    async def stop(self) -> None:
        """Stop listening, close connections, commit what is on its way, close the log. Harmless when called again."""
        started, self._started = self._started, None
        if started is not None:
            await started.aclose()

    async def answer(self, request: Request[Answer]) -> Answer:
        """The answer to a request; UserError in plain words when it is refused."""
        self._require_started()
        answer: Answer = await self._answers.answer(request)
        return answer

    async def accept(self, events: Sequence[Event]) -> Accepted:
        """Take events of a publisher: those of a mounted topic are sent there, the others go to the log.

        Returns:
            What became of them, once all that go to the log are committed; what was sent elsewhere is accepted.

        Raises:
            LogUnavailable: nothing can be stored now.
            UserError: an event is over the limits or its connection cannot publish.
        """
        self._require_started()
        return await self._publishing.accept(events)

    async def read(self, work: Callable[[LogReader], T]) -> T:
        """Run short work with a reader of the log in another thread."""
        return await self._readers.read(work)

    async def search(self, work: Callable[[LogReader], T]) -> T:
        """Run longer work with a reader; it never takes the last free thread."""
        return await self._readers.search(work)

    def require_writable(self) -> None:
        """UserError when the session is open to look only."""
        self._recording.require_writable()

    async def delete(self, seqs: Sequence[int]) -> int:
        """Delete events for good; how many were still there. UserError when the log refuses."""
        return await self._recording.delete(seqs)

    async def wait_newer(self, seq: int) -> int:
        """The newest committed seq, once it is above ``seq``; UserError when the engine stops first."""
        return await self._recording.wait_newer(seq)

    @property
    def newest_committed(self) -> int:
        """The newest committed seq; 0 for an empty log."""
        return self._recording.newest

    @property
    def log_uuid(self) -> str:
        """Identity of the log, part of derived event ids."""
        return self._uuid

    def accounting(self) -> Accounting:
        """Where every event went, all terms from this instant."""
        return self._recording.ledger.accounting()

    def stats(self) -> Stats:
        """The figures of ``stats --json``."""
        accounting = self.accounting()
        bus = self.bus.statistics()
        return Stats(
            received=accounting.received,
            stored=accounting.stored,
            not_recorded=accounting.not_recorded,
            duplicates=accounting.duplicates,
            dropped=accounting.dropped,
            in_flight=accounting.in_flight,
            pruned=accounting.pruned,
            gaps=self._recording.gaps,
            observers=bus.observers + self.observers.active_elsewhere,
            topics=bus.topics,
            log_bytes=self._recording.log_bytes,
            connections=self.connections.statuses(),
            observers_detail=self.observers.details(),
        )

    def topics(self) -> list[TopicStatistics]:
        """Every topic with its counters; on a hub with the observers of all instances."""
        topics = self.bus.topics()
        if not self.observers.active_elsewhere:
            return list(topics)
        count = self.observers.count_elsewhere
        return [msgspec.structs.replace(each, observers=each.observers + count(each.topic)) for each in topics]

    async def look_again(self) -> None:
        """See what another process records into a session that is open to look only."""
        if self._recording.read_only:
            self._recording.seen(*await self.read(lambda reader: (reader.bounds(), reader.removals(), reader.totals())))

    def _require_started(self) -> None:
        if self._started is None:
            raise UserError("The engine is not running. Start Eventmon again.")

    async def _start_log(self, settings: Settings, started: AsyncExitStack) -> None:
        path = self.options.session or self.paths.default_session
        or_look = self.options.role == "window" and self.options.session is not None
        log = open_log(path.absolute(), or_look=or_look, look=self.options.look)
        self._uuid = log.uuid
        self._recording = Recording(log, retention=settings.retention, problems=self.problems, clock=self._clock)
        self._recording.start()
        started.push_async_callback(self._recording.close)
        self._readers = Readers(log.path)
        started.push_async_callback(self._readers.close)
        self._connect_parts(log)
        if log.writer is not None and log.writer.older is not None:
            self.problems.report(
                "info",
                "log",
                f"This session had an older format. As it was, it is kept as {log.writer.older}; delete that file when "
                "you need it no more.",
            )
        if log.why and not self.options.look:
            self.problems.report("info", "log", f"{log.why} It is open here to look only.")

    def _connect_parts(self, log: OpenedLog) -> None:
        self.bus = Bus(first_seq=log.next_seq, clock=self._clock, on_problem=BusProblems(self.problems))
        duplicates = Duplicates(monotonic=time.monotonic)
        duplicates.restore(log.take_recent_ids(), self._clock())
        self.ingest = Ingest(self.bus, self._recording, self.problems, duplicates)
        self.connections = Connections(
            self.ingest, self._recording, self.problems, self.secrets, lend=self.options.lend
        )
        self.topic_choices = TopicChoices(
            self.bus, self.ingest, self._recording, self.connections.mounts, self.problems
        )
        self._publishing = Publishing(self.connections.mounts, self.ingest, self._recording)
        self.observers = Observers(
            self.bus,
            self._publishing,
            self._recording,
            self.problems,
            log_uuid=log.uuid,
            clock=self._clock,
            monotonic=time.monotonic,
        )
        self.frames = Frames(
            self.bus,
            self.ingest,
            self._recording,
            self.connections,
            self.problems,
            observers=self.observers,
            clock=self._clock,
            monotonic=time.monotonic,
        )
        self.topic_choices.on_forget = self.frames.forget
        for topic in log.take_topics():
            counted = TopicStatistics(
                topic=topic.topic,
                events=topic.events,
                bytes=topic.bytes,
                rate=0.0,
                types=topic.types,
                observers=0,
                last_seq=topic.last_seq,
                first_received=topic.first_received,
                last_received=topic.last_received,
            )
            if topic.forgotten:
                self.ingest.put_aside(counted)
            else:
                self.ingest.restore(topic.topic)
                self.bus.restore_topic(counted)

    async def _open_connections(self) -> None:
        """Open what was asked for, and then what is in the workspace if it is ours to keep; observers first."""
        found = workspace_of(self.options, self.paths, self.problems)
        keeps = not self._recording.read_only and (self.options.workspace is not None or self.options.serve_control)
        workspace = self.workspace = self.frames.workspace = found if keeps else None
        self.templates = self.frames.templates = KeptTemplates(found)  # kept in any case; others may change them too
        if self.templates.workspace.path == self.paths.workspace_file:
            await take_over(self.paths, self.templates, self.problems)
        await self.hub.join(workspace)
        if workspace is not None:
            self.topic_choices.restore_recording(workspace)
            self.observers.counts = ObserverCounts(
                self.paths.observer_counts, self._uuid, lambda said: self.problems.report("warning", "observers", said)
            )
            self.observers.restore(workspace)
        for name, url in self.options.connections:
            await self.connections.open(url, name, from_command_line=True)
        if workspace is not None:
            self.connections.restore(workspace)
            self.topic_choices.restore_topics(workspace)
        self.hub.begin()
