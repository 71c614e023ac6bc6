"""What an event of Redis costs on its way into log and window: processor time, as ratios to reading alone.

Run: ``python -m tests.benchmarks.redis_path``. Two floors. For channels: ``hiredis.Reader`` on a socket that plays
back what a real server sent, and an ``Event`` of each message; against it a whole window, engine and log, offscreen.
For streams: a bare loop of redis-py's ``XREAD COUNT 1000``; against it an engine and its log. Each measurement is a
process of its own; publishers and server are others and do not count.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from tests.benchmarks.engine_path import cpu_by_thread
from tests.benchmarks.measure import compared, duration
from tests.benchmarks.platforms import OFFSCREEN
from tests.benchmarks.redis_traffic import (
    CHUNK_BYTES,
    MESSAGES,
    PATTERN,
    STREAM,
    Stopwatch,
    Traffic,
    fill_stream,
    record,
)
from tests.benchmarks.table import Row, main
from tests.helpers.free_port import LOOPBACK
from tests.helpers.valkey import ValkeyServer

if TYPE_CHECKING:
    from eventmon.engine.frame import Frame
    from eventmon.gui.application import WindowLife

ROUNDS = 5
QUICK_ROUNDS = 1
QUICK_MESSAGES = 20_000
WARM_UP_SECONDS = 2.0
MOST_FOR_CHANNELS = 2.5
MOST_FOR_STREAMS = 2.0
LEAST_SHOWN_SECONDS = 20e-9


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one process measured of itself, in seconds for all messages.

    Attributes:
        cpu: processor time of all its threads.
        wall: time on the wall.
        threads: of it by the name of the thread; empty where there is one.
    """

    cpu: float
    wall: float
    threads: dict[str, float] = {}


def measured(work: str, *arguments: object) -> Cost:
    """Run one of the functions below in a process of its own, with a home of its own."""
    given = ", ".join(map(repr, arguments))
    script = f"from tests.benchmarks import redis_path; redis_path.tell(redis_path.{work}({given}))"
    with tempfile.TemporaryDirectory(prefix="eventmon-bench-") as home:
        environment = os.environ | {"EVENTMON_HOME": home} | OFFSCREEN
        answer = subprocess.run(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, check=True, timeout=120
        )
    return msgspec.json.decode(answer.stdout.splitlines()[-1], type=Cost)


def tell(cost: Cost) -> None:
    """Hand a cost to the process that asked."""
    sys.stdout.write(msgspec.json.encode(cost).decode() + "\n")


def parser_alone(recording: str, messages: int) -> Cost:
    """The floor of channels: parse what comes from a socket and make events of it."""
    import hiredis

    from eventmon.core.event import Event

    reader, count, topics = hiredis.Reader(), 0, {}
    with (
        Traffic("play_back", recording, messages) as traffic,
        socket.create_connection((LOOPBACK, int(traffic.ready))) as connection,
    ):
        watch = Stopwatch()
        traffic.go()
        while count < messages:
            reader.feed(connection.recv(CHUNK_BYTES))
            replies: list[Any] = []
            while (reply := reader.gets()) is not False:
                replies.append(reply)
            for reply in replies:
                if reply[2] not in topics:
                    topics[reply[2]] = "shop/" + reply[2].decode().replace(":", "/")
            events = [Event(topic=topics[reply[2]], data=reply[3], type="redis.message") for reply in replies]
            count += len(events)
        return Cost(cpu=watch.cpu, wall=watch.wall)


def window(port: int, messages: int) -> Cost:
    """Channels through engine and log into a window."""
    import qasync

    from eventmon.engine.options import EngineOptions
    from eventmon.gui.application import SWITCH_INTERVAL, WindowLife, make_application

    sys.setswitchinterval(SWITCH_INTERVAL)
    url = f"redis://{LOOPBACK}:{port}?channels={PATTERN}"
    with Traffic("publish", port, messages) as traffic, qasync.QEventLoop(make_application()) as loop:
        asyncio.set_event_loop(loop)
        life = WindowLife(EngineOptions(connections=(("shop", url),)), None)
        watching: asyncio.Task[Cost] = loop.create_task(_watch_window(life, traffic, messages))
        watching.add_done_callback(lambda _task: life.window.close())
        loop.run_until_complete(life.live())
        asyncio.set_event_loop(None)
    return watching.result()


async def _watch_window(life: WindowLife, traffic: Traffic, messages: int) -> Cost:
    def is_up(frame: Frame) -> bool:
        return any(connection.phase == "connected" for connection in frame.connections or ())

    await _frame(life, is_up)
    await asyncio.sleep(WARM_UP_SECONDS)
    watch, before = Stopwatch(), cpu_by_thread()
    traffic.go()
    await _frame(life, lambda frame: frame.accounting.stored >= messages)
    return Cost(cpu=watch.cpu, wall=watch.wall, threads=_since(before))


async def _frame(life: WindowLife, suits: Callable[[Frame], bool]) -> None:
    """Wait for a frame that suits."""
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(frame: Frame) -> None:
        if not found.done() and suits(frame):
            found.set_result(None)

    life.context.bridge.frameReady.connect(look)
    await found
    life.context.bridge.frameReady.disconnect(look)


def _since(before: dict[str, float]) -> dict[str, float]:
    return {name: used - before.get(name, 0.0) for name, used in cpu_by_thread().items()}


def bare_loop(port: int, entries: int) -> Cost:
    """The floor of streams: nothing but the client library."""
    return asyncio.run(_read_bare(port, entries))


async def _read_bare(port: int, entries: int) -> Cost:
    from redis.asyncio import Redis

    async with Redis(host=LOOPBACK, port=port) as client:
        await client.ping()
        place, count, watch = b"0", 0, Stopwatch()
        while count < entries:
            reply: Any = await client.xread({STREAM: place}, count=1000)
            found = reply[0][1] if isinstance(reply, list) else next(iter(reply.values()))[0]
            count += len(found)
            place = found[-1][0]
        return Cost(cpu=watch.cpu, wall=watch.wall)


def engine(port: int, entries: int) -> Cost:
    """Streams through an engine into its log."""
    return asyncio.run(_through_engine(port, entries))


async def _through_engine(port: int, entries: int) -> Cost:
    import eventmon.connectors.redis_connection  # noqa: F401 - the floor's library is loaded too before its watch runs
    from eventmon.engine.engine import Engine
    from eventmon.engine.options import EngineOptions
    from eventmon.engine.paths import Paths
    from eventmon.engine.requests import OpenConnection

    running = Engine(EngineOptions(serve_control=False), Paths.for_profile())
    await running.start()
    try:
        watch, before = Stopwatch(), cpu_by_thread()
        url = f"redis://{LOOPBACK}:{port}?streams={STREAM}&from=start"
        await running.answer(OpenConnection(url=url, name="shop"))
        await running.wait_newer(entries - 1)
        return Cost(cpu=watch.cpu, wall=watch.wall, threads=_since(before))
    finally:
        await running.stop()


def rows(quick: bool = False) -> list[Row]:
    """Channels, then streams; medians of rounds in which floor and path take turns."""
    rounds, messages = (QUICK_ROUNDS, QUICK_MESSAGES) if quick else (ROUNDS, MESSAGES)
    with ValkeyServer(pubsub_buffer="512mb") as server:
        recording = server.folder / "recording"
        record(server, recording, messages)
        fill_stream(server, messages)
        channels = [
            (measured("parser_alone", str(recording), messages), measured("window", server.port, messages))
            for _ in range(rounds)
        ]
        streams = [
            (measured("bare_loop", server.port, messages), measured("engine", server.port, messages))
            for _ in range(rounds)
        ]
    return [*rows_of_channels(channels, messages), *rows_of_streams(streams, messages)]


def rows_of_channels(pairs: list[tuple[Cost, Cost]], messages: int) -> list[Row]:
    """The window's cost beside the parser's."""
    floor, path = zip(*pairs, strict=True)
    return [
        compared("channels: hiredis.Reader, Event; CPU a message (floor)", _each(floor, messages), 1.0),
        compared(
            "channels: into log and window, CPU a message",
            _each(path, messages),
            median(whole.cpu / least.cpu for least, whole in pairs),
            at_most=MOST_FOR_CHANNELS,
        ),
        *_rows_of_threads("channels", path, messages),
        Row(name=f"channels: {messages:,} parsed (floor), wall", value=_wall(floor)),
        Row(name=f"channels: {messages:,} stored and shown, wall", value=_wall(path)),
    ]


def rows_of_streams(pairs: list[tuple[Cost, Cost]], messages: int) -> list[Row]:
    """The engine's cost beside the loop's."""
    floor, path = zip(*pairs, strict=True)
    return [
        compared("streams: bare XREAD COUNT 1000, CPU an entry (floor)", _each(floor, messages), 1.0),
        compared(
            "streams: through the engine into the log, CPU an entry",
            _each(path, messages),
            median(whole.cpu / least.cpu for least, whole in pairs),
            at_most=MOST_FOR_STREAMS,
        ),
        *_rows_of_threads("streams", path, messages),
        Row(name=f"streams: {messages:,} read (floor), wall", value=_wall(floor)),
        Row(name=f"streams: {messages:,} stored, wall", value=_wall(path)),
    ]


def _rows_of_threads(what: str, costs: tuple[Cost, ...], messages: int) -> list[Row]:
    """The threads that count."""
    each = {name: median(cost.threads[name] for cost in costs) / messages for name in costs[0].threads}
    return [
        Row(name=f"{what}: of it the thread {name}", value=duration(seconds))
        for name, seconds in each.items()
        if seconds >= LEAST_SHOWN_SECONDS
    ]


def _each(costs: tuple[Cost, ...], messages: int) -> str:
    return duration(median(cost.cpu for cost in costs) / messages)


def _wall(costs: tuple[Cost, ...]) -> str:
    return duration(median(cost.wall for cost in costs))


if __name__ == "__main__":
    main("Redis into log and window", rows)
