"""Keeping a log within its limits: the oldest events go, their space returns to the disk, on a full disk too.

A full disk refuses even DELETE, so space is kept in hand for that, and the write-ahead file is folded in first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from eventmon.store.accounting import StoredAccounting
from eventmon.store.ballast import Ballast
from eventmon.store.base import Retention
from eventmon.store.checkpointer import Checkpointer
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
        self, transaction: Transaction, accounting: StoredAccounting, checkpointer: Checkpointer, ballast: Ballast
    ) -> None:
        self._transaction = transaction
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

    def give_back_space(self) -> bool:
        """Return one slice of free pages to the file system; False when there are none.

        Raises:
            LogUnavailable: as in ``prune``.
        """
        connection = self._transaction.connection
        given = self._with_ballast(lambda: vacuum_slice(connection))
        if given and not connection.pragma("freelist_count"):
            self.checkpointer.move_soon()
        return given

    def _prune(self, retention: Retention, now: int) -> int:
        transaction, accounting = self._transaction, self._accounting
        joined = transaction.is_open
        transaction.begin()
        removed = prune_slice(transaction.connection, retention, now)
        if joined:
            accounting.pruned += removed
        elif removed:
            totals = msgspec.structs.replace(accounting.totals, pruned=accounting.totals.pruned + removed)
            accounting.write(accounting.next_seq, totals)
            transaction.commit()
            accounting.committed(accounting.next_seq, totals)
        else:  # nothing was written; what others gathered for the next commit stays
            transaction.connection.execute("ROLLBACK")
        return removed

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
