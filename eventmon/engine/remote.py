"""An engine in another process, reached over its control socket: what a viewer window talks to.

A few threads keep one connection each, so that a slow search does not hold up the next frame.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from eventmon.core.errors import UserError
from eventmon.engine.http_client import ControlClient
from eventmon.engine.requests import ANSWER_TYPES, Request

Answer = TypeVar("Answer")
THREADS = 3
MAX_PENDING = 256
"""Calls that may wait at once; a front end that asks for more is not being answered."""
CLOSE_SECONDS = 8.0
ENGINE_PATH = "/api/v1/engine"
HEADERS = {"Content-Type": "application/vnd.msgpack"}

_DECODERS: dict[type, msgspec.msgpack.Decoder[Any]] = {
    request: msgspec.msgpack.Decoder(answer) for request, answer in ANSWER_TYPES.items()
}


def ask(client: ControlClient, request: Request[Answer]) -> Answer:
    """One question over one connection; UserError in plain words."""
    body = client.post(ENGINE_PATH, msgspec.msgpack.encode(request), HEADERS)
    answer: Answer = _DECODERS[type(request)].decode(body)
    return answer


class RemoteEngine:
    """EngineClient over a control socket."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="remote-engine")
        self._own = threading.local()
        self._lock = threading.Lock()
        self._clients: list[ControlClient] = []
        self._pending: set[Future[Any]] = set()
        self._closed = False

    def call(self, request: Request[Answer]) -> Future[Answer]:
        """Ask; the future holds the answer, or UserError in plain words."""
        with self._lock:
            refusal = self._refusal()
            if refusal is None:
                future = self._threads.submit(self._ask, request)
                self._pending.add(future)
        if refusal is not None:
            future = Future()
            future.set_exception(refusal)
        else:
            future.add_done_callback(self._one_done)
        return future

    def close(self) -> None:
        """Let go of the engine, which runs on: waiting calls end with a UserError or are cancelled."""
        with self._lock:
            self._closed = True
            pending = set(self._pending)
        self._threads.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + CLOSE_SECONDS
        while (running := [call for call in pending if not call.done()]) and time.monotonic() < deadline:
            self._interrupt()  # again and again: a thread may only now be connecting
            wait(running, timeout=0.05)
        for client in self._clients:
            client.close()

    def _interrupt(self) -> None:
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            client.interrupt()

    def _refusal(self) -> UserError | None:
        if self._closed:
            return UserError("The connection to Eventmon is closed.")
        if len(self._pending) >= MAX_PENDING:
            return UserError("Eventmon does not keep up with this window's questions. Wait a moment and try again.")
        return None

    def _one_done(self, future: Future[Any]) -> None:
        with self._lock:
            self._pending.discard(future)

    def _ask(self, request: Request[Answer]) -> Answer:
        return ask(self._client(), request)

    def _client(self) -> ControlClient:
        client: ControlClient | None = getattr(self._own, "client", None)
        if client is None:
            client = ControlClient(self._socket_path)
            self._own.client = client
            with self._lock:
                self._clients.append(client)
        return client
