"""Writing a small file all at once or not at all, so that no reader and no crash ever sees half of it."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, text: str, *, private: bool = False) -> None:
    """Put a text in the place of a file; a link stays a link, and what it leads to is replaced.

    Args:
        path: the file; missing folders are made.
        text: what it holds then, in UTF-8.
        private: only its owner may read it, from its first moment on.

    Raises:
        OSError: it cannot be written; the file is as it was.
        ValueError: the text cannot be encoded; the file is as it was.
    """
    data = text.encode()
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(_create(fresh, 0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _create(path: Path, mode: int) -> int:
    """A descriptor of a file that was not there before and that no link of somebody else leads elsewhere."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
