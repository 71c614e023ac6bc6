"""Two that write one workspace: what each changed stays, and where both changed the same the last one wins, aloud.

A list of texts is merged item by item; a definition is one thing, because half of one and half of another may be
something that nobody wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from eventmon.engine.workspace_tables import Entry, Key


def merged(
    before: Mapping[Key, Entry], found: Mapping[Key, Entry], changes: Mapping[Key, Entry | None]
) -> tuple[dict[Key, Entry | None], list[Key]]:
    """What is to be written, and the definitions that another program has changed as well.

    Args:
        before: what we knew the file to hold of ours.
        found: what it holds now.
        changes: what we want it to hold; None for nothing.
    """
    wanted: dict[Key, Entry | None] = {}
    conflicts = []
    for key, entry in changes.items():
        if isinstance(entry, tuple):
            wanted[key] = _merged_list(_texts(before.get(key)), _texts(found.get(key)), entry)
            continue
        wanted[key] = entry
        if found.get(key) not in (before.get(key), entry):
            conflicts.append(key)
    return wanted, conflicts


def _texts(entry: Entry | None) -> tuple[str, ...]:
    return cast("tuple[str, ...]", entry or ())


def _merged_list(before: tuple[str, ...], found: tuple[str, ...], ours: tuple[str, ...]) -> tuple[str, ...]:
    """What was found, without what we took out and with what we put in."""
    kept, ours_now, known = dict.fromkeys(found), set(ours), set(before)
    for text in known - ours_now:
        kept.pop(text, None)
    kept.update((text, None) for text in ours if text not in known)
    return tuple(kept)
