"""Keeps an instance's copy of a hub up to date for as long as it runs: connects, follows, beats, sends what waits.

Losing the hub stops nothing: the copy stays as it is, edits wait, and connecting is tried again until it succeeds.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Protocol

from eventmon.hub.base import (
    BEAT_SECONDS,
    ChangesLost,
    Hub,
    HubEdit,
    HubEntry,
    HubFault,
    IdentityTaken,
    InstanceInfo,
    Key,
    Presence,
    VersionConflict,
)
from eventmon.hub.replica import Replica

Phase = Literal["connecting", "connected", "lost", "refused"]
LONGEST_WAIT_SECONDS = 1.5
"""A hub that comes back is met within this time; a try is cheap, and a team has few instances."""
RESEND_SECONDS = 2.0
REFUSED_WAIT_SECONDS = 15.0
"""How long to wait after a fault that only somebody else can mend."""
KEEP_SECONDS = 5.0
"""How often what is known is written down at most."""


class Listener(Protocol):
    """Is told what the hub brings, on the loop."""

    def changed(self, keys: set[Key]) -> None:
        """These definitions may be others than before."""
        ...

    def status_changed(self) -> None:
        """An instance came, went or reported something else, or it stands otherwise with the hub."""
        ...

    def identity_taken(self, other: InstanceInfo) -> InstanceInfo:
        """Another run lives under our id; who we are from now on."""
        ...

    def report(self) -> tuple[int, bytes]:
        """What the other instances shall know of this one, and a number that grows with each change of it."""
        ...


class Follower:
    """The life of one instance on a hub. Lives on one loop.

    Attributes:
        info: who this instance is.
        phase: how it stands with the hub.
        detail: why, when it is not connected, or when edits cannot be sent though it is.
        present: who lives, by id, this instance among them; as it was last while the hub is lost.
    """

    def __init__(
        self,
        hub: Hub,
        replica: Replica,
        info: InstanceInfo,
        *,
        listener: Listener,
        wait: Callable[[float], float] = lambda down: random.uniform(0.05, min(0.2 + down, LONGEST_WAIT_SECONDS)),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it; ``wait`` says how many seconds to wait after having been down for so many."""
        self.info = info
        self.phase: Phase = "connecting"
        self.detail = ""
        self.present: dict[str, Presence] = {}
        self.replica = replica
        self._hub = hub
        self._listener = listener
        self._wait_for = wait
        self._monotonic = monotonic
        self._loaded = False
        self._sending = asyncio.Lock()
        self._hurry = asyncio.Event()
        self._beat_now = asyncio.Event()
        self._outcomes: dict[str, asyncio.Future[HubEntry | None]] = {}

    async def run(self) -> None:
        """Follow the hub until cancelled."""
        down_since = self._monotonic()
        while True:
            try:
                await self._session()
            except ChangesLost:
                self._loaded = False
                continue
            except HubFault as fault:
                if self.phase == "connected":
                    down_since = self._monotonic()
                self._become("lost" if fault.retry else "refused", str(fault))
                await self._pause(
                    self._wait_for(self._monotonic() - down_since) if fault.retry else REFUSED_WAIT_SECONDS
                )

    async def edit(self, edit: HubEdit, *, seen: int | None = None) -> HubEntry | None:
        """Change a definition; what it is here now, which the hub may learn later.

        Raises:
            VersionConflict: somebody was faster; the conflict is on the list.
        """
        try:
            edit = self.replica.wish(edit, seen=seen)
        except VersionConflict:
            self._listener.changed({edit.target, (edit.kind, edit.name)})
            raise
        self._listener.changed({edit.target, (edit.kind, edit.name)})
        outcome: asyncio.Future[HubEntry | None] = asyncio.get_running_loop().create_future()
        self._outcomes[edit.id] = outcome
        try:
            if self.phase == "connected":
                await self._send()
            if outcome.done():
                return outcome.result()
        finally:
            del self._outcomes[edit.id]
            outcome.cancel()
        return self.replica.find(edit.kind, edit.name)

    def hurry(self) -> None:
        """Try to connect now instead of waiting."""
        self._hurry.set()

    def beat_soon(self) -> None:
        """Tell the others at once what is new here."""
        self._beat_now.set()

    async def leave(self) -> None:
        """Say goodbye, as far as the hub can be reached, and let go of it."""
        with contextlib.suppress(HubFault):
            if self.phase == "connected":
                await self._hub.leave(self.info)
        await self._hub.close()
        self.replica.keep()

    async def _session(self) -> None:
        if not (self._loaded and await self._hub.resumes(self.replica.position)):
            await self._load()
        await self._catch_up()
        await self._beat()
        self._become("connected", "")
        await _together(self._follow(), self._keep_beating(), self._keep_sending())

    async def _load(self) -> None:
        changed = self.replica.adopt(await self._hub.load())
        self._loaded = True
        self.replica.keep()
        self._listener.changed(changed)

    async def _catch_up(self) -> None:
        while changes := await self._hub.changes(self.replica.position, wait=False):
            self._listener.changed(self.replica.take(changes))

    async def _follow(self) -> None:
        kept = self._monotonic()
        while True:
            changes = await self._hub.changes(self.replica.position)
            if changes:
                self._listener.changed(self.replica.take(changes))
            if self._monotonic() - kept >= KEEP_SECONDS:
                kept = self._monotonic()
                self.replica.keep()

    async def _keep_beating(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._beat_now.wait()
            self._beat_now.clear()
            await self._beat()

    async def _beat(self) -> None:
        while True:
            revision, report = self._listener.report()
            presence = Presence(info=self.info, revision=revision, report=report)
            position = self.replica.position
            try:
                pulse = await self._hub.beat(presence, known=self.present)
                break
            except IdentityTaken as taken:
                self.info = self._listener.identity_taken(taken.other)
        if pulse.uuid != self.replica.uuid or pulse.version < position.version:
            raise ChangesLost
        present = {each.info.id: each for each in pulse.present}
        if present != self.present:
            self.present = present
            self._listener.status_changed()

    async def _keep_sending(self) -> None:
        """What an edit could not send itself is sent as soon as it can be; most of the time nothing waits."""
        while True:
            await self._send()
            await asyncio.sleep(RESEND_SECONDS)

    async def _send(self) -> None:
        """Send what waits, in order, as long as the hub takes it."""
        async with self._sending:
            while (edit := self.replica.waiting.first) is not None:
                try:
                    entry = await self._hub.apply(edit)
                except VersionConflict as conflict:
                    self._settle(edit, conflict)
                    self._listener.changed(self.replica.refused(conflict))
                except HubFault as fault:
                    self._become(self.phase, str(fault))
                    return
                except ChangesLost:
                    return  # the next beat meets it too, and ends this session
                else:
                    self._settle(edit, entry)
                    self._listener.changed(self.replica.sent(edit, entry))
            self._become(self.phase, "")

    def _settle(self, edit: HubEdit, result: HubEntry | VersionConflict | None) -> None:
        outcome = self._outcomes.get(edit.id)
        if outcome is None or outcome.done():
            return
        if isinstance(result, VersionConflict):
            outcome.set_exception(result)
        else:
            outcome.set_result(result)

    def _become(self, phase: Phase, detail: str) -> None:
        if (phase, detail) != (self.phase, self.detail):
            self.phase, self.detail = phase, detail
            self._listener.status_changed()

    async def _pause(self, seconds: float) -> None:
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Run until one of them ends or fails; then the others are given up."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
