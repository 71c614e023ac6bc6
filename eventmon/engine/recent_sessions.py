"""Which sessions were opened last, newest first: a short JSON list that any window of the profile keeps.

It is a convenience: a file that is damaged or cannot be written costs the list and nothing else.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import Paths

MAX_RECENT: Final = 12
MAX_BYTES: Final = 256 * 1024

_logger = logging.getLogger(__name__)


def recent_sessions(paths: Paths) -> list[Path]:
    """The sessions, newest first; whether they still exist was not looked at."""
    try:
        if paths.recent_file.stat().st_size > MAX_BYTES:
            return []
        found = json.loads(paths.recent_file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
    return [Path(name) for name in dict.fromkeys(names) if name.startswith("/") and "\0" not in name][:MAX_RECENT]


def remember_session(paths: Paths, session: Path) -> None:
    """Put a session at the head of the list."""
    session = session.absolute()
    _write(paths, [session, *(each for each in recent_sessions(paths) if each != session)][:MAX_RECENT])


def forget_sessions(paths: Paths) -> None:
    """Empty the list."""
    _write(paths, [])


def _write(paths: Paths, sessions: list[Path]) -> None:
    try:
        replace_file(paths.recent_file, json.dumps([str(session) for session in sessions], indent=1))
    except (OSError, ValueError) as error:
        _logger.warning("The list of recent sessions could not be kept: %s.", error)
