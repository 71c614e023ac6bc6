"""After a crash the log holds everything acknowledged, whole transactions, and goes on without a hole."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from eventmon.store.inspection import check_pages
from eventmon.store.open import open_reader, open_writer
from eventmon.store.writer import SqliteWriter
from tests.store.conftest import commit, orders, store

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from eventmon.store.open import open_writer
from tests.store.conftest import commit, orders

writer = open_writer(Path(sys.argv[1]), lock_folder=Path(sys.argv[2]))
size = 1
while True:
    writer.append(orders(writer.next_seq, size))
    print(commit(writer), flush=True)
    size = size * 7 % 211 + 1
"""


def write_and_kill(session: Path, locks: Path, acknowledgements: int) -> int:
    """Have another process record until it has acknowledged that often, kill it, and tell what it acknowledged."""
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(session), str(locks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        lines += process.stdout.read().splitlines(keepends=True)
    return int([line for line in lines if line.endswith("\n")][-1])


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path, kills: int) -> None:
    chance = random.Random(1)
    for number in range(kills):
        session = tmp_path / f"shop-{number // 5}.eventmon"  # a session dies five times; longer ones test nothing more
        acknowledged = write_and_kill(session, tmp_path / "locks", chance.randint(1, 120))
        writer = open_writer(session, lock_folder=tmp_path / "locks")
        newest = writer.next_seq - 1
        assert newest >= acknowledged
        assert_whole(session, newest)
        store(writer, 1)
        writer.close()


def assert_whole(session: Path, newest: int) -> None:
    """Every term that a commit writes together tells of exactly the orders up to ``newest``."""
    reader = open_reader(session)
    check_pages(reader._connection, session, seconds=60)
    assert (reader.bounds().newest, reader.totals().stored) == (newest, newest)
    assert sum(topic.events for topic in reader.topics()) == newest
    assert sum(bar.events for bar in reader.histogram(0, 2**40)) == newest
    assert reader.events(1, newest + 1) == orders(1, newest)
    reader.close()


DELETE_FOR_EVER = """
import sys
from pathlib import Path
from eventmon.store.open import open_writer

writer = open_writer(Path(sys.argv[1]), lock_folder=Path(sys.argv[2]))
seq = writer.next_seq
while seq > 1:
    seq -= 30
    print(writer.delete(list(range(seq, seq + 20)))[0] and seq, flush=True)
"""


@pytest.mark.parametrize("kills", [3, pytest.param(40, marks=pytest.mark.soak)])
def test_a_killed_deletion_leaves_whole_slices(tmp_path: Path, kills: int) -> None:
    chance = random.Random(2)
    for number in range(kills):
        session = tmp_path / f"shop-{number}.eventmon"
        writer = open_writer(session, lock_folder=tmp_path / "locks")
        store(writer, 6_000)
        writer.close()
        command = [sys.executable, "-c", DELETE_FOR_EVER, str(session), str(tmp_path / "locks")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged = [int(process.stdout.readline()) for _ in range(chance.randint(1, 60))]
            process.kill()
        assert_whole_deletions(session, acknowledged[-1])


def assert_whole_deletions(session: Path, acknowledged: int) -> None:
    """Every slice down to ``acknowledged`` is gone, each of those below is gone or there as a whole, in all counts."""
    reader = open_reader(session)
    check_pages(reader._connection, session, seconds=60)
    removed = set(reader.removed())
    lowest = min(removed)
    assert lowest <= acknowledged
    assert removed == {seq for first in range(lowest, 6_001, 30) for seq in range(first, first + 20)}
    left = [seq for seq in range(1, 6_001) if seq not in removed]
    assert [event.seq for event in reader.events(1, 6_001)] == left
    assert sum(bar.events for bar in reader.histogram(0, 2**40)) == reader.bounds().events == len(left)
    assert (reader.totals().pruned, reader.removals()) == (len(removed), len(removed))
    reader.close()


class Crashed:
    """The files of a crashed session, and the newest seq after each transaction in it."""

    def __init__(self, session: Path, locks: Path) -> None:
        writer = open_writer(session, lock_folder=locks)
        store(writer, 40)
        writer.close()
        self.prefixes = {40}
        writer = open_writer(session, lock_folder=locks)
        for size in itertools.islice(itertools.cycle([1, 30, 7, 90, 2]), 25):
            writer.append(orders(writer.next_seq, size))
            self.prefixes.add(commit(writer))
        self.main = session.read_bytes()
        self.tail = session.with_name(session.name + "-wal").read_bytes()
        writer.close()

    def lay_out(self, session: Path, tail: bytes) -> None:
        """Write the files as a crash that left this tail."""
        session.write_bytes(self.main)
        session.with_name(session.name + "-wal").write_bytes(tail)


def torn(tail: bytes, chance: random.Random) -> bytes:
    return tail[: chance.randrange(len(tail))]


def zeroed(tail: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(tail))
    end = chance.choice([len(tail), chance.randrange(start, len(tail)) + 1])
    return tail[:start] + bytes(end - start) + tail[end:]


def garbled(tail: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(tail))
    length = min(chance.choice([1, 8, 512, 4096, 20_000]), len(tail) - start)
    return tail[:start] + chance.randbytes(length) + tail[start + length :]


def grown(tail: bytes, chance: random.Random) -> bytes:
    return tail + chance.choice([bytes(5_000), chance.randbytes(4_120), tail[32:4_152]])


@pytest.mark.parametrize("damage", [torn, zeroed, garbled, grown])
@pytest.mark.parametrize("dose", [75, pytest.param(300, marks=pytest.mark.soak)])
def test_a_damaged_tail_leaves_a_prefix_of_whole_transactions(
    tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], dose: int
) -> None:
    crashed = Crashed(tmp_path / "source.eventmon", tmp_path / "locks")
    chance = random.Random(damage.__name__)
    seen = set()
    for number in range(dose):
        session = tmp_path / f"{number}.eventmon"
        crashed.lay_out(session, damage(crashed.tail, chance))
        writer = open_writer(session, lock_folder=tmp_path / "locks")
        newest = writer.next_seq - 1
        assert newest in crashed.prefixes
        assert_whole(session, newest)
        writer.append(orders(newest + 1, 1))
        assert commit(writer) == newest + 1
        writer.close()
        session.unlink()
        seen.add(newest)
    assert damage is grown or len(seen) > 5


def test_an_undamaged_tail_is_read_to_its_end(tmp_path: Path, session: Path) -> None:
    crashed = Crashed(tmp_path / "source.eventmon", tmp_path / "locks")
    crashed.lay_out(session, crashed.tail)
    assert_whole(session, max(crashed.prefixes))


def test_a_viewer_alone_reads_a_crashed_session(writer: SqliteWriter, session: Path, tmp_path: Path) -> None:
    store(writer, 100)
    copy = tmp_path / "copy.eventmon"
    for ending in ("", "-wal"):
        copy.with_name(copy.name + ending).write_bytes(session.with_name(session.name + ending).read_bytes())
    reader = open_reader(copy, stranger=True)
    assert reader.bounds().newest == 100
    reader.close()
