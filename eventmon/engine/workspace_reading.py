"""The text of a workspace file, whoever made it: a file of a stranger may be a pipe, a device, huge, or no text at all.

Nothing here looks at what the text says; see ``workspace_tables``.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from eventmon.core.errors import UserError
from eventmon.engine.workspace_tables import Entry, Key, entries_of, unreadable

MAX_BYTES = 4 * 1024 * 1024
"""A file of a stranger above this is not read: thousands of definitions fit into a tenth of it."""
MAX_DOTS = 100
"""The time that the standard library takes for a key grows faster than the square of its dots."""


_WORD = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"""(?<![\w"'-]){_WORD}(?:[ \t]*+\.[ \t]*+{_WORD}){{{MAX_DOTS}}}""")


def has_long_key(text: str) -> bool:
    """Whether something in a text looks like a key with so many dots that no file of a stranger may hold it."""
    return _LONG_KEY.search(text) is not None


def text_of(path: Path, *, foreign: bool = False) -> str | None:
    """What a workspace file holds; None when there is no file.

    Args:
        path: the file.
        foreign: somebody else may have made it: it is only read when reading it cannot take for ever.

    Raises:
        UserError: it is no ordinary file, is not UTF-8, cannot be read, or is made to keep its reader busy.
    """
    data = _bytes_of(path, MAX_BYTES if foreign else None)
    try:
        text = None if data is None else data.decode()
    except UnicodeDecodeError as error:
        raise unreadable(path, error) from error
    if foreign and text is not None and has_long_key(text):
        raise UserError(f"{path} holds a name with too many dots, which no workspace has. Choose another file.")
    return text


def _bytes_of(path: Path, limit: int | None) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for its writer
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UserError(f"{path} is no file. Choose the file of a workspace.")
    with os.fdopen(descriptor, "rb") as file:
        try:
            data = file.read() if limit is None else file.read(limit + 1)
        except OSError as error:
            raise unreadable(path, error) from error
    if limit is not None and len(data) > limit:
        raise UserError(f"{path} is larger than {limit // 2**20} MiB, which no workspace is. Choose another file.")
    return data


def foreign_entries(path: Path) -> dict[Key, Entry]:
    """Everything that a workspace file of somebody else says, in its order.

    Raises:
        UserError: there is none, it cannot be read, or it has a mistake; the sentence names table and key.
    """
    text = text_of(path, foreign=True)
    if text is None:
        raise UserError(f"There is no file {path}. Choose the file of a workspace.")
    return entries_of(text, path)
