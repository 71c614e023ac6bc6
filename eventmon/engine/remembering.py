"""Keeping connections for the next start: definitions in the workspace, secrets in the store.

A secret is in the store before the definition that refers to it is written, and a definition is gone before its
secret is, so that a crash between the two leaves a secret too many and never a reference to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eventmon.core.errors import UserError
from eventmon.engine.address import Address
from eventmon.engine.definitions import ConnectionDefinition
from eventmon.engine.mount import Mount
from eventmon.engine.problems import Problems
from eventmon.engine.secrets import SecretStore
from eventmon.engine.workspace import Workspace


class Remembering:
    """What outlives a run. Lives on the engine's loop."""

    def __init__(self, mounts: Iterable[Mount], secrets: SecretStore, problems: Problems) -> None:
        """Make it; until there is a ``workspace`` nothing is remembered."""
        self._mounts = mounts
        self._secrets = secrets
        self._problems = problems
        self.workspace: Workspace | None = None

    def can_save(self, name: str) -> bool:
        """Whether a connection can be saved; a problem says why it cannot."""
        if self.workspace is None:
            self._problems.report(
                "info",
                name,
                f"“{name}” is not saved: only the first Eventmon of a profile, recording, keeps its workspace.",
            )
        return self.workspace is not None

    def is_held(self, mount: Mount) -> bool:
        """Whether a connection is off until it is approved."""
        workspace = self.workspace
        return mount.saved and workspace is not None and not workspace.may_act(mount.definition)

    async def approve(self, mount: Mount) -> None:
        """Let a connection of a workspace from elsewhere be opened from now on."""
        if mount.saved and self.workspace is not None:
            await self.workspace.approve(ConnectionDefinition, mount.name)

    async def keep(self, mount: Mount) -> None:
        """Write the definition of a saved connection, which refers to its secrets."""
        if mount.saved and self.workspace is not None:
            await self.workspace.keep(mount.definition)

    async def keep_secrets(self, mount: Mount, address: Address) -> Address:
        """The address of a saved connection with its secrets in the store.

        Raises:
            UserError: they can be kept nowhere.
        """
        if not mount.saved:
            return address
        return await address.kept(self._secrets, lambda field: self._name_for(mount, field))

    async def forget(self, mount: Mount) -> None:
        """Delete the definition of a saved connection, and its secrets."""
        if mount.saved and self.workspace is not None:
            await self.workspace.remove(ConnectionDefinition, mount.name)
            await self.forget_secrets(mount, mount.address.kept_names if mount.address else set())

    async def forget_secrets(self, mount: Mount, names: set[str]) -> None:
        """Delete those of these secrets that were kept for this connection and that no other one refers to."""
        if not mount.saved:
            return
        for name in names - self._names_of_others(mount):
            if _own_name(mount.name + self._mark).fullmatch(name):
                try:
                    await self._secrets.forget(name)
                except UserError as error:
                    self._problems.report("warning", mount.name, str(error))

    def _name_for(self, mount: Mount, field: str) -> str:
        """Under which name a secret is kept: one that no other connection refers to."""
        own = mount.name + self._mark
        wished = own if field == "password" else f"{own}.{field}"
        name, number = wished, 1
        others = self._names_of_others(mount)
        while name in others:
            number += 1
            name = f"{wished}-{number}"
        return name

    @property
    def _mark(self) -> str:
        return "" if self.workspace is None else self.workspace.mark_of_secrets

    def _names_of_others(self, mount: Mount) -> set[str]:
        others = [each.address for each in self._mounts if each is not mount and each.address]
        return {name for address in others for name in address.kept_names}


def _own_name(mount: str) -> re.Pattern[str]:
    """How the names look under which secrets of a connection are kept; others were chosen by people."""
    return re.compile(rf"{re.escape(mount)}(\.\w+)?(-\d+)?")
