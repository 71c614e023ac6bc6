"""A hub behind a line that can be cut at any moment, whose answers can be lost, and that can be full."""

from __future__ import annotations

import asyncio
from typing import Any

from eventmon.hub.base import HubEdit, HubEntry, HubFault


class Switched:
    """A hub behind a line that can be cut, and whose answers can be lost."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self.cut = False
        self.retry = True
        self.full = False
        self.lose = ""
        self.loads = 0

    async def load(self) -> Any:
        self._require_line()
        self.loads += 1
        return await self._hub.load()

    async def apply(self, edit: HubEdit) -> HubEntry | None:
        self._require_line()
        if self.full:
            raise HubFault("It is full.")
        lose, self.lose = self.lose, ""
        if lose == "lost before":
            raise HubFault("The line is cut.")
        entry: HubEntry | None = await self._hub.apply(edit)
        if lose:
            raise HubFault("The line is cut.")
        return entry

    async def resumes(self, position: Any) -> bool:
        self._require_line()
        resumes: bool = await self._hub.resumes(position)
        return resumes

    async def changes(self, after: Any, *, wait: bool = True) -> Any:
        self._require_line()
        try:
            async with asyncio.timeout(0.01):
                return await self._hub.changes(after, wait=wait)
        except TimeoutError:
            return []

    async def beat(self, presence: Any, *, known: Any) -> Any:
        self._require_line()
        return await self._hub.beat(presence, known=known)

    async def leave(self, info: Any) -> None:
        await self._hub.leave(info)

    async def close(self) -> None:
        await self._hub.close()

    def _require_line(self) -> None:
        if self.cut:
            raise HubFault("The line is cut.", retry=self.retry)
