"""The log as the engine's loop sees it: what is on its way, what is committed, and whether there is room.

Room is bounded in events and bytes and is given back by commits alone, so a slow or full disk slows down whoever
delivers instead of filling the memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from eventmon.core.event import Event
from eventmon.engine.announcing import Announcements
from eventmon.engine.frame import LogStatus
from eventmon.engine.ledger import Ledger
from eventmon.engine.opening import OpenedLog
from eventmon.engine.problems import Problems
from eventmon.engine.writer import ForgetNote, GapNote, IdsNote, Load, Report, WriterThread
from eventmon.store.base import Bounds, LogTotals, Retention
from eventmon.store.errors import LogUnavailable

MAX_IN_FLIGHT_EVENTS = 50_000
MAX_IN_FLIGHT_BYTES = 64 * 1024**2


class Recording:
    """The running log. Everything is called on the engine's loop.

    Attributes:
        ledger: where every event went.
        newest: newest committed seq; 0 for an empty log.
        blocked: why nothing can be stored now; empty when all is well.
        gaps: gap rows stored.
    """

    def __init__(self, log: OpenedLog, *, retention: Retention, problems: Problems, clock: Callable[[], int]) -> None:
        self.ledger = Ledger(log.totals)
        self.newest = log.bounds.newest
        self.blocked = ""
        self.gaps = log.gaps
        self._log = log
        self._first = log.bounds.first
        self._removals = log.removals
        self._size = log.writer.size_bytes() if log.writer else log.path.stat().st_size
        self._retention = retention
        self._problems = problems
        self._in_flight_bytes = 0
        self._batch_open = False
        self._terms_on_way = False
        self._handed_over: dict[tuple[str, str], str] = {}
        self._reports = Announcements()
        loop = asyncio.get_running_loop()
        self._thread: WriterThread | None = None
        if log.writer is not None:
            self._thread = WriterThread(
                log.writer,
                on_report=lambda report: loop.call_soon_threadsafe(self._take_report, report),
                retention=retention,
                clock=clock,
            )

    @property
    def read_only(self) -> bool:
        """Whether the session is open to look only."""
        return self._thread is None

    @property
    def log_bytes(self) -> int:
        """Bytes of the session on disk."""
        return self._size

    def require_writable(self) -> None:
        """Raise UserError when the session is open to look only."""
        if self._thread is None:
            raise LogUnavailable(f"{self._log.why} It is open here to look only: nothing can be recorded into it.")

    def start(self) -> None:
        """Start the writer thread."""
        if self._thread is not None:
            self._thread.start()

    async def close(self) -> None:
        """Commit what is on its way, close the log, end the thread."""
        self._terms_on_way = False
        self._tell_terms()
        if self._thread is not None and not await asyncio.to_thread(self._thread.close):
            self._problems.report(
                "error", "log", "The log did not close in time. It is repaired when it is opened next."
            )
        self._reports.end()

    def has_room(self, size: int) -> bool:
        """Whether a load of ``size`` payload bytes may be stored now; one load of any size may when all is idle."""
        waiting = self.ledger.in_flight
        if waiting == 0:
            return True
        return waiting < MAX_IN_FLIGHT_EVENTS and self._in_flight_bytes + size <= MAX_IN_FLIGHT_BYTES

    async def changed(self) -> None:
        """Return after the next report of the writer thread.

        Raises:
            UserError: the log is closed; no report will come.
        """
        await self._reports.next()

    def store(
        self,
        events: Sequence[Event],
        size: int,
        positions: Sequence[tuple[str, str, str]] = (),
        *,
        more: bool,
        ids: IdsNote | None = None,
        duplicates: int = 0,
        not_recorded: int = 0,
    ) -> None:
        """Send events to the log, seqs in order, with the positions that hold after them and the ids they have.

        ``more`` says that the next load belongs to the same batch and has to be in the same commit; ``duplicates``
        is how many more events came with these and had been taken before, ``not_recorded`` how many are of topics
        that are not recorded.
        """
        self.ledger.take(len(events))
        if duplicates:
            self.ledger.repeat(duplicates)
        if not_recorded:
            self.ledger.pass_by(not_recorded)
        if not_recorded and not (events or positions or duplicates or self._batch_open):
            self._tell_terms()
            return
        self._in_flight_bytes += size
        self._batch_open = more
        self._put(Load(events=events, size=size, positions=positions, ids=ids))
        self._handed_over.update(_by_stream(positions))

    def drop(self, events: int) -> None:
        """Count events that cannot be stored, ever."""
        self.ledger.drop(events)
        self._put(Load())

    def note(self, *, positions: Sequence[tuple[str, str, str]] = (), gap: GapNote | None = None) -> None:
        """Store positions, or a gap row behind the newest event, without events."""
        self._put(Load(positions=positions, gap=gap))
        self._handed_over.update(_by_stream(positions))

    def position(self, connection: str, stream: str) -> str | None:
        """The resume position handed over last, also while its commit is on its way; else the one in the log."""
        handed_over = self._handed_over.get((connection, stream))
        if handed_over is not None:
            return handed_over
        return None if self._thread is None else self._thread.position(connection, stream)

    async def delete(self, seqs: Sequence[int]) -> int:
        """Delete events for good; how many were still there.

        Raises:
            LogUnavailable: the log refuses; what was deleted before stays deleted.
        """
        if self._thread is None or self._reports.ended:
            self.require_writable()
            raise LogUnavailable("The session is closed. Open it again.")
        return await asyncio.wrap_future(self._thread.delete(seqs)) if seqs else 0

    def forget(self, note: ForgetNote) -> None:
        """Have topics no longer listed, from the events on that were stored last."""
        self._put(Load(forget=note))

    def seen(self, bounds: Bounds, removals: int, totals: LogTotals) -> None:
        """What another process has recorded meanwhile into a session that is open to look only."""
        self._first, self.newest, self._removals = bounds.first, bounds.newest, removals
        self.ledger.seen(totals)
        self._reports.announce()

    async def wait_newer(self, seq: int) -> int:
        """The newest committed seq, once it is above ``seq``."""
        while self.newest <= seq:
            await self.changed()
        return self.newest

    def status(self) -> LogStatus:
        """State of the session file."""
        totals = self.ledger.totals
        return LogStatus(
            path=str(self._log.path),
            name=self._log.path.name,
            first_seq=self._first if totals.stored > totals.pruned else 0,
            newest_seq=self.newest,
            events=totals.stored - totals.pruned,
            bytes=self._size,
            limit_bytes=self._retention.max_bytes,
            read_only=self.read_only,
            blocked=self.blocked,
            gaps=self.gaps,
            removals=self._removals,
        )

    def _tell_terms(self) -> None:
        """Let what was counted and not stored be persisted; one load waits at a time, however long the disk is full."""
        if self._thread is not None and not self._terms_on_way and self.ledger.terms_unwritten:
            self._terms_on_way = True
            self._put(Load())

    def _put(self, load: Load) -> None:
        if self._thread is None:
            self.require_writable()
            return
        load.terms = self.ledger.unstored_terms()
        load.more = self._batch_open
        self._thread.put(load)

    def _take_report(self, report: Report) -> None:
        self._first, self._removals = report.first, report.removals
        self.ledger.committed(report.events, report.totals)
        self._in_flight_bytes -= report.size
        self.newest = report.newest
        self.gaps += report.gaps
        self._size = report.log_bytes
        if report.blocked and report.blocked != self.blocked:
            self._problems.report("error", "log", report.blocked)
        self.blocked = report.blocked
        self._terms_on_way = False
        self._tell_terms()
        self._reports.announce()


def _by_stream(positions: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    return {(connection, stream): position for connection, stream, position in positions}
