"""A session opens, or one sentence says why not and the file is as it was."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest

from eventmon.core.errors import UserError
from eventmon.store.errors import LogUnavailable, NotASession
from eventmon.store.inspection import check_header
from eventmon.store.open import open_reader, open_writer
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import commit, orders, store

Open = Callable[[], SqliteWriter]


def beside(session: Path) -> list[str]:
    """What lies in the session's folder, without the locks of the test."""
    return sorted(entry for entry in os.listdir(session.parent) if entry != "locks")


def change(session: Path, *statements: str) -> None:
    """Do to a session at rest what a stranger might have done."""
    connection = apsw.Connection(str(session))
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def at_rest(open_log: Open, session: Path) -> Path:
    """A closed session of 100 orders."""
    writer = open_log()
    store(writer, 100)
    writer.close()
    return session


def not_sessions() -> Iterator[tuple[str, bytes]]:
    yield "text", b"2026-11-23 order created\n" * 100
    yield "short", b"x"
    yield "empty", b""
    yield "header only", b"SQLite format 3\0"
    yield "zeros", bytes(8192)


@pytest.mark.parametrize(
    ("content"), [content for _, content in not_sessions()], ids=[name for name, _ in not_sessions()]
)
def test_a_file_that_is_no_session_is_refused_and_left_as_it_was(session: Path, tmp_path: Path, content: bytes) -> None:
    session.write_bytes(content)
    with pytest.raises(NotASession):
        open_writer(session, lock_folder=tmp_path / "locks")
    for stranger in (False, True):
        with pytest.raises(NotASession):
            open_reader(session, stranger=stranger)
    assert session.read_bytes() == content
    assert beside(session) == [session.name]


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE customers(name)", "PRAGMA user_version = 1", "PRAGMA application_id = 7"]
)
def test_a_database_of_another_program_is_refused_and_left_as_it_was(
    session: Path, tmp_path: Path, statement: str
) -> None:
    change(session, "CREATE TABLE t(x)", statement, "DROP TABLE t")
    before = session.read_bytes()
    with pytest.raises(NotASession, match="is no Eventmon session"):
        open_writer(session, lock_folder=tmp_path / "locks")
    with pytest.raises(NotASession, match="is no Eventmon session"):
        open_reader(session)
    assert session.read_bytes() == before
    assert beside(session) == [session.name]


def test_a_newer_format_is_refused_with_its_number(at_rest: Path, open_log: Open) -> None:
    change(at_rest, "PRAGMA user_version = 7")
    before = at_rest.read_bytes()
    with pytest.raises(NotASession, match="has format 7; this Eventmon reads format 2"):
        open_log()
    with pytest.raises(NotASession, match="format 7"):
        open_reader(at_rest)
    assert at_rest.read_bytes() == before


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotASession, match="is a folder"):
        open_writer(tmp_path, lock_folder=tmp_path / "locks")
    with pytest.raises(NotASession, match="is a folder"):
        open_reader(tmp_path)


def test_a_pipe_is_refused(session: Path, tmp_path: Path) -> None:
    os.mkfifo(session)
    with pytest.raises(NotASession, match="no ordinary file"):
        open_writer(session, lock_folder=tmp_path / "locks")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match="There is no folder"):
        open_writer(tmp_path / "logs" / "shop.eventmon", lock_folder=tmp_path / "locks")


@pytest.mark.parametrize("name", ["shop.eventmon", "a\0b", "x" * 300])
def test_a_session_that_is_not_there_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="session"):
        open_reader(tmp_path / name)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_an_impossible_name_is_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError):
        open_writer(tmp_path / name, lock_folder=tmp_path / "locks")


@pytest.mark.parametrize("name", ["50% off?#1.eventmon", "订单 log.eventmon", "a'b\"c;.eventmon", "file:x.eventmon"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    writer = open_writer(tmp_path / name, lock_folder=tmp_path / "locks")
    writer.append(orders(1, 3))
    commit(writer)
    reader = open_reader(tmp_path / name)
    assert reader.events(1, 10) == orders(1, 3)
    reader.close()
    writer.close()
    assert sorted(os.listdir(tmp_path)) == sorted([name, "locks"])


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END",
        "CREATE VIEW v AS SELECT * FROM events",
        "CREATE TABLE more(x)",
        "CREATE INDEX i ON events(topic_id)",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "ALTER TABLE events ADD COLUMN more",
        "DROP TABLE gaps",
        "ALTER TABLE topics RENAME TO tops",
    ],
)
def test_a_schema_with_more_or_less_than_the_format_is_refused(at_rest: Path, open_log: Open, statement: str) -> None:
    change(at_rest, statement)
    for stranger in (False, True):
        with pytest.raises(NotASession, match="does not hold the tables of a session"):
            open_reader(at_rest, stranger=stranger)
    with pytest.raises(NotASession, match="does not hold the tables of a session"):
        open_log()
    assert beside(at_rest) == [at_rest.name]


def test_a_file_whose_newest_pages_are_still_in_the_write_ahead_file_is_a_session(at_rest: Path) -> None:
    content = bytearray(at_rest.read_bytes())
    pages = int.from_bytes(content[28:32], "big")
    content[28:32] = (pages + 10).to_bytes(4, "big")  # what a checkpoint that met a full disk leaves
    at_rest.write_bytes(content)
    check_header(at_rest)


def test_a_lost_accounting_row_is_damage(at_rest: Path, open_log: Open) -> None:
    change(at_rest, "DELETE FROM accounting")
    with pytest.raises(NotASession, match="damaged"):
        open_log()
    reader = open_reader(at_rest)
    with pytest.raises(NotASession, match="damaged"):
        reader.totals()
    reader.close()


@pytest.mark.parametrize("value", ["NULL", "x'ff00fe'", "1.5", "'12x'", "-9223372036854775808", "CAST(x'ff' AS TEXT)"])
def test_values_of_a_wrong_type_never_crash_a_reader(at_rest: Path, value: str) -> None:
    columns = {
        "events": (
            "topic_id",
            "received",
            "time",
            "type",
            "source",
            "id",
            "subject",
            "datacontenttype",
            "headers",
            "data",
        ),
        "topics": ("name", "events", "bytes", "last_seq", "first_received", "last_received", "types"),
        "seconds": ("events", "bytes", "first_seq"),
        "accounting": ("next_seq", "stored", "not_recorded", "duplicates", "dropped", "pruned"),
    }
    connection = apsw.Connection(str(at_rest))
    for table, names in columns.items():
        for name in names:
            with_one = {"events": "WHERE seq = 50", "topics": "WHERE id = 1"}.get(table, "")
            try:
                connection.execute(f"UPDATE {table} SET {name} = {value} {with_one}")
            except apsw.ConstraintError:
                continue
    connection.close()
    reader = open_reader(at_rest)
    questions: list[Callable[[], object]] = [
        reader.bounds,
        reader.topics,
        reader.gaps,
        reader.totals,
        lambda: reader.events(1, 100),
        lambda: reader.rows(1, 100),
        lambda: reader.histogram(0, 2**62),
        lambda: reader.newest_events(100),
        lambda: reader.count(topics=["#"]),
        lambda: list(reader.search(topics=["orders/#"], text="wei müller", newest=100, oldest=1)),
    ]
    for question in questions:
        with contextlib.suppress(NotASession):
            question()
    reader.close()


def test_reading_a_stranger_leaves_nothing_beside_it(at_rest: Path) -> None:
    before = at_rest.read_bytes()
    reader = open_reader(at_rest, stranger=True)
    assert reader.bounds().newest == 100
    assert beside(at_rest) == [at_rest.name]
    reader.close()
    assert at_rest.read_bytes() == before


def test_damaged_pages_of_a_stranger_are_found_before_anything_is_read(at_rest: Path) -> None:
    content = bytearray(at_rest.read_bytes())
    content[-4096:] = os.urandom(4096)
    at_rest.write_bytes(content)
    with pytest.raises(NotASession, match="damaged"):
        open_reader(at_rest, stranger=True)


def test_a_second_writer_is_refused_with_a_sentence(open_log: Open) -> None:
    first = open_log()
    with pytest.raises(LogUnavailable, match=f"already being recorded by another Eventmon \\(process {os.getpid()}\\)"):
        open_log()
    store(first, 10)
    first.close()
    assert open_log().next_seq == 11


def test_a_second_writer_is_refused_under_any_name_of_the_file(
    writer: SqliteWriter, session: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.eventmon"
    link.symlink_to(session)
    with pytest.raises(LogUnavailable, match="already being recorded"):
        open_writer(link, lock_folder=tmp_path / "locks")


HOLD = """
import sys
from pathlib import Path
from eventmon.store.inspection import check_header
from eventmon.store.open import open_writer

writer = open_writer(Path(sys.argv[1]), lock_folder=Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_writer_in_another_process_is_respected_until_it_dies(session: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(session), str(tmp_path / "locks")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(LogUnavailable, match=f"process {process.pid}"):
            open_writer(session, lock_folder=tmp_path / "locks")
        process.kill()
        process.wait()
    open_writer(session, lock_folder=tmp_path / "locks").close()


def test_refusing_a_second_writer_does_not_loosen_the_first(
    session: Path, tmp_path: Path, writer: SqliteWriter
) -> None:
    """SQLite's own locks would be gone if the second attempt had opened and closed the file by other means."""
    with pytest.raises(LogUnavailable):
        open_writer(session, lock_folder=tmp_path / "locks")
    open_reader(session).close()
    writer.append(orders(1, 5))
    script = (
        "import apsw, sys\n"
        "connection = apsw.Connection(sys.argv[1])\n"
        "try:\n    connection.execute('BEGIN IMMEDIATE')\nexcept apsw.BusyError:\n    print('busy')"
    )
    answer = subprocess.run([sys.executable, "-c", script, str(session)], capture_output=True, text=True, check=True)
    assert answer.stdout == "busy\n"


AS_NOBODY = """
import os, sys, tempfile
from pathlib import Path
from eventmon.store.inspection import check_header
from eventmon.store.open import open_reader, open_writer
from eventmon.store.errors import LogUnavailable

session, cache = Path(sys.argv[1]), Path(sys.argv[2])
os.chmod(session.parent, 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    open_writer(session, lock_folder=cache / "locks")
except LogUnavailable as error:
    print(error)
reader = open_reader(session, cache_folder=cache)
print(reader.bounds().newest, len(reader.events(1, 1_000)), os.listdir(cache))
reader.close()
print(sorted(os.listdir(session.parent)), os.listdir(cache))
"""


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user of the machine reaches."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o777)
        (folder / "media").mkdir()
        yield folder
        (folder / "media").chmod(0o755)


def read_as_nobody(folder: Path) -> list[str]:
    command = [sys.executable, "-c", AS_NOBODY, str(folder / "media" / "shop.eventmon"), str(folder / "cache")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_session_at_rest_is_read_in_place_on_a_read_only_disk(public_folder: Path) -> None:
    writer = open_writer(public_folder / "media" / "shop.eventmon", lock_folder=public_folder / "locks")
    store(writer, 1_000)
    writer.close()
    (public_folder / "media" / "shop.eventmon").chmod(0o444)
    refused, seen, left = read_as_nobody(public_folder)
    assert "lies on a read-only place" in refused
    assert seen == "1000 1000 []"
    assert left == "['shop.eventmon'] []"


def test_a_crashed_session_on_a_read_only_disk_shows_its_newest_events(public_folder: Path) -> None:
    source = public_folder / "source.eventmon"
    writer = open_writer(source, lock_folder=public_folder / "locks")
    store(writer, 1_000)
    for ending in ("", "-wal"):  # as a kill leaves them
        copy = public_folder / "media" / f"shop.eventmon{ending}"
        copy.write_bytes(source.with_name(source.name + ending).read_bytes())
        copy.chmod(0o444)
    writer.close()
    _, seen, left = read_as_nobody(public_folder)
    assert seen.startswith("1000 1000 ['eventmon-copy-")
    assert left == "['shop.eventmon', 'shop.eventmon-wal'] []"
