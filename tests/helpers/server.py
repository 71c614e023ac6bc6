"""A real `eventmon serve` process with a home of its own, and the other verbs run against it.

Process behaviour (signals, exit codes, sockets, pipes) is only true of real processes.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from eventmon.engine.http_client import ControlClient

PATIENCE_SECONDS = 60.0
"""How long a loaded machine may take; nothing waits that long when all is well."""
REPOSITORY = Path(__file__).parents[2]
CLI = (sys.executable, str(REPOSITORY / "main.py"))


def cli_environment(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a verb that lives in ``home`` alone and has no display."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    runtime = home / "xdg"
    runtime.mkdir(parents=True, exist_ok=True)
    return {**kept, "EVENTMON_HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), **changes}


def run_cli(home: Path, *arguments: str, data: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    """Run a verb to its end."""
    return subprocess.run(
        [*CLI, *arguments],
        input=data,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        env=cli_environment(home, **changes),
        check=False,
    )


class Server:
    """A running `eventmon serve`; use it as a context manager, which ends it with SIGTERM.

    Attributes:
        home: everything it writes lies below.
        process: the process, its standard output and error as pipes.
        ready: its ready line.
    """

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [*CLI, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=cli_environment(home)
        )
        try:
            self.ready: dict[str, Any] = self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def socket_path(self) -> Path:
        """The control socket."""
        return Path(self.ready["socket"])

    @property
    def log(self) -> Path:
        """The session file."""
        return Path(self.ready["log"])

    def cli(self, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run another verb against this server, to its end."""
        return run_cli(self.home, *arguments, data=data)

    def start_cli(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start another verb against this server; the caller ends it."""
        return subprocess.Popen(
            [*CLI, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=cli_environment(self.home),
        )

    def client(self) -> ControlClient:
        """A connection to the control socket; the caller closes it."""
        return ControlClient(self.socket_path)

    def stats(self) -> dict[str, Any]:
        """What `stats --json` says."""
        with self.client() as client:
            stats: dict[str, Any] = msgspec.json.decode(client.get("/api/v1/stats"))
        return stats

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it in order, making sure that nothing failed in it unseen; its exit code."""
        assert self.process.stderr is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        if not self.process.stderr.closed:
            complaints = self.process.stderr.read().decode()
            assert "Traceback" not in complaints, complaints
        return self._reap()

    def kill(self) -> int:
        """End it with SIGKILL."""
        self.process.kill()
        return self._reap()

    def _reap(self) -> int:
        try:
            return self.process.wait(PATIENCE_SECONDS)
        finally:
            for pipe in (self.process.stdout, self.process.stderr):
                if pipe is not None:
                    pipe.close()

    def _wait_until_ready(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        line = self.process.stdout.readline() if readable else b""
        if not line:
            self.process.kill()
            raise AssertionError(f"serve did not become ready: {self.process.stderr.read().decode()}")
        ready: dict[str, Any] = msgspec.json.decode(line)
        return ready
