"""What the Redis benchmark sends, from processes of their own so that their work is not counted, and what it records.

The messages are orders of 200 bytes on nine channels; what a subscriber's socket gets of them is recorded once from a
real server and played back to whoever is the floor.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import hiredis

from tests.helpers.free_port import LOOPBACK
from tests.helpers.valkey import ValkeyServer

MESSAGES = 100_000
MESSAGE_BYTES = 200
REGIONS, STEPS = ("eu", "us", "asia"), ("created", "paid", "shipped")
CHANNELS = tuple(f"orders:{region}:{step}" for region in REGIONS for step in STEPS)
PATTERN = "orders:*"
STREAM = "orders"
_ORDER = b'{"order": "48348", "total": 129.9, "currency": "EUR", "customer": {"id": "cus_81f0c2", "tier": "gold"}'
PAYLOAD = _ORDER + b', "note": "%s"}' % (b"." * (MESSAGE_BYTES - len(_ORDER) - 13))
assert len(PAYLOAD) == MESSAGE_BYTES
COMMANDS_A_BATCH = 500
CHUNK_BYTES = 65_536


class Traffic:
    """A process that is ready to send and waits for the word; use it as a context manager."""

    def __init__(self, work: str, argument: int | str, messages: int) -> None:
        """Start it; ``work`` is ``publish`` or ``play_back``, the argument its port or file."""
        script = f"from tests.benchmarks.redis_traffic import {work}; {work}({argument!r}, {messages})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.ready = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        with self._process:
            pass

    def go(self) -> None:
        """Let it send."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()


def publish(port: int, messages: int) -> None:
    """The life of a publishing process: as fast as the server takes it."""
    batches = [
        b"".join(
            packed("PUBLISH", CHANNELS[number % len(CHANNELS)], PAYLOAD)
            for number in range(begin, min(begin + COMMANDS_A_BATCH, messages))
        )
        for begin in range(0, messages, COMMANDS_A_BATCH)
    ]
    with socket.create_connection((LOOPBACK, port)) as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        for batch in batches:
            connection.sendall(batch)
            replies = batch.count(b"PUBLISH")
            while replies:
                replies -= connection.recv(CHUNK_BYTES).count(b"\n")


def packed(*words: str | bytes) -> bytes:
    """A command as it goes over the wire."""
    command: bytes = hiredis.pack_command(words)  # type: ignore[arg-type]  # the library's own type takes one word
    return command


def play_back(path: str, _messages: int) -> None:
    """The life of a process that sends a recording to the first who connects."""
    recording = Path(path).read_bytes()
    with socket.create_server((LOOPBACK, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        sys.stdin.readline()
        connection, _ = listener.accept()
        with connection:
            connection.sendall(recording)


def record(server: ValkeyServer, path: Path, messages: int) -> None:
    """Write what a subscriber's socket gets to a file."""
    reader, count, recording = hiredis.Reader(), 0, bytearray()
    with (
        socket.create_connection((LOOPBACK, server.port)) as connection,
        Traffic("publish", server.port, messages) as traffic,
    ):
        connection.sendall(packed("PSUBSCRIBE", PATTERN))
        confirmation = connection.recv(CHUNK_BYTES)
        assert confirmation.startswith(b"*3")
        traffic.go()
        while count < messages:
            chunk = connection.recv(CHUNK_BYTES)
            recording += chunk
            reader.feed(chunk)
            while reader.gets() is not False:
                count += 1
    path.write_bytes(recording)


def fill_stream(server: ValkeyServer, entries: int) -> None:
    """Add so many entries of one field to the stream."""
    with server.client() as client:
        for _ in range(0, entries, COMMANDS_A_BATCH):
            with client.pipeline(transaction=False) as pipeline:
                for _ in range(COMMANDS_A_BATCH):
                    pipeline.xadd(STREAM, {"data": PAYLOAD})
                pipeline.execute()
        assert client.xlen(STREAM) == entries


class Stopwatch:
    """Processor and wall time of this process since it was made, in seconds."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @property
    def cpu(self) -> float:
        """All threads, user and system."""
        return time.process_time() - self._cpu

    @property
    def wall(self) -> float:
        """What a clock on the wall says."""
        return time.perf_counter() - self._wall
