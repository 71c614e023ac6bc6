"""A hub that is only made when it is first asked: its password may have to come out of a keyring that is locked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from eventmon.core.errors import UserError
from eventmon.hub.base import (
    Hub,
    HubChange,
    HubEdit,
    HubEntry,
    HubFault,
    InstanceInfo,
    Position,
    Presence,
    Pulse,
    Snapshot,
)


class LateHub:
    """The ``Hub`` that ``make`` gives; as long as that refuses, every call is a fault that says why."""

    def __init__(self, make: Callable[[], Awaitable[Hub]]) -> None:
        self._make = make
        self._made: Hub | None = None

    async def load(self) -> Snapshot:
        """Everything, at one instant."""
        return await (await self._hub()).load()

    async def apply(self, edit: HubEdit) -> HubEntry | None:
        """Change a definition."""
        return await (await self._hub()).apply(edit)

    async def resumes(self, position: Position) -> bool:
        """Whether changes can be told from a position on."""
        return await (await self._hub()).resumes(position)

    async def changes(self, after: Position, *, wait: bool = True) -> list[HubChange]:
        """The next changes, in order."""
        return await (await self._hub()).changes(after, wait=wait)

    async def beat(self, presence: Presence, *, known: Mapping[str, Presence]) -> Pulse:
        """Say that an instance lives; who else does."""
        return await (await self._hub()).beat(presence, known=known)

    async def leave(self, info: InstanceInfo) -> None:
        """Say that an instance has ended."""
        await (await self._hub()).leave(info)

    async def close(self) -> None:
        """Let go of the server, if it was ever reached."""
        if self._made is not None:
            await self._made.close()

    async def _hub(self) -> Hub:
        if self._made is None:
            try:
                self._made = await self._make()
            except UserError as error:
                raise HubFault(str(error), retry=False) from error
        return self._made
