"""The drafts of the profile while the window lives: changed in memory at once, on the disk a second later.

A thread of its own writes, so that a stalled disk stops nobody from typing. When the file has a mistake, everything
works in memory alone and the file is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from eventmon.core.errors import UserError
from eventmon.engine.templates import Draft, DraftBook, change_book, load_book
from eventmon.gui.arrivals import arrivals
from eventmon.gui.publish_rest import RestTimer

REST_MS = 800
"""With the rest after which the panel reads what was typed, a second after the last key."""
LONGEST_MS = 5_000
"""Somebody who types without a rest is saved all the same."""

Change = Callable[[DraftBook], DraftBook]


class DraftStore(QObject):
    """What the panel keeps.

    Attributes:
        changed: the history is different now.
        troubled: a sentence; something could not be read or saved.
        book: everything kept, as this window knows it.
    """

    changed = Signal()
    troubled = Signal(str)

    def __init__(self, path: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draftStore")
        self.book = DraftBook()
        self.trouble = ""
        self._path = path
        self._waiting: list[Change] = []
        self._under_way: Future[DraftBook] | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._rest = RestTimer("draftRest", REST_MS, LONGEST_MS, self)
        self._rest.timeout.connect(self._write)
        self._load()

    @property
    def keeps(self) -> bool:
        """Whether anything comes back after a restart."""
        return self._path is not None

    @property
    def saved(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._waiting and self._under_way is None

    def change(self, change: Change) -> None:
        """Change what is kept."""
        before = self.book
        self.book = change(before)
        if self._path is not None:
            self._waiting.append(change)
            self._rest.touch()
        if self.book.history != before.history:
            self.changed.emit()

    def keep_draft(self, draft: Draft, fired: int) -> None:
        """Remember what is being written, and how many events were fired."""
        if draft != self.book.draft or fired > self.book.fired:
            self.change(partial(DraftBook.with_draft, draft=draft, fired=fired))

    def flush(self) -> None:
        """Write what waits, and wait for it: the window is about to close."""
        self._rest.stop()
        if self._under_way is not None:
            self._under_way.exception()
        if self._waiting:
            self._begin().exception()
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None

    def _load(self) -> None:
        if self._path is None:
            return
        try:
            self.book = load_book(self._path)
        except UserError as error:
            self.trouble = f"{error} Drafts are kept until you quit, no longer."
            self._path = None

    def _write(self) -> None:
        if self._under_way is not None:
            self._rest.touch()
        elif self._waiting:
            self._begin().add_done_callback(arrivals().expect(self, self._take_written))

    def _begin(self) -> Future[DraftBook]:
        assert self._path is not None
        changes, self._waiting = self._waiting, []
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="drafts")
        self._under_way = self._worker.submit(change_book, self._path, partial(_apply, changes))
        return self._under_way

    def _take_written(self, future: Future[DraftBook]) -> None:
        self._under_way = None
        error = future.exception()
        if error is not None:
            self.troubled.emit(str(error))
            return
        on_disk = future.result()
        if not self._waiting and on_disk != self.book:  # another window saved something too
            self.book = on_disk.with_draft(self.book.draft, self.book.fired)
            self.changed.emit()


def _apply(changes: list[Change], book: DraftBook) -> DraftBook:
    for change in changes:
        book = change(book)
    return book
