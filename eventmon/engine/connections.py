"""Connections: each a connector's run in a task of its own, mounted at its name.

A connection that fails says why and stays in the list; it harms neither the engine nor its neighbours.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.topic import validate_topic
from eventmon.engine.frame import ConnectionPhase, ConnectionStatus
from eventmon.engine.ingest import Ingest
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.tasks import TaskOwner
from eventmon.engine.writer import GapNote

if TYPE_CHECKING:
    from eventmon.connectors.base import Connection, Connector, ConnectorConfig, Sent

FIRST_WORD_SECONDS = 1.0
"""How long whoever opens a connection waits to hear that its file or host cannot be had."""

_PHASES = get_args(ConnectionPhase)
_MOUNT = ""
"""The stream whose position marks a name as a mount of this log, so that it may be mounted again."""

_logger = logging.getLogger(__name__)


def _storable(text: str) -> str:
    """File names may hold bytes that are no text; the log holds text only."""
    return text.encode("utf-8", "backslashreplace").decode()


class MountFeed:
    """The ``Feed`` of one connection."""

    def __init__(
        self,
        name: str,
        *,
        ingest: Ingest,
        recording: Recording,
        problems: Problems,
        on_change: Callable[[], None],
    ) -> None:
        self._name = name
        self._ingest = ingest
        self._recording = recording
        self._problems = problems
        self._on_change = on_change
        self.phase: ConnectionPhase = "connecting"
        self.detail = ""
        self.spoken = asyncio.Event()
        self.events = 0
        self.closed = False

    @property
    def name(self) -> str:
        """The connection's name."""
        return self._name

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        """Hand over a batch; returns when the engine has room for more.

        Raises:
            UserError: the connection was closed meanwhile; nothing is taken.
        """
        if self.closed:
            raise UserError(f"The connection “{self._name}” is closed.")
        places = [
            (self._name, _storable(stream), _storable(position)) for stream, position in (positions or {}).items()
        ]
        self.events += await self._ingest.deliver(events, places, where=self._name)

    async def deliver_once(self, events: Sequence[Event]) -> None:
        """Hand over events that may have come before; returns when all of them are committed.

        Raises:
            UserError: the connection was closed meanwhile, or nothing can be stored now.
        """
        if self.closed:
            raise UserError(f"The connection “{self._name}” is closed.")
        self.events += (await self._ingest.accept(events)).accepted

    def position(self, stream: str) -> str | None:
        """The resume position committed last."""
        return self._recording.position(self._name, _storable(stream))

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Store a gap row."""
        note = GapNote(connection=self._name, started=started, ended=ended, reason=_storable(reason))
        self._recording.note(gap=note)

    def status(self, phase: str, detail: str = "") -> None:
        """Say how the connection is."""
        if phase not in _PHASES:
            raise ValueError(f"{phase} is no phase of a connection")
        if (self.phase, self.detail) != (phase, detail):
            self.phase, self.detail = phase, detail  # type: ignore[assignment]  # checked above
            if phase != "connecting":
                self.spoken.set()
            self._on_change()

    def problem(self, severity: str, text: str) -> None:
        """Report something that went wrong."""
        self._problems.report(severity, self._name, text)


@dataclass(frozen=True, slots=True)
class _Mount:
    """One open connection."""

    connector: Connector
    connection: Connection
    feed: MountFeed
    url: str

    def status(self) -> ConnectionStatus:
        """The connection as people see it."""
        feed = self.feed
        return ConnectionStatus(name=feed.name, url=self.url, phase=feed.phase, detail=feed.detail, events=feed.events)


class Connections:
    """All connections of the engine. Lives on its loop."""

    def __init__(self, ingest: Ingest, recording: Recording, problems: Problems) -> None:
        self._ingest = ingest
        self._recording = recording
        self._problems = problems
        self._tasks = TaskOwner("connection")
        self._mounts: dict[str, _Mount] = {}
        self._events = 0
        self.changes = 0

    def statuses(self) -> list[ConnectionStatus]:
        """All connections, in the order of their opening."""
        return [mount.status() for mount in self._mounts.values()]

    def open(self, url: str, name: str = "") -> ConnectionStatus:
        """Open a connection; an empty name is replaced by a free one.

        Raises:
            UserError: the URL or the name cannot be used; the sentence says why.
        """
        from eventmon.connectors.registry import connector_for

        self._recording.require_writable()
        connector, config = connector_for(url)
        name = self._require_free(name) if name else self._free_name(connector.default_name(config))
        mount = self._mount(name, connector, config)
        self._mounts[name] = mount
        self._recording.note(positions=[(name, _MOUNT, _storable(mount.url))])
        self._tasks.start(name, mount.connection.run(), lambda error: self._ended(mount, error))
        self._changed()
        return mount.status()

    async def first_word(self, name: str, within: float = FIRST_WORD_SECONDS) -> ConnectionStatus:
        """How a connection just opened is, once it is no longer connecting, at the latest after so many seconds."""
        mount = self._mounts[name]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(mount.feed.spoken.wait(), within)
        return mount.status()

    async def close(self, name: str) -> None:
        """Close and forget a connection; what it delivered before is stored.

        Raises:
            UserError: there is none of this name.
        """
        if name not in self._mounts:
            raise UserError(f"There is no connection “{name}”. It may have been closed already.")
        mount = self._mounts[name]
        ended = await self._tasks.cancel(name)
        mount.feed.closed = True
        if not ended:
            self._problems.report("warning", name, "The connection did not end in time and was abandoned.")
        if self._mounts.get(name) is mount:
            del self._mounts[name]
        self._changed()

    async def close_all(self) -> None:
        """Close every connection, all at once."""
        await self._tasks.close()
        for mount in self._mounts.values():
            mount.feed.closed = True
        self._mounts.clear()
        self._changed()

    def owns(self, topic: str) -> bool:
        """Whether a topic lies in the mount of an open connection."""
        return topic.partition("/")[0] in self._mounts

    async def publish(self, event: Event) -> Sent:
        """Send an event through the connection that its topic belongs to; the log has it when it comes back.

        Raises:
            UserError: the connection cannot publish or refuses.
        """
        name = event.topic.partition("/")[0]
        mount = self._mounts[name]
        if not mount.connector.capabilities.publishes:
            raise UserError(
                f"“{event.topic}” belongs to the connection “{name}”, which only receives. Choose another topic."
            )
        return await mount.connection.publish(event)

    def tick(self) -> None:
        """Once a second: let viewers see the connections again when events arrived."""
        events = sum(mount.feed.events for mount in self._mounts.values())
        if events != self._events:
            self._events = events
            self._changed()

    def _mount(self, name: str, connector: Connector, config: ConnectorConfig) -> _Mount:
        from eventmon.connectors.url import masked

        feed = MountFeed(
            name, ingest=self._ingest, recording=self._recording, problems=self._problems, on_change=self._changed
        )
        return _Mount(connector, connector.open(config, feed), feed, masked(connector.url_of(config)))

    def _ended(self, mount: _Mount, error: BaseException | None) -> None:
        feed = mount.feed
        if error is None:
            if feed.phase != "failed":
                feed.status("closed", feed.detail if feed.phase == "closed" else "The source has ended.")
            return
        reason = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, UserError):
            _logger.error("The connection “%s” failed.", feed.name, exc_info=error)
        feed.status("failed", reason)
        feed.problem("error", reason)

    def _changed(self) -> None:
        self.changes += 1

    def _require_free(self, name: str) -> str:
        if "/" in name or name.startswith("$"):
            raise UserError(f"“{name}” cannot name a connection: a name is one level and does not start with “$”.")
        validate_topic(name)
        if name in self._mounts:
            raise UserError(f"A connection “{name}” is open already. Close it or choose another name.")
        if self._is_local(name):
            raise UserError(f"“{name}” is the beginning of local topics. Choose another name for the connection.")
        return name

    def _free_name(self, wished: str) -> str:
        name, number = wished, 1
        while name in self._mounts or self._is_local(name):
            number += 1
            name = f"{wished}-{number}"
        return name

    def _is_local(self, name: str) -> bool:
        """Whether topics of this first level exist that came from no connection."""
        return name in self._ingest.first_levels and self._recording.position(name, _MOUNT) is None
