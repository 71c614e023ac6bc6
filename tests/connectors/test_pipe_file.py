"""Followed files as connections: real writers in processes of their own, real rotation, and what people are told."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eventmon.connectors.base import Connection
from eventmon.connectors.pipe import PipeConfig, PipeConnector
from eventmon.connectors.pipe_file import unreadable
from eventmon.core.errors import UserError
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed

WRITER = """
import os, sys
path, count, rotations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
file = open(path, "ab")
for number in range(count):
    file.write(b'{"order":"%d","level":"info","total":129.90,"currency":"EUR"}\\n' % number)
    if rotations and number % (count // (rotations + 1)) == count // (rotations + 2):
        file.flush()
        for old in range(rotations, 0, -1):
            if os.path.exists(f"{path}.{old}"):
                os.rename(f"{path}.{old}", f"{path}.{old + 1}")
        os.rename(path, f"{path}.1")
        file.write(b'{"order":"late %d"}\\n' % number)
        file.close()
        file = open(path, "ab")
file.close()
"""


def opened(path: Path, feed: RememberingFeed, **settings: Any) -> Connection:
    return PipeConnector().open(PipeConfig(path=str(path), **settings), feed)


async def write(path: Path, count: int, rotations: int = 0) -> None:
    """Let another process write this many orders, rotating the file as it goes."""
    command = [sys.executable, "-c", WRITER, str(path), str(count), str(rotations)]
    writer = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=100)
    assert writer.returncode == 0, writer.stderr.decode()


def numbers(feed: RememberingFeed) -> list[bytes]:
    return [line.split(b'"')[3] for line in feed.lines if b"late" not in line]


def test_a_file_that_another_process_writes_comes_whole_and_in_order(
    tmp_path: Path, run: Run[None], running: Running
) -> None:
    log, count = tmp_path / "shop.log", 200_000

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        async with running(opened(log, feed, topic="{level}")):
            await write(log, count)
            await feed.until(lambda: feed.count >= count)
        assert numbers(feed) == [b"%d" % number for number in range(count)]
        assert {event.topic for event in feed.events} == {"shop/info"}
        assert feed.problems == []

    run(scenario())


def test_rotations_by_a_running_writer_lose_and_double_nothing(
    tmp_path: Path, run: Run[None], running: Running
) -> None:
    log, count = tmp_path / "shop.log", 60_000

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        log.touch()
        async with running(opened(log, feed)):
            await feed.until(lambda: ("connected", str(log)) in feed.statuses)
            await write(log, count, rotations=4)
            await feed.until(lambda: feed.count >= count + 5)
        assert numbers(feed) == [b"%d" % number for number in range(count)]
        assert sum(b"late" in line for line in feed.lines) == 5
        assert feed.gaps == []

    run(scenario())


def test_cancelled_and_restarted_all_the_time_it_loses_and_doubles_nothing(
    tmp_path: Path, run: Run[None], running: Running
) -> None:
    log, count = tmp_path / "shop.log", 100_000

    async def scenario() -> None:
        positions: dict[str, str] = {}
        lines: list[bytes] = []
        log.touch()
        writer = asyncio.ensure_future(write(log, count, rotations=3))
        while len(lines) < count + 4:
            feed = RememberingFeed("shop", positions)
            async with running(opened(log, feed)):
                batches = 3
                await feed.until(lambda: len(feed.batches) >= batches or len(lines) + feed.count >= count + 4)  # noqa: B023 - looked at within this turn of the loop
            lines += feed.lines
            assert feed.gaps == []
        await writer
        assert len(lines) == len(set(lines)) == count + 4

    run(scenario())


def test_a_missing_file_is_waited_for_in_plain_words(tmp_path: Path, run: Run[None], running: Running) -> None:
    log = tmp_path / "later" / "shop.log"

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        async with running(opened(log, feed, start="end")):
            await feed.until(lambda: bool(feed.statuses))
            assert feed.statuses == [("waiting", f"{log} does not exist yet. It is read as soon as it appears.")]
            log.parent.mkdir()
            log.write_bytes(b"first\n")
            await feed.until(lambda: feed.count == 1)
        assert feed.statuses[-1] == ("connected", str(log))
        assert feed.problems == []

    run(scenario())


def test_a_folder_is_refused_in_plain_words_and_a_file_in_its_place_is_read(
    tmp_path: Path, run: Run[None], running: Running
) -> None:
    log = tmp_path / "shop.log"
    log.mkdir()

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        async with running(opened(log, feed)):
            await feed.until(lambda: len(feed.statuses) >= 2)
            assert feed.problems == [("error", f"{log} is a folder. Name a file in it.")]
            log.rmdir()
            log.write_bytes(b"first\n")
            await feed.until(lambda: feed.count == 1)

    run(scenario())


def test_each_reason_why_a_path_cannot_be_read_has_its_sentence() -> None:
    assert "does not exist yet" in unreadable("/a", FileNotFoundError())[1]
    assert "may not be read by this user" in unreadable("/a", PermissionError())[1]
    assert "no folder" in unreadable("/a", NotADirectoryError())[1]
    assert unreadable("/a", OSError(5, "Input/output error")) == (
        "failed",
        "/a cannot be read: Input/output error. It is tried again.",
    )


def test_a_truncation_is_a_gap_and_a_problem(tmp_path: Path, run: Run[None], running: Running) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"first\nsecond\n")

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        async with running(opened(log, feed)):
            await feed.until(lambda: feed.count == 2)
            os.truncate(log, 0)
            await feed.until(lambda: bool(feed.gaps))
            with log.open("ab") as file:
                file.write(b"third\n")
            await feed.until(lambda: feed.count == 3)
        ((started, ended, reason),) = feed.gaps
        assert 0 < started <= ended
        assert "cut short" in reason
        assert feed.problems == [("warning", reason)]
        assert feed.lines == [b"first", b"second", b"third"]

    run(scenario())


def test_a_position_is_stored_with_its_events_and_not_again_while_nothing_comes(
    tmp_path: Path, run: Run[None], running: Running
) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"first\n")
    deliveries: list[tuple[int, bool]] = []

    class CountingFeed(RememberingFeed):
        async def deliver(self, events: Any, positions: dict[str, str] | None = None) -> None:
            deliveries.append((len(events), bool(positions)))
            await super().deliver(events, positions)

    async def scenario() -> None:
        turns = 0

        async def sleep(seconds: float) -> None:
            nonlocal turns
            turns += 1
            feed.status("connected", f"turn {turns}")
            await asyncio.sleep(0)

        feed = CountingFeed("shop")
        connection: Any = opened(log, feed)
        connection._file._sleep = sleep
        async with running(connection):
            await feed.until(lambda: turns >= 10)
        assert deliveries == [(1, True)]

    run(scenario())


def test_a_slow_reader_makes_the_connection_wait(tmp_path: Path, run: Run[None], running: Running) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"order paid, all is well\n" * 100_000)

    async def scenario() -> None:
        gate = asyncio.Semaphore(2)

        class NarrowFeed(RememberingFeed):
            async def deliver(self, events: Any, positions: dict[str, str] | None = None) -> None:
                await super().deliver(events, positions)
                await gate.acquire()

        feed = NarrowFeed("shop")
        async with running(opened(log, feed)):
            await feed.until(lambda: len(feed.batches) == 3)
            for _ in range(100):
                await asyncio.sleep(0)
            assert len(feed.batches) == 3
            for _ in range(100):
                gate.release()
            await feed.until(lambda: feed.count == 100_000)

    run(scenario())


def test_odd_lines_are_told_once_a_batch(tmp_path: Path, run: Run[None], running: Running) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"words\n[1]\nwords\n")

    async def scenario() -> None:
        feed = RememberingFeed("shop")
        async with running(opened(log, feed, format="json")):
            await feed.until(lambda: bool(feed.problems))
        assert feed.count == 3
        assert feed.problems == [
            ("warning", "Lines that are no JSON were taken as text. Use format=auto if that is meant.")
        ]

    run(scenario())


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("pipe://var/log/shop.log", "three slashes: write pipe:///var/log/shop.log"),
        ("pipe:shop.log", "begin at the root"),
        ("pipe:", "begin at the root"),
        ("pipe:///a?path=/b", "unknown parameter “path”"),
        ("pipe:///a?pattern=(", "no regular expression"),
        ("pipe:///a?pattern=x&format=json", "A pattern reads text, not json"),
        ("pipe:///a?format=xml", "format=xml does not fit: one of auto, json, logfmt, text is expected"),
        ("pipe:///a?topic={", "is not clear"),
        ("pipe:///a%00b", "NUL"),
        ("pipe:///a#b", "Write %23"),
    ],
)
def test_a_wrong_url_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        PipeConnector().parse_url(url)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("-", "stdin"),
        ("/var/log/shop.log", "shop"),
        ("/var/log/shop eu+#.jsonl", "shop-eu"),
        ("/var/log/Größe.log", "Größe"),
        ("/tmp/$x", "x"),
        ("/tmp/.hidden", "hidden"),
        ("/", "file"),
    ],
)
def test_the_default_name_is_the_files_without_its_ending(path: str, name: str) -> None:
    assert PipeConnector().default_name(PipeConfig(path=path)) == name
