"""The one write transaction of a log: begun by whatever is written first, ended as a whole.

Whoever gathers something in memory for the next commit asks to be told of a rollback, so memory never disagrees
with the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from eventmon.store.connection import cannot_read, cannot_store

Answer = TypeVar("Answer")


class Transaction:
    """Begins, ends and guards what is written through one connection."""

    def __init__(self, connection: apsw.Connection, path: Path, forget: Callable[[], None]) -> None:
        """Make it; ``forget`` is called after each rollback."""
        self.connection = connection
        self._path = path
        self._forget = forget

    @property
    def is_open(self) -> bool:
        """Whether something was written since the last commit."""
        return self.connection.in_transaction

    def begin(self) -> None:
        """Open it, unless it is open."""
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make what was written durable."""
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        """Forget what was written, in the file and in memory."""
        if self.connection.in_transaction:
            with contextlib.suppress(apsw.Error):  # a disk that fails here has failed before; nothing is committed
                self.connection.execute("ROLLBACK")
        self._forget()

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """The answer to a question about what is stored.

        Raises:
            NotASession, LogUnavailable: the file is damaged or cannot be read.
        """
        try:
            return question()
        except (apsw.Error, UnicodeDecodeError) as error:
            raise cannot_read(self._path, error) from error

    def run(self, work: Callable[[], Answer]) -> Answer:
        """The result of ``work``, or everything since the last commit forgotten.

        Raises:
            LogUnavailable: SQLite refused; the sentence says why.
        """
        try:
            return work()
        except (apsw.Error, UnicodeDecodeError) as error:
            self.rollback()
            raise cannot_store(self._path, error) from error
