"""Standard input and named pipes: whatever is at the other end, no line is lost and the loop is never blocked."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from eventmon.connectors.pipe import PipeConfig, PipeConnector
from eventmon.connectors.pipe_events import LineParser, LineRules
from eventmon.connectors.pipe_stream import StandardInput
from eventmon.core.errors import UserError
from tests.connectors.conftest import Run, Running
from tests.connectors.feed import RememberingFeed

READER = """
import asyncio, sys
from eventmon.connectors.registry import connector_for
from tests.connectors.feed import RememberingFeed

async def main():
    connector, config = connector_for("pipe:-")
    feed = RememberingFeed("stdin")
    await connector.open(config, feed).run()
    print(feed.count, hash(tuple(feed.lines)) == hash(tuple(b"%d" % n for n in range(feed.count))), feed.statuses[-1])

asyncio.run(main())
"""


def standard_input(feed: RememberingFeed, descriptor: int) -> StandardInput:
    return StandardInput(feed, LineParser(LineRules(), mount="stdin", source="pipe:-"), descriptor=descriptor)


def test_a_million_lines_of_another_process_come_whole_and_in_order() -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", "import sys\nfor n in range(1_000_000): sys.stdout.write(f'{n}\\n')"],
        stdout=subprocess.PIPE,
    )
    reader = subprocess.run(
        [sys.executable, "-c", READER], stdin=writer.stdout, capture_output=True, check=False, timeout=100
    )
    assert writer.stdout is not None
    writer.stdout.close()
    assert writer.wait() == 0
    assert reader.stderr == b""
    assert reader.stdout == b"1000000 True ('closed', 'end of input')\n"


@pytest.mark.parametrize(
    ("redirection", "says"),
    [("<&-", "UserError: Standard input is closed."), ("</dev/null", "0 True ('closed', 'end of input')")],
)
def test_closed_and_empty_standard_input_are_told_apart(redirection: str, says: str) -> None:
    shell = ["sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable, READER]
    answer = subprocess.run(shell, capture_output=True, check=False, timeout=60)
    assert says in (answer.stdout + answer.stderr).decode()


def test_a_regular_file_as_standard_input_is_read_to_its_end(tmp_path: Path, run: Run[None]) -> None:
    (tmp_path / "lines").write_bytes(b"0\r\n1\r\n2")
    descriptor = os.open(tmp_path / "lines", os.O_RDONLY)

    async def scenario() -> None:
        feed = RememberingFeed("stdin")
        await standard_input(feed, descriptor).run()
        assert feed.lines == [b"0", b"1", b"2"]
        assert feed.statuses == [("connected", "standard input"), ("closed", "end of input")]

    run(scenario())
    os.close(descriptor)


def test_a_last_line_without_end_is_delivered_at_the_end_of_the_input(run: Run[None], running: Running) -> None:
    receiver, sender = os.pipe()

    async def scenario() -> None:
        feed = RememberingFeed("stdin")
        async with running(standard_input(feed, receiver)) as task:
            os.write(sender, b"first\nsec")
            await feed.until(lambda: feed.count == 1)
            os.write(sender, b"ond")
            os.close(sender)
            await task
        assert feed.lines == [b"first", b"second"]

    run(scenario())
    os.close(receiver)


def test_a_cancellation_while_nothing_comes_is_immediate_and_takes_nothing(run: Run[None], running: Running) -> None:
    receiver, sender = os.pipe()

    async def scenario() -> None:
        feed = RememberingFeed("stdin")
        async with running(standard_input(feed, receiver)):
            await feed.until(lambda: bool(feed.statuses))
        os.write(sender, b"later\n")
        async with running(standard_input(feed, receiver)):
            await feed.until(lambda: feed.count == 1)

    run(scenario())
    os.close(receiver)
    os.close(sender)


def test_a_terminal_gives_its_lines_and_stays_as_it_was(run: Run[None], running: Running) -> None:
    keyboard, terminal = pty.openpty()

    async def scenario() -> None:
        feed = RememberingFeed("stdin")
        async with running(standard_input(feed, terminal)) as task:
            os.write(keyboard, b"typed\n")
            await feed.until(lambda: feed.count == 1)
            assert os.get_blocking(terminal)
            os.write(keyboard, b"\x04")
            await task
        assert feed.lines == [b"typed"]

    run(scenario())
    os.close(keyboard)
    os.close(terminal)


def test_an_input_that_cannot_be_read_is_refused_in_plain_words(tmp_path: Path, run: Run[None]) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)

    async def scenario() -> None:
        with pytest.raises(UserError, match="Standard input cannot be read: Is a directory"):
            await standard_input(RememberingFeed("stdin"), descriptor).run()

    run(scenario())
    os.close(descriptor)


def test_a_named_pipe_is_read_from_one_writer_after_the_other(tmp_path: Path, run: Run[None], running: Running) -> None:
    pipe = tmp_path / "events"
    os.mkfifo(pipe)

    async def scenario() -> None:
        feed = RememberingFeed("events")
        async with running(PipeConnector().open(PipeConfig(path=str(pipe)), feed)):
            idle = ("waiting", f"No program writes to {pipe} at the moment.")
            await feed.until(lambda: idle in feed.statuses)
            for number in range(3):
                writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
                os.write(writer, b"first\nlast of %d" % number)
                os.close(writer)
                await feed.until(lambda: feed.count == 2 * number + 2)  # noqa: B023 - looked at within this turn
            await feed.until(lambda: feed.statuses[-1] == idle)
        assert feed.lines == [line for number in range(3) for line in (b"first", b"last of %d" % number)]
        assert ("connected", str(pipe)) in feed.statuses

    run(scenario())


def test_a_named_pipe_that_becomes_a_file_is_followed_as_one(tmp_path: Path, run: Run[None], running: Running) -> None:
    path = tmp_path / "events"
    os.mkfifo(path)

    async def scenario() -> None:
        feed = RememberingFeed("events")
        async with running(PipeConnector().open(PipeConfig(path=str(path)), feed)):
            await feed.until(lambda: bool(feed.statuses))
            writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            path.unlink()
            os.write(writer, b"through the pipe\n")
            os.close(writer)
            path.write_bytes(b"from the file\n")
            await feed.until(lambda: feed.count == 2)
        assert feed.lines == [b"through the pipe", b"from the file"]

    run(scenario())


def test_the_loop_runs_on_while_much_is_read(run: Run[None], running: Running) -> None:
    receiver, sender = os.pipe()

    async def scenario() -> None:
        feed = RememberingFeed("stdin", keep=False)
        loop = asyncio.get_running_loop()
        async with running(standard_input(feed, receiver)) as task:
            text = b"order 1204 was paid\n" * 200_000

            def write() -> None:
                with open(sender, "wb") as file:
                    file.write(text)

            writer = loop.run_in_executor(None, write)
            turns = 0
            while not task.done():
                turns += 1
                await asyncio.sleep(0)
            await writer
        assert feed.count == 200_000
        assert turns > len(feed.batches)
        assert max(feed.batches) < 20_000

    run(scenario())
    os.close(receiver)
