"""A real window in a process of its own on a virtual screen; its home is that of the test (``EVENTMON_HOME``)."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.http_client import ControlClient
from eventmon.engine.paths import Paths
from tests.helpers.server import CLI, PATIENCE_SECONDS, cli_environment


class WindowProcess:
    """A running `eventmon` window; use it as a context manager, which ends it with SIGTERM."""

    def __init__(self, home: Path, display: str, *arguments: str, stdin: int = subprocess.DEVNULL) -> None:
        self.process = subprocess.Popen(
            [*CLI, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=cli_environment(home, DISPLAY=display, QT_QPA_PLATFORM="xcb"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()
        for pipe in (self.process.stdout, self.process.stderr, self.process.stdin):
            if pipe is not None:
                pipe.close()

    def stats(self) -> dict[str, Any]:
        """What its engine counts; waits until the engine answers."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                _, error = self.process.communicate()
                raise AssertionError(f"the window ended with {self.process.returncode}: {error.decode()}")
            with contextlib.suppress(UserError), ControlClient(self.socket_path) as client:
                answer: dict[str, Any] = msgspec.json.decode(client.get("/api/v1/stats"))
                return answer
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
        raise AssertionError("the window's engine did not answer")

    def wait_until_stored(self, events: int, within: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The statistics once so many events are stored."""
        until = time.monotonic() + within
        while (stats := self.stats())["stored"] < events:
            if time.monotonic() > until:
                raise AssertionError(f"only {stats['stored']} of {events} events were stored within {within:.0f} s")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
        return stats

    @property
    def socket_path(self) -> Path:
        """Its control socket."""
        return Paths.for_profile().socket_path

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)
