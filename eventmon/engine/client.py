"""How a front end reaches an engine: one call, wherever the engine lives."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol, TypeVar

from eventmon.engine.requests import Request

Answer = TypeVar("Answer")


class EngineClient(Protocol):
    """A way to one engine. Safe from any thread; never blocks the caller."""

    def call(self, request: Request[Answer]) -> Future[Answer]:
        """Ask; the future holds the answer, or UserError in plain words, and completes in another thread."""

    def close(self) -> None:
        """Let go of the engine; a local one is stopped in order and its log closed. Blocks at most 10 s."""
