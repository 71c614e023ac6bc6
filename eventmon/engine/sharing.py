"""An engine on a hub: what others change is done here, what this one does is told to them, and losing it stops nothing.

The hub's copy is the truth about definitions; observers and topics of the engine are made to agree with it, one after
the other, so a change that comes while another one is being done is simply done after it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.approvals import Approvals
from eventmon.engine.elsewhere import Elsewhere, report_of
from eventmon.engine.frame import HubStatus, ObserverStatus
from eventmon.engine.hub_files import HubFiles
from eventmon.engine.hub_obedience import HubObedience
from eventmon.engine.hub_server import HubServer
from eventmon.engine.hub_standing import own_instance, standing
from eventmon.engine.hub_url import hub_place, resolved
from eventmon.engine.late_hub import LateHub
from eventmon.engine.shared_definitions import SharedDefinitions
from eventmon.engine.tasks import TaskOwner
from eventmon.hub.base import OBSERVER, Hub, HubEntry, InstanceInfo, Key
from eventmon.hub.follower import Follower
from eventmon.hub.redis import RedisHub
from eventmon.hub.replica import Replica
from eventmon.hub.waiting import Conflict

if TYPE_CHECKING:
    from eventmon.engine.address import Address
    from eventmon.engine.engine import Engine
    from eventmon.engine.secrets import SecretStore
    from eventmon.engine.shared_workspace import SharedWorkspace

FIRST_WORD_SECONDS = 5.0
"""How long a start waits for the hub before it goes on with what it knows."""

_logger = logging.getLogger(__name__)


class Sharing:
    """One engine's life on one hub. Lives on the engine's loop.

    Attributes:
        address: where the hub is.
        definitions: observers and topics as the hub has them.
        elsewhere: observers that other instances run.
    """

    definitions: SharedDefinitions
    elsewhere: Elsewhere
    _follower: Follower

    def __init__(self, engine: Engine, workspace: SharedWorkspace, address: Address, files: HubFiles) -> None:
        self._engine = engine
        self._workspace = workspace
        self.address = address
        self._files = files
        self._problems = engine.problems
        self._shelf = files.shelf(hub_place(address), self._say)
        self._tasks = TaskOwner("hub")
        self._obedience = HubObedience(engine, workspace, say=self._say)
        self._heard = asyncio.Event()
        self._reported: list[ObserverStatus] = []
        self._revision = 0
        self._report = b"[]"
        self._status: HubStatus | None = None

    async def start(self) -> None:
        """Connect, or begin with what was known last; the workspace has what the hub has then."""
        engine = self._engine
        info = own_instance(self._files.memory.instance, engine.paths.config, engine.options.role)
        replica = Replica(self._shelf, restores=partial(_is_restored_by, self._files))
        self._follower = Follower(LateHub(partial(_hub_at, self.address, engine.secrets)), replica, info, listener=self)
        self.definitions = self._obedience.definitions = SharedDefinitions(self._follower)
        self.elsewhere = Elsewhere(self.definitions, on_patterns=self._engine.observers.observed)
        self._tasks.start("follow", self._follower.run(), self._ended)
        try:
            async with asyncio.timeout(FIRST_WORD_SECONDS):
                while self._follower.phase == "connecting":
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pass
        approvals = Approvals(
            self._engine.paths.approvals_file, self._files.copy_folder(hub_place(self.address)), self._problems
        )
        self._workspace.share(self.definitions, approvals)
        self._engine.observers.others = self.elsewhere
        self.look()
        self._obedience.trust()

    def begin(self) -> None:
        """Do what others have changed since the workspace was restored, and from now on."""
        self._obedience.remember()
        self._tasks.start("obey", self._obedience.work(self._looked_at), self._ended)

    def obey_everything(self) -> None:
        """Make this engine agree with the hub in everything."""
        self._obedience.mark_everything()

    async def stop_obeying(self) -> None:
        """Leave the observers of this engine as they are from now on."""
        await self._tasks.cancel("obey")

    async def stop(self) -> None:
        """Tell the others that this instance ends, and let go of the hub."""
        await self._tasks.close()
        await self._follower.leave()
        await asyncio.to_thread(self._shelf.close)

    def status(self) -> HubStatus:
        """What viewers see."""
        if self._status is None:
            self._status = standing(self._follower, self.address.masked, self._active)
        return self._status

    def tick(self) -> None:
        """Once a second: figures of this instance may be others than before."""
        self._status = None

    def try_now(self) -> None:
        """Connect now instead of waiting."""
        self._follower.hurry()

    def conflict(self, identity: str) -> Conflict:
        """A conflict by its id; UserError when it is settled already."""
        found = self._follower.replica.conflict(identity)
        if found is None:
            raise UserError("This is settled already.")
        return found

    async def resolve(self, identity: str, *, mine: bool) -> None:
        """Let the own version hold, or that of the hub.

        Raises:
            VersionConflict: it was changed once more meanwhile; the new conflict is on the list.
        """
        found = self._follower.replica.waiting.resolve(identity)
        self._status = None
        if found is not None and mine:
            await self.definitions.edit_raw(found.wish, found.theirs)

    # What the follower tells

    def changed(self, keys: set[Key]) -> None:
        """These definitions may be others than before."""
        self._status = None
        self._obedience.mark(keys)

    def status_changed(self) -> None:
        """An instance came, went or reported something else, or it stands otherwise with the hub."""
        self._status = None
        self._heard.set()
        self._obedience.mark(set())

    def identity_taken(self, other: InstanceInfo) -> InstanceInfo:
        """A copy of this profile lives: be another instance, whose observers are not ours."""
        self._say(
            f"Another Eventmon on {other.host} uses a copy of this profile. The observers of the profile run there; "
            "this one starts without them."
        )
        identity = self._files.become_another()
        self._obedience.mark_everything()
        return msgspec.structs.replace(self._follower.info, id=identity)

    def report(self) -> tuple[int, bytes]:
        """What the other instances shall know of the observers here."""
        statuses = self._engine.observers.own_statuses()
        if statuses != self._reported or not self._revision:
            self._reported = statuses
            self._revision += 1
            self._report = report_of(statuses)
        return self._revision, self._report

    # What follows from it

    def _looked_at(self, anything: bool) -> None:
        if anything:
            self._follower.beat_soon()
        self.look()

    def look(self) -> None:
        """Take in what others have defined and report, at once."""
        if self.elsewhere.look(self._follower.present):
            self._status = None

    def _active(self, instance: str) -> int:
        own = instance == self._follower.info.id
        return self._engine.observers.active if own else self.elsewhere.active_on(instance)

    def _ended(self, error: BaseException | None) -> None:
        """The named border: a bug on the hub's side is reported, and the engine goes on without it."""
        if error is not None:
            _logger.error("Sharing has failed.", exc_info=error)
            self._say(f"Sharing has stopped by a mistake in Eventmon ({type(error).__name__}). Start it again.")

    def _say(self, sentence: str) -> None:
        self._problems.report("warning", "hub", sentence)


async def _hub_at(address: Address, secrets: SecretStore) -> Hub:
    return RedisHub(HubServer(await resolved(address, secrets)))


def _is_restored_by(files: HubFiles, entry: HubEntry) -> bool:
    """Whether a hub that lost this definition gets it back from here: topics from all, an observer from its own."""
    return entry.kind != OBSERVER or entry.content.get("instance") == files.memory.instance
