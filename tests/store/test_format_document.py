"""The description of the format tells the truth: its tables are those of the file, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import apsw
import pytest

from eventmon.store.base import RecentId
from eventmon.store.schema import TABLES
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import START, commit, order, store

DOCUMENT = (Path(__file__).parents[2] / "docs" / "event-log-format.md").read_text()
EXAMPLES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def file(writer: SqliteWriter, session: Path) -> apsw.Connection:
    """A session with a row in every table, opened as the document says."""
    store(writer, 1_100)
    writer.append([order(1_101, headers={"traceparent": "00-4bf9-00f0-01"}, data=b"\xff")])
    writer.add_gap("prod", START, START + 5, "connection reset")
    writer.set_position("prod", "orders", "1-0")
    writer.remember_ids([RecentId(seq=1_101, received=START, digest=bytes(16))], 1_101)
    commit(writer)
    writer.delete([700, 702])
    writer.forget_topics(["orders/eu/created"], anew=False)
    commit(writer)
    return apsw.Connection(f"file:{session}?mode=ro", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_runs_and_finds_something(file: apsw.Connection, example: str) -> None:
    try:
        assert file.execute(example).fetchall() != []
    finally:
        file.close()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_and_column_is_described(file: apsw.Connection, table: str) -> None:
    section = re.search(rf"### {table}:.*?(?=\n##|\Z)", DOCUMENT, re.DOTALL)
    assert section is not None
    described = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]*)\|", section[0], re.MULTILINE)))
    columns = [name for _, name, *_ in file.execute(f"PRAGMA table_info({table})")]
    file.close()
    assert described == columns


def test_every_table_has_an_example() -> None:
    assert [table for table in TABLES if not re.search(rf"FROM {table}\b", " ".join(EXAMPLES))] == []
