"""Connections: opened, changed, closed and forgotten, each a connector's run in a task of its own.

A connection that fails says why and stays in the list; it harms neither the engine nor its neighbours.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from eventmon.connectors.base import Feed
from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.approvals import NOT_APPROVED, REVIEW
from eventmon.engine.definitions import ConnectionDefinition
from eventmon.engine.frame import ConnectionColor, ConnectionStatus
from eventmon.engine.ingest import Ingest
from eventmon.engine.mount import Mount, Surroundings
from eventmon.engine.mount_feed import MountFeed
from eventmon.engine.mount_list import MountList
from eventmon.engine.problems import Problems
from eventmon.engine.recording import Recording
from eventmon.engine.remembering import Remembering
from eventmon.engine.secrets import SecretStore
from eventmon.engine.tasks import TaskOwner
from eventmon.engine.workspace import Workspace

FIRST_WORD_SECONDS = 1.0
"""How long whoever opens a connection waits to hear that its file or host cannot be had."""

_IN_COMMAND_LINE = (
    "The password of “{name}” stands in the command line, where other programs can read it. "
    "Use ${{NAME}} or save it in the window."
)
_IN_WORKSPACE = "The password of “{name}” stands in the workspace file. Use ${{NAME}} there, or enter it in the window."


class Connections:
    """All connections of the engine. Lives on its loop.

    Attributes:
        mounts: the list of them.
    """

    def __init__(
        self,
        ingest: Ingest,
        recording: Recording,
        problems: Problems,
        secrets: SecretStore,
        lend: Callable[[MountFeed], Feed] | None = None,
    ) -> None:
        """Make it; ``lend`` gives a connection another feed in the place of its own."""
        self.mounts = MountList(ingest, recording)
        self._recording = recording
        self._problems = problems
        self._secrets = secrets
        self._remembering = Remembering(self.mounts, secrets, problems)
        self._tasks = TaskOwner("connection")
        self._around = Surroundings(
            ingest=ingest,
            recording=recording,
            problems=problems,
            secrets=secrets,
            tasks=self._tasks,
            on_change=self.mounts.changed,
            lend=lend,
        )
        self._figures: list[tuple[int, int, int]] = []
        self._stopping = False

    @property
    def changes(self) -> int:
        """Grows with every change that viewers have to see."""
        return self.mounts.changes

    def statuses(self) -> list[ConnectionStatus]:
        """All connections, in the order of their opening."""
        return self.mounts.statuses()

    async def open(
        self,
        url: str,
        name: str = "",
        *,
        save: bool = False,
        read_only: bool | None = None,
        color: ConnectionColor = "",
        from_command_line: bool = False,
    ) -> ConnectionStatus:
        """Open a connection; an empty name is replaced by a free one.

        Args:
            url: its address.
            name: where it is mounted.
            save: remember it in the workspace, its secrets in the store.
            read_only: send nothing to it; None for yes on other machines and no on this one.
            color: the colour that marks it.
            from_command_line: other programs can read the address.

        Raises:
            UserError: the URL or the name cannot be used, or its secret cannot be had; the sentence says why.
        """
        self._require_running()
        address = Address.read(url)
        mounts = self.mounts
        name = mounts.require_free(name) if name else mounts.free_name(address.connector.default_name(address.config))
        if from_command_line and address.literals:
            self._problems.report("warning", name, _IN_COMMAND_LINE.format(name=name))
        read_only = not address.is_local if read_only is None else read_only
        definition = ConnectionDefinition(name=name, url=address.url, read_only=read_only, color=color)
        mount = Mount(definition, self._around, saved=save and self._remembering.can_save(name))
        async with self._listed(mount):
            config = await address.resolved(self._secrets)
            address = await self._remembering.keep_secrets(mount, address)
            self._require_running()
            mount.start(address, config)
        await self._remembering.keep(mount)
        return mount.status()

    def restore(self, workspace: Workspace) -> None:
        """List the saved connections, open those that were connected, each in its own time, and remember from now on.

        A name that is listed already belongs to this run alone and is left to it.
        """
        self._remembering.workspace = workspace
        for definition in workspace.load(ConnectionDefinition):
            if definition.name not in self.mounts:
                mount = Mount(definition, self._around, saved=True)
                self.mounts.add(mount)
                self._restore(mount)

    async def first_word(self, name: str, within: float = FIRST_WORD_SECONDS) -> ConnectionStatus:
        """How a connection just opened is, once it is no longer connecting, at the latest after so many seconds."""
        mount = self.mounts.require(name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(mount.feed.spoken.wait(), within)
        return mount.status()

    async def edit(
        self, name: str, *, url: str | None = None, read_only: bool | None = None, color: ConnectionColor | None = None
    ) -> ConnectionStatus:
        """Change a connection; what is None stays as it is.

        Raises:
            UserError: there is none of this name, or the URL cannot be used; then nothing is changed.
        """
        async with self.mounts.turn(name) as mount:
            held = self._remembering.is_held(mount)
            replaced = await self._move(mount, url) if url is not None else set()
            changes = {"read_only": read_only, "color": color}
            given = {key: value for key, value in changes.items() if value is not None}
            mount.definition = msgspec.structs.replace(mount.definition, **given)
            self.mounts.changed()
            if held and url is not None:  # whoever gives the address has seen it
                await self._remembering.approve(mount)
                self._restore(mount)
            await self._remembering.keep(mount)
            await self._remembering.forget_secrets(mount, replaced)
            return mount.status()

    async def close(self, name: str) -> None:
        """Disconnect; it stays in the list, and what it delivered before is stored.

        Raises:
            UserError: there is none of this name.
        """
        await self._tasks.cancel(_opening(self.mounts.require(name)))
        async with self.mounts.turn(name) as mount:
            await mount.stop()
            await self._set_connected(mount, False)

    async def reconnect(self, name: str) -> ConnectionStatus:
        """Try at once: a waiting connection without its wait, a closed or failed one anew.

        Raises:
            UserError: there is none of this name.
        """
        async with self.mounts.turn(name) as mount:
            if self._remembering.is_held(mount):
                raise UserError(f"“{name}” is not approved. {REVIEW}")
            if mount.feed.phase == "waiting":
                mount.retry_now()
            elif not mount.is_up:
                self._require_running()
                await mount.open()
            await self._set_connected(mount, True)
            return mount.status()

    async def approve(self, name: str) -> None:
        """Let a connection of a workspace from elsewhere be opened, as it is, when it was connected there.

        Raises:
            UserError: there is none of this name.
        """
        async with self.mounts.turn(name) as mount:
            if self._remembering.is_held(mount):
                self._require_running()
                await self._remembering.approve(mount)
                self._restore(mount)

    async def adopt(self, definition: ConnectionDefinition) -> None:
        """List a connection of another workspace, open it in its own time if it was connected, and remember it.

        Raises:
            UserError: its name or its address cannot be used, or its secret can be kept nowhere.
        """
        self._require_running()
        self.mounts.require_free(definition.name)
        address = Address.read(definition.url)
        mount = Mount(definition, self._around, saved=self._remembering.can_save(definition.name))
        async with self._listed(mount):
            mount.redefine(await self._remembering.keep_secrets(mount, address))
            await self._remembering.keep(mount)
        self._restore(mount)

    async def forget(self, name: str) -> None:
        """Close a connection and delete its definition and its secrets; its events stay.

        Raises:
            UserError: there is none of this name.
        """
        await self._tasks.cancel(_opening(self.mounts.require(name)))
        async with self.mounts.turn(name) as mount:
            await mount.stop()
            self.mounts.drop(mount)
            await self._remembering.forget(mount)

    async def close_all(self) -> None:
        """Close every connection, all at once; the next start opens the saved ones again."""
        self._stopping = True
        await self._tasks.close()
        for mount in self.mounts:
            mount.feed.closed = True
            self.mounts.drop(mount)

    def tick(self) -> None:
        """Once a second: let viewers see the connections again when their figures changed."""
        figures = [mount.figures for mount in self.mounts]
        if figures != self._figures:
            self._figures = figures
            self.mounts.changed()

    async def _move(self, mount: Mount, url: str) -> set[str]:
        """Give a connection another address; returns the names of kept secrets that it refers to no more."""
        before = mount.address
        written = Address.read(url, lender=before)  # compared as written: a new password is not yet a reference
        keep_secrets = self._remembering.keep_secrets
        held = self._remembering.is_held(mount)
        if held or not mount.definition.connected or (_same(before, written) and mount.feed.phase != "failed"):
            mount.redefine(address := await keep_secrets(mount, written))
        elif mount.is_up and _only_names_differ(before, written):
            await mount.watch(address := await keep_secrets(mount, written))
        else:
            config = await written.resolved(self._secrets)
            address = await keep_secrets(mount, written)
            await mount.stop()
            self._require_running()
            mount.start(address, config)
        return before.kept_names - address.kept_names if before else set()

    async def _set_connected(self, mount: Mount, connected: bool) -> None:
        if mount.definition.connected != connected:
            mount.definition = msgspec.structs.replace(mount.definition, connected=connected)
            await self._remembering.keep(mount)

    @asynccontextmanager
    async def _listed(self, mount: Mount) -> AsyncIterator[None]:
        """Hold the name of a connection while it is opened; it is listed on only when that succeeds."""
        self.mounts.add(mount)
        opened = False
        try:
            async with mount.turn:
                yield
            opened = True
        finally:
            if not opened:
                self.mounts.drop(mount)

    def _restore(self, mount: Mount) -> None:
        try:
            self.mounts.require_not_local(mount.name)
        except UserError as error:
            mount.fail(str(error))
            return
        if mount.saved and mount.address and mount.address.literals:
            self._problems.report("warning", mount.name, _IN_WORKSPACE.format(name=mount.name))
        if self._remembering.is_held(mount):
            mount.show_closed(NOT_APPROVED)
        elif mount.definition.connected:
            self._tasks.start(_opening(mount), self._open_restored(mount))
        else:
            mount.show_closed()

    async def _open_restored(self, mount: Mount) -> None:
        async with mount.turn:
            if not mount.is_up:
                await mount.open()

    def _require_running(self) -> None:
        """UserError when nothing can be opened any more, or nothing recorded."""
        self._recording.require_writable()
        if self._stopping:
            raise UserError("The engine is stopping. Start Eventmon again.")


def _opening(mount: Mount) -> str:
    """The name of the task that opens a restored connection."""
    return f"opening {mount.name}"


def _same(before: Address | None, after: Address) -> bool:
    return before is not None and before.config == after.config


def _only_names_differ(before: Address | None, after: Address) -> bool:
    """Whether two addresses differ in nothing but what is watched, which can be changed while connected."""
    if before is None or type(before.config) is not type(after.config) or not after.connector.capabilities.selects:
        return False
    names = after.connector.subscriptions(after.config)
    one, other = (each.connector.with_subscriptions(each.config, names) for each in (before, after))
    return bool(one == other)
