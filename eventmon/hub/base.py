"""What a hub is: shared definitions with versions, a stream of their changes, and who is here.

A hub knows names and versions and never looks into a definition, so that what an observer is stays the engine's
affair. Every definition says which instance runs it; that is part of its content, so deliveries may be shared among
several instances later without a change here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from eventmon.core.errors import UserError

FORMAT = 1
"""Of what is kept in a hub; a newer one is refused."""
OBSERVER, TOPIC, UNRECORDED = "observer", "topic", "unrecorded"
KINDS = (OBSERVER, TOPIC, UNRECORDED)
"""The kinds of definitions: observers, topics that were created, patterns of topics that are not recorded."""
BEAT_SECONDS = 1.0
LIFE_SECONDS = 3.5
"""An instance that was not heard of for so long has gone."""

Content = dict[str, Any]
Key = tuple[str, str]
"""A kind and a name."""


class HubFault(UserError):
    """A hub cannot be used now.

    Attributes:
        retry: trying again may help; otherwise somebody has to mend something first.
    """

    def __init__(self, sentence: str, *, retry: bool = True) -> None:
        super().__init__(sentence)
        self.retry = retry


class ChangesLost(Exception):
    """Changes since a position cannot be told any more: load everything again."""


class HubEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One shared definition.

    Attributes:
        kind: one of ``KINDS``.
        name: unique among those of its kind.
        version: grows with every change of the hub, so no two states of it ever have the same.
        edit: the id of the edit that made it so.
        by: the host where that was done.
        at: when, microseconds since the epoch.
        content: what it says, for the engine.
    """

    kind: str
    name: str
    version: int
    edit: str
    by: str
    at: int
    content: Content

    @property
    def key(self) -> Key:
        """Its kind and name."""
        return self.kind, self.name


class HubEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to change one definition; sent twice, even late, it is done once.

    Attributes:
        id: unique.
        content: what it shall say; None takes it out.
        expected: the version it was made from; 0 when there shall be none yet, None when that does not matter.
        instead_of: the name it had before.
    """

    id: str
    kind: str
    name: str
    content: Content | None
    expected: int | None
    by: str
    at: int
    instead_of: str = ""

    @property
    def target(self) -> Key:
        """The kind and name of what it changes."""
        return self.kind, self.instead_of or self.name


class HubChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one definition; ``entry`` is None when it is gone."""

    kind: str
    name: str
    version: int
    edit: str
    entry: HubEntry | None

    @property
    def key(self) -> Key:
        """The kind and name of what changed."""
        return self.kind, self.name

    @property
    def position(self) -> Position:
        """The place in the stream behind this change."""
        return Position(version=self.version, edit=self.edit)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the stream of changes: the last one that is known, and by which edit that came.

    A server that was set back to an older state counts the same numbers again; the edits tell the two apart.
    """

    version: int = 0
    edit: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All definitions at one instant; another ``uuid`` means that the hub was made anew."""

    uuid: str
    position: Position
    entries: list[HubEntry]


class InstanceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A running Eventmon.

    Attributes:
        id: of its profile, over restarts.
        run: of this run alone.
        place: which profile on which machine it is; the same place never runs twice at once.
        host: the machine's name.
        version: of Eventmon.
        role: ``window`` or ``serve``.
        since: when it started, microseconds since the epoch.
    """

    id: str
    run: str
    place: str
    host: str
    pid: int
    version: str
    role: str
    since: int


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that lives, and what it reports in words of the engine; ``revision`` numbers the reports."""

    info: InstanceInfo
    revision: int
    report: bytes


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """The hub at one beat: who lives, and where its stream of changes ends."""

    uuid: str
    version: int
    present: list[Presence]


class VersionConflict(UserError):
    """Somebody else has changed a definition meanwhile; nothing was done.

    Attributes:
        edit: what was wished.
        theirs: what is there now; None when it is gone.
    """

    def __init__(self, edit: HubEdit, theirs: HubEntry | None) -> None:
        super().__init__(_conflict_sentence(edit, theirs))
        self.edit = edit
        self.theirs = theirs


class IdentityTaken(Exception):
    """Another run lives under the id of this instance, which has to take another one."""

    def __init__(self, other: InstanceInfo) -> None:
        super().__init__(other.host)
        self.other = other


class Hub(Protocol):
    """One client of a hub. Every call may raise HubFault."""

    async def load(self) -> Snapshot:
        """Everything, at one instant; makes the hub when there is none yet."""
        ...

    async def apply(self, edit: HubEdit) -> HubEntry | None:
        """Change a definition, all at once; what it is then.

        Raises:
            VersionConflict: it is not at the version that was expected, or the new name is taken.
            ChangesLost: the hub is not the one that was loaded.
        """
        ...

    async def resumes(self, position: Position) -> bool:
        """Whether changes can be told from a position on."""
        ...

    async def changes(self, after: Position, *, wait: bool = True) -> list[HubChange]:
        """The next changes, in order; waits a moment for the first when there is none, and may return none.

        Raises:
            ChangesLost: some are not known any more.
        """
        ...

    async def beat(self, presence: Presence, *, known: Mapping[str, Presence]) -> Pulse:
        """Say that an instance lives; who else does. What is ``known`` already is not sent again.

        A run that begins takes over from the run before it in the same place, which has ended, or is told so now.

        Raises:
            IdentityTaken: another run lives under its id.
        """
        ...

    async def leave(self, info: InstanceInfo) -> None:
        """Say that an instance has ended."""
        ...

    async def close(self) -> None:
        """Let go of the server."""
        ...


def _conflict_sentence(edit: HubEdit, theirs: HubEntry | None) -> str:
    if theirs is None:
        return f"“{edit.target[1]}” has been removed meanwhile. Choose what shall hold."
    return f"“{theirs.name}” was changed by {theirs.by} at {_clock_time(theirs.at)}. Choose which version shall hold."


def _clock_time(at: int) -> str:
    import datetime

    try:
        return datetime.datetime.fromtimestamp(at / 1_000_000, tz=datetime.UTC).astimezone().strftime("%H:%M")
    except (OverflowError, ValueError, OSError):  # the number comes from elsewhere
        return "an unknown time"
