"""A virtual screen of one's own: a real X server, so that a test may take it away without hurting another."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 30.0


class VirtualScreen:
    """A running Xvfb; use it as a context manager. ``display`` is what DISPLAY has to be."""

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        server = shutil.which("Xvfb")
        if server is None:
            raise RuntimeError("Xvfb is missing; `make test` names the package that brings it")
        read_end, write_end = os.pipe()
        geometry = f"{width}x{height}x24"
        command = [server, "-displayfd", str(write_end), "-screen", "0", geometry, "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            self.display = f":{answer.readline().strip()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.take_away()

    def take_away(self) -> None:
        """End the X server, as when somebody's session dies."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)
