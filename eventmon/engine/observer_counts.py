"""What observers have counted, kept for the next start: a small private file for each session in the profile.

The file stands beside the log and not in it: which observers there are belongs to the workspace, and a session that is
passed on should not tell what somebody watched in it. It is written at most every few seconds and at the end, so a
kill costs what was counted in those seconds; the laws of the counters hold all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import msgspec

from eventmon.engine.definitions import ObserverDefinition
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.frame import ObserverStatus
from eventmon.engine.tasks import TaskOwner

KEEP_SECONDS = 3.0
CLOSE_SECONDS = 5.0
OBSERVERS_A_SECOND = 1_000
"""The more observers there are, the longer is the rest between two writes."""
MAX_BYTES = 64 << 20
MAX_SESSIONS = 50
"""Sessions whose counts are remembered; those not opened for longest are forgotten."""

_logger = logging.getLogger(__name__)


class KeptCounts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one observer had counted.

    Attributes:
        kind: its kind then.
        settings: its settings then.
        delivered: events taken without an error.
        failed: events on which it failed.
        dropped: events that it was not given.
        pending: events that waited for it.
        last_error: what went wrong last.
        last_error_seq: with which event.
        values: the figures of its kind.
    """

    kind: str
    settings: dict[str, str | int | float | bool] = {}
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    pending: int = 0
    last_error: str = ""
    last_error_seq: int = 0
    values: dict[str, float] = {}

    @property
    def is_sound(self) -> bool:
        """Whether it can have been counted."""
        return min(self.delivered, self.failed, self.dropped, self.pending, self.last_error_seq) >= 0

    def values_for(self, definition: ObserverDefinition) -> dict[str, float]:
        """The figures of its kind, when it does the same work still."""
        same = (self.kind, self.settings) == (definition.kind, definition.settings)
        return dict(self.values) if same else {}


class _File(msgspec.Struct, frozen=True, kw_only=True):
    format: Literal[1] = 1
    observers: dict[str, KeptCounts] = {}


Shown = Mapping[str, tuple[ObserverDefinition, ObserverStatus]]
"""Observers as they are now, by name."""


class ObserverCounts:
    """The file of one session. Lives on the engine's loop; writes in other threads."""

    def __init__(self, folder: Path, log_uuid: str, tell: Callable[[str], object]) -> None:
        """Make it; ``tell`` is told once when nothing can be kept."""
        self._path = folder / f"{quote(log_uuid[:64], safe='', errors='replace')}.json"
        self._tell = tell
        self._told = False
        self._absent: dict[str, KeptCounts] = {}
        self._written: Shown = {}
        self._due = 0.0
        self._tasks = TaskOwner("observer-counts")
        self._turn = asyncio.Lock()

    def load(self) -> None:
        """Read what was kept of the last run; nothing when there is nothing or it cannot be read."""
        try:
            if self._path.stat().st_size <= MAX_BYTES:
                found = msgspec.json.decode(self._path.read_bytes(), type=_File).observers
                self._absent = {name: kept for name, kept in found.items() if kept.is_sound}
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self._say(f"What observers counted before cannot be read ({error}). They count from 0.")

    def of(self, name: str) -> KeptCounts | None:
        """What an observer had counted; those never asked for are kept as they are, for they may come back."""
        return self._absent.get(name)

    def tick(self, now: float, shown: Callable[[], Shown]) -> None:
        """Once a second, with the monotonic clock: write what has changed when it is time to."""
        if now < self._due or self._tasks.names:
            return
        observers = shown()
        self._due = now + KEEP_SECONDS + len(observers) / OBSERVERS_A_SECOND
        if observers != self._written:
            self._tasks.start("write", self.keep(observers))

    async def keep(self, observers: Shown) -> None:
        """Write it, after what is being written."""
        async with self._turn:
            if observers == self._written:
                return
            self._absent = {name: kept for name, kept in self._absent.items() if name not in observers}
            try:
                await asyncio.to_thread(_write, self._path, observers, self._absent)
                self._written = observers
            except (OSError, ValueError) as error:
                self._say(f"What observers count cannot be kept for the next start: {error}. Mend the folder.")

    async def close(self, observers: Shown) -> None:
        """Write it for the last time, within bounds: a stalled disk must not keep the engine up."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.keep(observers)
        except TimeoutError:
            self._say(f"What observers counted could not be kept within {CLOSE_SECONDS:g} s. The disk stands still.")

    def _say(self, sentence: str) -> None:
        if not self._told:
            self._told = True
            self._tell(sentence)


def _write(path: Path, observers: Shown, absent: Mapping[str, KeptCounts]) -> None:
    kept = dict(absent)
    kept |= {name: _kept(definition, status) for name, (definition, status) in observers.items()}
    replace_file(path, msgspec.json.encode(_File(observers=kept)).decode(), private=True)
    _forget_oldest(path)


def _kept(definition: ObserverDefinition, status: ObserverStatus) -> KeptCounts:
    return KeptCounts(
        kind=definition.kind,
        settings=definition.settings,
        delivered=status.delivered,
        failed=status.failed,
        dropped=status.dropped,
        pending=status.pending,
        last_error=status.last_error.encode(errors="replace").decode(),
        last_error_seq=status.last_error_seq,
        values={name: value for name, value in status.values.items() if isfinite(value)},
    )


def _forget_oldest(path: Path) -> None:
    """Keep the folder small; a file that is gone meanwhile is gone."""
    files = list(path.parent.glob("*.json"))
    if len(files) <= MAX_SESSIONS:
        return
    try:
        for old in sorted(files, key=lambda each: each.stat().st_mtime)[:-MAX_SESSIONS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _logger.warning("Counts of old sessions could not be forgotten: %s.", error)
