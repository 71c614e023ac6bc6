"""Saving a session as another file, in a thread of its own: readers and the writer go on meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

from eventmon.core.errors import UserError
from eventmon.store.copying import ENDING, copy_session


async def save_session_as(session: Path, path: str) -> int:
    """Write what is committed to another file; its size in bytes.

    Raises:
        UserError: the file exists, or it cannot be written; nothing is left behind then.
    """
    return await asyncio.to_thread(lambda: copy_session(session, _target(path)))


def _target(path: str) -> Path:
    """The file that a path names, with the ending of sessions."""
    try:
        target = Path(path).expanduser()
    except RuntimeError:  # the home of somebody who is not there
        target = Path(path)
    if not path.strip() or not target.name:
        raise UserError("The copy needs a file name. Enter one.")
    if not target.is_absolute():
        raise UserError(f"{path} is relative, and the engine may run in another folder. Enter the whole path.")
    if target.suffix != ENDING:
        target = target.with_name(target.name + ENDING)
    return target
