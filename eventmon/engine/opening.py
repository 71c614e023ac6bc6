"""Opening the session: to record, or only to look when somebody else records it or the file must not be written."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eventmon.core.errors import UserError
from eventmon.store.base import Bounds, LogTotals, LogWriter, RecentId, TopicTotals
from eventmon.store.errors import LogUnavailable
from eventmon.store.open import open_reader, open_writer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLog:
    """What a log holds when it is opened; ``writer`` is None when it may only be looked at, ``why`` says so.

    ``topics`` and ``recent_ids`` are taken out, because a million of them need not be in memory twice.
    """

    path: Path
    writer: LogWriter | None
    uuid: str
    totals: LogTotals
    topics: list[TopicTotals]
    bounds: Bounds
    removals: int
    gaps: int
    recent_ids: list[RecentId]
    why: str = ""

    @property
    def next_seq(self) -> int:
        """The seq of the next event."""
        return self.writer.next_seq if self.writer else self.bounds.newest + 1

    def take_topics(self) -> Iterator[TopicTotals]:
        """Every topic, in the order of appearance, once."""
        self.topics.reverse()
        while self.topics:
            yield self.topics.pop()

    def take_recent_ids(self) -> list[RecentId]:
        """The ids that the log remembers, oldest first, once."""
        taken = self.recent_ids.copy()
        self.recent_ids.clear()
        return taken


@contextmanager
def without_collector() -> Iterator[None]:
    """Make many objects that live on without the garbage collector walking over all of them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def open_log(path: Path, *, or_look: bool, look: bool = False) -> OpenedLog:
    """Open a session to record into it, unless it is to be looked at alone.

    Args:
        path: the session; made when it does not exist and is recorded into.
        or_look: open it to look only when it cannot be recorded into.
        look: open it to look only.

    Raises:
        UserError: it can be neither; the sentence says why.
    """
    if look:
        return _look(path, None, "This session was opened for reading.")
    try:
        writer = open_writer(path)
    except LogUnavailable as error:
        if not or_look or not path.exists():
            raise
        return _look(path, None, str(error))
    try:
        return _look(path, writer, "")
    except UserError:
        writer.close()
        raise


def _look(path: Path, writer: LogWriter | None, why: str) -> OpenedLog:
    reader = open_reader(path)
    try:
        return OpenedLog(
            path=path,
            writer=writer,
            uuid=reader.uuid(),
            totals=writer.totals if writer else reader.totals(),
            topics=reader.topics(),
            bounds=reader.bounds(),
            removals=reader.removals(),
            gaps=len(reader.gaps()),
            recent_ids=writer.recent_ids() if writer else [],
            why=why,
        )
    finally:
        reader.close()
