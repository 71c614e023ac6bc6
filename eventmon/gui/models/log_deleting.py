"""Counting and deleting events with the engine, one slice at a time, so that neither it nor the window waits long."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from eventmon.engine.frame import LogStatus
from eventmon.engine.requests import Deleted, Hits, ReadRowsAt, Rows
from eventmon.gui.bridge import EngineBridge
from eventmon.gui.models.log_deletion import DeletionScope, EventCount, EventDeletion
from eventmon.gui.models.log_inquiry import Inquiry


class DeletionWork(QObject):
    """One count, then perhaps one deletion of what was counted.

    Attributes:
        changed: a slice is done; figures are different now.
        ended: the deletion has come to its end or was stopped.
        failed: why the engine does not go on (str as object).
        counting: the count, under way or done.
        deletion: the deletion, under way or done.
        span: when the first and the last event counted came; None while that is not known.
    """

    changed = Signal()
    ended = Signal()
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("deletionWork")
        self._inquiry = Inquiry(bridge, self)
        self.counting: EventCount | None = None
        self.deletion: EventDeletion | None = None
        self.span: tuple[int, int] | None = None

    @property
    def deleting(self) -> bool:
        """Whether events are being deleted."""
        return self.deletion is not None and not self.deletion.done

    def count(self, scope: DeletionScope, status: LogStatus) -> None:
        """Count a scope, in place of what was counted before."""
        self.counting, self.deletion, self.span = EventCount(scope, status), None, None
        self._count_on(self.counting)

    def forget(self) -> None:
        """Count no further."""
        self.counting = None

    def delete(self) -> None:
        """Delete what was counted."""
        if self.counting is not None and self.counting.done:
            self.deletion = EventDeletion(self.counting)
            self._delete_on(self.deletion)

    def stop(self) -> None:
        """Delete no more once the slice under way is done."""
        if self.deletion is not None:
            self.deletion.stop()

    # ── slice by slice ───────────────────────────────────────────────────────────────────────────────────────────

    def _count_on(self, counting: EventCount) -> None:
        request = counting.next_request()
        if request is not None:
            self._inquiry.ask(request, lambda hits: self._take_hits(counting, hits), self._refuse_for(counting))
        elif counting.found:
            wanted = ReadRowsAt(seqs=sorted({counting.first, counting.last}))
            self._inquiry.ask(wanted, lambda rows: self._take_span(counting, rows), self._refuse_for(counting))
        self.changed.emit()

    def _take_hits(self, counting: EventCount, hits: Hits) -> None:
        if counting is self.counting:
            counting.accept(hits)
            self._count_on(counting)

    def _take_span(self, counting: EventCount, rows: Rows) -> None:
        if counting is self.counting and len(rows.rows) == len({counting.first, counting.last}):
            self.span = rows.rows[0].received, rows.rows[-1].received
            self.changed.emit()

    def _refuse_for(self, counting: EventCount) -> Callable[[str], None]:
        def refuse(sentence: str) -> None:
            if counting is self.counting:
                self.failed.emit(sentence)

        return refuse

    def _delete_on(self, deletion: EventDeletion) -> None:
        request = deletion.next_request()
        self.changed.emit()
        if request is None:
            self.ended.emit()
            return

        def refused(sentence: str) -> None:
            deletion.stop()
            self.failed.emit(sentence)

        self._inquiry.ask(request, lambda answer: self._take_deleted(deletion, answer), refused)

    def _take_deleted(self, deletion: EventDeletion, answer: Deleted) -> None:
        deletion.accept(answer)
        self._delete_on(deletion)
