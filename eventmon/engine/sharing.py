"""An engine on a hub: what others change is done here, what this one does is told to them, and losing it stops nothing.

The hub's copy is the truth about definitions; observers and topics of the engine are made to agree with it, one after
the other, so a change that comes while another one is being done is simply done after it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import uuid
from typing import TYPE_CHECKING

import msgspec

import eventmon
from eventmon.core.clock import now_microseconds
from eventmon.core.errors import UserError
from eventmon.engine.approvals import Approvals
from eventmon.engine.elsewhere import Elsewhere, report_of
from eventmon.engine.frame import HubConflict, HubInstance, HubStatus, ObserverStatus
from eventmon.engine.hub_files import HubFiles
from eventmon.engine.hub_server import HubServer
from eventmon.engine.hub_url import hub_place, resolved
from eventmon.engine.shared_definitions import SharedDefinitions, SharedObserver
from eventmon.engine.tasks import TaskOwner
from eventmon.engine.topic_choices import KNOWN, NOT_RECORDED
from eventmon.hub.base import OBSERVER, TOPIC, HubEntry, InstanceInfo, Key, VersionConflict
from eventmon.hub.follower import Follower
from eventmon.hub.redis import RedisHub
from eventmon.hub.replica import Replica

if TYPE_CHECKING:
    from eventmon.engine.address import Address
    from eventmon.engine.engine import Engine
    from eventmon.engine.shared_workspace import SharedWorkspace

FIRST_WORD_SECONDS = 5.0
"""How long a start waits for the hub before it goes on with what it knows."""

_logger = logging.getLogger(__name__)


class Sharing:
    """One engine's life on one hub. Lives on the engine's loop.

    Attributes:
        definitions: observers and topics as the hub has them.
        elsewhere: observers that other instances run.
    """

    definitions: SharedDefinitions
    elsewhere: Elsewhere
    _follower: Follower

    def __init__(self, engine: Engine, workspace: SharedWorkspace, address: Address, files: HubFiles) -> None:
        self._engine = engine
        self._workspace = workspace
        self._address = address
        self._files = files
        self._problems = engine.problems
        self._shelf = files.shelf(hub_place(address), self._say)
        self._tasks = TaskOwner("hub")
        self._dirty: set[Key] = set()
        self._work = asyncio.Event()
        self._heard = asyncio.Event()
        self._obeyed: dict[str, tuple[int, int]] = {}
        self._ids: dict[str, str] = {}
        self._reported: list[ObserverStatus] = []
        self._revision = 0
        self._report = b"[]"
        self._status: HubStatus | None = None

    async def start(self) -> None:
        """Connect, or begin with what was known last; the workspace has what the hub has then.

        Raises:
            UserError: a password that the address refers to is not there.
        """
        config = await resolved(self._address, self._engine.secrets)
        info = self._own_info()
        replica = Replica(self._shelf, restores=self._is_mine)
        self._follower = Follower(RedisHub(HubServer(config)), replica, info, listener=self)
        self.definitions = SharedDefinitions(self._follower)
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
            self._engine.paths.approvals_file, self._files.copy_folder(hub_place(self._address)), self._problems
        )
        self._workspace.share(self.definitions, approvals)
        self._engine.observers.others = self.elsewhere
        self.look()
        self._dirty.clear()  # the workspace restores what is known by now

    def begin(self) -> None:
        """Do what others have changed since the workspace was restored, and from now on."""
        for name, observer in self.definitions.observers().items():
            self._obeyed[observer.id] = (observer.resumed, observer.resets)
            self._ids[name] = observer.id
        self._tasks.start("obey", self._obey_all(), self._ended)

    def obey_everything(self) -> None:
        """Make this engine agree with the hub in everything."""
        self.changed({(OBSERVER, name) for name in self.definitions.observers()} | {(TOPIC, "")})

    async def stop_obeying(self) -> None:
        """Leave the observers of this engine as they are from now on."""
        await self._tasks.cancel("obey")

    async def stop(self) -> None:
        """Tell the others that this instance ends, and let go of the hub."""
        await self._tasks.close()
        await self._follower.leave()
        await asyncio.to_thread(self._shelf.close)

    @property
    def phase(self) -> str:
        """How it stands with the hub."""
        return self._follower.phase

    @property
    def detail(self) -> str:
        """Why it is not connected."""
        return self._follower.detail

    @property
    def address(self) -> Address:
        """Where the hub is."""
        return self._address

    def status(self) -> HubStatus:
        """What viewers see."""
        if self._status is None:
            self._status = self._made_status()
        return self._status

    def tick(self) -> None:
        """Once a second: figures of this instance may be others than before."""
        self._status = None

    def try_now(self) -> None:
        """Connect now instead of waiting."""
        self._follower.hurry()

    def conflict(self, identity: str) -> tuple[HubConflict, HubEntry | None, dict[str, object] | None]:
        """A conflict, what the hub has and what was wished; UserError when it is settled already."""
        found = self._follower.replica.conflict(identity)
        if found is None:
            raise UserError("This is settled already.")
        sentence = str(VersionConflict(found.wish, found.theirs))
        return HubConflict(id=found.id, name=found.name, sentence=sentence), found.theirs, found.wish.content

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
        self._dirty |= keys
        self._status = None
        self._work.set()

    def status_changed(self) -> None:
        """An instance came, went or reported something else, or it stands otherwise with the hub."""
        self._status = None
        self._heard.set()
        self._work.set()

    def identity_taken(self, other: InstanceInfo) -> InstanceInfo:
        """A copy of this profile lives: be another instance, whose observers are not ours."""
        self._say(
            f"Another Eventmon on {other.host} uses a copy of this profile. The observers of the profile run there; "
            "this one starts without them."
        )
        identity = self._files.become_another()
        self._dirty |= {(OBSERVER, name) for name in self.definitions.observers()}
        self._work.set()
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

    async def _obey_all(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            keys, self._dirty = self._dirty, set()
            if keys:
                await self._obey({name for kind, name in keys if kind == OBSERVER})
                await self._obey_lists()
                self._follower.beat_soon()
            self.look()

    async def _obey(self, names: set[str]) -> None:
        found = {name: self.definitions.own_one(name) for name in sorted(names)}
        ids = {observer.id: observer.definition for observer in found.values() if observer is not None}
        for name, observer in found.items():
            self._workspace.weigh(name)
            if observer is None:
                renamed = ids.get(self._ids.pop(name, ""))
                await self._engine.observers.obey(name, renamed)
        for name, observer in found.items():
            if observer is not None:
                await self._obey_one(name, observer)

    async def _obey_one(self, name: str, observer: SharedObserver) -> None:
        resumed, resets = self._obeyed.get(observer.id, (observer.resumed, observer.resets))
        self._obeyed[observer.id] = (observer.resumed, observer.resets)
        self._ids[name] = observer.id
        await self._engine.observers.obey(
            name, observer.definition, resume=observer.resumed > resumed, reset=observer.resets > resets
        )

    async def _obey_lists(self) -> None:
        topics = self._engine.topic_choices
        added, removed = self._workspace.heard(KNOWN)
        if added:
            for sentence in await topics.adopt(added):
                self._say(sentence)
        for topic in removed:
            topics.disown(topic)
        added, removed = self._workspace.heard(NOT_RECORDED)
        for patterns, record in ((removed, True), (added, False)):
            for pattern in patterns:
                try:
                    await topics.record(pattern, record=record)
                except UserError as error:
                    self._say(str(error))

    def look(self) -> None:
        """Take in what others have defined and report, at once."""
        if self.elsewhere.look(self._follower.present):
            self._status = None

    def _is_mine(self, entry: HubEntry) -> bool:
        """Whether a hub that lost this definition gets it back from here: topics from all, an observer from its own."""
        return entry.kind != OBSERVER or entry.content.get("instance") == self._files.memory.instance

    def _own_info(self) -> InstanceInfo:
        host = platform.node() or "this machine"
        return InstanceInfo(
            id=self._files.memory.instance,
            run=uuid.uuid4().hex,
            place=f"{host}:{self._engine.paths.config}",
            host=host,
            pid=os.getpid(),
            version=eventmon.__version__,
            role=self._engine.options.role,
            since=now_microseconds(),
        )

    def _made_status(self) -> HubStatus:
        follower = self._follower
        own = follower.info.id
        return HubStatus(
            url=self._address.masked,
            phase=follower.phase,
            detail=follower.detail,
            waiting=len(follower.replica.waiting),
            instances=[self._instance(each.info, own) for each in follower.present.values()],
            conflicts=[self.conflict(each.id)[0] for each in follower.replica.waiting.conflicts],
        )

    def _instance(self, info: InstanceInfo, own: str) -> HubInstance:
        is_own = info.id == own
        active = self._engine.observers.active if is_own else self.elsewhere.active_on(info.id)
        return HubInstance(
            id=info.id,
            host=info.host,
            pid=info.pid,
            version=info.version,
            role=info.role,
            since=info.since,
            observers=active,
            own=is_own,
        )

    def _ended(self, error: BaseException | None) -> None:
        """The named border: a bug on the hub's side is reported, and the engine goes on without it."""
        if error is not None:
            _logger.error("Sharing has failed.", exc_info=error)
            self._say(f"Sharing has stopped by a mistake in Eventmon ({type(error).__name__}). Start it again.")

    def _say(self, sentence: str) -> None:
        self._problems.report("warning", "hub", sentence)
