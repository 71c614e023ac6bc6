"""The list of connections, open or not, and the names that connections may have.

A first level of topics belongs either to one connection or to local topics, never to both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from eventmon.core.errors import UserError
from eventmon.engine.definitions import require_name
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.ingest import Ingest
from eventmon.engine.mount import MOUNTED, Mount
from eventmon.engine.recording import Recording


class MountList:
    """Every connection by its name, in the order of their opening.

    Attributes:
        changes: grows with every change that viewers have to see.
    """

    def __init__(self, ingest: Ingest, recording: Recording) -> None:
        self._ingest = ingest
        self._recording = recording
        self._mounts: dict[str, Mount] = {}
        self.changes = 0

    def __iter__(self) -> Iterator[Mount]:
        return iter(list(self._mounts.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._mounts

    def statuses(self) -> list[ConnectionStatus]:
        """All connections as people see them."""
        return [mount.status() for mount in self._mounts.values()]

    def changed(self) -> None:
        """Let viewers see the connections again."""
        self.changes += 1

    def add(self, mount: Mount) -> None:
        """List a connection, whose name is taken from now on."""
        self._mounts[mount.name] = mount
        self.changed()

    def drop(self, mount: Mount) -> None:
        """Take a connection off the list; harmless when it is not on it."""
        if self._mounts.get(mount.name) is mount:
            del self._mounts[mount.name]
            self.changed()

    def get(self, name: str) -> Mount | None:
        """The connection of this name, or None."""
        return self._mounts.get(name)

    def owner_of(self, topic: str) -> Mount | None:
        """The connection that a topic belongs to, be it open or not; None for a local topic."""
        return self._mounts.get(topic.partition("/")[0])

    def require(self, name: str) -> Mount:
        """The connection of this name; UserError when there is none."""
        mount = self._mounts.get(name)
        if mount is None:
            raise UserError(f"There is no connection “{name}”. It may have been forgotten already.")
        return mount

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Mount]:
        """The connection of this name, for one who changes it while nobody else does.

        Raises:
            UserError: there is none of this name.
        """
        mount = self.require(name)
        async with mount.turn:
            if self.require(name) is not mount:
                raise UserError(f"The connection “{name}” was replaced meanwhile. Try again.")
            yield mount

    def require_free(self, name: str) -> str:
        """The name, when a new connection may have it.

        Raises:
            UserError: it cannot name a connection, or it is taken.
        """
        require_name(name)
        if name in self._mounts:
            raise UserError(f"There is a connection “{name}” already. Forget it or choose another name.")
        self.require_not_local(name)
        return name

    def require_not_local(self, name: str) -> None:
        """UserError when topics of this first level exist that came from no connection."""
        if self._is_local(name):
            raise UserError(f"“{name}” is the beginning of local topics. Choose another name for the connection.")

    def free_name(self, wished: str) -> str:
        """The wished name, with a number when it is taken."""
        name, number = wished, 1
        while name in self._mounts or self._is_local(name):
            number += 1
            name = f"{wished}-{number}"
        return name

    def _is_local(self, name: str) -> bool:
        return name in self._ingest.first_levels and self._recording.position(name, MOUNTED) is None
