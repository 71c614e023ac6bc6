"""Waiting for the next report of the log, however many wait."""

from __future__ import annotations

import asyncio

from eventmon.core.errors import UserError


class Announcements:
    """Wakes all who wait, until the end. Lives on the engine's loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.ended = False

    async def next(self) -> None:
        """Return after the next announcement.

        Raises:
            UserError: there will be none any more.
        """
        if self.ended:
            raise UserError("The engine has stopped. Start Eventmon again.")
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def announce(self) -> None:
        """Wake those that wait now."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def end(self) -> None:
        """Wake them for the last time."""
        self.ended = True
        self.announce()
