"""Putting the observers and topics of a workspace file into a hub, without an engine.

They are run by the Eventmon of the profile: at once when it is on that hub, else when it is started on it.
"""

from __future__ import annotations

import platform
from pathlib import Path

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.hub_files import HubFiles
from eventmon.engine.hub_server import HubServer
from eventmon.engine.hub_url import hub_address, resolved
from eventmon.engine.paths import Paths
from eventmon.engine.secrets import SecretStore
from eventmon.engine.shared_definitions import LISTS, new_edit, new_observer
from eventmon.engine.topic_choices import TABLE
from eventmon.engine.workspace_reading import foreign_entries
from eventmon.engine.workspace_tables import Entry, Key
from eventmon.hub.base import OBSERVER, Hub, VersionConflict
from eventmon.hub.base import Key as HubKey
from eventmon.hub.redis import RedisHub


class HubImport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import has done.

    Attributes:
        url: of the hub, secrets masked.
        observers: how many were put there.
        topics: how many topics and patterns of topics that are not recorded.
        taken: names of observers that the hub has already, which were left out.
    """

    url: str
    observers: int
    topics: int
    taken: list[str]


async def import_workspace(file: Path, url: str, paths: Paths) -> HubImport:
    """Put the observers and topics of a file into a hub; without a URL into the one where the workspace is shared.

    Raises:
        UserError: the file has a mistake, or the hub cannot be used.
    """
    files = HubFiles(paths)
    address = hub_address(url or _shared_on(files, paths))
    entries = foreign_entries(file)
    paths.create()
    files.save()
    hub = RedisHub(HubServer(await resolved(address, SecretStore(paths))))
    try:
        there = {entry.key for entry in (await hub.load()).entries}
        observers, taken = await _put_observers(hub, entries, files.memory.instance)
        topics = await _put_lists(hub, entries, there)
    finally:
        await hub.close()
    return HubImport(url=address.masked, observers=observers, topics=topics, taken=taken)


def _shared_on(files: HubFiles, paths: Paths) -> str:
    url = files.url_of(paths.workspace_file)
    if not url:
        raise UserError("This workspace is on no hub. Name one with --hub redis://HOST.")
    return url


async def _put_observers(hub: Hub, entries: dict[Key, Entry], instance: str) -> tuple[int, list[str]]:
    host = platform.node()
    definitions = [entry for entry in entries.values() if isinstance(entry, ObserverDefinition)]
    taken = []
    for definition in definitions:
        content = msgspec.to_builtins(new_observer(definition, instance=instance, host=host))
        try:
            await hub.apply(new_edit(OBSERVER, definition.name, content, by=host, expected=0))
        except VersionConflict:
            taken.append(definition.name)
    return len(definitions) - len(taken), taken


async def _put_lists(hub: Hub, entries: dict[Key, Entry], there: set[HubKey]) -> int:
    texts = [(kind, text) for key, kind in LISTS.items() for text in _texts(entries.get((TABLE, key)))]
    fresh = [each for each in texts if each not in there]
    for kind, text in fresh:
        await hub.apply(new_edit(kind, text, {}, by=platform.node(), expected=None))
    return len(fresh)


def _texts(entry: Entry | None) -> tuple[str, ...]:
    return entry if isinstance(entry, tuple) else ()
