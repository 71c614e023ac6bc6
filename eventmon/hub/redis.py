"""A hub on Redis or Valkey: definitions in hashes, their changes in a stream, instances in keys that expire.

How to reach a server is handed in, address, password, TLS and the sentences about faults included: the connector
has all that, and what lies in one layer does not import each other. All keys carry one hash tag, so they lie in one
slot of a cluster.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Protocol

import msgspec
import redis.exceptions
from redis.asyncio import Redis

from eventmon.hub.base import (
    FORMAT,
    KINDS,
    LIFE_SECONDS,
    ChangesLost,
    Content,
    HubChange,
    HubEdit,
    HubEntry,
    HubFault,
    IdentityTaken,
    InstanceInfo,
    Position,
    Presence,
    Pulse,
    Snapshot,
    VersionConflict,
)
from eventmon.hub.redis_scripts import APPLY, BEAT, LEAVE, LOAD

PREFIX = "{eventmon}:hub:"
META, CHANGES, EDITS = PREFIX + "meta", PREFIX + "changes", PREFIX + "edits"
MEMBERS, INSTANCE = PREFIX + "instances", PREFIX + "instance:"
KEPT_CHANGES = 10_000
PATIENCE_SECONDS = 4.0
BLOCK_MILLISECONDS = 1_500
MOST_CHANGES = 500


class Server(Protocol):
    """How to reach the server of a hub."""

    @property
    def where(self) -> str:
        """``host:port``, for people."""
        ...

    def client(self) -> Redis:
        """A client that is not yet connected, without retries of its own."""
        ...

    def fault_of(self, error: Exception) -> HubFault:
        """What an error of the client means."""
        ...


MOST_VERSIONS: Final = (1 << 63) - 1
"""What fits where numbers have 64 bits; the stream of changes has no more either."""
_Time = Annotated[int, msgspec.Meta(ge=0, le=MOST_VERSIONS)]


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind version and edit of a definition."""

    by: str
    at: _Time
    content: Content


class RedisHub:
    """One client of a hub on a server."""

    def __init__(self, server: Server, *, kept_changes: int = KEPT_CHANGES) -> None:
        """Make it; nothing is connected yet. ``kept_changes`` is about how many can be told to one who was away."""
        self._server = server
        self._kept_changes = kept_changes
        self._client: Redis | None = None
        self._uuid = ""

    async def load(self) -> Snapshot:
        """Everything there is; makes the hub when the server has none."""
        answer = await self._load(uuid.uuid4().hex)
        if answer[0] != b"loaded":
            raise self._refusal(answer)
        self._uuid = answer[1].decode()
        return self._snapshot(answer)

    async def peek(self) -> Snapshot | None:
        """Everything there is; None, and nothing is made, when the server has no hub."""
        answer = await self._load("")
        if answer[0] not in (b"loaded", b"none"):
            raise self._refusal(answer)
        return self._snapshot(answer) if answer[0] == b"loaded" else None

    async def _load(self, fresh: str) -> list[Any]:
        kinds = [_entries_key(kind) for kind in KINDS]
        return await self._run(LOAD, [META, CHANGES, EDITS, *kinds], [str(FORMAT), fresh])

    def _snapshot(self, answer: list[Any]) -> Snapshot:
        hashes = zip(KINDS, answer[4:], strict=True)
        pairs = [(kind, *pair) for kind, flat in hashes for pair in zip(flat[::2], flat[1::2], strict=True)]
        return Snapshot(
            uuid=answer[1].decode(),
            position=Position(version=int(answer[2]), edit=answer[3].decode()),
            entries=[self._read(kind, name.decode(errors="replace"), kept) for kind, name, kept in pairs],
        )

    async def apply(self, edit: HubEdit) -> HubEntry | None:
        """Change a definition; what it is then."""
        value = b""
        if edit.content is not None:
            value = msgspec.json.encode(_Kept(by=edit.by, at=edit.at, content=edit.content))
        expected = "" if edit.expected is None else str(edit.expected)
        answer = await self._run(
            APPLY,
            [META, CHANGES, EDITS, _entries_key(edit.kind)],
            [
                self._uuid,
                edit.id,
                edit.kind,
                edit.name,
                edit.instead_of if edit.instead_of != edit.name else "",
                expected,
                value,
                str(self._kept_changes),
            ],
        )
        if answer[0] == b"other":
            raise ChangesLost
        name = edit.target[1] if answer[0] == b"conflict" else edit.name
        found = self._read(edit.kind, name, answer[1]) if answer[1] else None
        if answer[0] != b"done":
            raise VersionConflict(edit, found)
        return found

    async def resumes(self, position: Position) -> bool:
        """Whether changes can be told from a position on."""
        answer = await self._ask(lambda client: client.hmget(META, ["format", "uuid", "version", "edit"]))
        if answer[0] != str(FORMAT).encode() or answer[1] != self._uuid.encode():
            return False
        if answer[2:] == [str(position.version).encode(), position.edit.encode()]:
            return True
        place = f"{max(1, position.version)}-0"  # at the very beginning the first change has to be there still
        found = await self._ask(lambda client: client.xrange(CHANGES, place, place))
        return bool(found) and (not position.version or found[0][1].get(b"edit") == position.edit.encode())

    async def changes(self, after: Position, *, wait: bool = True) -> list[HubChange]:
        """The next changes, in order."""
        block = BLOCK_MILLISECONDS if wait else None
        reply = await self._ask(
            lambda client: client.xread({CHANGES: f"{after.version}-0"}, count=MOST_CHANGES, block=block)
        )
        found = [self._change(*entry) for _, entries in reply or [] for entry in entries]
        if found and found[0].version != after.version + 1:
            raise ChangesLost
        return found

    async def beat(self, presence: Presence, *, known: Mapping[str, Presence]) -> Pulse:
        """Say that an instance lives; who else does."""
        info = presence.info
        own = known.get(info.id)
        sent = own is not None and own.info.run == info.run and own.revision == presence.revision
        answer = await self._beat(presence, known, report=b"" if sent else presence.report)
        if answer[0] == b"again":
            answer = await self._beat(presence, known, report=presence.report)
        if answer[0] == b"taken":
            raise IdentityTaken(msgspec.json.decode(answer[1], type=InstanceInfo))
        present = [_presence(item, known) for item in answer[3:]]
        return Pulse(
            uuid=answer[1].decode(), version=int(answer[2]), present=[each for each in present if each is not None]
        )

    async def leave(self, info: InstanceInfo) -> None:
        """Say that an instance has ended."""
        await self._run(LEAVE, [MEMBERS, INSTANCE + info.id], [info.id, info.run])

    async def close(self) -> None:
        """Let go of the server."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _beat(self, presence: Presence, known: Mapping[str, Presence], *, report: bytes) -> list[Any]:
        info = presence.info
        own = known.get(info.id)
        begins = "begins" if own is None or own.info.run != info.run else ""
        arguments: list[str | bytes] = [INSTANCE, info.id, info.run, info.place, begins]
        arguments += [str(int(LIFE_SECONDS * 1_000)), msgspec.json.encode(info), str(presence.revision), report]
        for member, seen in known.items():
            arguments += [member, f"{seen.info.run} {seen.revision}"]
        return await self._run(BEAT, [META, MEMBERS, INSTANCE + info.id], arguments)

    async def _run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes]) -> list[Any]:
        answer: list[Any] = await self._ask(lambda client: client.eval(script, len(keys), *keys, *arguments))
        return answer

    async def _ask(self, call: Callable[[Redis], Awaitable[Any]]) -> Any:
        """One question, bounded in time; whatever goes wrong is a HubFault."""
        try:
            if self._client is None:
                self._client = self._server.client()
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await call(self._client)
        except redis.exceptions.ResponseError as error:
            raise self._fault_of_reply(error) from error
        except (OSError, EOFError, redis.exceptions.RedisError) as error:
            raise self._server.fault_of(error) from error

    def _fault_of_reply(self, error: redis.exceptions.ResponseError) -> HubFault:
        said, where = str(error), self._server.where
        if "WRONGTYPE" in said:
            return self._foreign("a key")
        if "ACL failure in script" in said:
            what = said.partition("script: ")[2].partition(" script:")[0]
            return HubFault(
                f"The user may not do this at {where}: {what}. Ask for the permission or use another user.", retry=False
            )
        if "unknown command" in said.lower():
            return HubFault(f"{where} lacks a command that a hub needs. Use Redis 6.2 or Valkey.", retry=False)
        return self._server.fault_of(error)

    def _refusal(self, answer: list[Any]) -> HubFault:
        if answer[0] == b"format":
            found = answer[1].decode(errors="replace")[:20]
            return HubFault(
                f"The hub at {self._server.where} has format {found}, but {FORMAT} is known here. "
                "Use the version of Eventmon that made it.",
                retry=False,
            )
        return self._foreign(f"the key {answer[1].decode(errors='replace')}")

    def _foreign(self, what: str) -> HubFault:
        return HubFault(
            f"At {self._server.where}, {what} below {PREFIX} was not made by Eventmon. "
            "Delete it there or use another database.",
            retry=False,
        )

    def _read(self, kind: str, name: str, kept: bytes) -> HubEntry:
        """A definition as it is kept."""
        try:
            version, edit, rest = kept.split(b" ", 2)
            said = msgspec.json.decode(rest, type=_Kept)
            if not 0 < int(version) <= MOST_VERSIONS:
                raise ValueError("no version of a hub")
            return HubEntry(
                kind=kind,
                name=name,
                version=int(version),
                edit=edit.decode(),
                by=said.by,
                at=said.at,
                content=said.content,
            )
        except (ValueError, RecursionError) as error:
            raise self._unreadable(f"the {kind} “{name[:80]}”") from error

    def _change(self, place: bytes, flat: list[bytes]) -> HubChange:
        try:
            fields = dict(zip(flat[::2], flat[1::2], strict=True))
            kind, name, edit = (fields[key].decode() for key in (b"kind", b"name", b"edit"))
            kept, version = fields[b"value"], int(place.partition(b"-")[0])
        except (KeyError, ValueError) as error:
            raise self._unreadable("a change") from error
        entry = self._read(kind, name, kept) if kept else None
        return HubChange(kind=kind, name=name, version=version, edit=edit, entry=entry)

    def _unreadable(self, what: str) -> HubFault:
        return HubFault(
            f"In the hub at {self._server.where}, {what} cannot be read. "
            "Delete it there or use the version of Eventmon that wrote it.",
            retry=False,
        )


def _entries_key(kind: str) -> str:
    return f"{PREFIX}{kind}s"


def _presence(item: list[Any], known: Mapping[str, Presence]) -> Presence | None:
    """What the hub says of an instance; None for one that cannot be read, which is a newer one."""
    if len(item) == 1:
        return known.get(item[0].decode())
    try:
        return Presence(
            info=msgspec.json.decode(item[2], type=InstanceInfo), revision=int(item[1]), report=item[3] or b""
        )
    except (ValueError, TypeError, RecursionError):
        return None
