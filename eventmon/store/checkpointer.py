"""Moves committed pages from the write-ahead file into the session, beside the writer instead of in its way.

A checkpoint waits for the disk. Measured with batches of 1,000 events at 20,000, 100,000 and about 500,000 events/s:
done by the writer (SQLite's default) it stalls a commit for 15-19 ms at every 4 MB; done by another thread alone
commits take 4 ms at most, but a busy writer is never caught up with and its write-ahead file reached 570 MB in six
seconds, because it only starts over when everything in it has been moved. So a thread moves the bulk, and the
writer moves the small rest as soon as little is left: 4-7 ms at most, and a file of 4-7 MB at every rate.
"""

from __future__ import annotations

import threading
from pathlib import Path

import apsw

from eventmon.store.connection import BUSY_MILLISECONDS, READ_WRITE, connect

START_PAGES = 1_000
"""Pages in the write-ahead file from which moving is worth while: 4 MiB."""

REST_PAGES = 250
"""What the writer moves itself, some milliseconds of work; or an eighth of the file where batches are large."""

LIMIT_PAGES = 16_000
"""From 64 MiB on the writer moves everything, whatever it costs."""


class Checkpointer:
    """Keeps the write-ahead file of one writer short."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._writer = connection
        self._own = connect(path, READ_WRITE)  # now, while the name still means the writer's file
        self._own.pragma("schema_version")  # a connection that has read nothing knows of no write-ahead file
        self._wake = threading.Event()
        self._turn = threading.Lock()
        self._stopping = False
        self._pages = 0
        self._moved = 0
        connection.wal_autocheckpoint(0)
        connection.set_wal_hook(self._after_commit)
        self._thread = threading.Thread(target=self._run, name="log-checkpoint", daemon=True)
        self._thread.start()

    def _after_commit(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        if pages < self._pages or self._moved > pages:  # the file has started over
            self._moved = 0
        self._pages = pages
        if pages >= START_PAGES:
            rest = pages - self._moved
            if rest <= max(REST_PAGES, pages // 8) or pages >= LIMIT_PAGES:
                self._move(self._writer, patient=pages >= LIMIT_PAGES)
            else:
                self._wake.set()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stopping:
                return
            self._move(self._own, patient=True)

    def move_soon(self) -> None:
        """Have the thread move what there is, however little."""
        self._wake.set()

    def move_now(self) -> None:
        """Move what there is in the calling thread, the writer's."""
        self._move(self._writer, patient=True)

    def empty(self) -> bool:
        """Move everything and cut the file to nothing, in the writer's thread; False when a reader is in the way."""
        self._writer.set_busy_timeout(0)
        try:
            with self._turn:
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.Error:  # as in _move
            return False
        finally:
            self._writer.set_busy_timeout(BUSY_MILLISECONDS)
        self._pages = self._moved = 0
        return True

    def stop(self) -> None:
        """End the thread; the writer's last close moves what is left."""
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._own.close()

    def _move(self, connection: apsw.Connection, *, patient: bool) -> None:
        """Move what can be moved without waiting for readers; wait for the other thread's turn if ``patient``."""
        if not self._turn.acquire(blocking=patient):
            return
        try:
            _, moved = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.Error:  # busy, or the disk is full: the pages stay where they are, and a later turn moves them
            moved = 0
        finally:
            self._turn.release()
        self._moved = max(0, moved)
