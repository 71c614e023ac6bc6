"""What carries out the wishes of one dialog: coroutines outside every widget, that end with the dialog."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog


class DialogFlow(QObject):
    """Coroutines of one dialog; whatever is still under way when it closes is cancelled.

    Attributes:
        ended: the dialog is gone.
    """

    ended = Signal()

    def __init__(self, dialog: QDialog, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[None]] = set()
        dialog.finished.connect(self._end)

    async def wait(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a coroutine."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self) -> None:
        current = asyncio.current_task() if self._tasks else None
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self.ended.emit()
        self.deleteLater()
