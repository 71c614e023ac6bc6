"""What every connector keeps: one file a protocol, each reading in chunks and handing over whole batches.

A connector never touches the log, the bus or the screen. It is given a ``Feed`` and drives it; back pressure is
``await feed.deliver(...)`` taking its time, so a connector that awaits it needs no queue of its own. What front ends
offer for it (its form, its URL, its help) is derived from its config Struct: see ``core.fields``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Literal, Protocol

import msgspec

from eventmon.core.errors import UserError
from eventmon.core.event import Event


class ConnectorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a connector's settings; forms, URLs, the command line and help are derived from the fields."""

    def __repr__(self) -> str:
        """The class alone: settings may hold secrets, and what is printed ends up in logs and traces."""
        return f"{type(self).__name__}(…)"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector can do, so that front ends offer nothing dead.

    Attributes:
        publishes: events can be sent to it.
        subscribes: it delivers events.
        resumes: after a restart it goes on where it stopped.
        selects: what it watches is a list of names that can be changed while it runs.
        tests: ``probe`` says whether it can be reached.
        browses: ``browse`` lists the names there are.
    """

    publishes: bool = False
    subscribes: bool = False
    resumes: bool = False
    selects: bool = False
    tests: bool = False
    browses: bool = False


class Subscription(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One name that a connection watches.

    Attributes:
        kind: what it names, in the protocol's word: ``channel``, ``stream``, ``subject``, ...
        name: the native name or pattern as an item of a list in a URL (see ``names.item_of``).
    """

    kind: str
    name: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a published event.

    Attributes:
        returns: a subscription of ours covers it, so it comes back and is logged then.
        receivers: how many the server handed it to; None when the protocol does not say.
    """

    returns: bool = False
    receivers: int | None = None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection has done since it was opened.

    Attributes:
        interruptions: how often the connection was lost.
        subscriptions: how many names are watched now.
    """

    interruptions: int = 0
    subscriptions: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A name that browsing found.

    Attributes:
        subscription: what to watch for it.
        note: a few words about it, such as ``1,204 entries``; may be empty.
    """

    subscription: Subscription
    note: str = ""


class BrowseSlice(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what there is; ask again with ``cursor`` until it is empty, or stop asking.

    Attributes:
        found: names of this part.
        cursor: where the next part begins; empty at the end.
        looked_at: how many names were looked at for this part.
        total: about how many there are to look at altogether; 0 when not known.
    """

    found: list[Found]
    cursor: str = ""
    looked_at: int = 0
    total: int = 0


class ConnectionFault(UserError):
    """Why a connection cannot be had, in plain words.

    Attributes:
        field: the field of the config that is to be mended; empty when none is.
        retry: whether trying again may help without a change of the config.
    """

    def __init__(self, sentence: str, *, field: str = "", retry: bool = True) -> None:
        super().__init__(sentence)
        self.field = field
        self.retry = retry


Phase = Literal["connecting", "connected", "waiting", "failed", "closed"]


class Feed(Protocol):
    """What the engine lends a connector for the life of one connection."""

    @property
    def name(self) -> str:
        """The connection's name: every topic delivered starts with it (``name/…``)."""

    async def deliver(self, events: Sequence[Event], positions: dict[str, str] | None = None) -> None:
        """Hand over a batch, in order; returns when the engine has room for more.

        ``positions`` (stream → resume position after this batch) are committed together with the events.
        """

    async def deliver_once(self, events: Sequence[Event]) -> None:
        """Hand over events that may have come before; returns when all of them are committed.

        An event whose source and id were taken before is counted as a duplicate and not stored again.
        """

    def position(self, stream: str) -> str | None:
        """The resume position delivered last for a stream of this connection, over restarts too."""

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Record that between two instants (microseconds since the epoch) the source could not be seen."""

    def status(self, phase: str, detail: str = "") -> None:
        """Say how the connection is (a ``Phase``), and why in plain words."""

    def problem(self, severity: str, text: str) -> None:
        """Report something that went wrong: ``error``, ``warning`` or ``info``, in plain words."""


class Connection(ABC):
    """One connection: ``run`` reads for as long as it lives, cancelling ``run`` closes it."""

    @abstractmethod
    async def run(self) -> None:
        """Read until the source ends or the task is cancelled; returns after a clean end.

        Raises:
            UserError: it cannot go on; the sentence says why.
        """

    async def publish(self, event: Event) -> Sent:
        """Send one event to the source; UserError when it cannot be done."""
        raise UserError("This source is only read. Publish to a topic of another connection.")

    async def subscribe(self, names: Collection[Subscription]) -> None:
        """Watch more names, from now on; returns when the source has agreed or the connection is not up."""
        raise UserError("What this source delivers cannot be chosen.")

    async def unsubscribe(self, names: Collection[Subscription]) -> None:
        """Watch names no more: once this returns none of their events is delivered."""
        raise UserError("What this source delivers cannot be chosen.")

    def retry_now(self) -> None:  # noqa: B027 - most have nothing to wait for
        """Try at once when the connection waits to try again; nothing otherwise."""

    def statistics(self) -> Statistics:
        """What was done since the connection was opened."""
        return Statistics()


class Connector(ABC):
    """One protocol: how its URLs are read and its connections opened.

    Attributes:
        scheme: its name in the table and at the beginning of its URLs.
        title: its name for people.
        icon: a Lucide name.
        example: an address to show as a placeholder.
        config_type: its settings.
        capabilities: what it can do.
    """

    scheme: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str] = "plug"
    example: ClassVar[str] = ""
    config_type: ClassVar[type[ConnectorConfig]]
    capabilities: ClassVar[Capabilities]

    @abstractmethod
    def parse_url(self, url: str) -> Any:
        """Settings (a ``config_type``) from a URL; UserError names what is wrong with it."""

    @abstractmethod
    def url_of(self, config: Any) -> str:
        """The URL of settings, secrets included: ``parse_url`` gives the same settings again."""

    @abstractmethod
    def default_name(self, config: Any) -> str:
        """A short name to mount the connection at when the user gives none."""

    @abstractmethod
    def open(self, config: Any, feed: Feed) -> Connection:
        """A connection that is not yet running; no I/O."""

    def is_local(self, config: Any) -> bool:
        """Whether the source is on this machine."""
        return True

    def cautions(self, config: Any) -> list[str]:
        """Questions to be answered with yes before this is opened in a window, each a sentence; mostly none."""
        return []

    def subscriptions(self, config: Any) -> frozenset[Subscription]:
        """The names that these settings watch."""
        return frozenset()

    def with_subscriptions(self, config: Any, names: Collection[Subscription]) -> Any:
        """The settings, watching these names instead."""
        return config

    async def probe(self, config: Any) -> str:
        """Whether the source can be reached with these settings: a sentence about what answered.

        Raises:
            ConnectionFault: why it cannot.
        """
        return ""

    async def browse(self, config: Any, cursor: str = "") -> BrowseSlice:
        """A part of the names there are, found within about half a second; begins with an empty cursor.

        Raises:
            ConnectionFault: the source cannot be reached or does not allow it.
        """
        return BrowseSlice(found=[])
