"""One connection of the list, open or not: its definition, what runs for it now, and how it is.

Who calls ``start``, ``stop`` and ``watch`` holds ``turn``, so that one connection has one change at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from eventmon.connectors.base import Connection, ConnectorConfig, Feed, Sent
from eventmon.connectors.url import masked
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.address import Address, hide
from eventmon.engine.connector_border import guarded, log_failure
from eventmon.engine.definitions import ConnectionDefinition
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.ingest import Ingest
from eventmon.engine.mount_feed import MountFeed, storable
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.secrets import SecretStore
from eventmon.engine.tasks import TaskOwner

MOUNTED = ""
"""The stream whose position marks a name as a mount of this log, so that it may be mounted again."""
DISCONNECTED = "Disconnected."


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every connection of an engine works with; ``lend`` may put another feed in the place of a mount's own."""

    ingest: Ingest
    recording: Recording
    problems: Problems
    secrets: SecretStore
    tasks: TaskOwner
    on_change: Callable[[], None]
    lend: Callable[[MountFeed], Feed] | None = None


class Mount:
    """One connection of the list.

    Attributes:
        definition: what it is; its URL holds a secret only while it is not saved.
        saved: it is part of the workspace.
        address: the address read; None when it cannot be.
        feed: of the latest opening.
        connection: of the latest opening; None before the first.
        turn: held by whoever changes it.
    """

    def __init__(self, definition: ConnectionDefinition, around: Surroundings, *, saved: bool) -> None:
        self.definition = definition
        self.saved = saved
        self.address: Address | None = None
        with contextlib.suppress(UserError):  # said when it is opened
            self.address = Address.read(definition.url)
        self.connection: Connection | None = None
        self.turn = asyncio.Lock()
        self._around = around
        self._config: ConnectorConfig | None = None
        self._task = ""
        self.feed = self._new_feed(None)

    @property
    def name(self) -> str:
        """Where it is mounted."""
        return self.definition.name

    @property
    def is_up(self) -> bool:
        """Whether it runs, be it connected or trying to be."""
        return self.connection is not None and self.feed.phase not in ("closed", "failed")

    @property
    def read_only(self) -> bool:
        """Whether nothing may be sent to it."""
        if self.definition.read_only is None:
            return self.address is None or not self.address.is_local
        return self.definition.read_only

    @property
    def publishes(self) -> bool:
        """Whether its protocol can be sent to."""
        return self.address is not None and self.address.connector.capabilities.publishes

    @property
    def figures(self) -> tuple[int, int, int]:
        """Events, bytes and interruptions since it was opened."""
        if self.connection is None:
            return 0, 0, 0
        done = self.connection.statistics()
        return self.feed.events, self.feed.bytes, done.interruptions

    def status(self) -> ConnectionStatus:
        """The connection as people see it."""
        events, size, interruptions = self.figures
        return ConnectionStatus(
            name=self.name,
            url=self.address.masked if self.address else masked(self.definition.url),
            phase=self.feed.phase,
            detail=self.feed.detail,
            events=events,
            bytes=size,
            interruptions=interruptions,
            publishes=self.publishes,
            read_only=self.read_only,
            color=self.definition.color,
            saved=self.saved,
        )

    async def open(self) -> None:
        """Open it as its definition says; when it cannot be opened it is failed with the reason."""
        if self._task in self._around.tasks.names and not self.feed.closed:  # it has failed and goes on trying
            await self.stop()
        try:
            address = Address.read(self.definition.url)
            self.start(address, await address.resolved(self._around.secrets))
        except UserError as error:
            self.fail(str(error))

    def start(self, address: Address, config: ConnectorConfig) -> None:
        """Run a connection; ``config`` has the real secrets.

        Raises:
            UserError: the connector refuses the settings.
        """
        around = self._around
        feed = self._new_feed(config)
        with guarded(self.name, config):
            self.connection = address.connector.open(config, around.lend(feed) if around.lend else feed)
        self.feed, self._config = feed, config
        self._take(address)
        around.recording.note(positions=[(self.name, MOUNTED, storable(address.masked))])
        self._task = _free_task_name(self.name, around.tasks)
        around.tasks.start(self._task, self.connection.run(), lambda error: self._ended(feed, error))
        around.on_change()

    async def stop(self, detail: str = DISCONNECTED) -> None:
        """Close it; what it delivered before is stored."""
        ended = await self._around.tasks.cancel(self._task)
        self.feed.close("closed", detail)
        if not ended:
            self._around.problems.report("warning", self.name, "The connection did not end in time and was abandoned.")

    async def watch(self, address: Address) -> None:
        """Watch other names without an interruption.

        Raises:
            UserError: the source refuses; what is watched is as it was.
        """
        assert self.connection is not None
        assert self.address is not None
        before = self.address.connector.subscriptions(self.address.config)
        after = address.connector.subscriptions(address.config)
        with guarded(self.name, self._config):
            if after - before:
                await self.connection.subscribe(after - before)
            if before - after:
                await self.connection.unsubscribe(before - after)
        self._take(address)

    async def publish(self, event: Event) -> Sent:
        """Send an event to the source.

        Raises:
            UserError: nothing can be sent to it, or the source refuses.
        """
        self.require_publishable(event.topic)
        assert self.connection is not None
        with guarded(self.name, self._config):
            return await self.connection.publish(event)

    def require_publishable(self, topic: str) -> None:
        """UserError when nothing can be sent to it; the sentence says why."""
        name = self.name
        if self.address is not None and not self.publishes:
            raise UserError(f"“{topic}” belongs to the connection “{name}”, which only receives. Choose another topic.")
        if self.read_only:
            raise UserError(
                f"“{name}” is read-only: nothing is sent to it. Edit the connection to allow it, or use another topic."
            )
        if not self.is_up:
            raise UserError(f"“{name}” is not connected, so nothing can be sent to it. Reconnect it and send again.")

    def redefine(self, address: Address) -> None:
        """Have another address from the next opening on."""
        self._take(address)

    def fail(self, reason: str) -> None:
        """Be failed without having been opened."""
        self.feed = self._new_feed(None)
        self.feed.close("failed", reason)
        self.feed.problem("error", reason)

    def show_closed(self, detail: str = DISCONNECTED) -> None:
        """Be listed without having been opened."""
        self.feed.close("closed", detail)

    def retry_now(self) -> None:
        """Try at once when it waits to try again."""
        if self.connection is not None:
            self.feed.spoken.clear()
            self.connection.retry_now()

    def _take(self, address: Address) -> None:
        self.address = address
        self.definition = msgspec.structs.replace(self.definition, url=address.url)

    def _new_feed(self, config: ConnectorConfig | None) -> MountFeed:
        around = self._around
        return MountFeed(
            self.name,
            ingest=around.ingest,
            recording=around.recording,
            problems=around.problems,
            on_change=around.on_change,
            config=config,
        )

    def _ended(self, feed: MountFeed, error: BaseException | None) -> None:
        """The connection has ended by itself."""
        if feed.closed:
            return
        if error is None:
            if feed.phase != "failed":
                feed.status("closed", feed.detail if feed.phase == "closed" else "The source has ended.")
            return
        if isinstance(error, UserError):
            reason = str(error)
        else:
            reason = hide(f"{type(error).__name__}: {error}", self._config, sentence=False)
            log_failure(self.name, error, self._config)
        feed.status("failed", reason)
        feed.problem("error", reason)


def _free_task_name(name: str, tasks: TaskOwner) -> str:
    """The name, or another one while an abandoned task of an earlier opening still has it."""
    wished, number = name, 1
    while name in tasks.names:
        number += 1
        name = f"{wished}, opening {number}"
    return name
