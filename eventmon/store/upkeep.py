"""Letting events go, the oldest over the limits and those a user deletes; their space returns to the disk.

A full disk refuses even DELETE, so space is kept in hand for that, and the write-ahead file is folded in first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from eventmon.store.accounting import StoredAccounting
from eventmon.store.ballast import Ballast
from eventmon.store.base import Retention
from eventmon.store.checkpointer import Checkpointer
from eventmon.store.deleting import delete_slice
from eventmon.store.errors import LogUnavailable
from eventmon.store.retention import prune_slice, vacuum_slice
from eventmon.store.transaction import Transaction

Answer = TypeVar("Answer")


class Upkeep:
    """Looks after the size of one log, for its writer and in the writer's transaction.

    Attributes:
        ballast: space kept for a full disk.
        checkpointer: what keeps the write-ahead file short.
    """

    def __init__(
        self,
        transaction: Transaction,
        accounting: StoredAccounting,
        checkpointer: Checkpointer,
        ballast: Ballast,
        flush: Callable[[], None],
    ) -> None:
        """Make it; ``flush`` writes what was gathered about the events of the open transaction."""
        self._transaction = transaction
        self._flush = flush
        self._deleted = False
        self._accounting = accounting
        self.checkpointer = checkpointer
        self.ballast = ballast

    def prune(self, retention: Retention, now: int) -> int:
        """Remove one slice of the oldest events over the limits; how many these were.

        Raises:
            LogUnavailable: the disk refuses; everything since the last commit is forgotten.
        """
        removed = self._with_ballast(lambda: self._prune(retention, now))
        if not removed:
            self.ballast.take()
        return removed

    def delete(self, seqs: Sequence[int]) -> tuple[int, int]:
        """Delete one slice of these events; how many were deleted, and how many seqs were dealt with.

        Raises:
            LogUnavailable: as in ``prune``.
        """
        return self._with_ballast(lambda: self._delete(seqs))

    def give_back_space(self) -> bool:
        """Return one slice of free pages to the file system; False when there is nothing to be done.

        Once all are returned, the write-ahead file is emptied after a deletion, for it still holds the old pages.

        Raises:
            LogUnavailable: as in ``prune``.
        """
        connection = self._transaction.connection
        given = self._with_ballast(lambda: vacuum_slice(connection))
        if given and not connection.pragma("freelist_count"):
            self.checkpointer.move_soon()
        if not given and self._deleted:
            self._deleted = not self.checkpointer.empty()
        return given

    def _prune(self, retention: Retention, now: int) -> int:
        joined = self._begin()
        removed = prune_slice(self._transaction.connection, retention, now)
        self._count(removed, joined)
        return removed

    def _delete(self, seqs: Sequence[int]) -> tuple[int, int]:
        joined = self._begin()
        deleted, dealt_with = delete_slice(self._transaction.connection, seqs)
        self._accounting.deleted += deleted
        self._deleted = self._deleted or deleted > 0
        self._count(deleted, joined)
        return deleted, dealt_with

    def _begin(self) -> bool:
        """Begin a transaction, or join the one that is open; then the file has to say what was appended in it."""
        joined = self._transaction.is_open
        if joined:
            self._flush()
        else:
            self._transaction.begin()
        return joined

    def _count(self, removed: int, joined: bool) -> None:
        """Put what was removed into the accounting; a transaction that was begun for it ends here."""
        transaction, accounting = self._transaction, self._accounting
        accounting.pruned += removed
        if joined:
            return
        if removed:
            totals = msgspec.structs.replace(accounting.totals, pruned=accounting.totals.pruned + accounting.pruned)
            accounting.write(accounting.next_seq, totals)
            transaction.commit()
            accounting.committed(accounting.next_seq, totals)
        else:  # nothing was written; what others gathered for the next commit stays
            transaction.connection.execute("ROLLBACK")

    def _with_ballast(self, work: Callable[[], Answer]) -> Answer:
        """Do the work; where the disk is full, once more with the space that was kept for this.

        Not once more when a batch was waiting for its commit: it is rolled back, and the caller has to learn that.
        """
        joined = self._transaction.is_open
        try:
            return self._transaction.run(work)
        except LogUnavailable:
            if not self.ballast.held:
                raise
            self.ballast.give_up()
            self.checkpointer.move_now()
            if joined:
                raise
            return self._transaction.run(work)
