"""The text of a workspace file, whoever made it: a file of a stranger may be a pipe, a device, huge, or no text at all.

Nothing here looks at what the text says; see ``workspace_tables``.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from eventmon.core.errors import UserError
from eventmon.engine.workspace_tables import Entry, Key, entries_of, unreadable

MAX_BYTES = 4 * 1024 * 1024
"""A file of a stranger above this is not read: thousands of definitions fit into a tenth of it."""


def text_of(path: Path, *, limit: int | None = None) -> str | None:
    """What a workspace file holds; None when there is no file.

    Args:
        path: the file.
        limit: the most bytes that are read; None for all of it.

    Raises:
        UserError: it is no ordinary file, is larger, is not UTF-8 or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for its writer
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UserError(f"{path} is no file. Choose the file of a workspace.")
        try:
            data = file.read() if limit is None else file.read(limit + 1)
            if limit is not None and len(data) > limit:
                raise UserError(
                    f"{path} is larger than {limit // 2**20} MiB, which no workspace is. Choose another file."
                )
            return data.decode()
        except (OSError, ValueError) as error:
            if isinstance(error, UserError):
                raise
            raise unreadable(path, error) from error


def foreign_entries(path: Path) -> dict[Key, Entry]:
    """Everything that a workspace file of somebody else says, in its order.

    Raises:
        UserError: there is none, it cannot be read, or it has a mistake; the sentence names table and key.
    """
    text = text_of(path, limit=MAX_BYTES)
    if text is None:
        raise UserError(f"There is no file {path}. Choose the file of a workspace.")
    return entries_of(text, path)
