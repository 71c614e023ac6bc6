"""What the engine lends a connector for the life of one connection: the way into the log, and a voice.

Whatever a connector says may quote what a server or a library said, so every sentence is looked through for secrets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import get_args

from eventmon.connectors.base import ConnectorConfig
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.engine.address import hide
from eventmon.engine.frame import ConnectionPhase
from eventmon.engine.ingest import Ingest
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.writer import GapNote

_data = attrgetter("data")
_PHASES = get_args(ConnectionPhase)


def storable(text: str) -> str:
    """File names may hold bytes that are no text; the log holds text only."""
    return text.encode("utf-8", "backslashreplace").decode()


class MountFeed:
    """The ``Feed`` of one connection, from its opening to its end.

    Attributes:
        phase: how the connection is.
        detail: why.
        spoken: set once it is no longer connecting.
        events: delivered so far.
        bytes: of their payloads.
        closed: it has ended, and nothing that is still said counts.
    """

    def __init__(
        self,
        name: str,
        *,
        ingest: Ingest,
        recording: Recording,
        problems: Problems,
        on_change: Callable[[], None],
        config: ConnectorConfig | None = None,
    ) -> None:
        """Make it; ``config`` are the settings whose secrets are never to be repeated."""
        self._name = name
        self._ingest = ingest
        self._recording = recording
        self._problems = problems
        self._on_change = on_change
        self._config = config
        self.phase: ConnectionPhase = "connecting"
        self.detail = ""
        self.spoken = asyncio.Event()
        self.events = 0
        self.bytes = 0
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
        self._require_open()
        places = [(self._name, storable(stream), storable(position)) for stream, position in (positions or {}).items()]
        taken = await self._ingest.deliver(events, places, where=self._name)
        self._count(taken, events)

    async def deliver_once(self, events: Sequence[Event]) -> None:
        """Hand over events that may have come before; returns when all of them are committed, however long that takes.

        Raises:
            UserError: the connection was closed meanwhile.
        """
        self._require_open()
        good = self._ingest.sound(events, self._name)
        while self._recording.blocked:
            await self._recording.changed()
        accepted = await self._ingest.accept(good, patiently=True)
        self._count(accepted.accepted + accepted.not_recorded, good)

    def _count(self, taken: int, events: Sequence[Event]) -> None:
        """Called after the wait: one connection may deliver from several tasks."""
        self.events += taken
        self.bytes += sum(map(len, map(_data, events)))

    def position(self, stream: str) -> str | None:
        """The resume position handed over last."""
        return self._recording.position(self._name, storable(stream))

    def gap(self, started: int, ended: int, reason: str) -> None:
        """Store a gap row."""
        reason = storable(self.hidden(reason))
        self._recording.note(gap=GapNote(connection=self._name, started=started, ended=ended, reason=reason))

    def status(self, phase: str, detail: str = "") -> None:
        """Say how the connection is; unheard once it is closed."""
        if phase not in _PHASES:
            raise ValueError(f"{phase} is no phase of a connection")
        if not self.closed:
            self._show(phase, self.hidden(detail))  # type: ignore[arg-type]  # checked above

    def problem(self, severity: str, text: str) -> None:
        """Report something that went wrong."""
        self._problems.report(severity, self._name, self.hidden(text))

    def close(self, phase: ConnectionPhase, detail: str) -> None:
        """Take nothing and hear nothing any more; this is how the connection is from now on."""
        self.closed = True
        self._show(phase, self.hidden(detail))

    def hidden(self, text: str) -> str:
        """A text without the secrets of this connection."""
        return hide(text, self._config)

    def _require_open(self) -> None:
        if self.closed:
            raise UserError(f"The connection “{self._name}” is closed.")

    def _show(self, phase: ConnectionPhase, detail: str) -> None:
        if (self.phase, self.detail) != (phase, detail):
            self.phase, self.detail = phase, detail
            self._on_change()
        if phase != "connecting":
            self.spoken.set()
