"""What every test of the log needs: a session path, locks of its own, and orders that look like real ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eventmon.core.event import Event
from eventmon.store.open import open_reader, open_writer
from eventmon.store.reader import SqliteReader
from eventmon.store.writer import SqliteWriter

START = 1_760_000_000_000_000
"""Arrival of the first order, microseconds since the epoch."""

COUNTRIES = ("eu", "us", "cn")


def order(seq: int, *, received: int | None = None, **attributes: Any) -> Event:
    """The order with this seq, ten a second."""
    document = {"order": seq, "total": seq % 500 + 0.5, "customer": "Anna Müller" if seq % 10 == 0 else "Li Wei"}
    values: dict[str, Any] = {
        "topic": f"orders/{COUNTRIES[seq % 3]}/created",
        "type": "order.created",
        "source": "shop",
        "data": json.dumps(document).encode(),
    }
    values.update(attributes)
    return Event(seq=seq, received=START + seq * 100_000 if received is None else received, **values)


def orders(first: int, count: int) -> list[Event]:
    """Consecutive orders."""
    return [order(seq) for seq in range(first, first + count)]


def commit(writer: SqliteWriter) -> int:
    """Commit with the accounting as it stands."""
    totals = writer.totals
    return writer.commit(not_recorded=totals.not_recorded, duplicates=totals.duplicates, dropped=totals.dropped)


def store(writer: SqliteWriter, count: int, *, batch: int = 500) -> None:
    """Store that many more orders."""
    last = writer.next_seq + count
    for first in range(writer.next_seq, last, batch):
        writer.append(orders(first, min(batch, last - first)))
        commit(writer)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "shop.eventmon"


@pytest.fixture
def open_log(tmp_path: Path, session: Path) -> Iterator[Callable[[], SqliteWriter]]:
    """Opens the session for writing; closes whatever is still open at the end."""
    writers: list[SqliteWriter] = []

    def open_one() -> SqliteWriter:
        writers.append(open_writer(session, lock_folder=tmp_path / "locks"))
        return writers[-1]

    yield open_one
    for writer in writers:
        writer.close()


@pytest.fixture
def writer(open_log: Callable[[], SqliteWriter]) -> SqliteWriter:
    return open_log()


@pytest.fixture
def reader(writer: SqliteWriter, session: Path) -> Iterator[SqliteReader]:
    opened = open_reader(session)
    yield opened
    opened.close()
