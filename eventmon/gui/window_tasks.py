"""Coroutines that the window begins: kept until they are done, and what they refuse is shown in a box."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from eventmon.core.errors import UserError
from eventmon.gui.widgets.plain_text import message

if TYPE_CHECKING:
    import asyncio


class WindowTasks:
    """The work under way."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, object], failed: str) -> None:
        """Start a coroutine; ``failed`` is the title of the box that says why it could not be done."""
        import asyncio  # after the first paint

        task = asyncio.ensure_future(self._run(work, failed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Wait for what is under way."""
        import asyncio

        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, work: Coroutine[Any, Any, object], failed: str) -> None:
        try:
            await work
        except UserError as error:
            message(self._window, failed, str(error))
