"""A log of any length for the scripted engine: each row is computed from its seq, so fifty million cost nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import islice

from pyroaring import BitMap64

from eventmon.core.errors import UserError
from eventmon.core.pattern import Pattern
from eventmon.engine.requests import (
    Deleted,
    DeleteEvents,
    EventDetail,
    Gap,
    Hits,
    LogRow,
    ReadEvent,
    ReadGaps,
    ReadRemoved,
    ReadRows,
    ReadRowsAt,
    Removed,
    Rows,
    Search,
)
from tests.helpers.scripted_engine import TAKEN, ScriptedEngine

TOPICS = (
    ("prod/orders/eu/created", "order.created"),
    ("prod/orders/eu/paid", "order.paid"),
    ("prod/stock/reserved", "stock.reserved"),
    ("jobs/mail/queued", "mail.queued"),
    ("checkout/started", "checkout.started"),
    ("prod/payments/failed", "payment.failed"),
    ("prod/orders/us/created", "order.created"),
)
NAMES = ("Zoë Martin", "Liu Wei", "Omar Haddad", "Ana Sousa", "Jonas Weber")
STEP = 37_900
PREVIEW = 512


def order(seq: int) -> LogRow:
    """One event of a small shop, always the same for a seq."""
    topic, kind = TOPICS[(seq * 7 + seq // 5) % len(TOPICS)]
    total = round(seq * 13.37 % 900, 2)
    payload = {"order": str(48_000 + seq % 5000), "customer": NAMES[seq % 5], "total": total, "currency": "EUR"}
    data = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    size = len(data)
    if seq % 23 == 0:
        data, size = data.ljust(PREVIEW, b" "), 64_102
    return LogRow(
        seq=seq, received=at(seq), topic=topic, type=kind, size=size, preview=data, datacontenttype="application/json"
    )


def at(seq: int) -> int:
    """Arrival of an event in microseconds since the epoch."""
    return TAKEN + seq * STEP + seq * 7919 % 31_000


class LogScript:
    """What the engine's log holds; ``grow`` and ``retain`` change it, the next frame tells."""

    def __init__(self, engine: ScriptedEngine, events: int = 0, *, row: Callable[[int], LogRow] = order) -> None:
        self.engine = engine
        self.row = row
        self.first, self.newest = 1, events
        self.gaps: list[Gap] = []
        self.deleted: set[int] = set()
        self.removals = 0
        self.hit: Callable[[LogRow, Search], bool] = self._contains
        engine.answer(ReadRows, self._rows)
        engine.answer(ReadRowsAt, self._rows_at)
        engine.answer(ReadEvent, self._event)
        engine.answer(Search, self._search)
        engine.answer(DeleteEvents, self._delete)
        engine.answer(ReadRemoved, lambda _asked: Removed(removals=self.removals, seqs=self._holes()))
        engine.answer(ReadGaps, lambda asked: [gap for gap in self.gaps if gap.id > asked.after_id])
        self._tell()

    def grow(self, events: int) -> None:
        """Store more events."""
        self.newest += events
        self._tell()

    def retain(self, first: int) -> None:
        """Remove the events below ``first``."""
        self.first = first
        self._tell()

    def delete(self, seqs: Iterable[int]) -> None:
        """Remove events from anywhere."""
        self.deleted |= set(seqs)
        self.removals += 1
        self._tell()

    def drop_connection(self, name: str = "prod", length: int = 2_370_000) -> Gap:
        """Store a gap behind the newest event."""
        started = at(self.newest) + 7_000
        gap = Gap(
            id=len(self.gaps) + 1,
            after_seq=self.newest,
            connection=name,
            started=started,
            ended=started + length,
            reason="disconnected",
        )
        self.gaps.append(gap)
        self._tell()
        return gap

    def _tell(self) -> None:
        events = max(self.newest - self.first + 1, 0) - len(self._holes_kept())
        self.engine.set(
            log={
                "name": "shop.eventmon",
                "first_seq": self.first if events else 0,
                "removals": self.removals,
                "newest_seq": self.newest,
                "events": events,
                "gaps": len(self.gaps),
            }
        )

    def _holes_kept(self) -> set[int]:
        return {seq for seq in self.deleted if self.first <= seq <= self.newest}

    def _holes(self) -> bytes:
        return bytes(BitMap64(self._holes_kept()).serialize())

    def _holds(self, seq: int) -> bool:
        return self.first <= seq <= self.newest and seq not in self.deleted

    def _answer(self, seqs: Iterable[int]) -> Rows:
        rows = [self.row(seq) for seq in seqs if self._holds(seq)]
        return Rows(rows=rows, first_seq=self.first, newest_seq=self.newest)

    def _rows(self, asked: ReadRows) -> Rows:
        """From ``first`` on, holes jumped over, as the store does it."""
        seqs = range(max(asked.first, self.first), self.newest + 1)
        return self._answer(islice((seq for seq in seqs if seq not in self.deleted), asked.count))

    def _rows_at(self, asked: ReadRowsAt) -> Rows:
        return self._answer(asked.seqs)

    def _event(self, asked: ReadEvent) -> EventDetail | UserError:
        """The event whole; what its row only shows the start of is filled up with blanks."""
        if not self._holds(asked.seq):
            return UserError(f"The event {asked.seq:,} is no longer kept. Choose a newer one.")
        row = self.row(asked.seq)
        return EventDetail(
            seq=row.seq,
            received=row.received,
            topic=row.topic,
            type=row.type,
            source=row.source,
            id=row.id,
            subject=row.subject,
            datacontenttype=row.datacontenttype,
            size=row.size,
            offset=asked.offset,
            data=row.preview.ljust(row.size, b" ")[asked.offset : asked.offset + asked.limit],
            log_uuid="0190-shop",
        )

    def _search(self, asked: Search) -> Hits:
        oldest = max(asked.oldest, asked.newest - asked.budget + 1)
        seqs = range(asked.newest, oldest - 1, -1)
        hits = [seq for seq in seqs if seq not in self.deleted and self.hit(self.row(seq), asked)]
        return Hits(seqs=hits, scanned_to=oldest)

    def _delete(self, asked: DeleteEvents) -> Deleted:
        """What ``Search`` finds in the same slice goes."""
        wanted = Search(
            topics=asked.topics,
            text=asked.text,
            newest=asked.newest,
            oldest=asked.oldest,
            budget=asked.budget,
            hidden=asked.hidden,
        )
        hits = self._search(wanted)
        if hits.seqs:
            self.delete(hits.seqs)
        return Deleted(events=len(hits.seqs), scanned_to=hits.scanned_to)

    @staticmethod
    def _contains(row: LogRow, asked: Search) -> bool:
        wanted = not asked.topics or any(row.topic.startswith(pattern.removesuffix("/#")) for pattern in asked.topics)
        wanted = wanted and not any(Pattern(pattern).matches(row.topic) for pattern in asked.hidden)
        text = f"{row.topic} {row.type} {row.preview.decode('utf-8', 'replace')}".lower()
        for word in asked.text.lower().split():
            wanted = wanted and ((word[1:] not in text) if word.startswith("-") else (word in text))
        return wanted
