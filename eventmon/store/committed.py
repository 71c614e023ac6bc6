"""What the writing end of a log knows as of its last commit: the accounting, topics, positions and remembered ids."""

from __future__ import annotations

from pathlib import Path

import apsw

from eventmon.store.accounting import StoredAccounting
from eventmon.store.base import LogTotals, RecentId, TopicTotals
from eventmon.store.notes import Notes
from eventmon.store.reader import read_topics
from eventmon.store.text import integer_of, text_of
from eventmon.store.transaction import Transaction


class CommittedLog:
    """The asking half of a ``LogWriter``; whoever writes is told by ``_forget`` to go back to what is committed.

    Attributes:
        path: the session file.
        older: where the session lies as it was before it was brought to the present format; None when it was not.
        uuid: identity of the log.
    """

    def __init__(self, connection: apsw.Connection, path: Path, older: Path | None) -> None:
        """Read it; NotASession when the file has lost its accounting."""
        self.path = path
        self.older = older
        self.uuid = text_of(connection.execute("SELECT value FROM meta WHERE key = 'uuid'").get)
        self._connection = connection
        self._transaction = Transaction(connection, path, self._forget)
        self._notes = Notes(connection)
        self._accounting = StoredAccounting(connection, path)

    def _forget(self) -> None:
        self._notes.forget()
        self._accounting.forget()

    @property
    def next_seq(self) -> int:
        """One above the newest committed event ever stored."""
        return self._accounting.next_seq

    @property
    def totals(self) -> LogTotals:
        """The accounting as of the last commit."""
        return self._accounting.totals

    @property
    def first_seq(self) -> int:
        """The lowest stored seq; 0 for an empty log."""
        return self._transaction.ask(lambda: integer_of(self._connection.execute("SELECT min(seq) FROM events").get))

    @property
    def removals(self) -> int:
        """A number that grows with every deletion, as of the last commit."""
        return self._accounting.removals

    def topics(self) -> list[TopicTotals]:
        """Every topic ever stored, as of the last commit, those deleted with their events left out.

        Raises:
            NotASession: the file is damaged.
        """
        return self._transaction.ask(lambda: read_topics(self._connection))

    def position(self, connection: str, stream: str) -> str | None:
        """The position committed last."""
        return self._transaction.ask(lambda: self._notes.position(connection, stream))

    def recent_ids(self) -> list[RecentId]:
        """The ids remembered as of the last commit, oldest first."""
        return self._transaction.ask(lambda: self._notes.recent_ids(self._accounting.next_seq))
