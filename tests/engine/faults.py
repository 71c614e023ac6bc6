"""Faults that are hard to bring about for real: a log whose disk is full while an event is set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eventmon.core.event import Event
from eventmon.store.base import LogTotals, LogWriter, RecentId, Retention, TopicTotals
from eventmon.store.errors import LogUnavailable


class FullDisk:
    """A real ``LogWriter`` behind a disk that refuses while ``full`` is set, in ``append`` or in ``commit``.

    ``batches`` holds how many events each commit had, ``slices`` how many commits came before each slice of a
    deletion; ``before_slice`` is called before each, in the thread of the writer.
    """

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self.full = threading.Event()
        self.stage = "commit"
        self.error: BaseException = LogUnavailable("The disk is full. Recording is paused; nothing stored is lost.")
        self.commits = 0
        self.batches: list[int] = []
        self.slices: list[int] = []
        self.before_slice: Callable[[], object] = lambda: None
        self._appended = 0
        self._moving = threading.Lock()

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Commits take as long as this lasts."""
        with self._moving:
            yield

    @property
    def path(self) -> Path:
        return self._writer.path

    @property
    def uuid(self) -> str:
        return self._writer.uuid

    @property
    def next_seq(self) -> int:
        return self._writer.next_seq

    @property
    def totals(self) -> LogTotals:
        return self._writer.totals

    @property
    def older(self) -> Path | None:
        return self._writer.older

    @property
    def first_seq(self) -> int:
        return self._writer.first_seq

    @property
    def removals(self) -> int:
        return self._writer.removals

    def delete(self, seqs: Sequence[int]) -> tuple[int, int]:
        self._refuse_in("delete")
        self.slices.append(self.commits)
        self.before_slice()
        return self._writer.delete(seqs)

    def forget_topics(self, names: Sequence[str], *, anew: bool) -> None:
        self._writer.forget_topics(names, anew=anew)

    def drop_topics(self, names: Sequence[str]) -> None:
        self._writer.drop_topics(names)

    def topics(self) -> list[TopicTotals]:
        return self._writer.topics()

    def position(self, connection: str, stream: str) -> str | None:
        return self._writer.position(connection, stream)

    def append(self, events: Sequence[Event]) -> None:
        self._refuse_in("append")
        self._writer.append(events)
        self._appended += len(events)

    def set_position(self, connection: str, stream: str, position: str) -> None:
        self._writer.set_position(connection, stream, position)

    def add_gap(self, connection: str, started: int, ended: int, reason: str) -> None:
        self._writer.add_gap(connection, started, ended, reason)

    def recent_ids(self) -> list[RecentId]:
        return self._writer.recent_ids()

    def remember_ids(self, ids: Sequence[RecentId], oldest: int) -> None:
        self._writer.remember_ids(ids, oldest)

    def commit(self, *, not_recorded: int, duplicates: int, dropped: int) -> int:
        self._refuse_in("commit")
        with self._moving:
            self.commits += 1
            self.batches.append(self._appended)
            self._appended = 0
        return self._writer.commit(not_recorded=not_recorded, duplicates=duplicates, dropped=dropped)

    def rollback(self) -> None:
        self._appended = 0
        self._writer.rollback()

    def size_bytes(self) -> int:
        return self._writer.size_bytes()

    def prune(self, retention: Retention, now: int) -> int:
        return self._writer.prune(retention, now)

    def give_back_space(self) -> bool:
        return self._writer.give_back_space()

    def close(self) -> None:
        self._writer.close()

    def _refuse_in(self, stage: str) -> None:
        if self.full.is_set() and self.stage == stage:
            if isinstance(self.error, LogUnavailable):
                self._writer.rollback()
            raise self.error
