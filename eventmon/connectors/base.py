"""What every connector keeps: one file a protocol, each reading in chunks and handing over whole batches.

A connector never touches the log, the bus or the screen. It is given a ``Feed`` and drives it; back pressure is
``await feed.deliver(...)`` taking its time, so a connector that awaits it needs no queue of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from eventmon.core.event import Event


class ConnectorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a connector's settings; forms, URLs, the command line and help are derived from the fields."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector can do, so that front ends offer nothing dead."""

    publishes: bool = False
    subscribes: bool = False
    resumes: bool = False


class Feed(Protocol):
    """What the engine lends a connector for the life of one connection."""

    @property
    def name(self) -> str:
        """The connection's name: every topic delivered starts with it (``name/…``)."""

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        """Hand over a batch, in order; returns when the engine has room for more.

        ``positions`` (stream → resume position after this batch) are committed together with the events.
        """

    def position(self, stream: str) -> str | None:
        """The resume position committed last for a stream of this connection."""

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Record that between two instants (microseconds since the epoch) the source could not be seen."""

    def status(self, phase: str, detail: str = "") -> None:
        """Say how the connection is: connecting, connected, waiting, failed or closed, and why in plain words."""

    def problem(self, severity: str, text: str) -> None:
        """Report something that went wrong: ``error``, ``warning`` or ``info``, in plain words."""


class Connection(Protocol):
    """One running connection."""

    async def run(self) -> None:
        """Read until the source ends or the task is cancelled; returns after a clean end."""

    async def publish(self, event: Event) -> None:
        """Send one event to the source; UserError when it cannot be done."""


class Connector(Protocol):
    """One protocol: how its URLs are read and its connections opened."""

    scheme: ClassVar[str]
    title: ClassVar[str]
    config_type: ClassVar[type[ConnectorConfig]]
    capabilities: ClassVar[Capabilities]

    def parse_url(self, url: str) -> ConnectorConfig:
        """Settings from a URL; UserError names what is wrong with it."""

    def default_name(self, config: ConnectorConfig) -> str:
        """A short name to mount the connection at when the user gives none."""

    def shown_url(self, config: ConnectorConfig) -> str:
        """The URL with secrets as ``***``."""

    def open(self, config: Any, feed: Feed) -> Connection:
        """A connection that is not yet running; no I/O."""
