"""Recording connections into a session of its own, apart from whatever Eventmon runs, until it is enough."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from eventmon.core.errors import UserError
from eventmon.engine.chosen_feed import Choice, ChosenFeed
from eventmon.engine.engine import Engine
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.mount_feed import MountFeed
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.selection import Selection
from eventmon.engine.stats import Stats
from eventmon.engine.target import Target
from eventmon.engine.watched import Say, Watched

TICK_SECONDS = 0.25

End = Literal["count", "time", "sources", "stop"]
OnTick = Callable[[int], None]


class Recorder:
    """One recording.

    Attributes:
        events: stored by it, once it has ended.
        gaps: gap rows stored by it, once it has ended.
        found: events that the session held before.
        kept: whether there is a session now; an empty new one is not kept when nothing could be reached.
        session: its file.
    """

    def __init__(
        self, session: Path, targets: Sequence[Target], *, patterns: Sequence[str], limit: int | None, say: Say
    ) -> None:
        """Make it; nothing is opened yet.

        Args:
            session: the session file; made when it does not exist.
            targets: what is recorded.
            patterns: the topics wanted; all without one.
            limit: the most events to store; None for any number.
            say: shows a sentence to the user.

        Raises:
            UserError: a pattern is none.
        """
        self.events = self.gaps = self.found = 0
        self.kept = False
        self.session = session
        self._targets = targets
        self._watched = {
            target.name: Watched(target.name, tests=target.capabilities.tests, say=say) for target in targets
        }
        self._wake = asyncio.Event()
        self._choice = Choice(Selection(patterns), limit, self._watched, self._wake.set)
        self._stopped = False
        self._before: Stats | None = None
        self._say = say
        self._problems_told = 0

    def stop(self) -> None:
        """End the recording in order."""
        self._stopped = True
        self._wake.set()

    async def record(
        self, profile: str, *, seconds: float | None, on_start: Callable[[], None], on_tick: OnTick
    ) -> End:
        """Record until the limit, the time, the end of all sources, or ``stop``; then close the session.

        Args:
            profile: whose settings are used.
            seconds: how long; None without an end.
            on_start: called when the session is open.
            on_tick: told now and then how many events have come.

        Returns:
            What ended it.

        Raises:
            Unreachable: a server does not answer.
            UserError: the session cannot be opened, or a connection failed for good.
        """
        engine = self._engine(profile)
        existed = self.session.exists()
        try:
            await engine.start()
            if self._before is not None:
                self.found = self._before.stored - self._before.pruned
            on_start()
            return await self._watch(engine, None if seconds is None else time.monotonic() + seconds, on_tick)
        finally:
            await engine.stop()
            if self._before is not None:
                after = engine.stats()
                self.events, self.gaps = after.stored - self._before.stored, after.gaps - self._before.gaps
            self._keep_or_remove(existed)

    def _engine(self, profile: str) -> Engine:
        """An engine for this session alone."""

        def lend(feed: MountFeed) -> ChosenFeed:
            if self._before is None:  # nothing has been delivered yet
                self._before = engine.stats()
            return self._choice.lend(feed)

        options = EngineOptions(
            session=self.session,
            profile=profile,
            connections=tuple((target.name, target.address.url) for target in self._targets),
            serve_control=False,
            role="serve",
            lend=lend,
        )
        engine = Engine(options, Paths.for_profile(profile))
        return engine

    async def _watch(self, engine: Engine, deadline: float | None, on_tick: OnTick) -> End:
        """Return when it is enough."""
        while True:
            statuses = engine.connections.statuses()
            self._raise_fault(statuses)
            self._tell_of_the_log(engine)
            if self._stopped:
                return "stop"
            if self._choice.is_full:
                return "count"
            if all(status.phase == "closed" for status in statuses):
                return "sources"
            on_tick(sum(status.events for status in statuses))
            left = TICK_SECONDS if deadline is None else min(TICK_SECONDS, deadline - time.monotonic())
            if left <= 0:
                return "time"
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)

    def _raise_fault(self, statuses: Sequence[ConnectionStatus]) -> None:
        """UserError when a connection is not to be waited for."""
        for status in statuses:
            fault = self._watched[status.name].fault()
            if fault is not None:
                raise fault
            if status.phase == "failed":
                raise UserError(f"{status.name}: {status.detail}")

    def _tell_of_the_log(self, engine: Engine) -> None:
        """What is wrong with the session itself, such as a full disk; connections speak for themselves."""
        for problem in engine.problems.since(self._problems_told):
            if problem.where == "log":
                self._say(problem.text)
        self._problems_told = engine.problems.changes

    def _keep_or_remove(self, existed: bool) -> None:
        """Remove a file that was made in vain, so that the next try does not continue it."""
        was_there = any(watched.settled and watched.fault() is None for watched in self._watched.values())
        self.kept = self._before is not None and (existed or was_there or self.events > 0 or self.gaps > 0)
        if not self.kept and not existed:
            with contextlib.suppress(OSError):
                self.session.unlink()
