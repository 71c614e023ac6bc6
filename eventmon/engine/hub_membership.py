"""Whether an engine is on a hub: joined at its start, shared and left by its user while it runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.frame import HubStatus
from eventmon.engine.hub_files import HubFiles
from eventmon.engine.topic_choices import KNOWN, NOT_RECORDED

if TYPE_CHECKING:
    from eventmon.engine.address import Address
    from eventmon.engine.engine import Engine
    from eventmon.engine.shared_workspace import SharedWorkspace
    from eventmon.engine.sharing import Sharing

SECRET_PREFIX = "hub-"
"""How the names begin under which passwords of hubs are kept."""
NOT_HERE = "Only the first Eventmon of a profile, recording, keeps its workspace and can be on a hub."


class HubMembership:
    """The hub of one engine, if it has one. Lives on the engine's loop.

    Attributes:
        sharing: its life on the hub; None without one.
    """

    def __init__(self, engine: Engine) -> None:
        self.sharing: Sharing | None = None
        self._engine = engine
        self._workspace: SharedWorkspace | None = None
        self._turn = asyncio.Lock()

    @property
    def current(self) -> Sharing:
        """The life on the hub; UserError when there is none."""
        if self.sharing is None:
            raise UserError("This workspace is not shared. Share it first.")
        return self.sharing

    async def join(self, workspace: SharedWorkspace | None) -> None:
        """At the start, before anything is restored: join the hub that was named or where the workspace is shared.

        Raises:
            UserError: the address that was named cannot be used.
        """
        from eventmon.engine.hub_url import hub_address

        self._workspace = workspace
        named = self._engine.options.hub
        if workspace is None:
            if named:
                self._engine.problems.report("warning", "hub", NOT_HERE)
            return
        files = HubFiles(self._engine.paths)
        if files.mistake:
            self._engine.problems.report("warning", "hub", files.mistake)
        url = named or files.url_of(workspace.path)
        if not url:
            return
        try:
            address = hub_address(url)
        except UserError as error:
            if named:
                raise
            self._engine.problems.report("warning", "hub", f"The hub of this workspace cannot be used. {error}")
            return
        try:
            files.save()
        except UserError as error:
            self._engine.problems.report("warning", "hub", str(error))
        sharing = self._sharing(address, files)
        await sharing.start()
        self._have(sharing)

    def begin(self) -> None:
        """When everything is restored: do what others change."""
        if self.sharing is not None:
            self.sharing.begin()

    async def share(self, url: str) -> HubStatus:
        """Move observers and topics of the workspace to a hub.

        Raises:
            UserError: there is one already, or it cannot be had; then nothing is changed.
        """
        from eventmon.engine.hub_url import hub_address

        async with self._turn:
            workspace = self._require_workspace()
            if self.sharing is not None:
                raise UserError("This workspace is shared already. Leave its hub first.")
            address = hub_address(url)
            kept = await address.kept(self._engine.secrets, lambda field: f"{SECRET_PREFIX}{field}")
            try:
                return await self._share(workspace, kept)
            except UserError:
                await self._forget_secrets(kept)
                raise

    async def _share(self, workspace: SharedWorkspace, address: Address) -> HubStatus:
        files = HubFiles(self._engine.paths)
        files.save()
        sharing = self._sharing(address, files)
        await sharing.start()
        standing = sharing.status()
        try:
            if standing.phase != "connected":
                raise UserError(standing.detail or f"{standing.url} does not answer. Check the address.")
            files.remember(workspace.path, address.url)
        except UserError:
            await self._drop(sharing)
            raise
        await self._give(sharing, workspace)
        self._have(sharing)
        sharing.begin()
        sharing.obey_everything()
        return sharing.status()

    async def leave(self) -> None:
        """Take the observers of this instance back into the workspace, and be on no hub.

        When the hub cannot be reached, they stay listed there, as those of an instance that does not come back.

        Raises:
            UserError: there is no hub.
        """
        async with self._turn:
            sharing, workspace = self.current, self._require_workspace()
            files = HubFiles(self._engine.paths)
            await sharing.stop_obeying()
            own = sharing.definitions.own()
            off = [each.name for each in own if not workspace.may_act(each)]
            if sharing.status().phase == "connected":
                for definition in own:
                    await sharing.definitions.remove(definition.name)
            else:
                files.become_another()
            await self._drop(sharing)
            topics = self._engine.topic_choices
            taken = [msgspec.structs.replace(each, paused=True) if each.name in off else each for each in own]
            await workspace.move_in(taken, {KNOWN: topics.known, NOT_RECORDED: topics.not_recorded})
            for name in off:  # written by others and never approved: only its user resumes it
                await self._engine.observers.pause(name)
            files.remember(workspace.path, "")
            await self._forget_secrets(sharing.address)

    async def stop(self) -> None:
        """Say goodbye; the next start joins again."""
        if self.sharing is not None:
            sharing, self.sharing = self.sharing, None
            await sharing.stop()

    async def _forget_secrets(self, address: Address) -> None:
        """Delete the secrets that were kept for a hub; others that its address refers to are the user's."""
        for name in address.kept_names:
            if name.startswith(SECRET_PREFIX):
                await self._engine.secrets.forget(name)

    def _sharing(self, address: Address, files: HubFiles) -> Sharing:
        from eventmon.engine.sharing import Sharing  # loads the client, which most starts do not need

        return Sharing(self._engine, self._require_workspace(), address, files)

    def _require_workspace(self) -> SharedWorkspace:
        if self._workspace is None:
            raise UserError(NOT_HERE)
        return self._workspace

    def _have(self, sharing: Sharing) -> None:
        self.sharing = self._engine.frames.sharing = sharing

    async def _drop(self, sharing: Sharing) -> None:
        self.sharing = self._engine.frames.sharing = self._engine.observers.others = None
        self._require_workspace().unshare()
        await sharing.stop()
        self._engine.frames.show_all()

    async def _give(self, sharing: Sharing, workspace: SharedWorkspace) -> None:
        """Put what the workspace has into the hub; a name that is taken there gets the host behind it."""
        topics = self._engine.topic_choices
        lists = {KNOWN: topics.known, NOT_RECORDED: topics.not_recorded}
        for name, definition in self._engine.observers.definitions().items():
            free = _free_name(name, sharing)
            await workspace.bring(definition, free)
            if free != name:
                await self._rename(name, msgspec.structs.replace(definition, name=free))
        for key, texts in lists.items():
            await sharing.definitions.change_texts(key, added=texts, removed=())
        workspace.has_lists(lists)
        await workspace.move_out()

    async def _rename(self, name: str, definition: ObserverDefinition) -> None:
        await self._engine.observers.obey(name, definition)
        self._engine.problems.report(
            "info",
            "hub",
            f"The hub has an observer “{name}” already, so that of this workspace is “{definition.name}”.",
        )


def _free_name(name: str, sharing: Sharing) -> str:
    free, number = name, 1
    while sharing.definitions.elsewhere(free) is not None:
        number += 1
        free = f"{name} ({number})"
    return free
