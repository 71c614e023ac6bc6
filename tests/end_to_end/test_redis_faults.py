"""A broker that is killed and cut off under load (R3 and R4 of the promises), with a real engine writing its log.

A writer sends numbers and keeps which the broker acknowledged and when. Afterwards the log is read as another program
would: of a stream everything acknowledged is there once; of a channel everything missing lies inside a gap row.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec
import pytest
import redis

from eventmon.core.clock import now_microseconds
from eventmon.engine.engine import Engine
from eventmon.engine.frame import ConnectionStatus
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from tests.helpers.session_file import stored_events
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.valkey import ValkeyServer

NAME = "orders:created"
PATIENCE_SECONDS = 60.0
RESUMED_SECONDS = 2.0
LONGEST_DOWN_SECONDS = 0.5
BETWEEN_FAULTS = 300
"""So many numbers are acknowledged between two faults, while the connection is up."""
LOOK_SECONDS = 0.005


class Writer:
    """Sends numbers from a thread until the end of a block.

    Attributes:
        acknowledged: when each number was sent and when its acknowledgement had come, in microseconds.
        sent: how many numbers were sent, acknowledged or not.
    """

    def __init__(self, server: ValkeyServer, *, stream: bool) -> None:
        self.acknowledged: dict[int, tuple[int, int]] = {}
        self.sent = 0
        self._server = server
        self._stream = stream
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, name="writer")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write for the length of the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._ended.set()
            self._thread.join()

    def _write(self) -> None:
        with self._server.client(socket_timeout=5) as client:
            while not self._ended.is_set():
                number, before = self.sent, now_microseconds()
                self.sent += 1
                try:
                    self._send(client, number)
                except redis.RedisError:
                    self._ended.wait(LOOK_SECONDS)
                else:
                    self.acknowledged[number] = (before, now_microseconds())

    def _send(self, client: redis.Redis, number: int) -> None:
        if self._stream:
            client.xadd(NAME, {"order": number})
        else:
            client.publish(NAME, number)


class Log(NamedTuple):
    """What the session file holds: how often each number, and the gap rows as (started, ended)."""

    numbers: Counter[int]
    gaps: list[tuple[int, int]]


class Site:
    """An engine that watches a broker through a proxy, and what is done to both."""

    def __init__(self, engine: Engine, server: ValkeyServer, proxy: TcpProxy) -> None:
        self.slowest = 0.0
        self._engine = engine
        self._server = server
        self._proxy = proxy
        self._faults = 0

    @property
    def status(self) -> ConnectionStatus:
        """The connection as people see it."""
        return self._engine.connections.statuses()[0]

    async def go_through(self, faults: list[str], writer: Writer, seed: int) -> None:
        """Let faults happen under load, one after the other, each when the one before is over."""
        chance = random.Random(seed)
        await self._until_up()
        with writer.writing():
            for fault in faults:
                await self._until_acknowledged(writer, BETWEEN_FAULTS)
                if fault == "kill":
                    await self._kill(chance.uniform(0.0, LONGEST_DOWN_SECONDS))
                else:
                    self._proxy.cut()
                await self._resumed()
            await self._until_acknowledged(writer, BETWEEN_FAULTS)

    async def settled(self, writer: Writer) -> None:
        """Wait until the number sent last is in the log; all that came is there then, as order is kept."""
        last, newest = max(writer.acknowledged), 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                newest = await self._engine.wait_newer(newest)
                row = (await self._engine.read(lambda reader: reader.rows_at([newest])))[0]  # noqa: B023 - read at once
                if _number(row.preview) >= last:
                    return

    async def _kill(self, down: float) -> None:
        self._server.kill()
        await asyncio.sleep(down)  # the fault itself: so long there is no server
        await self._server.restart_async()

    async def _resumed(self) -> None:
        """The fault is over: how long until the connection is up and events are committed again."""
        over = time.monotonic()
        self._faults += 1
        await self._until_up()
        await self._engine.wait_newer(self._engine.newest_committed)
        self.slowest = max(self.slowest, time.monotonic() - over)

    async def _until_up(self) -> None:
        await _until(lambda: self.status.phase == "connected" and self.status.interruptions >= self._faults)

    async def _until_acknowledged(self, writer: Writer, more: int) -> None:
        wanted = len(writer.acknowledged) + more
        await _until(lambda: len(writer.acknowledged) >= wanted)


@asynccontextmanager
async def site(query: str) -> AsyncIterator[tuple[Site, ValkeyServer]]:
    """A broker that keeps what it acknowledges, a proxy before it, and an engine that watches."""
    async with ValkeyServer(appendonly="always") as server, TcpProxy(server.port) as proxy:
        url = f"redis://{proxy.address}?{query}"
        engine = Engine(EngineOptions(serve_control=False, connections=(("shop", url),)), Paths.for_profile())
        await engine.start()
        try:
            yield Site(engine, server, proxy), server
        finally:
            await engine.stop()


def read_log(path: Path) -> Log:
    """The numbers and gaps of a closed session file."""
    count, highest = stored_events(path)
    assert count == highest, "a seq is missing"
    with contextlib.closing(apsw.Connection(str(path))) as connection:
        numbers = Counter(_number(data) for (data,) in connection.execute("SELECT data FROM events"))
        gaps: list[Any] = list(connection.execute("SELECT started, ended FROM gaps ORDER BY id"))
    return Log(numbers, gaps)


def _number(data: bytes) -> int:
    """A channel has the bare number, an entry a JSON object of its fields."""
    return int(data) if data.isdigit() else int(msgspec.json.decode(data)["order"])


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - neither another process nor a thread can set an event of this loop
            await asyncio.sleep(LOOK_SECONDS)


async def watch_through(faults: list[str], *, stream: bool, seed: int) -> tuple[Writer, float]:
    """One whole run; the writer and the slowest resumption."""
    async with site(f"streams={NAME}" if stream else f"channels={NAME}") as (place, server):
        writer = Writer(server, stream=stream)
        await place.go_through(faults, writer, seed)
        await place.settled(writer)
        assert place.status.interruptions == len(faults)
    return writer, place.slowest


def nothing_of_a_stream_is_lost(faults: list[str], seed: int) -> None:
    writer, slowest = asyncio.run(watch_through(faults, stream=True, seed=seed))
    log = read_log(Paths.for_profile().default_session)
    lost = writer.acknowledged.keys() - log.numbers.keys()
    doubled = {number: times for number, times in log.numbers.items() if times > 1}
    assert not lost, f"acknowledged but never logged: {len(lost)}"
    assert not doubled
    assert len(log.gaps) == len(faults)
    assert slowest <= RESUMED_SECONDS


def what_a_channel_lost_lies_in_gaps(faults: list[str], seed: int) -> None:
    writer, slowest = asyncio.run(watch_through(faults, stream=False, seed=seed))
    log = read_log(Paths.for_profile().default_session)
    outside = [
        number
        for number in writer.acknowledged.keys() - log.numbers.keys()
        if not any(
            started <= writer.acknowledged[number][1] and writer.acknowledged[number][0] <= ended
            for started, ended in log.gaps
        )
    ]
    assert len(log.gaps) == len(faults)
    assert not outside, f"missing outside every gap: {outside[:10]}"
    assert max(log.numbers.values()) == 1
    assert slowest <= RESUMED_SECONDS


def mixed(kills: int, cuts: int, seed: int) -> list[str]:
    """So many faults of each kind in an order that the seed decides."""
    faults = ["kill"] * kills + ["cut"] * cuts
    random.Random(seed).shuffle(faults)
    return faults


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_no_acknowledged_entry_is_lost_or_doubled_by_kills_and_cuts_of_the_broker() -> None:
    nothing_of_a_stream_is_lost(mixed(4, 4, seed=3), seed=3)


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_every_message_lost_by_kills_and_cuts_of_the_broker_lies_inside_a_gap() -> None:
    what_a_channel_lost_lies_in_gaps(mixed(4, 4, seed=4), seed=4)


@pytest.mark.soak
@pytest.mark.usefixtures("home")
def test_fifty_faults_lose_and_double_no_acknowledged_entry() -> None:
    nothing_of_a_stream_is_lost(mixed(25, 25, seed=5), seed=5)


@pytest.mark.soak
@pytest.mark.usefixtures("home")
def test_every_message_lost_by_fifty_faults_lies_inside_a_gap() -> None:
    what_a_channel_lost_lies_in_gaps(mixed(25, 25, seed=6), seed=6)
