"""Where every event went: the counts behind ``received = stored + not_recorded + duplicates + dropped + in_flight``.

``received`` and ``in_flight`` are counted where events are taken, ``stored`` comes from the log, so the law is a
check of the whole path and no definition.
"""

from __future__ import annotations

from eventmon.engine.frame import Accounting
from eventmon.store.base import LogTotals


class Ledger:
    """The accounting of one engine, begun with what its log has persisted. Lives on the engine's loop."""

    def __init__(self, totals: LogTotals) -> None:
        self._totals = totals
        self._received = totals.received
        self._not_recorded = totals.not_recorded
        self._duplicates = totals.duplicates
        self._dropped = totals.dropped
        self._in_flight = 0

    @property
    def received(self) -> int:
        """Every event ever handed to the engine."""
        return self._received

    @property
    def in_flight(self) -> int:
        """Events taken and not yet committed."""
        return self._in_flight

    @property
    def totals(self) -> LogTotals:
        """What the log has persisted."""
        return self._totals

    def take(self, events: int) -> None:
        """Events were received and are on their way to the log."""
        self._received += events
        self._in_flight += events

    def drop(self, events: int) -> None:
        """Events were received and cannot be stored, ever."""
        self._received += events
        self._dropped += events

    def pass_by(self, events: int) -> None:
        """Events were received whose topics are not recorded."""
        self._received += events
        self._not_recorded += events

    def repeat(self, events: int) -> None:
        """Events were received that had been taken before; they are not stored again."""
        self._received += events
        self._duplicates += events

    def seen(self, totals: LogTotals) -> None:
        """What another process has persisted meanwhile; nothing is taken here then."""
        self._totals = totals
        self._received, self._not_recorded = totals.received, totals.not_recorded
        self._duplicates, self._dropped = totals.duplicates, totals.dropped

    def committed(self, events: int, totals: LogTotals) -> None:
        """The log holds ``events`` more; ``totals`` is what it has persisted now."""
        self._in_flight -= events
        self._totals = totals

    def unstored_terms(self) -> tuple[int, int, int]:
        """Running totals to persist with the next commit: not recorded, duplicates, dropped."""
        return self._not_recorded, self._duplicates, self._dropped

    @property
    def terms_unwritten(self) -> bool:
        """Whether a commit would persist terms that the log does not have yet."""
        totals = self._totals
        return self.unstored_terms() != (totals.not_recorded, totals.duplicates, totals.dropped)

    def accounting(self) -> Accounting:
        """All terms from this instant."""
        return Accounting(
            received=self._received,
            stored=self._totals.stored,
            not_recorded=self._not_recorded,
            duplicates=self._duplicates,
            dropped=self._dropped,
            in_flight=self._in_flight,
            pruned=self._totals.pruned,
        )
