"""Observers: attached, edited, paused, resumed and detached by the user, each isolated from all others.

An observer that fails, is slow or loops is listed with its figures and its reason; it harms neither the engine nor
its neighbours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from eventmon.core.bus import Bus
from eventmon.core.errors import UserError
from eventmon.core.event import Event
from eventmon.core.pattern import Pattern
from eventmon.core.secret_names import masked
from eventmon.core.surrogates import encodable
from eventmon.engine.approvals import CHANGED, NOT_APPROVED, REVIEW
from eventmon.engine.attached import Attached
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.observer_alerts import Alerts
from eventmon.engine.observer_counts import ObserverCounts
from eventmon.engine.observer_forms import normalised, settings_of
from eventmon.engine.observer_list import ObserverList
from eventmon.engine.observer_services import ObserverSurroundings
from eventmon.engine.problems import Problems
from eventmon.engine.publishing import Publishing
from eventmon.engine.recording import Recording
from eventmon.engine.requests import ObserverTrial
from eventmon.engine.workspace import Workspace

NOT_APPROVED_OF_HUB = "Off until it is approved where it runs: somebody else changed what it does outside of Eventmon."
NOT_KEPT = "It is not saved: only the first Eventmon of a profile, recording, keeps its workspace."
LOOK_AROUND_SECONDS = 5.0


class Observers(ObserverList):
    """The observers of the engine and what can be done with them. Lives on its loop.

    Attributes:
        alerts: what they have told the user.
        counts: keeps what they count for the next start; None where nothing is kept.
    """

    def __init__(
        self,
        bus: Bus,
        publishing: Publishing,
        recording: Recording,
        problems: Problems,
        *,
        log_uuid: str,
        clock: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        """Make it; ``clock`` gives microseconds since the epoch, ``monotonic`` seconds."""
        super().__init__(monotonic)
        self.alerts = Alerts(problems, clock)
        self.counts: ObserverCounts | None = None
        self._recording = recording
        self._problems = problems
        self._workspace: Workspace | None = None
        self._around = ObserverSurroundings(
            bus=bus,
            log_uuid=log_uuid,
            publishing=publishing,
            problems=problems,
            alerts=self.alerts,
            monotonic=monotonic,
            on_subscribed=self.observed,
        )

    def restore(self, workspace: Workspace) -> None:
        """Attach the observers of the last run, and remember from now on; one that cannot be used is listed stopped."""
        self._workspace = workspace
        if self.counts is not None:
            self.counts.load()
        for definition in workspace.load(ObserverDefinition):
            attached = self._attached[definition.name] = Attached(definition, self._around)
            self._recall(attached)
            if self._holds(definition):
                attached.hold(NOT_APPROVED, "paused")
            else:
                attached.restore()

    async def attach(self, definition: ObserverDefinition) -> ObserverStatus:
        """Attach an observer and remember it; it sees events from the next on.

        Raises:
            UserError: its name is taken or cannot be used, or its settings or its pattern cannot be.
        """
        self._recording.require_writable()
        self.require_free(definition.name)
        await look_around(definition)
        self.require_free(definition.name)
        attached = Attached(normalised(definition), self._around)
        attached.open()
        self._attached[definition.name] = attached
        if not definition.paused:
            attached.resume()
        await self._keep(attached)
        return attached.status()

    async def edit(self, name: str, definition: ObserverDefinition, *, seen: int | None = None) -> ObserverStatus:
        """Put another definition in the place of an observer, whose counters go on.

        Raises:
            VersionConflict: on a hub, it is not at the version that was ``seen``; what the hub has will hold.
            UserError: there is none of this name, or the definition cannot be used; then nothing is changed.
        """
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            if definition.name != name:
                self.require_free(definition.name)
            await look_around(definition)
            await attached.redefine(normalised(definition))
            self._attached = {each.definition.name: each for each in self._attached.values()}
            await self._keep(attached, instead_of=name, seen=seen, whole=True)
            return attached.status()

    async def pause(self, name: str) -> ObserverStatus:
        """Let an observer see nothing until it is resumed; UserError when there is none of this name."""
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            if self._holds(attached.definition):
                attached.hold(NOT_APPROVED, "paused")
            else:
                attached.pause()
            await self._set_paused(attached, True)
            return attached.status()

    async def resume(self, name: str) -> ObserverStatus:
        """Let an observer see events from the next on; UserError says why it cannot."""
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            if self._holds(attached.definition):
                raise UserError(f"“{name}” is not approved. {REVIEW}")
            attached.resume()
            await self._set_paused(attached, False)
            return attached.status()

    async def reset(self, name: str) -> ObserverStatus:
        """Let an observer count from 0; UserError when there is none of this name."""
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            attached.reset()
            return attached.status()

    async def detach(self, name: str) -> None:
        """End an observer; it is not called any more. UserError when there is none of this name."""
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            await self._end(name)
            if self._workspace is not None:
                await self._workspace.remove(ObserverDefinition, name)

    async def approve(self, definition: ObserverDefinition) -> None:
        """Let an observer of a workspace from elsewhere work, if it is still this; UserError when it is not."""
        name = definition.name
        attached = self._require(name)
        async with attached.turn:
            self._require(name)
            workspace = self._workspace
            if workspace is None or definition not in workspace.held or attached.definition != definition:
                raise UserError(CHANGED.format(name=name))
            await workspace.approve(ObserverDefinition, name)
            attached.restore()

    async def obey(
        self, name: str, definition: ObserverDefinition | None, *, resume: bool = False, reset: bool = False
    ) -> None:
        """Be what the hub says: attached with this definition, perhaps under another name, or not at all.

        ``resume`` it although it was stopped, ``reset`` its counters; whatever is so already stays untouched.
        """
        attached = self._attached.get(name)
        if attached is None:
            if definition is not None and definition.name not in self._attached:
                self._attach_shared(definition)
            return
        async with attached.turn:
            if self._attached.get(name) is not attached:
                return  # somebody was faster, and the hub will say so
            if definition is None:
                await self._end(name)
                return
            if attached.definition != definition:
                await self._redefine_shared(attached, definition)
            elif resume and attached.state == "stopped" and not self._holds(definition):
                attached.restore()
            if reset:
                attached.reset()

    async def close_all(self) -> None:
        """End all of them at once; the next start attaches them again."""
        self._workspace = None
        await asyncio.gather(*(attached.close() for attached in self._attached.values()))
        if self.counts is not None:
            await self.counts.close(self._shown())
        self._attached.clear()

    def tick(self) -> None:
        """Once a second: let them notice silence."""
        now = self._monotonic()
        for attached in list(self._attached.values()):
            attached.tick(now)
        if self.counts is not None:
            self.counts.tick(now, self._shown)

    def _attach_shared(self, definition: ObserverDefinition) -> None:
        attached = self._attached[definition.name] = Attached(definition, self._around)
        self._recall(attached)
        if self._holds(definition):
            attached.hold(NOT_APPROVED_OF_HUB, "paused")
        else:
            attached.restore()

    async def _redefine_shared(self, attached: Attached, definition: ObserverDefinition) -> None:
        """Take what the hub says; when it cannot be used it is stopped, when it is not approved here it is off."""
        held = self._holds(definition)
        try:
            if held:
                raise UserError(NOT_APPROVED_OF_HUB)
            await attached.redefine(definition)
        except UserError as error:
            await attached.close()
            attached.definition = definition
            attached.hold(str(error), "paused" if held else "stopped")
        self._attached = {each.definition.name: each for each in self._attached.values()}

    def _holds(self, definition: ObserverDefinition) -> bool:
        return self._workspace is not None and not self._workspace.may_act(definition)

    async def _set_paused(self, attached: Attached, paused: bool) -> None:
        if attached.definition.paused != paused:
            attached.definition = msgspec.structs.replace(attached.definition, paused=paused)
            await self._keep(attached)

    async def _keep(
        self, attached: Attached, *, instead_of: str = "", seen: int | None = None, whole: bool = False
    ) -> None:
        """Remember an observer for the next start, when this is the engine that keeps the workspace."""
        if self._workspace is not None:
            await self._workspace.keep(attached.definition, instead_of=instead_of, seen=seen, whole=whole)
        else:
            self._problems.report("info", f"observer {attached.definition.name}", NOT_KEPT)

    def _recall(self, attached: Attached) -> None:
        kept = self.counts.of(attached.definition.name) if self.counts is not None else None
        if kept is None:
            return
        attached.recall(kept)
        if kept.pending:
            events = "1 event" if kept.pending == 1 else f"{kept.pending:,} events"
            said = f"Eventmon ended while {events} waited for it; they were not delivered and count as dropped."
            self._problems.report("warning", f"observer {attached.definition.name}", said)


def tried(definition: ObserverDefinition, event: Event) -> ObserverTrial:
    """What an observer would do with an event; nothing is done.

    Raises:
        UserError: the definition cannot be used.
    """
    kind, settings = settings_of(definition.kind, definition.settings)
    if not Pattern(definition.pattern).matches(event.topic):
        return ObserverTrial(matches=False)
    trial = kind.trial(settings, event)
    return ObserverTrial(matches=True, does=encodable(trial.does), shows=masked(trial.shows), cut=trial.cut)


async def look_around(definition: ObserverDefinition) -> None:
    """UserError when the surroundings of an observer do not allow it; a disk that stands still stops nobody."""
    kind, settings = settings_of(definition.kind, definition.settings)
    try:
        async with asyncio.timeout(LOOK_AROUND_SECONDS):
            await asyncio.to_thread(kind.look_around, settings)
    except TimeoutError:
        raise UserError(f"Nothing answered within {LOOK_AROUND_SECONDS:g} s. Choose another place, or wait.") from None
