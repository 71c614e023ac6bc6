"""Who owns which task: every task of the engine has a name, an owner and an end.

``asyncio.TaskGroup`` cancels the siblings of a task that fails. Here a failing connection must harm nobody else,
so a failure is handed to a callback and the rest goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

OnEnd = Callable[[BaseException | None], None]
"""Called once when a task ended by itself: None after a clean end, else what it raised. Not called after a cancel."""

_logger = logging.getLogger(__name__)


class TaskOwner:
    """Starts named tasks on the running loop, knows them all, cancels and awaits them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def names(self) -> list[str]:
        """Names of the tasks that run."""
        return list(self._tasks)

    def start(self, name: str, work: Coroutine[object, object, None], on_end: OnEnd | None = None) -> None:
        """Run a coroutine as a task; one name runs once at a time.

        Raises:
            ValueError: a task of this name runs already (a bug of the caller).
        """
        if name in self._tasks:
            work.close()
            raise ValueError(f"the task {name} of {self._name} is running")
        task = asyncio.get_running_loop().create_task(work, name=f"{self._name}: {name}")
        self._tasks[name] = task
        task.add_done_callback(lambda ended: self._ended(name, ended, on_end))

    async def cancel(self, name: str, *, grace: float = 3.0) -> bool:
        """Cancel one task and wait for its end; harmless when it is not there.

        Returns:
            False when it has not ended within ``grace`` seconds; it stays cancelled and is let go of.
        """
        task = self._tasks.get(name)
        if task is None:
            return True
        return await self._cancel([task], grace)

    async def close(self, *, grace: float = 3.0) -> bool:
        """Cancel every task and wait for their ends, ``grace`` seconds for all together."""
        return await self._cancel(list(self._tasks.values()), grace)

    async def _cancel(self, tasks: list[asyncio.Task[None]], grace: float) -> bool:
        for task in tasks:
            task.cancel()
        if not tasks:
            return True
        _, pending = await asyncio.wait(tasks, timeout=grace)
        for task in pending:
            _logger.warning("The task “%s” does not end after its cancellation.", task.get_name())
        return not pending

    def _ended(self, name: str, task: asyncio.Task[None], on_end: OnEnd | None) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if task.cancelled():
            return
        error = task.exception()
        if on_end is not None:
            on_end(error)
        elif error is not None:
            _logger.error("The task “%s” failed.", task.get_name(), exc_info=error)
